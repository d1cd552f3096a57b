package dynamo

// slotTable maps keys to small dense numbers of a node: open addressing with linear probing, no deletion. It is an array, not a Go map, because
// every replica looks a key up on every request.
type slotTable struct {
	cells []slotCell // a power of two
	used  int32
	empty int32 // slots of which the owner of the table holds nothing (any more), where it counts them
}

type slotCell struct {
	key  KeyID
	slot int32 // plus one; 0: empty
}

func (t *slotTable) emptied() slotTable {
	clear(t.cells)
	return slotTable{cells: t.cells}
}

// get gives the slot of a key, or -1.
func (t *slotTable) get(key KeyID) int32 {
	if len(t.cells) == 0 {
		return -1
	}
	mask := uint32(len(t.cells) - 1)
	for i := spread(key) & mask; ; i = (i + 1) & mask {
		c := t.cells[i]
		if c.slot == 0 {
			return -1
		}
		if c.key == key {
			return c.slot - 1
		}
	}
}

// set stores the slot of a key.
func (t *slotTable) set(key KeyID, slot int32) {
	if 4*int(t.used+1) > 3*len(t.cells) {
		t.grow()
	}
	mask := uint32(len(t.cells) - 1)
	for i := spread(key) & mask; ; i = (i + 1) & mask {
		c := &t.cells[i]
		if c.slot == 0 {
			t.used++
			*c = slotCell{key, slot + 1}
			return
		}
		if c.key == key {
			c.slot = slot + 1
			return
		}
	}
}

func (t *slotTable) grow() {
	old := t.cells
	t.cells = make([]slotCell, max(16, 2*len(old)))
	t.used = 0
	for _, c := range old {
		if c.slot != 0 {
			t.set(c.key, c.slot-1)
		}
	}
}

func spread(key KeyID) uint32 { return uint32(uint64(uint32(key)) * 0x9e3779b97f4a7c15 >> 32) }
