package storage

import "testing"

// payloads notes what gets were given.
type payloads struct {
	node
	got [][]byte
	err []Error
}

func (p *payloads) Got(_ uint64, payload []byte, err Error) {
	p.got, p.err = append(p.got, payload), append(p.err, err)
}

func (p *payloads) Corrupt(uint32) {}

// TestResident: an owner that has its states in memory is given no payload for which
// the disk vouches; what it does not vouch for is looked at all the same.
func TestResident(t *testing.T) {
	cfg := small(Each)
	cfg.Resident = true
	n := newNode(newFakeDisk(), cfg, 1)
	n.put(0, 20, 0)
	n.run()
	p := &payloads{}
	n.engine.owner = p
	read := func() {
		n.engine.Get(0, 1)
		for c, ok := n.disk.step(); ok; c, ok = n.disk.step() {
			n.engine.Handle(&c)
		}
	}
	read()
	n.disk.trim = func(_ string, data []byte) []byte {
		n.disk.trim = nil
		data[len(data)-1]++
		return data
	}
	read() // is read again, and sound
	n.disk.trim = func(_ string, data []byte) []byte {
		data[len(data)-1]++
		return data
	}
	read()
	if len(p.got) != 3 || p.got[0] != nil || p.err[0] != NoError || p.err[1] != NoError || p.err[2] != Corrupt {
		t.Errorf("payloads %q, errors %v", p.got, p.err)
	}
}
