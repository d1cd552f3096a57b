package frames

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Size is about how many bytes of lines are in a frame. Those of a plain file are written earlier: nothing is won by waiting.
const (
	Size      = 1 << 20
	plainSize = 64 << 10
)

// The skippable frames at both ends of a file: their magic numbers and what is in them.
const (
	magicBegin = 0x184D2A50
	magicEnd   = 0x184D2A51
	markBegin  = "dynamosim lines 1\n"
	markEnd    = "end\n"
)

func mark(magic uint32, text string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, magic)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	return append(b, text...)
}

// Options say how a file is written.
type Options struct {
	Plain bool // lines alone, not compressed
	Size  int  // bytes of lines in a frame, or in what is written at once; 0 is the usual
}

// Writer writes a file. It gathers lines and hands them, a frame at a time, to a goroutine that compresses and appends them. The methods are
// for one goroutine. The first line, which is the header, is a frame of its own and is written as soon as it is there.
type Writer struct {
	o        Options
	w        io.Writer
	buf      []byte
	headed   bool
	full     chan []byte
	free     chan []byte
	finished chan struct{}
	closed   bool

	mu  sync.Mutex
	err error
}

// pieces is how many frames may wait to be compressed before Write waits for them.
const pieces = 2

// NewWriter begins a file. Every frame goes to w in one call of Write.
func NewWriter(w io.Writer, o Options) (*Writer, error) {
	if o.Size == 0 {
		o.Size = Size
		if o.Plain {
			o.Size = plainSize
		}
	}
	f := &Writer{o: o, w: w, full: make(chan []byte, pieces), free: make(chan []byte, pieces), finished: make(chan struct{})}
	var z *zstd.Encoder
	if !o.Plain {
		var err error
		if z, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(true)); err != nil {
			return nil, fmt.Errorf("compressing: %w", err)
		}
		if _, err := w.Write(mark(magicBegin, markBegin)); err != nil {
			return nil, err
		}
	}
	go f.append(z)
	return f, nil
}

// append takes frames until there are no more. After an error it only takes them.
func (f *Writer) append(z *zstd.Encoder) {
	defer close(f.finished)
	var packed []byte
	for lines := range f.full {
		if f.failed() == nil {
			out := lines
			if z != nil {
				packed = z.EncodeAll(lines, packed[:0])
				out = packed
			}
			if _, err := f.w.Write(out); err != nil {
				f.mu.Lock()
				f.err = err
				f.mu.Unlock()
			}
		}
		select {
		case f.free <- lines[:0]:
		default: // enough of them
		}
	}
	if z != nil {
		z.Close()
	}
}

func (f *Writer) failed() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Err is the error of a write that failed, as soon as it is known.
func (f *Writer) Err() error { return f.failed() }

// Write takes lines, or pieces of them.
func (f *Writer) Write(b []byte) (int, error) {
	if f.closed {
		return 0, errors.New("frames: written to after Close")
	}
	if err := f.failed(); err != nil {
		return 0, err
	}
	f.buf = append(f.buf, b...)
	if !f.headed {
		if end := bytes.IndexByte(f.buf, '\n') + 1; end > 0 {
			f.headed = true
			f.hand(end)
		}
	}
	for f.headed && len(f.buf) >= f.o.Size {
		end := bytes.LastIndexByte(f.buf[:f.o.Size], '\n') + 1
		if end == 0 {
			if end = f.o.Size + bytes.IndexByte(f.buf[f.o.Size:], '\n') + 1; end == f.o.Size {
				break // a long line, of which more must come
			}
		}
		f.hand(end)
	}
	return len(b), nil
}

// Cut ends the frame after the last whole line, so that it is written.
func (f *Writer) Cut() error {
	if end := bytes.LastIndexByte(f.buf, '\n') + 1; end > 0 && !f.closed {
		f.hand(end)
	}
	return f.failed()
}

// hand gives the first bytes away as a frame.
func (f *Writer) hand(end int) {
	var rest []byte
	select {
	case rest = <-f.free:
	default: // append makes one
	}
	rest = append(rest, f.buf[end:]...)
	f.full <- f.buf[:end]
	f.buf = rest
}

// Close writes what is left, marks the end of the file, and waits until all of it is written. It does not close what is below.
func (f *Writer) Close() error {
	if f.closed {
		return f.failed()
	}
	if len(f.buf) > 0 {
		f.hand(len(f.buf))
	}
	f.stop()
	if f.failed() == nil && !f.o.Plain {
		if _, err := f.w.Write(mark(magicEnd, markEnd)); err != nil {
			f.err = err
		}
	}
	return f.err
}

// Abandon writes what is left and waits for it, without the mark that says that nothing is missing.
func (f *Writer) Abandon() error {
	if !f.closed {
		f.Cut()
		f.stop()
	}
	return f.err
}

func (f *Writer) stop() {
	f.closed = true
	close(f.full)
	<-f.finished
}
