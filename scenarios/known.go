package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"
)

// KnownFailure is a kind of failure that a sweep counts and does not fail by.
type KnownFailure struct {
	Signature string `yaml:"signature" json:"signature"` // as a sweep prints it
	Note      string `yaml:"note" json:"note,omitempty"` // where it is written up
}

// ParseKnown reads a list of known failures: YAML such as "- {signature: linearizable/stale-read/partition, note: "#12"}".
func ParseKnown(text []byte) ([]KnownFailure, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var list []KnownFailure
	if err := d.Decode(&list); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("it is no list of known failures: %w", err)
	}
	for i, k := range list {
		if k.Signature == "" {
			return nil, fmt.Errorf("known failure %d has no signature", i+1)
		}
	}
	return list, nil
}
