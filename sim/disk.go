package sim

import "dynamosim/sim/rng"

// DiskConfig is what the disk of a process is like.
type DiskConfig struct {
	Read, Write, Sync *rng.Dist // time per operation besides what its bytes take
	Bandwidth         int64     // bytes/s; 0 = no limit
	Queue             int       // operations that may wait for their completion; 0 = no limit
	Capacity          int64     // bytes; 0 = no limit
	Sector            int64     // bytes that are written as a whole; 0 = 512
	Page              int64     // bytes that are read as a whole; 0 = 4096
}

const (
	usualSector = 512
	usualPage   = 4096
)

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

func (o DiskOp) String() string {
	names := [...]string{"", "read", "append", "write", "sync", "sync-dir", "truncate", "rename", "remove", "create"}
	if int(o) >= len(names) {
		return "unknown"
	}
	return names[o]
}

// DiskError says why an operation failed. 0 is success.
type DiskError uint8

// The errors.
const (
	DiskOK       DiskError = 0
	DiskFull     DiskError = 1 // no room; nothing was written
	DiskNotFound DiskError = 2 // no such file, or it was removed
	DiskBusy     DiskError = 3 // too many operations wait; nothing was done
	DiskIO       DiskError = 4 // the device has failed; nothing was done, and after a sync no later one of the file counts
)

