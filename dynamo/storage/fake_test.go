package storage

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
)

// fakeDisk is a disk in memory with the crash semantics that package Disk's
// comment promises, and with faults. Operations take effect on the cache at the
// call and on the medium at their completion, which step delivers in order.
type fakeDisk struct {
	files  []*fakeFile // by handle
	names  map[string]*fakeFile
	stored map[string]*fakeFile // names that are durable
	queue  []fakeOp

	events int // calls that change something, and completions
	limit  int // after so many events the process is dead: 0 = never

	fail func(op string, name string) fakeFault // nil = never
	trim func(name string, data []byte) []byte  // damages what a read returns; nil = never

	syncsDone int
	before    func() // called before each event; nil = not
}

// fakeFault is what goes wrong with an operation.
type fakeFault struct {
	err   Error
	kept  int  // share of an append that is in the file nevertheless, in percent
	early bool // the operation ends before earlier ones
}

type fakeFile struct {
	name   string
	cache  []byte
	medium []byte
	dirty  [][2]int // ranges of the cache that the next sync writes
	known  []byte   // what was there at the last Open, and was appended since
}

type fakeOp struct {
	kind   string
	file   *fakeFile
	off, n int64
	token  uint64
	err    Error
	dirty  [][2]int
	names  map[string]*fakeFile
}

func newFakeDisk() *fakeDisk {
	return &fakeDisk{names: map[string]*fakeFile{}, stored: map[string]*fakeFile{}}
}

func (d *fakeDisk) dead() bool { return d.limit > 0 && d.events >= d.limit }

// event counts one event and reports whether the process lives to see it.
func (d *fakeDisk) event() bool {
	if d.dead() {
		return false
	}
	if d.before != nil {
		d.before()
	}
	d.events++
	return true
}

func (d *fakeDisk) fault(op, name string) fakeFault {
	if d.fail == nil {
		return fakeFault{}
	}
	return d.fail(op, name)
}

// issue queues an operation.
func (d *fakeDisk) issue(o fakeOp, f fakeFault) {
	o.err = f.err
	at := len(d.queue)
	if o.err != NoError && (f.early || o.err == Busy) {
		at = 0
	}
	d.queue = slices.Insert(d.queue, at, o)
}

func (d *fakeDisk) Open(name string) File {
	f, ok := d.names[name]
	if !ok {
		f = &fakeFile{name: name}
		if d.event() {
			d.names[name] = f
		}
	}
	f.known = append([]byte{}, f.cache...)
	for i, o := range d.files {
		if o == f {
			return File(i)
		}
	}
	d.files = append(d.files, f)
	return File(len(d.files) - 1)
}

func (d *fakeDisk) List() []FileInfo {
	var l []FileInfo
	for name, f := range d.names {
		l = append(l, FileInfo{name, int64(len(f.cache))})
	}
	sort.Slice(l, func(i, j int) bool { return l[i].Name < l[j].Name })
	return l
}

func (d *fakeDisk) Size(f File) int64 { return int64(len(d.files[f].cache)) }

func (d *fakeDisk) Append(f File, data []byte, weight int64, token uint64) (size, pages int64) {
	if weight < int64(len(data)) {
		panic(fmt.Sprint("weight ", weight, " of ", len(data), " bytes"))
	}
	file := d.files[f]
	at := int64(len(file.cache))
	if !d.event() {
		return at, 0
	}
	ft := d.fault("append", file.name)
	if ft.err != NoError {
		data = data[:len(data)*ft.kept/100]
	}
	if len(data) > 0 {
		file.dirty = append(file.dirty, [2]int{len(file.cache), len(file.cache) + len(data)})
		file.cache = append(file.cache, data...)
		file.known = append(file.known, data...)
	}
	d.issue(fakeOp{kind: "append", file: file, token: token}, ft)
	return int64(len(file.cache)), fakePages(f, at, int64(len(data)))
}

// fakePages is another number for nearly all bytes of nearly all files.
func fakePages(f File, off, n int64) int64 { return 1 + (int64(f)*31+off*7+n)%300 }

func (d *fakeDisk) Write(File, int64, []byte, uint64) { panic("the engine only appends") }

func (d *fakeDisk) Read(f File, off, n, pages int64, token uint64) int64 {
	right := fakePages(f, off, n)
	if pages != 0 && pages != right {
		panic(fmt.Sprint(pages, " pages for ", n, " bytes at ", off, " of file ", f, ", which are ", right))
	}
	if !d.event() {
		return right
	}
	d.issue(fakeOp{kind: "read", file: d.files[f], off: off, n: n, token: token}, d.fault("read", d.files[f].name))
	return right
}

func (d *fakeDisk) Sync(f File, token uint64) {
	if !d.event() {
		return
	}
	file := d.files[f]
	ft := d.fault("sync", file.name)
	o := fakeOp{kind: "sync", file: file, token: token, dirty: file.dirty}
	if ft.err != Busy {
		file.dirty = nil
	}
	d.issue(o, ft)
}

func (d *fakeDisk) SyncDir(token uint64) {
	if !d.event() {
		return
	}
	d.issue(fakeOp{kind: "syncdir", token: token, names: clone(d.names)}, d.fault("syncdir", ""))
}

func (d *fakeDisk) Truncate(File, int64, uint64) { panic("the engine only appends") }
func (d *fakeDisk) Rename(_, _ string, _ uint64) { panic("the engine does not rename") }

