package sim

import (
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// operation is one call of the disk on its way to the device.
type operation struct {
	op     DiskOp
	err    DiskError
	file   File
	node   *inode
	token  uint64
	offset int64
	length int
	bytes  int64 // accounted
}

// begin looks the file of an operation up. Without a node there is nothing to do.
func (d *Disk) begin(op DiskOp, f File, token uint64) operation {
	o := operation{op: op, file: f, token: token}
	if d.deaf("disk operation") || d.refuse(&o) {
		return o
	}
	if o.node = d.node(f); o.node == nil {
		o.err = DiskNotFound
		d.finish(&o, nil, 0)
	}
	return o
}

// deaf tells whether operations have no effect now.
func (d *Disk) deaf(what string) bool {
	d.core.mustRun(d.proc, what)
	return d.core.muted
}

// refuse fails an operation that found too many others waiting.
func (d *Disk) refuse(o *operation) bool { return d.cfg.Queue > 0 && o.token != 0 && d.tooMany(o) }

func (d *Disk) tooMany(o *operation) bool {
	if d.ends.n < d.cfg.Queue || d.outstanding(d.core.now) < d.cfg.Queue {
		return false
	}
	o.err = DiskBusy
	d.finish(o, nil, 0)
	return true
}

func (d *Disk) nextSeq() uint64 {
	d.seq++
	return d.seq
}

// node returns what a file refers to, nil if it is dead.
func (d *Disk) node(f File) *inode {
	if f < 0 || int(f) >= len(d.inodes) || d.inodes[f] == nil || d.inodes[f].removed {
		return nil
	}
	return d.inodes[f]
}

// fits tells whether there is room for more bytes, and fails the operation if not.
func (d *Disk) fits(o *operation, bytes int64) bool {
	switch {
	case o.err != DiskOK:
		return false
	case bytes <= d.Free():
		return true
	}
	if d.faults != nil {
		d.faults.refused(d.used, d.space(), bytes)
	}
	o.err, o.bytes = DiskFull, 0
	return false
}

// lineage is the lineage of an operation.
func (d *Disk) lineage(op DiskOp, f File) uint64 {
	name := uint64(0)
	if f >= 0 && int(f) < len(d.inodes) && d.inodes[f] != nil {
		name = d.inodes[f].hash
	}
	return d.core.effect(effectDisk, uint64(op), uint32(name), name)
}

// finish takes the device for an operation and schedules its completion. It
// returns when the operation ends; one that failed takes no time.
func (d *Disk) finish(o *operation, time *rng.Dist, content uint64) (end int64) {
	c := d.core
	var lineage uint64
	if d.faults != nil && d.faults.told {
		lineage, d.faults.told = d.faults.lineage, false
	} else if o.node != nil {
		lineage = c.effect(effectDisk, uint64(o.op), uint32(o.node.hash), o.node.hash)
	} else {
		lineage = d.lineage(o.op, o.file)
	}
	d.tell(o.op, o.file, lineage, content, uint64(o.bytes))
	d.count(o)
	end = c.now
	if o.err == DiskOK {
		end = d.occupy(time, lineage, o.bytes)
	} else if o.token == 0 && o.node != nil {
		o.node.err = o.err
	}
	if o.token == 0 {
		return end
	}
	i, e := c.alloc()
	*e = event{
		lineage: lineage, cause: c.ordinal, a: o.token, b: uint64(o.offset),
		proc: d.proc, peer: ProcID(o.file), msg: int32(o.length), epoch: c.processes[d.proc].epoch,
		kind: eventDisk, code: uint8(o.op), err: uint8(o.err),
	}
	c.schedule(end, i)
	return end
}

// occupy takes the device for an operation.
func (d *Disk) occupy(time *rng.Dist, lineage uint64, bytes int64) (end int64) {
	c := d.core
	took := time.Sample(rng.Draw(c.seeds.Environment, drawDisk, c.processes[d.proc].hash, lineage))
	if d.cfg.Bandwidth > 0 {
		took = saturate(took, duration(bytes, d.cfg.Bandwidth))
	}
	if d.slow != 0 {
		took = scale(took, d.slow)
		c.processes[d.proc].counters.SlowDisk++
	}
	d.busy = saturate(max(d.busy, c.now), took)
	if d.ends.n == len(d.ends.buf) {
		d.outstanding(c.now) // rather than grow
	}
	d.ends.push(d.busy)
	return d.busy
}

func (d *Disk) count(o *operation) {
	n := &d.counters
	n.Operations++
	if o.err != DiskOK {
		n.Errors++
		return
	}
	switch o.op {
	case OpRead:
		n.Reads++
		n.ReadBytes += o.bytes
	case OpAppend, OpWrite:
		n.Writes++
		n.WrittenBytes += o.bytes
	case OpSync, OpSyncDir:
		n.Syncs++
	}
}

func (d *Disk) tell(op DiskOp, f File, lineage, content, bytes uint64) {
	c := d.core
	c.digest.Add4(where(trace.DiskOp, d.proc, ProcID(f)), lineage, content, uint64(op)<<56^bytes)
	if c.sink != nil {
		d.record(op, f, lineage, bytes)
	}
}

func (d *Disk) record(op DiskOp, f File, lineage, bytes uint64) {
	c := d.core
	c.sink.Record(&trace.Record{
		Ordinal: c.ordinal, Time: c.now, Kind: trace.DiskOp, Proc: int32(d.proc), Peer: int32(Nobody),
		Cause: c.ordinal, Lineage: lineage, Message: op.String(), Key: d.dir.nameOf(f), Arg1: int64(f), Arg2: int64(bytes),
	})
}

// outstanding is how many operations the device has not finished.
func (d *Disk) outstanding(now int64) int {
	if d.faults != nil {
		now = d.faults.clock(now)
	}
	for d.ends.n > 0 && d.ends.front() <= now {
		d.ends.pop()
	}
	return d.ends.n
}

// complete makes the completion of an operation whose event has come.
func (d *Disk) complete(e *event) Completion {
	c := Completion{Token: e.a, Op: DiskOp(e.code), Err: DiskError(e.err), Offset: int64(e.b)}
	if len(d.syncs) > 0 {
		d.settle(d.core.now)
	}
	if c.Op == OpRead && c.Err == DiskOK {
		node := d.inodes[e.peer]
		c.Data, c.Intact = d.core.files.read(node, c.Offset, int(e.msg)), !node.changed
		if d.faults != nil {
			d.noticeDamage(File(e.peer), c.Offset, c.Offset+int64(len(c.Data)))
		}
		if node.readers--; node.removed && node.readers == 0 {
			d.collectAfter(&c)
		}
	}
	return c
}

// collectAfter frees the files that only the read that has ended has kept.
func (d *Disk) collectAfter(c *Completion) {
	store := &d.core.files
	store.buffer = append(store.buffer[:0], c.Data...)
	c.Data = store.buffer
	d.collect()
}

// abandon ends the reads of a process that is gone.
func (d *Disk) abandon() {
	if d == nil {
		return
	}
	for _, node := range d.inodes {
		if node != nil {
			node.readers = 0
		}
	}
	d.collect()
}

// thin merges appends in the journal of a file that is hardly ever synced.
func (d *Disk) thin(n *inode) {
	if len(n.changes) < manyChanges {
		return
	}
	if d.settle(d.core.now); len(d.syncs) == 0 {
		n.merge()
	}
}

// pend notes a sync that will complete.
func (d *Disk) pend(s pendingSync) {
	d.settle(d.core.now)
	d.syncs = append(d.syncs, s)
}

// settle makes durable what syncs that have completed by now cover.
func (d *Disk) settle(now int64) {
	if d.faults != nil {
		now = d.faults.clock(now)
	}
	n := 0
	for ; n < len(d.syncs) && d.syncs[n].at <= now; n++ {
		switch s := d.syncs[n]; {
		case s.file == NoFile:
			d.dir.sync(s.seq)
			d.collect()
		case d.inodes[s.file] != nil:
			d.inodes[s.file].sync(s.seq)
		}
	}
	if n > 0 {
		d.syncs = d.syncs[:copy(d.syncs, d.syncs[n:])]
	}
}

// unname notes that no name leads to a file any more.
func (d *Disk) unname(f File) {
	if f != NoFile {
		d.inodes[f].removed = true
		d.removed = append(d.removed, f)
	}
}

// collect frees the files that have lost their names for good, a power loss
// included, and that nobody reads.
func (d *Disk) collect() {
	kept := d.removed[:0]
	for _, f := range d.removed {
		node := d.inodes[f]
		if node.readers > 0 || d.dir.mentions(f) {
			kept = append(kept, f)
			continue
		}
		d.used -= node.weight
		d.core.files.releaseInode(node)
		d.inodes[f] = nil
	}
	d.removed = kept
}
