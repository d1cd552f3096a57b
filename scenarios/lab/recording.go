package lab

import (
	"errors"
	"fmt"
	"io"
	"os"

	"dynamosim/analysis/history"
	"dynamosim/scenarios"
	"dynamosim/scenarios/frames"
	"dynamosim/scenarios/world"
	"dynamosim/sim/trace"
)

// Names of the files of a run that hold what happened. The ones that end in .zst are compressed, as package frames says.
const (
	HistoryFile       = "history.jsonl"
	PackedHistoryFile = "history.jsonl.zst"
	StateFile         = "state.jsonl"
	PackedStateFile   = "state.jsonl.zst"
	TraceFile         = "trace.jsonl.zst"
)

// Keep is how much of what happened is kept as files.
type Keep string

// What can be kept.
const (
	KeepFull     Keep = "full"     // every event of the history, final states, the trace
	KeepFailures Keep = "failures" // history and final states of the keys that a check shows as evidence that it is invalid; no trace
	KeepSummary  Keep = "summary"  // no file that grows with the operations
)

// Keeps lists what can be kept.
func Keeps() []string { return []string{string(KeepFull), string(KeepFailures), string(KeepSummary)} }

// KeepOptions say which files a run leaves, and how they are written.
type KeepOptions struct {
	History  Keep // "" is KeepFull
	NoTrace  bool // no trace, whatever is kept
	Compress bool // history and final states are compressed, as the trace is always
}

func (k KeepOptions) keep() Keep {
	if k.History == "" {
		return KeepFull
	}
	return k.History
}

func (k KeepOptions) historyFile() string {
	if k.Compress {
		return PackedHistoryFile
	}
	return HistoryFile
}

func (k KeepOptions) stateFile() string {
	if k.Compress {
		return PackedStateFile
	}
	return StateFile
}

// recording writes history and trace of a run while it goes on, so that a run which is killed leaves what had happened. It only looks: between
// two steps it writes what has been recorded since.
type recording struct {
	keep   KeepOptions
	folder *Folder
	plan   *scenarios.Scenario

	names    processNames
	sink     *trace.JSONL
	packed   *frames.Writer // below sink
	traced   *File
	stream   *history.Stream
	lines    *frames.Writer // below stream
	recorded *File
	cut      uint64 // events at which the frames under way are ended
}

// cutEvery is after how many events frames are ended even if they are not full: about a second of a run that is traced.
const cutEvery = 1 << 20

// startRecording opens the files of a run, of which nothing has happened yet.
func startRecording(plan *scenarios.Scenario, f *Folder, keep KeepOptions) (*recording, error) {
	r := &recording{keep: keep, folder: f, plan: plan, cut: cutEvery}
	if keep.keep() != KeepFull || keep.NoTrace {
		return r, nil
	}
	var err error
	if r.traced, r.packed, err = openLines(f, TraceFile, frames.Options{}); err != nil {
		return nil, err
	}
	r.sink = newTrace(r.packed, plan, &r.names)
	return r, nil
}

// openLines begins a file of lines.
func openLines(f *Folder, name string, o frames.Options) (*File, *frames.Writer, error) {
	file, err := f.Create(name)
	if err != nil {
		return nil, nil, err
	}
	var to io.Writer = file.direct()
	if f.through != nil {
		to = f.through(name, to)
	}
	w, err := frames.NewWriter(to, o)
	if err != nil {
		return nil, nil, errors.Join(f.failed(name, err), file.Close())
	}
	return file, w, nil
}

// newTrace writes records as lines.
func newTrace(w io.Writer, plan *scenarios.Scenario, names *processNames) *trace.JSONL {
	return trace.NewJSONL(w, names.name, trace.Field{Key: "scenario", Value: plan.Name}, trace.Field{Key: "seed", Value: fmt.Sprint(seedOf(plan))})
}

// options adds the recording's observers to those of a run.
func (r *recording) options(o RunOptions) RunOptions {
	o.recording, o.Names = r, r.names.set
	if r.sink != nil {
		o.Trace = r.sink
	}
	return o
}

// begin is called when the world is there and nothing has happened in it.
func (r *recording) begin(w *world.World) error {
	if r.keep.keep() != KeepFull {
		return nil
	}
	var err error
	if r.recorded, r.lines, err = openLines(r.folder, r.keep.historyFile(), frames.Options{Plain: !r.keep.Compress}); err != nil {
		return err
	}
	r.stream, err = history.NewStream(w.History(), r.lines)
	return err
}

// beat writes what has happened since the last.
func (r *recording) beat(w *world.World) error {
	if r.stream != nil {
		if err := r.stream.Advance(); err != nil {
			return r.failed()
		}
		if !r.keep.Compress {
			r.lines.Cut() // of a plain file, whose bytes are the same
		}
	}
	if w.Events() >= r.cut {
		r.cut = w.Events() - w.Events()%cutEvery + cutEvery
		r.cutFrames()
	}
	return r.failed()
}

// cutFrames sends what has been gathered on its way to the disk.
func (r *recording) cutFrames() {
	if r.sink != nil {
		r.sink.Flush() // an error is one of the frames, too
		r.packed.Cut()
	}
	if r.lines != nil {
		r.lines.Cut()
	}
}

// failed is the first error of the files.
func (r *recording) failed() error {
	if r.packed != nil && r.packed.Err() != nil {
		return r.folder.failed(TraceFile, r.packed.Err())
	}
	if r.lines != nil && r.lines.Err() != nil {
		return r.folder.failed(r.keep.historyFile(), r.lines.Err())
	}
	return nil
}

// end closes the files; whole says that all has happened, so that they get the mark of the end.
func (r *recording) end(whole bool) error {
	if whole && r.stream != nil {
		r.stream.Advance()
	}
	if r.sink != nil {
		r.sink.Close()
	}
	for _, w := range []*frames.Writer{r.packed, r.lines} {
		switch {
		case w == nil:
		case whole:
			w.Close()
		default:
			w.Abandon()
		}
	}
	errs := []error{r.failed()}
	for _, f := range []*File{r.traced, r.recorded} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	if errs[0] != nil {
		return errs[0]
	}
	return errors.Join(errs...)
}

// direct writes to the file at once, past the buffer.
func (f *File) direct() *os.File { return f.file }
