package sim

import (
	"strings"

	"dynamosim/sim/rng"
)

// DiskRule is a fault of one disk while it is added. What it draws depends on
// its name, so rules neither shift each other's draws nor those of the disk.
// It concerns the files whose names begin with File.
type DiskRule struct {
	Name  string
	Does  DiskFault
	File  string     // prefix of file names; "" = all
	Ops   DiskOps    // FaultError: what fails
	Share rng.Chance // FaultError, FaultLost, FaultMisdirected: of the operations concerned
	Nth   int64      // in place of Share: only the n-th operation concerned
	Free  int64      // FaultFull: accounted bytes that are left when it begins

	Effects int64 // how often it was felt; counted by the System, also after the rule was removed

	seen  int64 // operations concerned
	limit int64 // FaultFull: accounted bytes on the disk, at most
}

// DiskFault is what a DiskRule does. The numbers enter draws and are never
// reused.
type DiskFault uint8

// The faults of disks.
const (
	FaultError       DiskFault = 1 // operations fail with DiskIO; an effect is one that did
	FaultLie         DiskFault = 2 // syncs make nothing durable; an effect is a byte or a name that a power loss took although a sync had covered it
	FaultLost        DiskFault = 3 // the bytes of a write never reach the medium; an effect is a byte read that is missing
	FaultMisdirected DiskFault = 4 // they reach it at another place; an effect is a byte read that is missing, or wrong there
	FaultFull        DiskFault = 5 // there is no more room; an effect is a write refused
	FaultStall       DiskFault = 6 // nothing completes; an effect is a completion that came late
)

// DiskOps is a set of kinds of operations.
type DiskOps uint8

// The kinds of operations.
const (
	Reads  DiskOps = 1 << iota // reads of files
	Writes                     // appends, overwrites and truncations
	Syncs                      // of files; of names, if one of those that are not durable is concerned
)

// kind returns the set that an operation is in, 0 for changes of names.
func (o DiskOp) kind() DiskOps {
	switch o {
	case OpRead:
		return Reads
	case OpAppend, OpWrite, OpTruncate:
		return Writes
	case OpSync, OpSyncDir:
		return Syncs
	}
	return 0
}

// diskFaults is the part of a disk that only one with faults has.
type diskFaults struct {
	rules  []*DiskRule // active, in the order in which they were added
	damage []damage    // what on the medium is not what was written there
	lied   uint64      // changes of names up to this one were called durable
	held   []int32     // completions that a stall keeps, in order
	due    int         // of those let go, how many have not come yet
	stalls int
	since  int64 // when the first of the stalls began

	// Of the operation being done.
	lineage uint64 // if told
	told    bool
	struck  []damage // what it leaves behind
	astray  []astray
}

// astray are the bytes of a write that a rule has sent elsewhere.
type astray struct {
	rule *DiskRule
	data []byte
}

// damage is a run of bytes that are not what was written there, or not what is
// believed to be. effects counts the bytes of it that are read.
type damage struct {
	file     File
	from, to int64
	effects  *int64
}

// AddDiskRule begins a fault of the disk of p, which is up or down. It does
// nothing to a process without a disk.
func (s *System[M]) AddDiskRule(p ProcID, rule *DiskRule) {
	d := s.processes[p].disk
	if d == nil {
		return
	}
	f := d.faulty()
	if rule.Does == FaultFull {
		rule.limit = d.used + min(rule.Free, d.Free())
	}
	f.rules = append(f.rules, rule)
	if rule.Does != FaultStall {
		return
	}
	if f.stalls == 0 {
		d.settle(s.now)
		f.since = s.now
	}
	f.stalls++
}

// RemoveDiskRule ends a fault of the disk of p. A disk that lied writes down
// what it has kept back; one that stalled completes what it has held. What was
// lost or misplaced stays so.
func (s *System[M]) RemoveDiskRule(p ProcID, rule *DiskRule) {
	d := s.processes[p].disk
	if d == nil || d.faults == nil {
		return
	}
	f := d.faults
	for i, r := range f.rules {
		if r != rule {
			continue
		}
		f.rules = append(f.rules[:i:i], f.rules[i+1:]...)
		switch {
		case rule.Does == FaultLie && !f.any(FaultLie):
			d.comeClean()
		case rule.Does == FaultStall:
			if f.stalls--; f.stalls == 0 {
				s.letGo(f)
			}
		}
		return
	}
}

