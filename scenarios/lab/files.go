package lab

import (
	"encoding/json"
	"io"

	"dynamosim/analysis"
	"dynamosim/analysis/history"
	"dynamosim/scenarios/frames"
)

// writeFiles writes what is known of a run at its end: result.json, state.jsonl, report.md, host.json, and a picture for each key that is not
// linearizable. Plan, history and trace are there already; of the history only that of failures is written now.
func (r *Report) writeFiles(f *Folder, keep KeepOptions) error {
	if err := r.writeKept(f, keep); err != nil {
		return err
	}
	if err := r.writePictures(f); err != nil {
		return err
	}
	for _, file := range []struct {
		name    string
		content []byte
	}{
		{"report.md", r.Markdown()}, {"host.json", r.Host.JSON()}, {resultFile, r.JSON()},
	} {
		if err := f.Write(file.name, bytesOf(file.content)); err != nil {
			return err
		}
	}
	return nil
}

// writeKept writes what is kept of the keys.
func (r *Report) writeKept(f *Folder, keep KeepOptions) error {
	h := r.Result.History
	switch keep.keep() {
	case KeepSummary:
		return nil
	case KeepFailures:
		err := writeLines(f, keep.historyFile(), keep, func(w io.Writer) error { return r.writeHistory(w, KeepFailures) })
		if err != nil {
			return err
		}
		failed := r.failedKeys()
		return writeLines(f, keep.stateFile(), keep, func(w io.Writer) error {
			return h.WriteStateOf(w, func(key int32) bool { return failed[key] })
		})
	}
	return writeLines(f, keep.stateFile(), keep, h.WriteState)
}

// writeHistory writes what is kept of a history.
func (r *Report) writeHistory(w io.Writer, keep Keep) error {
	if keep != KeepFailures {
		return r.Result.History.Write(w)
	}
	failed := r.failedKeys()
	return r.Result.History.WriteKeys(w, func(key int32) bool { return failed[key] })
}

// failedKeys are those that a check which is invalid shows as evidence: by number in the history.
func (r *Report) failedKeys() map[int32]bool {
	failed := map[int32]bool{}
	lines := map[int]bool{} // of operations that evidence names
	for i := range r.Checks {
		if c := &r.Checks[i]; c.Verdict == analysis.Invalid {
			for _, e := range c.Evidence {
				if key, ok := r.Result.History.FindKey(e.Key); ok {
					failed[key] = true
				}
				for _, line := range e.Operations {
					lines[line] = true
				}
			}
		}
	}
	if len(lines) > 0 {
		h := r.Result.History
		for i := range h.Len() { // of several keys, as that of causal is
			if o := h.Op(history.OpID(i)); lines[int(o.InvokeIndex)] {
				failed[o.Key] = true
			}
		}
	}
	return failed
}

// writeLines writes a whole file of lines.
func writeLines(f *Folder, name string, keep KeepOptions, content func(w io.Writer) error) error {
	file, w, err := openLines(f, name, frames.Options{Plain: !keep.Compress})
	if err != nil {
		return err
	}
	err = content(w)
	if closed := w.Close(); err == nil || closed != nil {
		err = closed
	}
	if err != nil {
		file.file.Close()
		return f.failed(name, err)
	}
	return file.Close()
}

func bytesOf(b []byte) func(w io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

// JSON is the content of host.json.
func (h Host) JSON() []byte {
	b, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		panic("lab: host: " + err.Error())
	}
	return append(b, '\n')
}
