package frames

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Damage says where a file could not be read any further, and why.
type Damage struct {
	Offset int64  // of the file, where what is lost begins
	Why    string // "the file ends in the middle of a frame"
	Torn   bool   // the file was cut short, as it is when the run that writes it is killed; else something in it was changed
}

func (d *Damage) String() string { return fmt.Sprintf("%s (byte %d)", d.Why, d.Offset) }

// Reader reads the lines of a file, compressed or not, from this program or from elsewhere. It ends with the last line that is whole.
type Reader struct {
	in       *bufio.Reader
	offset   int64 // of what in holds next
	began    bool
	ours     bool // the file begins with our mark
	packed   bool
	ended    bool // our end mark was there
	z        *zstd.Decoder
	stream   io.Reader // of a frame that is too long to be looked at before it is handed on
	frame    []byte    // compressed
	lines    []byte    // decompressed, all of it
	rest     []byte    // of lines, not handed on yet
	last     []byte    // plain: what follows the last end of a line, held back
	lastAt   int64
	damage   *Damage
	finished bool
}

// Limits of a frame that is checked as a whole before any of it is handed on: bytes of it on disk, and of what is in it.
const (
	maxPacked = 4 << 20
	maxLines  = 256 << 20
)

// NewReader begins to read a file. It never fails: what is wrong with the file is told by Read or by Damage.
func NewReader(r io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(r, 256<<10)} }

// Damage is why the file ends before its end, nil if all of it was read. It holds once Read has returned io.EOF.
func (r *Reader) Damage() *Damage { return r.damage }

// Read gives the bytes of whole lines.
func (r *Reader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.finished {
			return 0, io.EOF
		}
		if err := r.more(); err != nil {
			return 0, err
		}
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Close frees what decompression holds. It does not close what is below.
func (r *Reader) Close() error {
	if r.z != nil {
		r.z.Close()
		r.z = nil
	}
	r.finished, r.rest = true, nil
	return nil
}

// more fills rest, or finishes.
func (r *Reader) more() error {
	if !r.began {
		if err := r.begin(); err != nil {
			return err
		}
	}
	switch {
	case r.finished:
		return nil
	case !r.packed:
		return r.plain()
	case r.stream != nil:
		return r.streamed()
	}
	return r.next()
}

// begin finds out what kind of file it is.
func (r *Reader) begin() error {
	r.began = true
	head, err := r.in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	r.packed = len(head) == 4 && (isFrame(head) || isMark(head))
	if n := len(head); 0 < n && n < 4 && (string(head) == markHead[:n] || string(head) == frameHead[:n]) {
		return r.torn(0)
	}
	return nil
}

// How a file begins that is compressed, by this program or by another.
const (
	markHead  = "\x50\x2a\x4d\x18"
	frameHead = "\x28\xb5\x2f\xfd"
)

func isFrame(head []byte) bool { return string(head) == frameHead }

func isMark(head []byte) bool { return binary.LittleEndian.Uint32(head)&^15 == magicBegin }

// next reads a frame.
func (r *Reader) next() error {
	at := r.offset
	head, err := r.in.Peek(4)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case len(head) == 0:
		r.finish()
		if r.ours && !r.ended {
			r.lose(at, true, "the file has no end mark")
		}
		return nil
	case len(head) < 4:
		return r.torn(at)
	case isMark(head):
		return r.skip(at)
	case !isFrame(head):
		return r.broken(at, "what should be a frame is none")
	}
	r.frame = r.frame[:0]
	switch err := r.take(); {
	case errors.Is(err, errLong) && r.ours:
		return r.broken(at, "a frame is damaged")
	case errors.Is(err, errLong), errors.Is(err, io.ErrUnexpectedEOF) && !r.ours:
		return r.openStream()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return r.torn(at)
	case errors.Is(err, errBad):
		return r.broken(at, "a frame is damaged")
	case err != nil:
		return err
	}
	if err := r.decoder(); err != nil {
		return err
	}
	if r.lines, err = r.z.DecodeAll(r.frame, r.lines[:0]); err != nil {
		return r.broken(at, "a frame is damaged")
	}
	return r.hand(r.lines, at)
}

// hand gives out the lines of a frame. Lines may straddle frames in a file from elsewhere.
func (r *Reader) hand(lines []byte, at int64) error {
	if r.ours {
		r.rest = lines
		return nil
	}
	return r.whole(lines, at)
}

// whole gives out what is whole of lines that come in pieces.
func (r *Reader) whole(b []byte, at int64) error {
	end := bytes.LastIndexByte(b, '\n') + 1
	if end == 0 {
		if len(r.last) == 0 {
			r.lastAt = at
		}
		r.last = append(r.last, b...)
		return nil
	}
	if len(r.last) > 0 {
		joined := append(r.last, b[:end]...)
		r.last, r.rest = nil, joined
	} else {
		r.rest = b[:end]
	}
	if end < len(b) {
		r.last, r.lastAt = append(r.last, b[end:]...), at+int64(end)
	}
	return nil
}

