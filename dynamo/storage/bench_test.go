package storage

import (
	"encoding/binary"
	"testing"
)

// quickDisk is a disk in memory that allocates nothing once its files have grown.
type quickDisk struct {
	names  []string
	data   [][]byte // by handle
	free   []File
	listed []FileInfo
	queue  ring[Completion]
}

func (d *quickDisk) Open(name string) File {
	for i, n := range d.names {
		if n == name {
			return File(i)
		}
	}
	if n := len(d.free); n > 0 {
		f := d.free[n-1]
		d.free = d.free[:n-1]
		d.names[f], d.data[f] = name, d.data[f][:0]
		return f
	}
	d.names, d.data = append(d.names, name), append(d.data, nil)
	return File(len(d.names) - 1)
}

func (d *quickDisk) List() []FileInfo {
	d.listed = d.listed[:0]
	for i, n := range d.names {
		if n != "" {
			d.listed = append(d.listed, FileInfo{n, int64(len(d.data[i]))})
		}
	}
	return d.listed
}

func (d *quickDisk) Size(f File) int64 { return int64(len(d.data[f])) }

func (d *quickDisk) Append(f File, data []byte, _ int64, token uint64) (size, pages int64) {
	d.data[f] = append(d.data[f], data...)
	d.done(token, nil)
	return int64(len(d.data[f])), 1
}

func (d *quickDisk) Read(f File, off, n, _ int64, token uint64) int64 {
	d.done(token, d.data[f][off:off+n])
	return 1
}

func (d *quickDisk) Sync(_ File, token uint64)         { d.done(token, nil) }
func (d *quickDisk) SyncDir(token uint64)              { d.done(token, nil) }
func (d *quickDisk) Free() int64                       { return 1 << 40 }
func (d *quickDisk) Write(File, int64, []byte, uint64) { panic("the engine only appends") }
func (d *quickDisk) Truncate(File, int64, uint64)      { panic("the engine only appends") }
func (d *quickDisk) Rename(_, _ string, _ uint64)      { panic("the engine does not rename") }

func (d *quickDisk) Remove(name string, _ uint64) {
	f := d.Open(name)
	d.names[f] = ""
	d.free = append(d.free, f)
}

func (d *quickDisk) done(token uint64, data []byte) {
	if token != 0 {
		*d.queue.push() = Completion{Token: token, Data: data}
	}
}

// run hands all completions to the engine.
func (d *quickDisk) run(e *Engine) {
	for d.queue.first < d.queue.last {
		c := *d.queue.at(d.queue.first)
		d.queue.first++
		e.Handle(&c)
	}
}

// clerk is an owner that only counts.
type clerk struct {
	written, got, loaded int
	failed               Error
}

func (c *clerk) Slot(key []byte) uint32 { return binary.LittleEndian.Uint32(key) }
func (c *clerk) AppendKey(b []byte, slot uint32) []byte {
	return binary.LittleEndian.AppendUint32(b, slot)
}
func (c *clerk) Loaded(_, _ []byte, _ Location) { c.loaded++ }
func (c *clerk) Recovered(RecoveryStats)        {}
func (c *clerk) Corrupt(uint32)                 { c.failed = Corrupt }
func (c *clerk) Written(_ uint64, err Error)    { c.written++; c.failed = max(c.failed, err) }
func (c *clerk) Got(_ uint64, _ []byte, err Error) {
	c.got++
	c.failed = max(c.failed, err)
}

// store is an engine with keys in it, beside a function that puts the next key.
func store(tb testing.TB, cfg Config, keys uint32) (d *quickDisk, e *Engine, c *clerk, put func()) {
	cfg.Prefix, cfg.Checksums = "data", true
	d, c = &quickDisk{}, &clerk{}
	e = New(d, cfg, c, testSpace)
	e.Recover()
	d.run(e)
	payload := make([]byte, 120)
	key := make([]byte, 8)
	next := uint32(0)
	put = func() {
		binary.LittleEndian.PutUint32(key, next%keys)
		e.Put(next%keys, key, payload, 120, uint64(next))
		d.run(e)
		next += 7
	}
	for range 8 * keys {
		put()
	}
	if c.failed != NoError || e.Stats().Keys != int64(keys) {
		tb.Fatalf("%v, %+v", c.failed, e.Stats())
	}
	return d, e, c, put
}

// A put and a get allocate nothing in the steady state; the compactions that the
// puts bring about allocate the names of files.
func TestAllocations(t *testing.T) {
	for _, p := range []Policy{Each, Group, Periodic, Never} {
		d, e, c, put := store(t, Config{Sync: p, MinCompact: 1 << 20}, 1000)
		if a := testing.AllocsPerRun(20000, put); a > 0 {
			t.Errorf("%v: %v allocations per put", p, a)
		}
		slot := uint32(0)
		if a := testing.AllocsPerRun(2000, func() {
			e.Get(slot%1000, 1)
			slot++
			d.run(e)
		}); a > 0 {
			t.Errorf("%v: %v allocations per get", p, a)
		}
		if e.Stats().Compactions == 0 || c.got != 2001 || c.failed != NoError {
			t.Errorf("%v: %d gets, %v, %+v", p, c.got, c.failed, e.Stats())
		}
	}
}

func BenchmarkPut(b *testing.B) {
	for _, p := range []Policy{Each, Never} {
		b.Run(p.String(), func(b *testing.B) {
			_, e, _, put := store(b, Config{Sync: p}, 10000)
			b.ReportAllocs()
			for b.Loop() {
				put()
			}
			b.ReportMetric(float64(e.Stats().Copied)/float64(e.Stats().Puts), "copied-B/op")
		})
	}
}

func BenchmarkGet(b *testing.B) {
	d, e, _, _ := store(b, Config{}, 10000)
	b.ReportAllocs()
	slot := uint32(0)
	for b.Loop() {
		e.Get(slot%10000, 1)
		slot += 7
		d.run(e)
	}
}

func BenchmarkRecover(b *testing.B) {
	d, e, _, _ := store(b, Config{}, 10000)
	cfg := e.config
	b.ReportAllocs()
	for b.Loop() {
		c := &clerk{}
		e = New(d, cfg, c, testSpace)
		e.Recover()
		d.run(e)
		if c.loaded < 10000 {
			b.Fatal(c.loaded)
		}
	}
}
