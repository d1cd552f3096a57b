package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
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

// maxFileName is how long the part of a file's name may get that comes from a key.
const maxFileName = 48

// fileName makes a key a file's name of [a-z0-9._-]. Names that had to be changed end in a hash, so that two keys never share one.
func fileName(key string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, key)
	name = strings.TrimLeft(name, ".-")
	if len(name) > maxFileName {
		name = name[:maxFileName]
	}
	if name == key {
		return name
	}
	sum := sha256.Sum256([]byte(key))
	return strings.TrimPrefix(name+"-"+hex.EncodeToString(sum[:4]), "-")
}