// skip passes over a skippable frame and knows ours.
func (r *Reader) skip(at int64) error {
	r.frame = r.frame[:0]
	err := r.grow(8)
	if err == nil {
		n := int64(binary.LittleEndian.Uint32(r.frame[4:]))
		if n > maxPacked {
			return r.broken(at, "a mark is damaged")
		}
		err = r.grow(int(n))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return r.torn(at)
	}
	if err != nil {
		return err
	}
	switch magic, text := binary.LittleEndian.Uint32(r.frame), string(r.frame[8:]); {
	case at == 0 && magic == magicBegin && text == markBegin:
		r.ours = true
	case r.ours && magic == magicEnd && text == markEnd:
		r.ended = true
	case r.ours:
		return r.broken(at, "a mark is damaged")
	}
	return nil
}

var (
	errLong = errors.New("frames: a long frame")
	errBad  = errors.New("frames: a bad frame")
)

// grow reads n more bytes of the frame.
func (r *Reader) grow(n int) error {
	from := len(r.frame)
	if from+n > maxPacked+64 {
		return errLong
	}
	r.frame = append(r.frame, make([]byte, n)...)
	got, err := io.ReadFull(r.in, r.frame[from:])
	r.frame, r.offset = r.frame[:from+got], r.offset+int64(got)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// take reads a whole zstd frame, whose length no header tells: from block to block (RFC 8878, section 3.1.1).
func (r *Reader) take() error {
	if err := r.grow(5); err != nil {
		return err
	}
	descriptor := r.frame[4]
	size := [4]int{0, 1, 2, 4}[descriptor&3] // of the dictionary's number
	single := descriptor&0x20 != 0
	if !single {
		size++ // the window
	}
	switch content := descriptor >> 6; {
	case content > 0:
		size += 1 << content
	case single:
		size++
	}
	if err := r.grow(size); err != nil {
		return err
	}
	for {
		at := len(r.frame)
		if err := r.grow(3); err != nil {
			return err
		}
		h := uint32(r.frame[at]) | uint32(r.frame[at+1])<<8 | uint32(r.frame[at+2])<<16
		n := int(h >> 3)
		switch h >> 1 & 3 {
		case 1:
			n = 1
		case 3:
			return errBad
		}
		if n > 128<<10 {
			return errBad
		}
		if err := r.grow(n); err != nil {
			return err
		}
		if h&1 != 0 {
			break
		}
	}
	if descriptor&4 != 0 {
		return r.grow(4)
	}
	return nil
}

func (r *Reader) decoder() (err error) {
	if r.z == nil {
		if r.z, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxLines)); err != nil {
			err = fmt.Errorf("decompressing: %w", err)
		}
	}
	return err
}

// openStream goes on with a frame from elsewhere that is too long to be checked before it is handed on, or ends too early.
func (r *Reader) openStream() error {
	z, err := zstd.NewReader(io.MultiReader(bytes.NewReader(r.frame), r.in), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return fmt.Errorf("decompressing: %w", err)
	}
	r.Close()
	r.finished, r.z, r.stream = false, z, z
	r.lines = make([]byte, 256<<10)
	return nil
}

func (r *Reader) streamed() error {
	n, err := io.ReadFull(r.stream, r.lines)
	if n > 0 {
		r.whole(r.lines[:n], r.offset)
	}
	r.offset += int64(n)
	switch {
	case err == nil, errors.Is(err, io.ErrUnexpectedEOF) && n > 0: // of ReadFull; the decoder's own comes with the next call
		return nil
	case errors.Is(err, io.EOF):
		r.finish()
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return r.torn(r.offset)
	}
	return r.broken(r.offset, "the compressed data are damaged")
}

// plain reads on in a file that is not compressed.
func (r *Reader) plain() error {
	if r.lines == nil {
		r.lines = make([]byte, 256<<10)
	}
	n, err := r.in.Read(r.lines)
	at := r.offset
	r.offset += int64(n)
	if n > 0 {
		r.whole(r.lines[:n], at)
	}
	if errors.Is(err, io.EOF) {
		r.finish()
		return nil
	}
	return err
}

// finish decides about the last line, which has no end: it is dropped if it is the beginning of one.
func (r *Reader) finish() {
	r.finished = true
	if len(r.last) == 0 {
		return
	}
	if isBeginning(r.last) {
		r.lose(r.lastAt, true, "the file ends in the middle of a line")
		return
	}
	r.rest = append(r.rest[:len(r.rest):len(r.rest)], r.last...)
	r.last = nil
}

// isBeginning tells whether a text would be JSON if more came.
func isBeginning(text []byte) bool {
	var v json.RawMessage
	var bad *json.SyntaxError
	err := json.Unmarshal(text, &v)
	return errors.As(err, &bad) && bad.Error() == "unexpected end of JSON input"
}

func (r *Reader) torn(at int64) error {
	r.lose(at, true, "the file ends in the middle of a frame")
	return nil
}

func (r *Reader) broken(at int64, why string) error {
	r.lose(at, false, why)
	return nil
}

// lose ends the file here. What was held back of a last line is part of what is lost.
func (r *Reader) lose(at int64, torn bool, why string) {
	r.finished = true
	r.damage = &Damage{Offset: at, Torn: torn, Why: why}
}