func (d *Disk) faulty() *diskFaults {
	if d.faults == nil {
		d.faults = new(diskFaults)
	}
	return d.faults
}

func (f *diskFaults) any(does DiskFault) bool {
	for _, r := range f.rules {
		if r.Does == does {
			return true
		}
	}
	return false
}

// strike lets the active faults act on an operation that is about to be done,
// and returns the bytes that reach the place they are meant for.
func (d *Disk) strike(o *operation, data []byte) []byte {
	d.faults.struck, d.faults.astray = d.faults.struck[:0], d.faults.astray[:0]
	for _, r := range d.faults.rules {
		if o.err != DiskOK {
			break
		}
		switch r.Does {
		case FaultError:
			if r.Ops&o.op.kind() != 0 && d.hits(r, o) {
				o.err, o.bytes = DiskIO, 0
				r.Effects++
				if o.op == OpSync {
					o.node.spoilt = true
				}
			}
		case FaultLost:
			if len(data) > 0 && d.hits(r, o) {
				data = d.loseWrite(r, o, data)
			}
		case FaultMisdirected:
			if len(data) > 0 && d.hits(r, o) {
				d.faults.astray = append(d.faults.astray, astray{r, data})
				data = d.loseWrite(r, o, data)
			}
		}
	}
	return data
}

// hits tells whether a rule concerns an operation, and this time.
func (d *Disk) hits(r *DiskRule, o *operation) bool {
	if r.File != "" && !d.concerned(r.File, o) {
		return false
	}
	r.seen++
	if r.Nth > 0 {
		return r.seen == r.Nth
	}
	return r.Share.Hit(d.drawFor(r, o, drawStrike))
}

// concerned tells whether an operation is about files of a prefix. A sync of
// names is if it would make one of theirs durable.
func (d *Disk) concerned(prefix string, o *operation) bool {
	if o.op != OpSyncDir {
		return strings.HasPrefix(d.dir.nameOf(o.file), prefix)
	}
	for i := range d.dir.changes {
		if c := &d.dir.changes[i]; strings.HasPrefix(c.name, prefix) || strings.HasPrefix(c.to, prefix) {
			return true
		}
	}
	return false
}

// drawFor is a number for a rule, a purpose and an operation.
func (d *Disk) drawFor(r *DiskRule, o *operation, purpose uint64) uint64 {
	f, c := d.faults, d.core
	if !f.told {
		f.lineage, f.told = d.lineage(o.op, o.file), true
	}
	return rng.Draw2(c.seeds.Environment, purpose, c.processes[d.proc].hash, rng.Hash(r.Name), f.lineage)
}

// loseWrite returns what is at the place of a write already, zeros beyond the
// end of the file: a write that is lost leaves that.
func (d *Disk) loseWrite(r *DiskRule, o *operation, data []byte) []byte {
	at := o.node.size
	if o.op == OpWrite {
		at = o.offset
	}
	there := o.node.copyOut(make([]byte, 0, len(data)), at, len(data))
	there = append(there, make([]byte, len(data)-len(there))...)
	d.faults.struck = append(d.faults.struck, damage{o.file, at, at + int64(len(data)), &r.Effects})
	return there
}

// misdirect puts the bytes of a write where a drawn sector of the files
// concerned begins, over what is there, as far as that file goes.
func (d *Disk) misdirect(r *DiskRule, o *operation, data []byte) {
	sectors := int64(0)
	for _, e := range d.dir.names {
		if strings.HasPrefix(e.name, r.File) {
			sectors += d.sectors(e.file)
		}
	}
	if sectors == 0 {
		return // it lies where no file is
	}
	k := int64(rng.Below(d.drawFor(r, o, drawVictim), uint64(sectors)))
	for _, e := range d.dir.names {
		if !strings.HasPrefix(e.name, r.File) {
			continue
		}
		if n := d.sectors(e.file); k >= n {
			k -= n
			continue
		}
		at := k * d.cfg.Sector
		victim := d.inodes[e.file]
		data = data[:min(int64(len(data)), victim.size-at)]
		victim.copyIn(at, data)
		d.harm(damage{e.file, at, at + int64(len(data)), &r.Effects})
		return
	}
}

// sectors is how many sectors a file has bytes in.
func (d *Disk) sectors(f File) int64 { return (d.inodes[f].size + d.cfg.Sector - 1) / d.cfg.Sector }

// harm notes damage.
func (d *Disk) harm(x damage) {
	d.inodes[x.file].changed = true
	d.faults.damage = append(d.faults.damage, x)
}

