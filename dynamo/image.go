package dynamo

import (
	"slices"
	"strings"

	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// Image is what a node's disk holds: its files by name.
type Image struct{ Files []ImageFile }

// ImageFile is one file: its bytes, and what they cost on the disk (values are accounted, not stored).
type ImageFile struct {
	Name   string
	Data   []byte
	Weight int64
}

// Format makes the disk of a node of a cluster that was formed before time began: its identity, no epoch used, what
// it knows of the members, and the given sets in its log. It writes through the engine that the node itself will read it with.
func Format(id NodeID, cfg *Config, shared *Shared, each func(yield func(key KeyID, set *vclock.Set))) Image {
	disk := &memoryDisk{}
	n := New(id, cfg, shared)
	n.env = imageEnv{disk}
	n.openImages(disk)
	n.meta.Put(metaIdentity, metaKeys[metaIdentity], identity(0), 0, 0)
	if v := shared.Formed; v != nil && v.Has(int32(id)) {
		n.meta.Put(metaMembers, metaKeys[metaMembers], shared.appendView(nil, v), 0, 0)
	}
	each(func(key KeyID, set *vclock.Set) {
		n.keep(key, NoNode, set, &ticket{kind: ticketNobody, durable: true})
		disk.run(n)
	})
	n.store.engine.Flush(0)
	n.meta.Flush(0)
	disk.run(n)
	return disk.image()
}

// Contents reads the version sets off the disk of a node that is down, as the node itself would after a restart: what it stores, then the
// hints that it keeps.
func Contents(id NodeID, cfg *Config, shared *Shared, image Image) *Node {
	disk := &memoryDisk{}
	for _, f := range image.Files {
		disk.Append(disk.Open(f.Name), f.Data, f.Weight, 0)
	}
	n := New(id, cfg, shared)
	n.env = imageEnv{disk}
	n.openImages(disk)
	return n
}

// openImages reads back what a disk in memory holds. The node never serves.
func (n *Node) openImages(disk *memoryDisk) {
	n.pending = engines + 1
	n.store.engine = n.openImage(engineData, dataLog{n})
	n.hints.engine = n.openImage(engineHints, hintLog{n})
	n.meta = n.openImage(engineMeta, metaLog{n})
	for i := range engines {
		n.engine(i).Recover()
	}
	disk.run(n)
}

// openImage starts an engine over a disk in memory. Formatting needs no sync but the last.
func (n *Node) openImage(i int, owner storage.Owner) *storage.Engine {
	cfg := storage.Config{Prefix: enginePrefixes[i], Sync: storage.Never, CompactAt: int64(n.cfg.CompactAt), Checksums: n.cfg.Checksums}
	return storage.New(n.env.Disk(), cfg, owner, storage.TokenSpace{Base: uint64(i) << tokenShift, Mask: 1<<tokenShift - 1})
}

// memoryDisk is a disk without time: every operation completes before the next begins.
type memoryDisk struct {
	files []ImageFile
	done  []storage.Completion
}

// run hands completions to a node's engines until there are no more.
func (d *memoryDisk) run(n *Node) {
	for i := 0; i < len(d.done); i++ {
		c := d.done[i]
		n.engine(int(c.Token >> tokenShift)).Handle(&c)
	}
	d.done = d.done[:0]
}

// image gives the files that have names, sorted.
func (d *memoryDisk) image() Image {
	var named []ImageFile
	for _, f := range d.files {
		if f.Name != "" {
			named = append(named, f)
		}
	}
	slices.SortStableFunc(named, func(a, b ImageFile) int { return strings.Compare(a.Name, b.Name) })
	return Image{named}
}

func (d *memoryDisk) complete(c storage.Completion) {
	if c.Token != 0 {
		d.done = append(d.done, c)
	}
}

func (d *memoryDisk) find(name string) int {
	return slices.IndexFunc(d.files, func(f ImageFile) bool { return f.Name == name })
}

func (d *memoryDisk) Open(name string) storage.File {
	i := d.find(name)
	if i < 0 {
		i = len(d.files)
		d.files = append(d.files, ImageFile{Name: name})
	}
	return storage.File(i)
}

func (d *memoryDisk) List() []storage.FileInfo {
	var list []storage.FileInfo
	for _, f := range d.image().Files {
		list = append(list, storage.FileInfo{Name: f.Name, Size: int64(len(f.Data))})
	}
	return list
}

func (d *memoryDisk) Size(f storage.File) int64 { return int64(len(d.files[f].Data)) }

func (d *memoryDisk) Append(f storage.File, data []byte, weight int64, token uint64) (size, pages int64) {
	file := &d.files[f]
	at := int64(len(file.Data))
	file.Data = append(file.Data, data...)
	file.Weight += weight
	d.complete(storage.Completion{Token: token, Offset: at})
	return int64(len(file.Data)), 0
}

func (d *memoryDisk) Write(f storage.File, off int64, data []byte, token uint64) {
	copy(d.files[f].Data[off:], data)
	d.complete(storage.Completion{Token: token, Offset: off})
}

func (d *memoryDisk) Read(f storage.File, off, n, _ int64, token uint64) int64 {
	data := d.files[f].Data
	from := min(off, int64(len(data)))
	d.complete(storage.Completion{Token: token, Data: data[from:min(from+n, int64(len(data)))], Offset: off})
	return 0
}

func (d *memoryDisk) Sync(_ storage.File, token uint64) { d.complete(storage.Completion{Token: token}) }

func (d *memoryDisk) SyncDir(token uint64) { d.complete(storage.Completion{Token: token}) }

func (d *memoryDisk) Truncate(f storage.File, size int64, token uint64) {
	d.files[f].Data = d.files[f].Data[:size]
	d.complete(storage.Completion{Token: token})
}

func (d *memoryDisk) Rename(from, to string, token uint64) {
	if i := d.find(to); i >= 0 {
		d.files[i].Name = ""
	}
	if i := d.find(from); i >= 0 {
		d.files[i].Name = to
	}
	d.complete(storage.Completion{Token: token})
}

func (d *memoryDisk) Remove(name string, token uint64) {
	if i := d.find(name); i >= 0 {
		d.files[i].Name = ""
	}
	d.complete(storage.Completion{Token: token})
}

func (d *memoryDisk) Free() int64 { return 1 << 50 }

// imageEnv is the little that a node needs of its world while its disk is made or read.
type imageEnv struct{ disk *memoryDisk }

func (e imageEnv) Now() int64                    { return 0 }
func (e imageEnv) Wall() int64                   { return 0 }
func (e imageEnv) Rand(Purpose) uint64           { return 0 }
func (e imageEnv) Send(NodeID, *Message)         {}
func (e imageEnv) SetTimer(Timer, int64) TimerID { return 0 }
func (e imageEnv) CancelTimer(TimerID)           {}
func (e imageEnv) Disk() storage.Disk            { return e.disk }
func (e imageEnv) Mark(Mark, KeyID, int64)       {}
