package dynamo

import "strings"

// The storage engine that keeps nothing (§5 lists engines of several kinds): the logs of a node's objects and hints lie on a disk in its own
// memory, which takes no time and dies with it. Its identity stays on the real one, so that no version is ever named twice.

// moveToMemory takes over what recovery found, which is there only when the cluster was formed with it, and removes it from the disk.
func (n *Node) moveToMemory() {
	n.memory, n.unsettled = &memoryDisk{}, true
	n.store.engine = n.newEngine(engineData, dataLog{n})
	n.hints.engine = n.newEngine(engineHints, hintLog{n})
	n.pending = engines // these two, and one that never comes
	n.store.engine.Recover()
	n.hints.engine.Recover()
	n.memory.drain(n)
	for slot := range n.store.entries {
		if n.store.entries[slot].set != nil {
			n.writeSlot(int32(slot), &ticket{kind: ticketNobody, durable: true})
		}
	}
	for i := range n.hints.entries {
		if e := &n.hints.entries[i]; e.used {
			n.write(engineHints, uint32(i), n.hintKey(e.home, e.key), e.set, &ticket{kind: ticketNobody})
		}
	}
	n.memory.drain(n)
	n.removeLogs()
}

// removeLogs takes the files of objects and hints off the disk.
func (n *Node) removeLogs() {
	disk := n.env.Disk()
	for _, f := range disk.List() {
		if !strings.HasPrefix(f.Name, enginePrefixes[engineMeta]+"-") {
			disk.Remove(f.Name, 0)
		}
	}
	disk.SyncDir(0)
}

// drain hands over completions until there are no more.
func (d *memoryDisk) drain(n *Node) {
	for i := 0; i < len(d.done); i++ {
		c := d.done[i]
		e := int(c.Token >> tokenShift)
		n.engine(e).Handle(&c)
		n.wantTick(e)
		for k := 0; k < len(n.later); k++ {
			n.settle(n.later[k])
		}
		n.later = n.later[:0]
	}
	d.done = d.done[:0]
}
