package dynamo

// heardTable remembers when a node of a large cluster last heard from each of its peers, of those that it has heard from lately: open addressing
// with linear probing. A message arrives from any of thousands, so what it needs to know is in one line of the processor's cache.
type heardTable struct {
	cells  []heardCell // a power of two
	used   int
	before int64 // who was last heard of before this moment is as good as never heard of
}

type heardCell struct {
	at   int64  // monotonic time
	peer NodeID // plus one; 0: empty
}

func (t *heardTable) emptied() heardTable {
	clear(t.cells)
	return heardTable{cells: t.cells}
}

// last gives the moment at which a peer was last heard of, 0: never, or long ago.
func (t *heardTable) last(id NodeID) int64 {
	if len(t.cells) == 0 {
		return 0
	}
	return t.find(id).at
}

// note remembers that a peer is heard of now.
func (t *heardTable) note(id NodeID, now int64) {
	if 4*(t.used+1) > 3*len(t.cells) {
		t.renew()
	}
	c := t.find(id)
	if c.peer == 0 {
		c.peer = id + 1
		t.used++
	}
	c.at = now
}

// find gives the cell of a peer, or the empty one where it belongs.
func (t *heardTable) find(id NodeID) *heardCell {
	mask := uint32(len(t.cells) - 1)
	for i := spread(KeyID(id)); ; i++ {
		if c := &t.cells[i&mask]; c.peer == id+1 || c.peer == 0 {
			return c
		}
	}
}

// renew forgets whom it may, and makes room for as many again as are left.
func (t *heardTable) renew() {
	old, kept := t.cells, 0
	for i := range old {
		if old[i].recent(t.before) {
			kept++
		}
	}
	size := 16
	for size < 2*(kept+1) {
		size *= 2
	}
	*t = heardTable{cells: make([]heardCell, size), before: t.before}
	for i := range old {
		if c := &old[i]; c.recent(t.before) {
			t.note(c.peer-1, c.at)
		}
	}
}

func (c *heardCell) recent(before int64) bool { return c.peer != 0 && c.at >= before }
