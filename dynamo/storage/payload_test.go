package storage

import "testing"

// A payload that is filled in is what Put makes of the same bytes.
func TestPayloadFill(t *testing.T) {
	var p Payload
	for _, b := range [][]byte{nil, []byte("a"), []byte("the state of a key")} {
		if p.Fill(b, 99); p.Sum != checksum(b) || string(p.Bytes) != string(b) || p.Weight != 99 {
			t.Errorf("%q: %+v", b, p)
		}
	}
}
