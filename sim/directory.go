package sim

import "slices"

// directory is what the files of a disk are called: now, and after a power loss.
type directory struct {
	names   []dirEntry  // sorted by name
	durable []dirEntry  // sorted by name
	changes []dirChange // not durable yet, in their order
}

type dirEntry struct {
	name string
	file File
}

// dirChange is a creation, a rename to another name, or a removal.
type dirChange struct {
	seq      uint64
	op       DiskOp
	name, to string
	file     File
}

func (d *directory) erase() {
	clear(d.names)
	clear(d.durable)
	clear(d.changes)
	d.names, d.durable, d.changes = d.names[:0], d.durable[:0], d.changes[:0]
}

// search returns where a name is in a sorted list, or belongs.
func search(list []dirEntry, name string) (i int, ok bool) {
	for i = range list {
		if list[i].name >= name {
			return i, list[i].name == name
		}
	}
	return len(list), false
}

func (d *directory) lookup(name string) (File, bool) {
	if i, ok := search(d.names, name); ok {
		return d.names[i].file, true
	}
	return NoFile, false
}

// nameOf returns what a file is called, or "".
func (d *directory) nameOf(f File) string {
	for _, e := range d.names {
		if e.file == f {
			return e.name
		}
	}
	return ""
}

// change does something to the names and returns the file that has lost its
// name by it, or NoFile.
func (d *directory) change(c dirChange) (unnamed File) {
	d.changes = append(d.changes, c)
	d.names, unnamed = c.apply(d.names)
	return unnamed
}

func (c *dirChange) apply(list []dirEntry) (after []dirEntry, unnamed File) {
	unnamed = NoFile
	if c.op != OpCreate {
		if i, ok := search(list, c.name); ok {
			list = slices.Delete(list, i, i+1)
		}
	}
	if c.op == OpRemove {
		return list, c.file
	}
	name := c.name
	if c.op == OpRename {
		name = c.to
	}
	i, taken := search(list, name)
	if !taken {
		return slices.Insert(list, i, dirEntry{name, c.file}), NoFile
	}
	unnamed, list[i].file = list[i].file, c.file
	return list, unnamed
}

// sync makes the changes up to seq durable.
func (d *directory) sync(seq uint64) {
	n := 0
	for ; n < len(d.changes) && d.changes[n].seq <= seq; n++ {
		d.durable, _ = d.changes[n].apply(d.durable)
	}
	d.changes = slices.Delete(d.changes, 0, n)
}

// crash keeps the first n changes that were not durable, and loses the others.
func (d *directory) crash(n int) {
	if n > 0 {
		d.sync(d.changes[n-1].seq)
	}
	clear(d.changes)
	d.changes = d.changes[:0]
	d.names = append(d.names[:0], d.durable...)
}

// mentions tells whether a power loss may lead to a file again.
func (d *directory) mentions(f File) bool {
	for _, e := range d.durable {
		if e.file == f {
			return true
		}
	}
	for _, c := range d.changes {
		if c.file == f {
			return true
		}
	}
	return false
}