// endOfFile is more bytes than any file has.
const endOfFile = 1<<31 - 1

// written notes what becomes of damage where bytes have been written, or cut
// off.
func (d *Disk) written(o *operation, bytes int) {
	if d.faults == nil {
		return
	}
	d.heal(o.file, o.offset, o.offset+int64(bytes))
	for _, x := range d.faults.struck {
		d.harm(x)
	}
	for _, x := range d.faults.astray {
		d.misdirect(x.rule, o, x.data)
	}
}

// heal forgets the damage to bytes that have been written anew, or are gone.
func (d *Disk) heal(f File, from, to int64) {
	kept := d.faults.damage[:0]
	for _, x := range d.faults.damage {
		if x.file != f || x.to <= from || x.from >= to {
			kept = append(kept, x)
			continue
		}
		if x.from < from {
			kept = append(kept, damage{f, x.from, from, x.effects})
		}
		if x.to > to {
			kept = append(kept, damage{f, to, x.to, x.effects})
		}
	}
	clear(d.faults.damage[len(kept):])
	d.faults.damage = kept
}

// forgetDamage forgets the damage beyond the ends of files, and in files that
// are gone.
func (d *Disk) forgetDamage() {
	for f, node := range d.inodes {
		if node == nil {
			d.heal(File(f), 0, 1<<62)
		} else {
			d.heal(File(f), node.size, 1<<62)
		}
	}
}

// noticeDamage counts the damaged bytes that a read returns.
//
//go:noinline — so that complete is short
func (d *Disk) noticeDamage(f File, from, to int64) {
	for _, x := range d.faults.damage {
		if x.file == f {
			*x.effects += max(0, min(to, x.to)-max(from, x.from))
		}
	}
}

// A disk that lies.

// meansIt tells whether a sync of a file, or of the names, makes anything
// durable, and remembers what a lie was about.
func (d *Disk) meansIt(f File) bool {
	lies := d.faults.any(FaultLie)
	switch {
	case f == NoFile && lies:
		d.faults.lied = d.seq
	case f == NoFile:
	case d.inodes[f].spoilt:
		return false
	case lies:
		d.inodes[f].lied = d.seq
	}
	return !lies
}

// comeClean makes durable what syncs have lied about.
func (d *Disk) comeClean() {
	for _, node := range d.inodes {
		if node != nil && node.lied > 0 {
			node.sync(node.lied)
			node.lied = 0
		}
	}
	if d.faults.lied > 0 {
		d.dir.sync(d.faults.lied)
		d.faults.lied = 0
		d.collect()
	}
}

// liedAbout is how many accounted bytes of the changes that were taken back
// had been called durable.
func (n *inode) liedAbout() (total int64) {
	for i := range n.changes {
		if n.changes[i].seq <= n.lied {
			total += n.changes[i].cost()
		}
	}
	return total
}

// liedAbout is how many of the changes of names after the first ones had been
// called durable.
func (d *directory) liedAbout(first int, lied uint64) (count int64) {
	for _, c := range d.changes[first:] {
		if c.seq <= lied {
			count++
		}
	}
	return count
}

// exposeLies counts what a power loss has taken although it was called durable.
func (f *diskFaults) exposeLies(taken int64) {
	for _, r := range f.rules {
		if r.Does == FaultLie {
			r.Effects += taken
		}
	}
}

// A disk that is full, or stalls.

// room is how many accounted bytes may still be written.
func (f *diskFaults) room(used, free int64) int64 {
	for _, r := range f.rules {
		if r.Does == FaultFull {
			free = min(free, max(0, r.limit-used))
		}
	}
	return free
}

// refused counts a write that did not find room, if that is a fault's doing.
func (f *diskFaults) refused(used, free, bytes int64) {
	if bytes <= free {
		for _, r := range f.rules {
			if r.Does == FaultFull && bytes > max(0, r.limit-used) {
				r.Effects++
			}
		}
	}
}

// clock is the time that the device has reached.
func (f *diskFaults) clock(now int64) int64 {
	if f.stalls > 0 {
		return min(now, f.since)
	}
	return now
}

