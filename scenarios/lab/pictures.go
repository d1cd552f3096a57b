package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"io"

	"dynamosim/analysis"
	"dynamosim/analysis/history"
)

// writePictures draws each key that is not linearizable, as far as the check shows them: its operations, and how far they can be ordered.
func (r *Report) writePictures(f *Folder) error {
	check := r.check("linearizable")
	if check.Verdict != analysis.Invalid {
		return nil
	}
	subject := analysis.NewSubject(r.Result.History, analysis.Facts{})
	if spec := r.spec("linearizable"); spec != nil && spec.Model != "" {
		model, err := history.ParseModel(spec.Model)
		if err != nil {
			return err
		}
		subject.Model = model
	}
	for _, e := range check.Evidence {
		key, ok := r.Result.History.FindKey(e.Key)
		if !ok {
			continue
		}
		if err := f.Write(pictureName(e.Key), func(w io.Writer) error { return subject.WritePicture(w, key, e) }); err != nil {
			return err
		}
	}
	return nil
}

// longestName is how long a file's name may get on the systems that allow least.
const longestName = 200

// pictureName is the file of a key's picture.
func pictureName(key string) string {
	name := analysis.PictureName(key)
	if len(name) <= longestName {
		return name
	}
	sum := sha256.Sum256([]byte(key))
	return name[:longestName/2] + "-" + hex.EncodeToString(sum[:8]) + ".html"
}
