package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"golang.org/x/term"

	"dynamosim/scenarios/lab"
)

// terminal is what a command may know of its surroundings.
type terminal struct {
	in           io.Reader
	out          *output
	err          io.Writer
	outIs, errIs device
	getenv       func(string) string
	interrupt    *interrupt
	memory       func() int64      // of the machine, in bytes; nil: as it says itself
	collectAt    func(bytes int64) // has garbage collected rather than take more; nil: nothing does
	color        string            // of the flag: auto, always, never
}

// device is what stdout or stderr is connected to.
type device struct {
	terminal bool
	width    int // columns; 0 where it is no terminal
}

// describe finds out what a file is.
func describe(f *os.File) device {
	d := device{terminal: term.IsTerminal(int(f.Fd()))}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && d.terminal {
		d.width = width
	}
	return d
}

// colored tells whether results are written in colours.
func (t *terminal) colored() bool {
	switch t.color {
	case "always":
		return true
	case "never":
		return false
	}
	return t.outIs.terminal && t.getenv("NO_COLOR") == "" && t.getenv("TERM") != "dumb"
}

// defaultWidth and narrowest bound how wide results are written.
const (
	defaultWidth = 120
	narrowest    = 60
)

// width is how wide results are written: the terminal's width, but no wider than can be read well.
func (t *terminal) width() int {
	if t.outIs.width == 0 {
		return defaultWidth
	}
	return min(max(t.outIs.width, narrowest), defaultWidth)
}

// ascii tells whether pictures are drawn without characters beyond ASCII.
func (t *terminal) ascii() bool {
	if !t.outIs.terminal {
		return false
	}
	for _, name := range [...]string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := t.getenv(name); v != "" {
			return !strings.Contains(strings.ToLower(strings.ReplaceAll(v, "-", "")), "utf8")
		}
	}
	return false
}

// printf writes to stdout; output remembers what goes wrong.
func (t *terminal) printf(format string, args ...any) { fmt.Fprintf(t.out, format, args...) }

// note writes to stderr.
func (t *terminal) note(format string, args ...any) { fmt.Fprintf(t.err, format+"\n", args...) }

// output is stdout. It remembers the first error, since nothing after it arrives.
type output struct {
	w      io.Writer
	failed error
}

// Write writes, unless an earlier write failed.
func (o *output) Write(b []byte) (int, error) {
	if o.failed != nil {
		return 0, o.failed
	}
	n, err := o.w.Write(b)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		o.failed = &outputError{err}
	}
	return n, o.failed
}

// outputError says that stdout took no more.
type outputError struct{ err error }

func (e *outputError) Error() string { return "writing to stdout: " + e.err.Error() }
func (e *outputError) Unwrap() error { return e.err }

// closed tells whether the reader of stdout has gone away, which is its right.
func (o *output) closed() bool {
	return errors.Is(o.failed, syscall.EPIPE) || errors.Is(o.failed, syscall.EBADF) || errors.Is(o.failed, io.ErrClosedPipe) || errors.Is(o.failed, fs.ErrClosed)
}

// textOptions are how reports are written here.
func (t *terminal) textOptions() lab.TextOptions {
	return lab.TextOptions{Color: t.colored(), Width: t.width()}
}

// json prints a value as one JSON object.
func (t *terminal) json(value any) {
	e := json.NewEncoder(t.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil && t.out.failed == nil {
		panic(fmt.Sprintf("%T does not become JSON: %v", value, err))
	}
}
