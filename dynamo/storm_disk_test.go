package dynamo_test

import (
	"fmt"
	"slices"
	"strings"

	"dynamosim/dynamo"
	"dynamosim/dynamo/storage"
)

// stormDisk keeps apart what is in the page cache and what is synced. Operations complete in their order, when the test says so.
type stormDisk struct {
	files   []stormFile
	pending []stormOp
}

type stormFile struct {
	name   string
	data   []byte
	synced int
}

type stormOp struct {
	c      storage.Completion
	file   int
	covers int // sync: bytes that it makes durable
}

// install puts a file there that is durable.
func (d *stormDisk) install(f dynamo.ImageFile) {
	d.files = append(d.files, stormFile{name: f.Name, data: f.Data, synced: len(f.Data)})
}

// complete ends the oldest operation; false: there is none.
func (d *stormDisk) complete(h *stormHost) bool {
	if len(d.pending) == 0 {
		return false
	}
	op := d.pending[0]
	d.pending = d.pending[1:]
	h.storm.tell(func() string { return fmt.Sprintf("disk of %d completes %x", h.id, op.c.Token) })
	if op.covers > 0 {
		f := &d.files[op.file]
		f.synced = max(f.synced, min(op.covers, len(f.data)))
	}
	if op.c.Token != 0 && h.up {
		h.node.Disk(op.c)
		h.look()
	}
	return true
}

func (d *stormDisk) finish(h *stormHost) {
	for d.complete(h) {
	}
}

// losePower forgets what is not synced, but for keep bytes of each file.
func (d *stormDisk) losePower(keep int) {
	for i := range d.files {
		f := &d.files[i]
		f.data = f.data[:min(len(f.data), f.synced+keep)]
		f.synced = len(f.data)
	}
}

// image is what would survive the loss of power now.
func (d *stormDisk) image() dynamo.Image {
	var image dynamo.Image
	for _, f := range d.files {
		if f.name != "" {
			image.Files = append(image.Files, dynamo.ImageFile{Name: f.name, Data: slices.Clone(f.data[:f.synced]), Weight: int64(f.synced)})
		}
	}
	return image
}

func (d *stormDisk) push(op stormOp) { d.pending = append(d.pending, op) }

func (d *stormDisk) find(name string) int {
	return slices.IndexFunc(d.files, func(f stormFile) bool { return f.name == name })
}

func (d *stormDisk) Open(name string) storage.File {
	i := d.find(name)
	if i < 0 {
		i = len(d.files)
		d.files = append(d.files, stormFile{name: name})
	}
	return storage.File(i)
}

func (d *stormDisk) List() []storage.FileInfo {
	var list []storage.FileInfo
	for _, f := range d.files {
		if f.name != "" {
			list = append(list, storage.FileInfo{Name: f.name, Size: int64(len(f.data))})
		}
	}
	slices.SortFunc(list, func(a, b storage.FileInfo) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func (d *stormDisk) Size(f storage.File) int64 { return int64(len(d.files[f].data)) }

func (d *stormDisk) Append(f storage.File, data []byte, _ int64, token uint64) (size, pages int64) {
	file := &d.files[f]
	d.push(stormOp{c: storage.Completion{Token: token, Offset: int64(len(file.data))}})
	file.data = append(file.data, data...)
	return int64(len(file.data)), 0
}

func (d *stormDisk) Write(f storage.File, off int64, data []byte, token uint64) {
	copy(d.files[f].data[off:], data)
	d.push(stormOp{c: storage.Completion{Token: token, Offset: off}})
}

func (d *stormDisk) Read(f storage.File, off, n, _ int64, token uint64) int64 {
	data := d.files[f].data
	from := min(off, int64(len(data)))
	d.push(stormOp{c: storage.Completion{Token: token, Data: slices.Clone(data[from:min(from+n, int64(len(data)))]), Offset: off}})
	return 0
}

func (d *stormDisk) Sync(f storage.File, token uint64) {
	d.push(stormOp{c: storage.Completion{Token: token}, file: int(f), covers: len(d.files[f].data)})
}

func (d *stormDisk) SyncDir(token uint64) { d.push(stormOp{c: storage.Completion{Token: token}}) }

func (d *stormDisk) Truncate(f storage.File, size int64, token uint64) {
	file := &d.files[f]
	file.data = file.data[:size]
	file.synced = min(file.synced, int(size))
	d.push(stormOp{c: storage.Completion{Token: token}})
}

func (d *stormDisk) Rename(from, to string, token uint64) {
	d.Remove(to, 0)
	if i := d.find(from); i >= 0 {
		d.files[i].name = to
	}
	d.push(stormOp{c: storage.Completion{Token: token}})
}

func (d *stormDisk) Remove(name string, token uint64) {
	if i := d.find(name); i >= 0 {
		d.files[i].name = ""
	}
	d.push(stormOp{c: storage.Completion{Token: token}})
}

func (d *stormDisk) Free() int64 { return 1 << 40 }
