package sim

import "slices"

// change is something done to a file that is not durable yet, with what undoes
// it: for bytes put over others, the others; for bytes appended, nothing but
// how long the file was; for bytes cut off, those.
type change struct {
	seq    uint64
	op     DiskOp
	offset int64  // of an overwrite
	data   []byte // what undoes it; once undone, what does it again
	size   int64  // of the file before
	grown  int64  // bytes appended
	weight int64  // accounted bytes appended or cut off
}

// lone is an append. A file that is synced after each has seldom more that is not
// durable than one, which then is not in the list of changes.
type lone struct {
	seq                 uint64 // 0: there is none
	size, grown, weight int64  // as of a change
}

// journal returns the changes that are not durable yet, all in the list.
func (n *inode) journal() []change {
	if l := n.lone; l.seq != 0 {
		n.lone.seq = 0
		*n.log() = change{seq: l.seq, op: OpAppend, size: l.size, grown: l.grown, weight: l.weight}
	}
	return n.changes
}

// append adds data that accounts for weight to the end.
func (n *inode) append(store *fileStore, seq uint64, data []byte, weight int64) {
	if l := &n.lone; len(n.changes) == 0 && l.seq == 0 {
		l.seq, l.size, l.grown, l.weight = seq, n.size, int64(len(data)), weight
	} else {
		n.logAppend(seq, int64(len(data)), weight)
	}
	n.extend(store, data, weight)
}

// logAppend notes an append that is not the only change.
func (n *inode) logAppend(seq uint64, grown, weight int64) {
	n.journal()
	c := n.log()
	c.seq, c.op, c.offset, c.data, c.size, c.grown, c.weight = seq, OpAppend, 0, nil, n.size, grown, weight
}

// write puts data at an offset, zeros before it if the file is shorter, and
// returns the accounted bytes added.
func (n *inode) write(store *fileStore, seq uint64, off int64, data []byte) int64 {
	n.journal()
	c := change{seq: seq, op: OpWrite, offset: off, size: n.size}
	c.data = n.copyOut(nil, off, len(data))
	over := data[:len(c.data)]
	n.copyIn(off, over)
	if gap := off - n.size; gap > 0 {
		n.extend(store, make([]byte, gap), gap)
	}
	rest := data[len(over):]
	n.extend(store, rest, int64(len(rest)))
	c.grown = n.size - c.size
	c.weight = c.grown
	*n.log() = c
	return c.weight
}

// truncate cuts the file to a size below its own and returns the accounted
// bytes cut off.
func (n *inode) truncate(store *fileStore, seq uint64, size int64) int64 {
	n.journal()
	c := change{seq: seq, op: OpTruncate, size: n.size}
	c.data = n.copyOut(nil, size, int(n.size-size))
	c.weight = n.shrink(store, size)
	*n.log() = c
	return c.weight
}

// manyChanges is when a journal is thinned out.
const manyChanges = 4096

// merge makes one append of each two in a row; no sync may be under way.
func (n *inode) merge() {
	kept, single := n.changes[:0], false
	for _, c := range n.changes {
		if k := len(kept); single && c.op == OpAppend && kept[k-1].op == OpAppend && (kept[k-1].seq > n.lied || c.seq <= n.lied) {
			last := &kept[k-1]
			last.seq, last.grown, last.weight = c.seq, last.grown+c.grown, last.weight+c.weight
			single = false
			continue
		}
		kept, single = append(kept, c), true
	}
	clear(n.changes[len(kept):])
	n.changes = kept
}

// log gives the place for the next change in the list.
func (n *inode) log() *change {
	k := len(n.changes)
	if k < cap(n.changes) {
		n.changes = n.changes[:k+1]
	} else {
		n.changes = append(n.changes, change{})
	}
	return &n.changes[k]
}

// sync makes the changes up to seq durable.
func (n *inode) sync(seq uint64) {
	if n.lone.seq != 0 {
		if n.lone.seq <= seq {
			n.lone.seq = 0
		}
		return
	}
	k := 0
	for ; k < len(n.changes) && n.changes[k].seq <= seq; k++ {
		n.changes[k].data = nil
	}
	if k == len(n.changes) {
		n.changes = n.changes[:0]
		return
	}
	n.changes = slices.Delete(n.changes, 0, k)
}

// undo takes the last change back and keeps in it what does it again.
func (n *inode) undo(store *fileStore, c *change) {
	if c.op == OpTruncate {
		n.extend(store, c.data, c.weight)
		return
	}
	added := n.copyOut(nil, c.size, int(c.grown))
	n.shrink(store, c.size)
	over := n.copyOut(nil, c.offset, len(c.data))
	n.copyIn(c.offset, c.data)
	c.data = append(over, added...)
}

// redo does a change again that was taken back: all of it, or the part of its
// bytes that the first part of whole stands for.
func (n *inode) redo(store *fileStore, c *change, part, whole int64) {
	if c.op == OpTruncate {
		if part == whole {
			n.shrink(store, c.size-int64(len(c.data)))
		}
		return
	}
	keep := int64(len(c.data))
	if part < whole {
		keep = mulDiv(keep, part, whole)
	}
	over := int64(len(c.data)) - c.grown
	n.copyIn(c.offset, c.data[:min(keep, over)])
	if keep > over {
		n.extend(store, c.data[over:keep], mulDiv(c.weight, keep-over, c.grown))
	}
}

// cost is how many accounted bytes a change that was taken back writes.
func (c *change) cost() int64 {
	switch c.op {
	case OpAppend:
		return c.weight
	case OpWrite:
		return int64(len(c.data))
	}
	return 0
}

// unsynced is how many accounted bytes all changes write.
func (n *inode) unsynced() (total int64) {
	for i := range n.changes {
		total += n.changes[i].cost()
	}
	return total
}

// onlyGrew tells whether nothing but appends is not durable.
func (n *inode) onlyGrew() bool {
	for i := range n.changes {
		if n.changes[i].op != OpAppend {
			return false
		}
	}
	return true
}

// replay does the changes again until cut accounted bytes are written, and
// tells whether the last one is there in part.
func (n *inode) replay(store *fileStore, cut int64) (torn bool) {
	for i := range n.changes {
		c := &n.changes[i]
		cost := c.cost()
		if cut < cost {
			n.redo(store, c, cut, cost)
			return cut > 0
		}
		n.redo(store, c, 1, 1)
		cut -= cost
	}
	return false
}
