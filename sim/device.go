package sim

import (
	"math"
	"slices"

	"dynamosim/sim/trace"
)

// plain returns what a file refers to if an operation on it is just done, as nearly all are: the process runs and is not deaf, there is room
// in the queue, no fault has ever been, nobody traces and a completion is asked for. nil if not, and if the file is dead: then begin looks closer.
// Reads, appends and syncs that are just done have an event and issue in place of operation and finish.
func (d *Disk) plain(f File, token uint64) *inode {
	c := d.core
	if c.running != d.proc || c.muted || c.sink != nil || d.faults != nil || token == 0 || d.ends.len() >= d.cfg.most {
		return nil
	}
	if f == d.latest {
		return d.recent
	}
	return d.use(f)
}

// use is node of a file that is likely to be used again.
func (d *Disk) use(f File) *inode {
	n := d.node(f)
	if n != nil {
		d.recent, d.latest = n, f
	}
	return n
}

// at is the inode of a file that is not gone, with or without a name.
func (d *Disk) at(f File) *inode {
	if f == d.latest {
		return d.recent
	}
	return d.inodes[f]
}

// issue takes the device for an operation on the file of a name. Event i tells of its end, which issue returns; e has been told all that depends on the operation.
func (d *Disk) issue(i int32, e *event, name uint64, cost *charge, bytes int64, content uint64) (end int64) {
	c, op := d.core, uint64(e.code)
	lineage := c.effect(effectDisk, op, uint32(name), name)
	c.digest.Add4(where(trace.DiskOp, d.proc, e.peer), lineage, content, op<<56^uint64(bytes))
	took := cost.took
	if cost.bytes != bytes || d.slow != 0 {
		took = d.takes(cost, lineage, bytes)
	}
	end = d.occupy(took)
	e.lineage, e.cause, e.proc, e.epoch = lineage, c.ordinal, d.proc, d.epoch
	e.kind, e.err, e.flags = eventDisk, uint8(DiskOK), 0
	c.schedule(end, i)
	return end
}

// operation is one call of the disk on its way to the device.
type operation struct {
	node   *inode
	token  uint64
	offset int64
	length int
	bytes  int64 // accounted
	file   File
	op     DiskOp
	err    DiskError
}

// begin looks the file of an operation up. It returns false if there is nothing
// to do.
func (d *Disk) begin(o *operation) bool {
	if d.deaf("disk operation") || d.refuse(o) {
		return false
	}
	if o.node = d.node(o.file); o.node == nil {
		o.err = DiskNotFound
		d.finish(o, nil, 0)
		return false
	}
	return true
}

// deaf tells whether operations have no effect now.
func (d *Disk) deaf(what string) bool {
	d.core.mustRun(d.proc, what)
	return d.core.muted
}

// refuse fails an operation that found too many others waiting.
func (d *Disk) refuse(o *operation) bool {
	return d.ends.len() >= d.cfg.most && o.token != 0 && d.tooMany(o)
}

