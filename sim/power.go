package sim

import (
	"fmt"

	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// Unsynced says what a power loss does to what no sync has covered.
type Unsynced uint8

// The numbers enter draws and are never reused.
const (
	Lose   Unsynced = 1 // it is gone
	Keep   Unsynced = 2 // it is there
	Torn   Unsynced = 3 // of each file, and of the names, a prefix is there
	Random Unsynced = 4 // one of these, drawn for each file and for the names
)

// Loss is what a power loss took.
type Loss struct {
	Bytes int64 // accounted bytes written and not there any more
	Files int   // files that lost something
	Torn  int   // files that end in the middle of what was written at once, or in zeros or garbage
	Names int   // creations, renames and removals undone
}

// Tails of a torn file.
const (
	tailShort   = iota // the file ends where the prefix does
	tailZeros          // it has its length, with zeros
	tailGarbage        // it has its length, with anything
	tails
)

// PowerLoss crashes a process and does to its disk what a power loss does.
// What syncs that have completed cover is not touched.
func (s *System[M]) PowerLoss(p ProcID, u Unsynced) Loss {
	s.Crash(p)
	d := s.processes[p].disk
	if d == nil {
		return Loss{}
	}
	return d.powerLoss(u)
}

// Wipe crashes a process and takes everything off its disk.
func (s *System[M]) Wipe(p ProcID) {
	s.Crash(p)
	if s.processes[p].disk != nil {
		s.Format(p, nil)
	}
}

// Format gives the disk of a process that is down these files and nothing else,
// durably and in no time: what was there before the run began.
func (s *System[M]) Format(p ProcID, files []StoredFile) {
	proc := &s.processes[p]
	if proc.up || proc.disk == nil {
		panic(fmt.Sprintf("sim: format of %s, which is up or has no disk", proc.name))
	}
	d := proc.disk
	s.digest.Add2(where(trace.DiskOp, p, Nobody), uint64(d.used))
	d.halt()
	d.erase()
	for i := range files {
		d.install(&files[i])
	}
}

// install adds a durable file.
func (d *Disk) install(file *StoredFile) {
	weight := max(file.Weight, int64(len(file.Data)))
	node := d.create(file.Name)
	d.core.digest.Add2(node.hash, hashBytes(file.Data))
	node.extend(&d.core.files, file.Data, weight)
	d.used += weight
	d.dir.sync(d.seq)
	d.core.digest.Add3(node.hash, hashBytes(file.Data), uint64(weight))
}

// halt ends what the device was doing.
func (d *Disk) halt() {
	d.settle(d.core.now)
	d.pending, d.busy = d.pending[:0], d.core.now
	d.ends.empty()
}

func (d *Disk) powerLoss(u Unsynced) (loss Loss) {
	d.halt()
	for _, node := range d.inodes {
		if node == nil {
			continue
		}
		node.err = DiskOK
		if len(node.journal()) > 0 {
			d.tear(node, d.mode(u, node.hash), &loss)
		}
		node.lied, node.spoilt = 0, false
	}
	d.tearNames(d.mode(u, allNames), &loss)
	if d.faults != nil {
		d.faults.lied = 0
		d.forgetDamage()
	}
	d.core.digest.Add5(where(trace.DiskOp, d.proc, Nobody), uint64(u), uint64(loss.Bytes), uint64(loss.Torn), uint64(loss.Names))
	return loss
}

// allNames stands for the directory where a draw is for a file.
const allNames = ^uint64(0)

// tear decides what is left of the changes of a file that are not durable.
func (d *Disk) tear(n *inode, u Unsynced, loss *Loss) {
	if u != Keep {
		d.used -= n.weight
		d.rewind(n, u, loss)
		d.used += n.weight
	}
	clear(n.changes)
	n.changes = n.changes[:0]
}

func (d *Disk) rewind(n *inode, u Unsynced, loss *Loss) {
	size, weight := n.size, n.weight
	for i := len(n.changes) - 1; i >= 0; i-- {
		n.undo(&d.core.files, &n.changes[i])
	}
	total, cut, torn := n.unsynced(), int64(0), false
	if u == Torn {
		cut = d.cut(n.weight, total, n.hash)
		torn = n.replay(&d.core.files, cut)
		if n.onlyGrew() {
			torn = d.fillTail(n, size, weight) || torn
		}
	}
	if torn {
		loss.Torn++
	}
	if cut < total {
		loss.Files++
		loss.Bytes += total - cut
	}
	if n.lied > 0 {
		d.faults.exposeLies(max(0, n.liedAbout()-cut))
	}
}

// cut draws how many of the unsynced bytes of a file survive: none, all, or up
// to a boundary of a sector. from is where on the device they begin.
func (d *Disk) cut(from, total int64, f uint64) int64 {
	if total == 0 {
		return 0
	}
	first := from / d.cfg.Sector
	inside := (from+total-1)/d.cfg.Sector - first
	switch k := int64(rng.Below(d.draw(drawTear, f), uint64(inside)+2)); k {
	case 0:
		return 0
	case inside + 1:
		return total
	default:
		return (first+k)*d.cfg.Sector - from
	}
}

// fillTail draws what follows the prefix of a torn file that survived, up to
// the length and weight that the file had, and tells whether anything does.
func (d *Disk) fillTail(n *inode, size, weight int64) bool {
	bytes := size - n.size
	tail := rng.Below(d.draw(drawTail, n.hash), tails)
	if bytes <= 0 || tail == tailShort {
		return false
	}
	fill := make([]byte, bytes)
	if tail == tailGarbage {
		garbage := rng.NewStream(d.draw(drawGarbage, n.hash))
		for i := range fill {
			fill[i] = byte(garbage.Uint64() >> 56)
		}
	}
	n.extend(&d.core.files, fill, weight-n.weight)
	return true
}

// draw is a number for a purpose of this power loss and a file.
func (d *Disk) draw(purpose, file uint64) uint64 {
	c := d.core
	p := &c.processes[d.proc]
	return rng.Draw2(c.seeds.Environment, purpose, p.hash, file, rng.Mix(c.lineage, uint64(p.epoch)))
}

func (d *Disk) mode(u Unsynced, file uint64) Unsynced {
	if u != Random {
		return u
	}
	return Lose + Unsynced(rng.Below(d.draw(drawPower, file), 3))
}

func (d *Disk) tearNames(u Unsynced, loss *Loss) {
	n := len(d.dir.changes)
	keep := 0
	switch u {
	case Keep:
		keep = n
	case Torn:
		keep = int(rng.Below(d.draw(drawTear, allNames), uint64(n+1)))
	}
	loss.Names += n - keep
	if d.faults != nil {
		d.faults.exposeLies(d.dir.liedAbout(keep, d.faults.lied))
	}
	d.dir.crash(keep)
	d.relink()
}

// relink finds out anew which files have names.
func (d *Disk) relink() {
	d.removed = d.removed[:0]
	d.recent, d.latest = nil, NoFile
	for f, node := range d.inodes {
		if node == nil {
			continue
		}
		if node.removed = d.dir.nameOf(File(f)) == ""; node.removed {
			d.removed = append(d.removed, File(f))
		}
	}
	d.collect()
}
