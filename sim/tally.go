package sim

// tally counts the effects of one handler: how many of a kind went to a target
// so far. Most handlers have few, each another one: all that is kept of them is
// that they were there, where their hash says. What is counted again, or finds
// another one in its place, is counted in a hash table. All of it is forgotten
// when the serial number goes up.
type tally struct {
	serial uint64
	places [1 << tallyBits]struct{ serial, key uint64 }
	cells  []tallyCell
	used   int    // of cells
	latest uint64 // serial number at which cells were used last
}

const tallyBits = 5

type tallyCell struct{ serial, key, n uint64 }

// begin starts counting anew.
func (t *tally) begin() { t.serial++ }

// first counts key if its place is free, which means that it is the first time.
// It returns false if not: then again has to count it.
func (t *tally) first(key uint64) bool {
	p := &t.places[tallyHash(key)>>(64-tallyBits)]
	if p.serial == t.serial {
		return false
	}
	p.serial, p.key = t.serial, key
	return true
}

// again counts a key of which first has not, and returns how often it was
// counted before.
func (t *tally) again(key uint64) uint64 {
	if t.latest != t.serial {
		t.latest, t.used = t.serial, 0
	}
	if 2*t.used >= len(t.cells) {
		t.grow()
	}
	c := t.find(key)
	if c.serial != t.serial {
		*c = tallyCell{serial: t.serial, key: key}
		if t.places[tallyHash(key)>>(64-tallyBits)].key == key {
			c.n = 1 // by first
		}
		t.used++
	}
	c.n++
	return c.n - 1
}

func tallyHash(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 }

// find returns the cell of key, or the free cell where it belongs.
func (t *tally) find(key uint64) *tallyCell {
	mask := uint64(len(t.cells) - 1)
	for i := tallyHash(key) >> 32; ; i++ {
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