func (d *Disk) tooMany(o *operation) bool {
	if d.outstanding(d.core.now) < d.cfg.most {
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
	if uint64(f) >= uint64(len(d.inodes)) { // no file is a large number
		return nil
	}
	if n := d.inodes[f]; n != nil && !n.removed {
		return n
	}
	return nil
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
func (d *Disk) finish(o *operation, cost *charge, content uint64) (end int64) {
	c := d.core
	var lineage uint64
	if d.faults == nil && o.node != nil {
		lineage = c.effect(effectDisk, uint64(o.op), uint32(o.node.hash), o.node.hash)
	} else {
		lineage = d.unusualLineage(o)
	}
	c.digest.Add4(where(trace.DiskOp, d.proc, ProcID(o.file)), lineage, content, uint64(o.op)<<56^uint64(o.bytes))
	if c.sink != nil {
		d.record(o.op, o.file, lineage, uint64(o.bytes))
	}
	if o.err != DiskOK {
		end = c.now
		d.failed(o)
	} else {
		end = d.occupy(d.takes(cost, lineage, o.bytes))
		d.count(o)
	}
	if o.token == 0 {
		return end
	}
	i, e := c.alloc()
	e.lineage, e.cause, e.a, e.b = lineage, c.ordinal, o.token, uint64(o.offset)
	e.proc, e.peer, e.msg, e.epoch = d.proc, ProcID(o.file), int32(o.length), d.epoch
	e.kind, e.code, e.err, e.flags = eventDisk, uint8(o.op), uint8(o.err), 0
	c.schedule(end, i)
	return end
}

// unusualLineage is the lineage of an operation where a fault may have asked for
// it already, or that is of no file.
func (d *Disk) unusualLineage(o *operation) uint64 {
	if d.faults != nil && d.faults.told {
		d.faults.told = false
		return d.faults.lineage
	}
	return d.lineage(o.op, o.file)
}

// failed takes note of an operation that has failed.
func (d *Disk) failed(o *operation) {
	d.errors++
	if o.token == 0 && o.node != nil {
		o.node.err = o.err
	}
}

// takes is how long an operation takes the device.
func (d *Disk) takes(cost *charge, lineage uint64, bytes int64) int64 {
	c := d.core
	took, always := cost.time.Fixed()
	if !always {
		took = cost.time.Sample(c.keys.disk.Draw(c.processes[d.proc].hash, lineage))
	}
	if d.cfg.Bandwidth > 0 && bytes > 0 {
		took = saturate(took, d.cfg.transfer(bytes))
	}
	if always {
		cost.bytes, cost.took = bytes, took
	}
	if d.slow != 0 {
		took = scale(took, d.slow)
		c.processes[d.proc].counters.SlowDisk++
	}
	return took
}

// occupy takes the device for a time, and returns when that is over.
func (d *Disk) occupy(took int64) (end int64) {
	begin, now := d.busy, d.core.now
	if begin <= now {
		begin = now
		if d.faults == nil {
			d.ends.empty() // all are over
		}
	}
	end = begin + took
	if took < 0 || end < begin {
		end = saturate(begin, took)
	}
	d.busy = end
	if len(d.ends.times) == cap(d.ends.times) {
		d.makeRoom()
	}
	d.ends.push(end)
	return end
}

// makeRoom makes room in ends by what is over, if that is much.
func (d *Disk) makeRoom() {
	if d.outstanding(d.core.now); 2*d.ends.over >= len(d.ends.times) {
		d.ends.tidy()
	}
	d.ends.times = slices.Grow(d.ends.times, 16)
}

// transfer is how long bytes take at the bandwidth.
func (k *diskKind) transfer(bytes int64) int64 {
	if bytes != k.priced { // reads are of few different numbers of pages
		k.priced, k.price = bytes, duration(bytes, k.Bandwidth)
	}
	return k.price
}

// count adds an operation that the device does to the counters.
func (d *Disk) count(o *operation) {
	switch o.op {
	case OpRead:
		d.reads.add(o.bytes)
	case OpAppend, OpWrite:
		d.writes.add(o.bytes)
	case OpSync, OpSyncDir:
		d.syncs++
	default:
		d.others++
	}
}

func (t *traffic) add(bytes int64) {
	t.operations++
	t.bytes += bytes
}

func (d *Disk) counters() DiskCounters {
	return DiskCounters{
		Operations: d.reads.operations + d.writes.operations + d.syncs + d.others + d.errors,
		Reads:      d.reads.operations, Writes: d.writes.operations, Syncs: d.syncs,
		ReadBytes: d.reads.bytes, WrittenBytes: d.writes.bytes, Errors: d.errors,
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
	d.ends.pass(now)
	return d.ends.len()
}

// complete fills in the completion of an operation whose event has come.
func (d *Disk) complete(e *event, c *Completion) {
	if d.due <= d.core.now {
		d.settle(d.core.now)
	}
	c.Token, c.Offset, c.File, c.Op, c.Err = e.a, int64(e.b), File(e.peer), DiskOp(e.code), DiskError(e.err)
	c.Length, c.Intact, c.kept, c.proc = 0, false, false, d.proc
	if c.Op != OpRead || c.Err != DiskOK {
		return
	}
	node := d.at(c.File)
	c.Length, c.Intact = int(min(int64(e.msg), max(0, node.size-c.Offset))), !node.changed
	if d.faults != nil {
		d.noticeDamage(c.File, c.Offset, c.Offset+int64(c.Length))
	}
	if node.readers--; node.removed && node.readers == 0 {
		d.collectAfter(c)
	}
}

// collectAfter frees the files that only the read that has ended has kept, and
// keeps what it has read.
func (d *Disk) collectAfter(c *Completion) {
	store := &d.core.files
	store.buffer, c.kept = append(store.buffer[:0], c.Data()...), true
	d.collect()
}

// abandon ends the reads of a process that is gone, and has the next epoch.
func (d *Disk) abandon(epoch uint32) {
	if d == nil {
		return
	}
	d.epoch = epoch
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
	if d.settle(d.core.now); len(d.pending) == 0 {
		n.merge()
	}
}

// pend notes a sync that will complete.
func (d *Disk) pend(s pendingSync) {
	d.settle(d.core.now)
	if d.pending = append(d.pending, s); len(d.pending) == 1 {
		d.due = s.at
	}
}

// settle makes durable what syncs that have completed by now cover.
func (d *Disk) settle(now int64) {
	if d.due > now {
		return
	}
	if d.faults != nil {
		now = d.faults.clock(now)
	}
	n := 0
	for ; n < len(d.pending) && d.pending[n].at <= now; n++ {
		switch s := &d.pending[n]; {
		case s.file == NoFile:
			d.dir.sync(s.seq)
			d.collect()
		case d.at(s.file) != nil:
			d.at(s.file).sync(s.seq)
		}
	}
	if n == len(d.pending) {
		d.pending, d.due = d.pending[:0], math.MaxInt64
		return
	}
	d.pending = slices.Delete(d.pending, 0, n)
	d.due = d.pending[0].at
}

// unname notes that no name leads to a file any more.
func (d *Disk) unname(f File) {
	if f != NoFile {
		d.inodes[f].removed = true
		d.recent, d.latest = nil, NoFile
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
