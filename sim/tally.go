package sim

// tally counts the effects of one handler: how many of a kind went to a target
// so far. Most handlers have few: those are in a list, the others in a hash
// table that forgets everything when its serial number goes up.
type tally struct {
	few    [4]struct{ key, n uint64 }
	listed int // of few
	serial uint64
	cells  []tallyCell
	used   int
}

type tallyCell struct{ serial, key, n uint64 }

// begin starts counting anew.
func (t *tally) begin() { t.listed = 0 }

// count returns how often it was asked for key before.
func (t *tally) count(key uint64) uint64 {
	for i := range t.few[:t.listed] {
		if c := &t.few[i]; c.key == key {
			c.n++
			return c.n - 1
		}
	}
	if t.listed < len(t.few) {
		c := &t.few[t.listed]
		c.key, c.n = key, 1
		if t.listed++; t.listed == len(t.few) {
			t.serial++
			t.used = 0
		}
		return 0
	}
	return t.countMore(key)
}

// countMore counts what came after few was full.
func (t *tally) countMore(key uint64) uint64 {
	if 2*t.used >= len(t.cells) {
		t.grow()
	}
	c := t.find(key)
	if c.serial != t.serial {
		*c = tallyCell{serial: t.serial, key: key}
		t.used++
	}
	c.n++
	return c.n - 1
}

// find returns the cell of key, or the free cell where it belongs.
func (t *tally) find(key uint64) *tallyCell {
	mask := uint64(len(t.cells) - 1)
	for i := key * 0x9e3779b97f4a7c15 >> 32; ; i++ {
		c := &t.cells[i&mask]
		if c.serial != t.serial || c.key == key {
			return c
		}
	}
}

func (t *tally) grow() {
	old := t.cells
	t.cells = make([]tallyCell, max(64, 2*len(old)))
	for i := range old {
		if old[i].serial == t.serial {
			*t.find(old[i].key) = old[i]
		}
	}
}
