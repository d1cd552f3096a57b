package lab

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"dynamosim/analysis/history"
	"dynamosim/scenarios/frames"
	"dynamosim/sim/trace"
)

// History is what clients saw.
type History = history.History

// Recorded is a file of lines that a run has left, or somebody else: compressed or not, and perhaps cut short because the run was killed. It can
// be read more than once, unless it is standard input.
type Recorded struct {
	Path       string // "-" is standard input
	stdin      io.Reader
	unfinished bool           // it lies in the folder of a run that has not come to its end
	damage     *frames.Damage // found by the last reader that came to the end
}

// FindHistory finds a history: in a file, on standard input ("-"), or in the folder of a run.
func FindHistory(path string, stdin io.Reader) (*Recorded, error) {
	return findRecorded(path, stdin, HistoryFile, PackedHistoryFile)
}

// findRecorded finds a file, or in a folder the first that there is of some.
func findRecorded(path string, stdin io.Reader, names ...string) (*Recorded, error) {
	if path == "-" {
		return &Recorded{Path: path, stdin: stdin}, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, &BadInput{fmt.Sprintf("%s: error: %v", Clean(path), reasonOf(err))}
	}
	if !info.IsDir() {
		return &Recorded{Path: path, unfinished: isUnfinished(filepath.Dir(path))}, nil
	}
	for _, name := range names {
		if file := filepath.Join(path, name); exists(file) {
			return &Recorded{Path: file, unfinished: isUnfinished(path)}, nil
		}
	}
	return nil, &BadInput{fmt.Sprintf("%s: error: the folder has no %s\n  such a file is in the folder of `dynamosim run SCENARIO -o %[1]s`, unless little was to be kept", Clean(path), names[0])}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// isUnfinished tells whether a folder is that of a run which has not come to its end.
func isUnfinished(dir string) bool {
	return exists(filepath.Join(dir, unfinishedFile)) && !exists(filepath.Join(dir, resultFile))
}

// Open begins to read the lines. They end with the last one that is whole; Loss says what is missing then.
func (r *Recorded) Open() (io.ReadCloser, error) {
	r.damage = nil
	if r.Path == "-" {
		return &recordedReader{Reader: frames.NewReader(r.stdin), of: r}, nil
	}
	file, err := os.Open(r.Path)
	if err != nil {
		return nil, &BadInput{fmt.Sprintf("%s: error: %v", Clean(r.Path), reasonOf(err))}
	}
	return &recordedReader{frames.NewReader(file), file, r}, nil
}

type recordedReader struct {
	*frames.Reader
	file *os.File // nil: standard input
	of   *Recorded
}

func (r *recordedReader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if errors.Is(err, io.EOF) {
		r.of.damage = r.Reader.Damage()
	}
	var p *fs.PathError
	if errors.As(err, &p) { // a folder, or a disk that fails
		err = p.Err
	}
	return n, err
}

func (r *recordedReader) Close() error {
	r.Reader.Close()
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// Loss says what is missing of a file that was read to its end, and up to where it reached; "" if nothing is. The words for how far it reached are
// the reader's.
func (r *Recorded) Loss(reached string) string {
	where := Clean(r.Path)
	if r.Path == "-" {
		where = "standard input"
	}
	switch {
	case r.damage == nil && !r.unfinished:
		return ""
	case r.damage == nil:
		return fmt.Sprintf("%s is not complete: its run was killed or is still going on; read up to %s", where, reached)
	case !r.damage.Torn:
		return fmt.Sprintf("%s is damaged: %s; read up to %s, what follows is left out", where, r.damage, reached)
	case r.damage.Why == "the file has no end mark":
		return fmt.Sprintf("%s is not complete: its run was killed or is still going on; read up to %s", where, reached)
	}
	return fmt.Sprintf("%s is not complete: %s, as it does when its run is killed; read up to %s, the rest was lost", where, r.damage, reached)
}

// reachedEvent says how far lines of events reached.
func reachedEvent(number int64, any bool, time int64) string {
	if !any {
		return "its beginning"
	}
	return fmt.Sprintf("event %s at %v", thousands(number), moment(time))
}

// Reached says how far a history reaches.
func Reached(h *history.History) string {
	return reachedEvent(int64(h.LastIndex()), h.LastIndex() >= 0, h.End())
}

func isEmpty(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Size() == 0
}

// ReadRecorded reads a history as it was recorded.
func ReadRecorded(r *Recorded) (*history.History, error) {
	in, err := r.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	h, err := readHistory(in, "")
	return h, r.named(err)
}

// named says which file an error is about. One without a single line is no mistake if its run was killed.
func (r *Recorded) named(err error) error {
	var bad *BadInput
	switch {
	case err == nil:
		return nil
	case r.damage != nil && r.damage.Offset < 64 && r.damage.Torn, r.unfinished && isEmpty(r.Path):
		return &BadInput{r.Loss("its beginning")}
	case errors.As(err, &bad):
		return &BadInput{Clean(r.Path) + ": " + bad.Text}
	}
	return fmt.Errorf("%s: %w", r.Path, err)
}

// FindLeftover tells whether SCENARIO is no scenario but what a run has left: a history or a trace, by the kind of its file, or the folder of a run
// that was killed, which holds one. It is nil for all else.
func FindLeftover(source, kind string) *Recorded {
	names := []string{TraceFile}
	if kind == "history" {
		names = []string{HistoryFile, PackedHistoryFile}
	}
	info, err := os.Stat(source)
	switch {
	case source == "-" || err != nil:
		return nil
	case info.IsDir():
		if r, err := findRecorded(source, nil, names...); err == nil && r.unfinished {
			return r
		}
		return nil
	}
	r := &Recorded{Path: source, unfinished: isUnfinished(filepath.Dir(source))}
	file, err := os.Open(source)
	if err != nil {
		return nil
	}
	defer file.Close()
	if found := recordedKind(file); found == kind || found == "" && slices.Contains(names, filepath.Base(source)) {
		return r
	}
	return nil
}

// recordedKind is what the first line of a file says that it is: a history, a trace or a state; "" for all else.
func recordedKind(file io.Reader) string {
	in := frames.NewReader(file)
	defer in.Close()
	var head [512]byte
	n, _ := io.ReadFull(in, head[:])
	line, _, _ := bytes.Cut(head[:n], []byte("\n"))
	if !bytes.HasPrefix(line, []byte(`{"format"`)) {
		return ""
	}
	for _, kind := range []string{"history", "trace", "state"} {
		if bytes.Contains(line, []byte(`"kind":"`+kind+`"`)) || bytes.Contains(line, []byte(`"kind": "`+kind+`"`)) {
			return kind
		}
	}
	return ""
}

// ReplayTrace writes a trace that was recorded, in one of the formats of TraceFormats. It returns how far the trace reached.
func ReplayTrace(r *Recorded, w io.Writer, format string, t TraceOptions, stop func() bool) (reached string, err error) {
	names := &processNames{}
	var sink closer
	switch format {
	case "jsonl":
		head, err := openTrace(r)
		if err != nil {
			return "", err
		}
		sink = trace.NewJSONL(w, names.name, trace.Field{Key: "scenario", Value: head.Header("scenario")}, trace.Field{Key: "seed", Value: head.Header("seed")})
		head.Close()
	case "perfetto":
		sink = trace.NewPerfetto(w, names.name)
	case "shiviz":
		sink = trace.NewShiViz(w, names.name)
	default:
		part := &participants{filter: t.Filter}
		if _, err := replay(r, part, names, t.Filter, stop); err != nil {
			return "", err
		}
		sink = trace.NewLadder(w, names.name, trace.LadderOptions{
			Filter: t.Filter, Columns: part.columns(t.Width), Width: t.Width, ASCII: t.ASCII,
		})
		reached, err = replay(r, sink, names, t.Filter, stop)
		return reached, errors.Join(err, sink.Close())
	}
	reached, err = replay(r, trace.Filtered(sink, t.Filter), names, t.Filter, stop)
	return reached, errors.Join(err, sink.Close())
}

// recordedTrace is a trace with its file.
type recordedTrace struct {
	*trace.Reader
	io.Closer
}

func openTrace(r *Recorded) (*recordedTrace, error) {
	in, err := r.Open()
	if err != nil {
		return nil, err
	}
	t, err := trace.NewReader(in)
	if err != nil {
		in.Close()
		if loss := r.Loss("its beginning"); loss != "" {
			return nil, &BadInput{loss}
		}
		return nil, &BadInput{fmt.Sprintf("%s: error: %v", Clean(r.Path), err)}
	}
	return &recordedTrace{t, in}, nil
}

// replay tells a sink what was recorded, no further than the filter asks for, and says how far the trace reached.
func replay(r *Recorded, sink trace.Sink, names *processNames, f trace.Filter, stop func() bool) (reached string, err error) {
	in, err := openTrace(r)
	if err != nil {
		return "", err
	}
	defer in.Close()
	names.of = in.Name
	var ordinal, at int64
	for n := 0; ; n++ {
		rec, err := in.Read()
		switch {
		case errors.Is(err, io.EOF):
			return reachedEvent(ordinal, n > 0, at), nil
		case err != nil:
			return "", &BadInput{fmt.Sprintf("%s: error: %v", Clean(r.Path), err)}
		case f.Until > 0 && rec.Time > f.Until:
			return "", nil // as far as was asked for
		case n%stride == 0 && stop != nil && stop():
			return "", ErrInterrupted
		}
		ordinal, at = int64(rec.Ordinal), rec.Time
		sink.Record(rec)
	}
}