func (d *fakeDisk) Remove(name string, token uint64) {
	if !d.event() {
		return
	}
	ft := d.fault("remove", name)
	if ft.err == NoError {
		delete(d.names, name)
	}
	d.issue(fakeOp{kind: "remove", token: token}, ft)
}

func (d *fakeDisk) Free() int64 { return 1 << 40 }

func clone(m map[string]*fakeFile) map[string]*fakeFile {
	c := map[string]*fakeFile{}
	for k, v := range m {
		c[k] = v
	}
	return c
}

// perform lets the oldest operation take effect on the medium.
func (d *fakeDisk) perform() fakeOp {
	o := d.queue[0]
	d.queue = d.queue[:copy(d.queue, d.queue[1:])]
	if o.err != NoError {
		return o // what a failed sync should have written is clean now, and nowhere
	}
	switch o.kind {
	case "sync":
		d.syncsDone++
		for _, r := range o.dirty {
			o.file.write(r[0], r[1])
		}
	case "syncdir":
		d.stored = o.names
	}
	return o
}

func (f *fakeFile) write(from, to int) {
	for len(f.medium) < to {
		f.medium = append(f.medium, 0)
	}
	copy(f.medium[from:to], f.cache[from:to])
}

// step performs the oldest operation and returns its completion; false when there
// is none or the process is dead.
func (d *fakeDisk) step() (Completion, bool) {
	for len(d.queue) > 0 && d.event() {
		o := d.perform()
		if o.token == 0 {
			continue
		}
		c := Completion{Token: o.token, Err: o.err, Offset: o.off}
		if o.kind == "read" && o.err == NoError {
			size := int64(len(o.file.cache))
			c.Data = o.file.cache[min(o.off, size):min(o.off+o.n, size)]
			if d.trim != nil {
				c.Data = d.trim(o.file.name, append([]byte{}, c.Data...))
			}
			size = int64(len(o.file.known))
			c.Length = int64(len(c.Data))
			c.Intact = bytes.Equal(c.Data, o.file.known[min(o.off, size):min(o.off+o.n, size)])
		}
		return c, true
	}
	return Completion{}, false
}

// crash is what happens to the unsynced bytes.
type crash uint8

const (
	process crash = iota // the page cache survives, and the device ends what it was told
	lose
	keep
	short1 // torn: a prefix of whole sectors survives, and perhaps the names
	zeros
	garbage
	crashes
)

func (c crash) String() string {
	return []string{"process", "lose", "keep", "short", "zeros", "garbage"}[c]
}

const sector = 64

// after returns the disk as a restart finds it. d itself may go on.
func (d *fakeDisk) after(c crash, draw func(n int) int) *fakeDisk {
	d = d.copy()
	if c == process {
		for len(d.queue) > 0 {
			d.perform()
		}
		return &fakeDisk{names: d.names, stored: d.stored}
	}
	for i := len(d.queue) - 1; i >= 0; i-- {
		o := d.queue[i]
		if o.kind == "sync" && o.err == NoError {
			o.file.dirty = append(append([][2]int{}, o.dirty...), o.file.dirty...)
		}
	}
	names := d.stored
	if c == keep || c != lose && draw(2) == 0 {
		names = d.names
	}
	order := make([]string, 0, len(names))
	for name := range names {
		order = append(order, name)
	}
	sort.Strings(order)
	for _, name := range order {
		f := names[name]
		f.survive(c, draw)
		f.cache, f.dirty = append([]byte{}, f.medium...), nil
	}
	return &fakeDisk{names: names, stored: clone(names)}
}

// copy returns an independent disk in the same state, without faults and limits.
func (d *fakeDisk) copy() *fakeDisk {
	copies := map[*fakeFile]*fakeFile{nil: nil}
	twin := func(f *fakeFile) *fakeFile {
		c, ok := copies[f]
		if !ok {
			c = &fakeFile{name: f.name, cache: append([]byte{}, f.cache...), medium: append([]byte{}, f.medium...), dirty: append([][2]int{}, f.dirty...)}
			copies[f] = c
		}
		return c
	}
	names := func(m map[string]*fakeFile) map[string]*fakeFile {
		c := map[string]*fakeFile{}
		for name, f := range m {
			c[name] = twin(f)
		}
		return c
	}
	c := &fakeDisk{names: names(d.names), stored: names(d.stored)}
	for _, o := range d.queue {
		o.file, o.names = twin(o.file), names(o.names)
		c.queue = append(c.queue, o)
	}
	return c
}

// survive applies what a power loss leaves of the unsynced bytes to the medium.
func (f *fakeFile) survive(c crash, draw func(n int) int) {
	if len(f.dirty) == 0 || c == lose {
		return
	}
	from, to := f.dirty[0][0], f.dirty[len(f.dirty)-1][1]
	if c == keep {
		for _, r := range f.dirty {
			f.write(r[0], r[1])
		}
		return
	}
	kept := min(to, (from+draw(to-from+1))/sector*sector)
	if kept < from {
		kept = from
	}
	f.write(from, kept)
	if c == short1 {
		return
	}
	for i := kept; i < to; i++ {
		b := byte(0)
		if c == garbage {
			b = byte(draw(256))
		}
		if i < len(f.medium) {
			f.medium[i] = b
		} else {
			f.medium = append(f.medium, b)
		}
	}
}
