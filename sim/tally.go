package sim

// tally counts the effects of one handler: how many of a kind went to a target
// so far. Most handlers have few, of which each finds its cell free, or where
// its own kind has left it; what finds another kind there is counted apart, in a
// hash table. All of it is forgotten when the serial number goes up.
type tally struct {
	serial uint64
	cells  [1 << tallyBits]tallyCell
	more   []tallyCell
	used   int    // of more
	latest uint64 // serial number at which more was used last
}

const tallyBits = 6

type tallyCell struct{ serial, key, n uint64 }

// begin starts counting anew.
func (t *tally) begin() { t.serial++ }

// first counts key if its place is free, which means that it is the first time.
// It returns false if not: then again has to count it.
func (t *tally) first(key uint64) bool {
	c := &t.cells[tallyHash(key)>>(64-tallyBits)]
	if c.serial == t.serial {
		return false
	}
	c.serial, c.key, c.n = t.serial, key, 1
	return true
}

// again counts a key of which first knows nothing, and returns how often it was
// counted before.
func (t *tally) again(key uint64) uint64 {
	c := &t.cells[tallyHash(key)>>(64-tallyBits)]
	if c.key != key {
		c = t.apart(key)
	}
	c.n++
	return c.n - 1
}

func tallyHash(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 }

// apart returns the cell of a key whose place another one has taken.
func (t *tally) apart(key uint64) *tallyCell {
	if t.latest != t.serial {
		t.latest, t.used = t.serial, 0
	}
	if 2*t.used >= len(t.more) {
		t.grow()
	}
	c := t.find(key)
	if c.serial != t.serial {
		*c = tallyCell{serial: t.serial, key: key}
		t.used++
	}
	return c
}

// find returns the cell of key in more, or the free cell where it belongs.
func (t *tally) find(key uint64) *tallyCell {
	mask := uint64(len(t.more) - 1)
	for i := tallyHash(key) >> 32; ; i++ {
		c := &t.more[i&mask]
		if c.serial != t.serial || c.key == key {
			return c
		}
	}
}

func (t *tally) grow() {
	old := t.more
	t.more = make([]tallyCell, max(64, 2*len(old)))
	for i := range old {
		if old[i].serial == t.serial {
			*t.find(old[i].key) = old[i]
		}
	}
}