func (e DiskError) String() string {
	names := [...]string{"ok", "disk full", "no such file", "disk busy", "device error"}
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
// its file fail. What faults do to it is in disk_fault.go.
//
// What every operation needs is in the first two lines of the processor's cache.
type Disk struct {
	core   *core
	cfg    *diskKind
	faults *diskFaults // nil: there has been none
	due    int64       // when the first of syncs completes, or before
	recent *inode      // of the file that was used last, which has a name
	latest File        // that file, or NoFile
	proc   ProcID
	epoch  uint32 // of the process
	_      [4]byte
	busy   int64 // when the device is free

	slow  int64 // factor in thousandths; 0 = not slowed
	ends  line  // completion times of operations, those under way and some that are over
	reads traffic
	seq   uint64 // of the last change

	inodes []*inode // by File; nil = gone
	writes traffic
	syncs  int64 // asked for
	used   int64 // accounted bytes of all inodes
	others int64 // operations that were neither, and no reads

	pending []pendingSync // in the order of their completion
	removed []File        // without a name, but not gone yet
	errors  int64         // operations that failed
	copy    uint64        // from which it was restored, 0 = none

	dir directory
	_   [56]byte // the rest of a line
}

// traffic counts operations and their accounted bytes.
type traffic struct{ operations, bytes int64 }

// diskKind is what disks are like that were configured alike, which share it.
type diskKind struct {
	DiskConfig
	most                 int // operations that may wait
	reads, writes, syncs charge
	priced, price        int64 // so many bytes take so long, were they the last
}

// charge is how long operations of a kind take the device. What one of so many
// bytes took is known where all take as long: reads are of few different numbers
// of pages, and syncs of none.
type charge struct {
	time        *rng.Dist
	bytes, took int64 // of the last one; bytes -1: not known
}

// pendingSync makes what was done before seq durable at a time.
type pendingSync struct {
	at   int64
	seq  uint64
	file File // NoFile = the directory
}

func (c *core) newDisk(p ProcID, cfg DiskConfig) *Disk {
	if cfg.Sector <= 0 {
		cfg.Sector = usualSector
	}
	if cfg.Page <= 0 {
		cfg.Page = usualPage
	}
	d := c.files.disk()
	d.core, d.proc, d.cfg, d.latest = c, p, c.files.diskKind(cfg), NoFile
	return d
}

// release gives everything that a disk has got hold of back for reuse.
func (d *Disk) release() {
	if d == nil {
		return
	}
	store := &d.core.files
	d.erase()
	d.ends.empty()
	*d = Disk{ends: d.ends, pending: d.pending, inodes: d.inodes, removed: d.removed, dir: d.dir}
	store.disks = append(store.disks, d)
}

// erase forgets all files.
func (d *Disk) erase() {
	d.recent, d.latest = nil, NoFile
	for f, node := range d.inodes {
		if node != nil {
			d.core.files.releaseInode(node)
			d.inodes[f] = nil
		}
	}
	d.dir.erase()
	d.inodes, d.removed, d.pending, d.used = d.inodes[:0], d.removed[:0], d.pending[:0], 0
	if f := d.faults; f != nil {
		f.damage, f.lied = nil, 0
	}
}

// Open returns the file of that name, and creates it if there is none.
func (d *Disk) Open(name string) File {
	if f, ok := d.dir.lookup(name); ok || d.deaf("Open") {
		if ok {
			d.inodes[f].changed = false
		}
		return f
	}
	f := File(len(d.inodes))
	node := d.create(name)
	d.tell(OpCreate, f, d.lineage(OpCreate, f), node.hash, 0)
	return f
}

// create makes the next file.
func (d *Disk) create(name string) *inode {
	node := d.core.files.inode()
	node.hash = rng.Hash(name)
	d.inodes = append(d.inodes, node)
	d.dir.change(dirChange{seq: d.nextSeq(), op: OpCreate, name: name, file: File(len(d.inodes) - 1)})
	return node
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
	if d.faults != nil {
		return d.faults.room(d.used, d.space())
	}
	return d.space()
}

// space is Free without faults.
func (d *Disk) space() int64 {
	if d.cfg.Capacity <= 0 {
		return 1<<63 - 1
	}
	return max(0, d.cfg.Capacity-d.used)
}

// Append adds data at the end of a file; the completion's Offset says where.
// weight says what the bytes cost in time, room and risk of tearing: at least
// len(data) (less counts as that), more where data stands for a larger value.
//
// It returns the size of the file after it, and how many pages of the device hold
// what was appended, for ReadPages; 0 if nothing was.
func (d *Disk) Append(f File, data []byte, weight int64, token uint64) (size, pages int64) {
	bytes := int64(0)
	if len(data) > 0 {
		bytes = max(weight, int64(len(data)))
	}
	node := d.plain(f, token)
	if node == nil || bytes > d.space() {
		return d.appendUnusually(f, data, bytes, token)
	}
	i, e := d.core.alloc()
	e.a, e.b, e.peer, e.msg, e.code = token, uint64(node.size), ProcID(f), 0, uint8(OpAppend)
	content := hashBytes(data)
	pages = d.pages(node.weight, node.weight+bytes)
	d.used += bytes
	d.writes.add(bytes)
	node.append(&d.core.files, d.nextSeq(), data, bytes)
	d.thin(node)
	d.issue(i, e, node.hash, &d.cfg.writes, bytes, content)
	return node.size, pages
}

func (d *Disk) appendUnusually(f File, data []byte, bytes int64, token uint64) (size, pages int64) {
	o := operation{op: OpAppend, file: f, token: token}
	if !d.begin(&o) {
		return d.Size(f), 0
	}
	o.bytes = bytes
	content := hashBytes(data)
	if d.faults != nil {
		data = d.strike(&o, data)
	}
	if d.fits(&o, o.bytes) {
		o.offset = o.node.size
		pages = d.pages(o.node.weight, o.node.weight+o.bytes)
		d.used += o.bytes
		o.node.append(&d.core.files, d.nextSeq(), data, o.bytes)
		d.thin(o.node)
		d.written(&o, len(data))
	}
	d.finish(&o, &d.cfg.writes, content)
	return o.node.size, pages
}

// Write puts data at an offset, over what is there; a gap before it reads as
// zeros.
func (d *Disk) Write(f File, offset int64, data []byte, token uint64) {
	o := operation{op: OpWrite, file: f, token: token}
	if !d.begin(&o) {
		return
	}
	o.bytes, o.offset = int64(len(data)), offset
	content := hashBytes(data)
	if d.faults != nil {
		data = d.strike(&o, data)
	}
	if d.fits(&o, max(0, offset+o.bytes-o.node.size)) {
		d.used += o.node.write(&d.core.files, d.nextSeq(), offset, data)
		d.written(&o, len(data))
	}
	d.finish(&o, &d.cfg.writes, content)
}

// Read asks for n bytes at an offset, as they are when the read completes. Less
// is returned where the file ends.
func (d *Disk) Read(f File, offset int64, n int, token uint64) { d.ReadPages(f, offset, n, 0, token) }

// ReadPages is Read for bytes of which is known how many pages hold them: pages
// is what Append or ReadPages has returned for just these bytes, since when the
// file was not truncated; 0 if that is unknown. It returns that number.
func (d *Disk) ReadPages(f File, offset int64, n int, pages int64, token uint64) int64 {
	node := d.plain(f, token)
	if node == nil {
		return d.readUnusually(f, offset, n, pages, token)
	}
	if pages == 0 {
		pages = d.pages(node.weightsAt(offset, offset+int64(n)))
	}
	node.readers++
	bytes := pages * d.cfg.Page
	d.reads.add(bytes)
	i, e := d.core.alloc()
	e.a, e.b, e.peer, e.msg, e.code = token, uint64(offset), ProcID(f), int32(n), uint8(OpRead)
	d.issue(i, e, node.hash, &d.cfg.reads, bytes, uint64(n))
	return pages
}

func (d *Disk) readUnusually(f File, offset int64, n int, pages int64, token uint64) int64 {
	o := operation{op: OpRead, file: f, token: token}
	o.offset, o.length = offset, n
	if !d.begin(&o) {
		return pages
	}
	if pages == 0 {
		pages = d.pages(o.node.weightsAt(offset, offset+int64(n)))
	}
	o.bytes = pages * d.cfg.Page
	if d.faults != nil {
		d.strike(&o, nil)
	}
	if token != 0 && o.err == DiskOK {
		o.node.readers++
	}
	d.finish(&o, &d.cfg.reads, uint64(n))
	return pages
}

// pages is how many pages hold the accounted bytes from one to another.
func (d *Disk) pages(from, to int64) int64 {
	if d.cfg.Page == usualPage { // no division
		return int64(uint64(to+usualPage-1)/usualPage - uint64(from)/usualPage)
	}
	return (to+d.cfg.Page-1)/d.cfg.Page - from/d.cfg.Page
}

// Truncate cuts a file to a size, or extends it with zeros.
func (d *Disk) Truncate(f File, size int64, token uint64) {
	o := operation{op: OpTruncate, file: f, token: token}
	if !d.begin(&o) {
		return
	}
	o.offset = size
	if d.faults != nil {
		d.strike(&o, nil)
	}
	if size > o.node.size {
		if grown := size - o.node.size; d.fits(&o, grown) {
			d.used += o.node.write(&d.core.files, d.nextSeq(), size, nil)
		}
	} else if o.err == DiskOK {
		d.used -= o.node.truncate(&d.core.files, d.nextSeq(), size)
		d.written(&o, endOfFile)
	}
	d.finish(&o, &d.cfg.writes, 0)
}

// Sync makes what the file holds now durable; it is when the completion comes.
func (d *Disk) Sync(f File, token uint64) {
	node := d.plain(f, token)
	if node == nil || node.err != DiskOK {
		d.syncUnusually(f, token)
		return
	}
	d.syncs++
	i, e := d.core.alloc()
	e.a, e.b, e.peer, e.msg, e.code = token, 0, ProcID(f), 0, uint8(OpSync)
	end := d.issue(i, e, node.hash, &d.cfg.syncs, 0, 0)
	d.pend(pendingSync{end, d.seq, f})
}

func (d *Disk) syncUnusually(f File, token uint64) {
	o := operation{op: OpSync, file: f, token: token}
	if !d.begin(&o) {
		return
	}
	o.err, o.node.err = o.node.err, DiskOK
	if d.faults != nil {
		d.strike(&o, nil)
	}
	end := d.finish(&o, &d.cfg.syncs, 0)
	if o.err == DiskOK && (d.faults == nil || d.meansIt(f)) {
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
	if d.faults != nil {
		d.strike(&o, nil)
	}
	end := d.finish(&o, &d.cfg.syncs, 0)
	if o.err == DiskOK && (d.faults == nil || d.meansIt(NoFile)) {
		d.pend(pendingSync{end, d.seq, NoFile})
	}
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
	d.finish(&o, &d.cfg.writes, rng.Mix(rng.Hash(from), rng.Hash(to)))
}