// stalled keeps the completion of an operation that a stall holds back, or
// that would overtake one that has been held.
func (c *core) stalled(p *process, i int32, at int64) bool {
	f, e := p.disk.faults, &c.events[i]
	switch {
	case e.flags&flagStalled != 0:
		e.flags &^= flagStalled
		f.due--
		return false
	case e.epoch != p.epoch:
		return false
	case f.stalls > 0 && DiskError(e.err) == DiskOK:
		f.held = append(f.held, i)
		for _, r := range f.rules {
			if r.Does == FaultStall {
				r.Effects++
			}
		}
		return true
	case f.due > 0:
		e.flags |= flagStalled
		f.due++
		c.schedule(at, i)
		return true
	}
	return false
}

// letGo lets what a stall has held complete, in its order.
func (c *core) letGo(f *diskFaults) {
	for _, i := range f.held {
		c.events[i].flags |= flagStalled
		f.due++
		c.schedule(c.now, i)
	}
	f.held = f.held[:0]
}

// Rot turns over bits on the medium: bytes that are durable, and that nobody
// has written since, are not what they were. They are found when they are read.
type Rot struct {
	Name string
	File string // prefix of file names; "" = all
	Bits int
	// Until is up to which offset a file may be hit; nil = its durable length.
	Until func(name string) int64

	Effects int64 // rotten bytes read; counted by the System
}

// Rot applies r to the disk of p and returns how many bits it has turned: none
// if nothing is durable. Where they are is drawn for each bit on its own, evenly
// over the accounted bytes.
func (s *System[M]) Rot(p ProcID, r *Rot) (turned int) {
	d := s.processes[p].disk
	if d == nil {
		return 0
	}
	d.settle(s.now)
	f := d.faulty()
	places, total := d.rottable(r)
	for i := 0; i < r.Bits && total > 0; i++ {
		key := uint64(i)
		at := int64(rng.Below(rng.Draw2(s.seeds.Environment, drawRot, s.processes[p].hash, rng.Hash(r.Name), key), uint64(total)))
		for _, x := range places {
			if at >= x.to {
				at -= x.to
				continue
			}
			node := d.inodes[x.file]
			off := node.offsetAt(at)
			bit := rng.Below(rng.Draw2(s.seeds.Environment, drawRotBit, s.processes[p].hash, rng.Hash(r.Name), key), 8)
			b := node.copyOut(nil, off, 1)
			b[0] ^= 1 << bit
			node.copyIn(off, b)
			s.digest.Add3(node.hash, uint64(off), bit)
			f.damage = append(f.damage, damage{x.file, off, off + 1, &r.Effects})
			turned++
			break
		}
	}
	return turned
}

// rottable lists files with the accounted bytes of each that may rot, and their
// sum.
func (d *Disk) rottable(r *Rot) (places []damage, total int64) {
	for _, e := range d.dir.names {
		if !strings.HasPrefix(e.name, r.File) {
			continue
		}
		node := d.inodes[e.file]
		end := node.durable()
		if r.Until != nil {
			end = min(end, r.Until(e.name))
		}
		if end <= 0 {
			continue
		}
		weight := node.weightAt(end)
		places = append(places, damage{file: e.file, to: weight})
		total += weight
	}
	return places, total
}

// durable is up to where no change is not durable yet.
func (n *inode) durable() int64 {
	end := n.size
	changes := n.journal()
	for i := range changes {
		c := &changes[i]
		switch c.op {
		case OpWrite:
			end = min(end, c.offset, c.size)
		case OpTruncate:
			end = min(end, c.size-int64(len(c.data)))
		default:
			end = min(end, c.size)
		}
	}
	return end
}

// offsetAt is the inverse of weightAt: the byte that an accounted byte stands
// in.
func (n *inode) offsetAt(weight int64) int64 {
	for i := range n.blocks {
		b := &n.blocks[i]
		if weight >= b.base+b.end().weight {
			continue
		}
		weight -= b.base
		before := mark{}
		for _, m := range b.marks {
			if weight < m.weight {
				inside := mulDiv(weight-before.weight, int64(m.end-before.end), m.weight-before.weight)
				return int64(i)<<blockBits + int64(before.end) + inside
			}
			before = m
		}
	}
	return n.size - 1
}

// Restore gives the disk of a process that is down the files of a copy, and
// nothing else. That it was put back from a copy can be seen: copy, not 0, is
// what Disk.Copy says from then on.
func (s *System[M]) Restore(p ProcID, files []StoredFile, copy uint64) {
	s.Format(p, files)
	if d := s.processes[p].disk; d != nil {
		d.copy = copy
	}
}

// Copy tells from which copy the disk was restored: 0 if it never was. As the
// generation number that a virtual machine is given, it is no part of what is
// copied.
func (d *Disk) Copy() uint64 { return d.copy }
