package lab

import (
	"encoding/json"
	"io"
)

// TraceFile is the name of the trace in a run's folder.
const TraceFile = "trace.jsonl.zst"

// WriteFiles writes the files of a run: result.json, history.jsonl, state.jsonl, plan.yaml, report.md, host.json, and a picture for each
// key that is not linearizable. The trace is written during the run.
func (r *Report) WriteFiles(f *Folder) error {
	h := r.Result.History
	for _, file := range []struct {
		name    string
		content func(w io.Writer) error
	}{
		{"plan.yaml", bytesOf(r.Plan.YAML())},
		{"history.jsonl", h.Write},
		{"state.jsonl", h.WriteState},
		{"report.md", bytesOf(r.Markdown())},
		{"host.json", bytesOf(r.Host.JSON())},
		{resultFile, bytesOf(r.JSON())},
	} {
		if err := f.Write(file.name, file.content); err != nil {
			return err
		}
	}
	return r.writePictures(f)
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
