package sim

import (
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// DiskConfig is what the disk of a process is like.
type DiskConfig struct {
	Read, Write, Sync *rng.Dist // time per operation besides what its bytes take
	Bandwidth         int64     // bytes/s; 0 = no limit
	Queue             int       // operations that may wait for their completion; 0 = no limit
	Capacity          int64     // bytes; 0 = no limit
	Sector            int64     // bytes that are written as a whole; 0 = 512
	Page              int64     // bytes that are read as a whole; 0 = 4096
}

// File is an open file of one disk. It stands for what was opened, not for the
// name: it follows a rename and is dead after a remove.
type File int32

// NoFile is no file.
const NoFile File = -1

// FileInfo is an entry of the directory.
type FileInfo struct {
	Name string
	Size int64
}

// DiskOp is an operation of a disk. The numbers enter draws and the digest and
// are never reused.
type DiskOp uint8

// The operations.
const (
	OpRead     DiskOp = 1
	OpAppend   DiskOp = 2
	OpWrite    DiskOp = 3
	OpSync     DiskOp = 4
	OpSyncDir  DiskOp = 5
	OpTruncate DiskOp = 6
	OpRename   DiskOp = 7
	OpRemove   DiskOp = 8
	OpCreate   DiskOp = 9
)

// DiskError says why an operation failed. 0 is success.
type DiskError uint8

// The errors.
const (
	DiskOK       DiskError = 0
	DiskFull     DiskError = 1 // no room; nothing was written
	DiskNotFound DiskError = 2 // no such file, or it was removed
	DiskBusy     DiskError = 3 // too many operations wait; nothing was done
)

func (e DiskError) String() string {
	names := [...]string{"ok", "disk full", "no such file", "disk busy"}
	if int(e) >= len(names) {
		return "unknown"
	}
	return names[e]
}

// Disk is the disk of one process: named byte files behind a page cache, on a
// device that does one thing at a time in the order asked for.
//
// An operation changes the page cache at once; what is read sees it. It takes
// the device for its drawn time and the time of its bytes, and a completion
// with its token follows; a token of 0 asks for none. What a file holds is
// durable when a Sync asked for later completes, what it is called when a
// SyncDir does. An operation without a token that fails makes the next Sync of
// its file fail.
type Disk struct {
	core     *core
	proc     ProcID
	cfg      DiskConfig
	slow     int64 // factor in thousandths; 0 = not slowed
	busy     int64 // when the device is free
	seq      uint64
	ends     ring          // completion times of the operations under way
	syncs    []pendingSync // in the order of their completion
	inodes   []*inode      // by File; nil = gone
	removed  []File        // without a name, but not gone yet
	dir      directory
	used     int64 // accounted bytes of all inodes
	counters DiskCounters
}

// pendingSync makes what was done before seq durable at a time.
type pendingSync struct {
	at   int64
	seq  uint64
	file File // NoFile = the directory
}

func (c *core) newDisk(p ProcID, cfg DiskConfig) *Disk {
	if cfg.Sector <= 0 {
		cfg.Sector = 512
	}
	if cfg.Page <= 0 {
		cfg.Page = 4096
	}
	d := c.files.disk()
	d.core, d.proc, d.cfg = c, p, cfg
	return d
}

// release gives everything that a disk has got hold of back for reuse.
func (d *Disk) release() {
	if d == nil {
		return
	}
	store := &d.core.files
	d.erase()
	*d = Disk{ends: d.ends.emptied(), syncs: d.syncs, inodes: d.inodes, removed: d.removed, dir: d.dir}
	store.disks = append(store.disks, d)
}

// erase forgets all files.
func (d *Disk) erase() {
	for f, node := range d.inodes {
		if node != nil {
			d.core.files.releaseInode(node)
			d.inodes[f] = nil
		}
	}
	d.dir.erase()
	d.inodes, d.removed, d.syncs, d.used = d.inodes[:0], d.removed[:0], d.syncs[:0], 0
}

// Open returns the file of that name, and creates it if there is none.
func (d *Disk) Open(name string) File {
	if f, ok := d.dir.lookup(name); ok || d.deaf("Open") {
		return f
	}
	f := File(len(d.inodes))
	node := d.core.files.inode()
	node.hash = rng.Hash(name)
	d.inodes = append(d.inodes, node)
	d.dir.change(dirChange{seq: d.nextSeq(), op: OpCreate, name: name, file: f})
	d.tell(OpCreate, f, d.lineage(OpCreate, f), node.hash, 0)
	return f
}

// List returns the directory in the order of names.
func (d *Disk) List() []FileInfo {
	list := make([]FileInfo, 0, len(d.dir.names))
	for _, e := range d.dir.names {
		list = append(list, FileInfo{Name: e.name, Size: d.inodes[e.file].size})
	}
	return list
}

// Size returns how many bytes a file has, 0 if it is dead.
func (d *Disk) Size(f File) int64 {
	if node := d.node(f); node != nil {
		return node.size
	}
	return 0
}

// Free returns how many accounted bytes can still be written, MaxInt64 if
// there is no limit.
func (d *Disk) Free() int64 {
	if d.cfg.Capacity <= 0 {
		return 1<<63 - 1
	}
	return max(0, d.cfg.Capacity-d.used)
}

// Append adds data at the end of a file; the completion's Offset says where.
// weight says what the bytes cost in time, room and risk of tearing: at least
// len(data) (less counts as that), more where data stands for a larger value.
func (d *Disk) Append(f File, data []byte, weight int64, token uint64) {
	o := d.begin(OpAppend, f, token)
	if o.node == nil {
		return
	}
	if len(data) > 0 {
		o.bytes = max(weight, int64(len(data)))
	}
	if d.fits(&o, o.bytes) {
		o.offset = o.node.size
		d.used += o.node.append(&d.core.files, d.nextSeq(), data, o.bytes)
		d.thin(o.node)
	}
	d.finish(&o, d.cfg.Write, hashBytes(data))
}

// Write puts data at an offset, over what is there; a gap before it reads as
// zeros.
func (d *Disk) Write(f File, offset int64, data []byte, token uint64) {
	o := d.begin(OpWrite, f, token)
	if o.node == nil {
		return
	}
	o.bytes, o.offset = int64(len(data)), offset
	if d.fits(&o, max(0, offset+o.bytes-o.node.size)) {
		d.used += o.node.write(&d.core.files, d.nextSeq(), offset, data)
	}
	d.finish(&o, d.cfg.Write, hashBytes(data))
}

// Read asks for n bytes at an offset, as they are when the read completes. Less
// is returned where the file ends.
func (d *Disk) Read(f File, offset int64, n int, token uint64) {
	o := d.begin(OpRead, f, token)
	if o.node == nil {
		return
	}
	o.offset, o.length = offset, n
	from, to := o.node.weightAt(offset), o.node.weightAt(offset+int64(n))
	o.bytes = (to+d.cfg.Page-1)/d.cfg.Page*d.cfg.Page - from/d.cfg.Page*d.cfg.Page
	if token != 0 {
		o.node.readers++
	}
	d.finish(&o, d.cfg.Read, uint64(n))
}

// Truncate cuts a file to a size, or extends it with zeros.
func (d *Disk) Truncate(f File, size int64, token uint64) {
	o := d.begin(OpTruncate, f, token)
	if o.node == nil {
		return
	}
	o.offset = size
	if size > o.node.size {
		if grown := size - o.node.size; d.fits(&o, grown) {
			d.used += o.node.write(&d.core.files, d.nextSeq(), size, nil)
		}
	} else {
		d.used -= o.node.truncate(&d.core.files, d.nextSeq(), size)
	}
	d.finish(&o, d.cfg.Write, 0)
}

// Sync makes what the file holds now durable; it is when the completion comes.
func (d *Disk) Sync(f File, token uint64) {
	o := d.begin(OpSync, f, token)
	if o.node == nil {
		return
	}
	o.err, o.node.err = o.node.err, DiskOK
	end := d.finish(&o, d.cfg.Sync, 0)
	if o.err == DiskOK {
		d.pend(pendingSync{end, d.seq, f})
	}
}

// SyncDir makes what files are called now durable: creations, renames and
// removals.
func (d *Disk) SyncDir(token uint64) {
	o := operation{op: OpSyncDir, file: NoFile, token: token}
	if d.deaf("SyncDir") || d.refuse(&o) {
		return
	}
	d.pend(pendingSync{d.finish(&o, d.cfg.Sync, 0), d.seq, NoFile})
}

// Rename gives the file called from another name, in one step; a file that
// has that name already is removed by the same step.
func (d *Disk) Rename(from, to string, token uint64) { d.rename(OpRename, from, to, token) }

// Remove takes a name and its file away. Reads asked for before still complete.
func (d *Disk) Remove(name string, token uint64) { d.rename(OpRemove, name, "", token) }

func (d *Disk) rename(op DiskOp, from, to string, token uint64) {
	f, ok := d.dir.lookup(from)
	o := operation{op: op, file: f, token: token}
	if d.deaf("Rename") || d.refuse(&o) {
		return
	}
	if ok {
		o.node = d.inodes[f]
		d.unname(d.dir.change(dirChange{seq: d.nextSeq(), op: op, name: from, to: to, file: f}))
	} else {
		o.err = DiskNotFound
	}
	d.finish(&o, d.cfg.Write, rng.Mix(rng.Hash(from), rng.Hash(to)))
}

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
func (d *Disk) refuse(o *operation) bool {
	if o.token == 0 || d.cfg.Queue <= 0 || d.outstanding(d.core.now) < d.cfg.Queue {
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
	if bytes <= d.Free() {
		return true
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
	lineage := d.lineage(o.op, o.file)
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
	d.ends.push(d.busy)
	d.outstanding(c.now)
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
	if c.sink == nil {
		return
	}
	c.sink.Record(&trace.Record{
		Ordinal: c.ordinal, Time: c.now, Kind: trace.DiskOp, Proc: int32(d.proc), Peer: int32(Nobody),
		Cause: c.ordinal, Lineage: lineage, Message: op.String(), Key: d.dir.nameOf(f), Arg1: int64(f), Arg2: int64(bytes),
	})
}

// outstanding is how many operations the device has not finished.
func (d *Disk) outstanding(now int64) int {
	for d.ends.n > 0 && d.ends.front() <= now {
		d.ends.pop()
	}
	return d.ends.n
}

// complete makes the completion of an operation whose event has come.
func (d *Disk) complete(e *event) Completion {
	c := Completion{Token: e.a, Op: DiskOp(e.code), Err: DiskError(e.err), Offset: int64(e.b)}
	d.settle(d.core.now)
	if c.Op == OpRead && c.Err == DiskOK {
		c.Data = d.core.files.read(d.inodes[e.peer], c.Offset, int(e.msg))
		d.endRead(File(e.peer))
	}
	return c
}

// endRead ends a read under way.
func (d *Disk) endRead(f File) {
	node := d.inodes[f]
	if node.readers--; node.removed && node.readers == 0 {
		d.collect()
	}
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

func (o DiskOp) String() string {
	names := [...]string{"", "read", "append", "write", "sync", "sync-dir", "truncate", "rename", "remove", "create"}
	if int(o) >= len(names) {
		return "unknown"
	}
	return names[o]
}
