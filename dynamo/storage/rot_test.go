package storage

import (
	"math/rand"
	"sort"
	"testing"
)

// flip turns over one bit of a file, in the cache and on the medium.
func (f *fakeFile) flip(at int, bit int) {
	f.cache[at] ^= 1 << bit
	if at < len(f.medium) {
		f.medium[at] ^= 1 << bit
	}
}

func (d *fakeDisk) sorted() []*fakeFile {
	var l []*fakeFile
	for _, f := range d.names {
		l = append(l, f)
	}
	sort.Slice(l, func(i, j int) bool { return l[i].name < l[j].name })
	return l
}

// checkRotten compares what was recovered after damage: whatever is older than
// acknowledged is covered by the report.
func checkRotten(t *testing.T, n *node) {
	t.Helper()
	if n.stats == nil {
		t.Fatal("recovery did not end")
	}
	f := acked
	if n.stats.Unknown > 0 || n.stats.TornTail > 0 {
		f = anything
	}
	n.settle(f)
	n.verify()
	checkNode(t, n)
}

// kindAt returns the kind of the record that the byte belongs to.
func (n *node) kindAt(f *fakeFile, gen uint32, at int64) kind {
	w := walk(gen, int64(len(f.cache)), true)
	for {
		if r, ev := w.next(f.cache, 0); ev != sound || at < r.off+r.length {
			return r.kind
		}
	}
}

// TestBitFlips flips each byte's bits in turn, all over the logs. Before the last
// synced end that the disk knows of, that is corruption; after it, a torn tail.
// Never is anything served that was not put, nor anything older than acknowledged
// without a report that covers it.
func TestBitFlips(t *testing.T) {
	for _, seed := range []int64{1, 2} {
		cfg := small(Each)
		n := newNode(newFakeDisk(), cfg, 6)
		workload(n, seed, 60)
		log, end := n.engine.Marked()
		for i, f := range n.disk.sorted() {
			gen, _ := n.engine.generation(f.name)
			for at := range f.cache {
				d := n.disk.after(lose, nil)
				d.sorted()[i].flip(at, (at+int(seed))%8)
				m := n.twin()
				m.tolerant = true
				m.boot(d, cfg)
				m.run()
				checkRotten(t, m)
				rotten := position{gen, int64(at)}.before(position{log, end})
				drop := !rotten && n.kindAt(f, gen, int64(at)) == kindDrop // tells of a log that is missed without it
				if (m.stats.Corrupt > 0) != rotten && !drop || (m.stats.TornTail > 0) != !rotten {
					t.Errorf("marked %d in log %d: %+v", end, log, *m.stats)
				}
				if t.Failed() {
					t.Fatalf("a bit of byte %d of %s", at, f.name)
				}
			}
		}
	}
}

// holder returns a file and offset that hold the newest record of a slot.
func (n *node) holder(slot uint32) (*fakeFile, int) {
	x := n.engine.entry(slot)
	return n.disk.files[n.engine.logs[x.log].file], int(x.off)
}

// A get finds rot, the owner is told, and the key stays corrupt over restarts until
// it is put again.
func TestGetOfRottenRecord(t *testing.T) {
	for _, at := range []int{3, headerSize + 2, headerSize + 20} {
		cfg := small(Each)
		n := newNode(newFakeDisk(), cfg, 2)
		n.tolerant = true
		n.put(0, 50, 0)
		n.put(0, 50, 0)
		n.put(1, 50, 0)
		n.run()
		f, off := n.holder(0)
		f.flip(off+at, 1)
		n.get(0)
		n.run()
		if !n.corrupt[0] || n.engine.Has(0) {
			t.Fatalf("byte %d: rot was not noticed", at)
		}
		for range 3 {
			n.restart(cfg, lose, nil)
			checkRotten(t, n)
			if !n.corrupt[0] || n.corrupt[1] {
				t.Fatalf("byte %d: after a restart corrupt are %v", at, n.corrupt)
			}
		}
		n.put(0, 50, 0)
		n.run()
		n.restart(cfg, lose, nil)
		checkRotten(t, n)
		if n.corrupt[0] || !n.engine.Has(0) {
			t.Errorf("byte %d: a put did not heal the key", at)
		}
	}
}

// Damage between the medium and the engine is gone at the second read.
func TestTransientReadDamage(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 24)
	workload(n, 1, 40)
	reads := 0
	n.disk.trim = func(_ string, b []byte) []byte {
		if reads++; reads%13 == 0 {
			b[len(b)/2] ^= 1
		}
		return b
	}
	n.verify()
	for seed := range int64(4) {
		workload(n, seed, 100)
		n.verify()
	}
	checkNode(t, n)
	d := n.disk.after(process, nil)
	d.trim = n.disk.trim
	n.boot(d, cfg)
	n.run()
	checkRecovered(t, n, acked)
	d.trim = func(_ string, b []byte) []byte { // each first read of a chunk by compaction
		if reads++; reads%2 == 0 {
			b[len(b)/2] ^= 1
		}
		return b
	}
	copied := n.engine.Stats().Copied
	workload(n, 2, 200)
	if n.engine.Stats().Copied == copied {
		t.Error("nothing was compacted")
	}
	d.trim = nil
	n.verify()
	checkNode(t, n)
	if reads < 40 {
		t.Errorf("only %d reads", reads)
	}
}

// Compaction meets rot in what it copies: the keys are reported, removals stay
// removals, and superseded records do not matter.
func TestCompactionOfRottenLog(t *testing.T) {
	seen := map[string]int{}
	for seed := int64(0); seed < 150; seed++ {
		cfg := small(Policy(seed % 4))
		draw := rand.New(rand.NewSource(seed))
		n := newNode(newFakeDisk(), cfg, 10)
		n.tolerant = true
		workload(n, seed, 60)
		for range 6 {
			n.engine.closeHead()
			n.run()
			for range 1 + draw.Intn(3) {
				if x := n.engine.entry(uint32(draw.Intn(10))); x.state != absent {
					f := n.disk.files[n.engine.logs[x.log].file]
					f.flip(int(x.off)+draw.Intn(int(x.length)), draw.Intn(8))
				}
			}
			workload(n, seed, 20)
			n.verify()
			checkNode(t, n)
		}
		seen["corrupt"] += n.reports
		seen["compactions"] += int(n.engine.Stats().Compactions)
		n.restart(cfg, process, nil)
		checkRotten(t, n)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if seen["corrupt"] < 50 || seen["compactions"] < 1000 {
		t.Errorf("too little happened: %v", seen)
	}
}

// Damage whose keys are unknown is reported at each restart until the owner says
// that it has repaired everything.
func TestUnknownDamageIsRemembered(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 6)
	n.tolerant = true
	workload(n, 1, 60)
	f := n.disk.sorted()[0]
	f.flip(1, 1)
	for range 3 {
		n.restart(cfg, lose, nil)
		checkRotten(t, n)
		if n.stats.Unknown == 0 {
			t.Fatalf("unknown damage is forgotten: %+v", *n.stats)
		}
		workload(n, 2, 20)
	}
	n.engine.Repaired()
	n.engine.closeHead()
	workload(n, 2, 20)
	n.restart(cfg, lose, nil)
	checkRotten(t, n)
	if n.stats.Unknown > 0 {
		t.Errorf("repaired damage is still reported: %+v", *n.stats)
	}
}

// A log that has vanished or was cut short is damage, not an old state.
func TestMissingBytes(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 6)
	workload(n, 1, 60)
	files := n.disk.sorted()
	for i := range files[:len(files)-1] {
		for _, left := range []int{-1, 0, 40, len(files[i].cache) / 2} {
			d := n.disk.after(lose, nil)
			f := d.sorted()[i]
			if left < 0 {
				delete(d.names, f.name)
			} else {
				f.cache, f.medium = f.cache[:left], f.medium[:left]
			}
			m := n.twin()
			m.tolerant = true
			m.boot(d, cfg)
			m.run()
			checkRotten(t, m)
			if m.stats.Corrupt == 0 {
				t.Errorf("%s with %d bytes: %+v", f.name, left, *m.stats)
			}
		}
	}
}

// Two logs that have changed places are two damaged logs.
func TestSwappedFiles(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 6)
	n.tolerant = true
	workload(n, 1, 60)
	d := n.disk.after(lose, nil)
	l := d.sorted()
	d.names[l[0].name], d.names[l[1].name] = l[1], l[0]
	n.boot(d, cfg)
	n.run()
	checkRotten(t, n)
	if n.stats.Unknown < 2 {
		t.Errorf("%+v", *n.stats)
	}
}

// Without verification, rot in a payload is served; that is what the option shows.
func TestWithoutChecksums(t *testing.T) {
	cfg := small(Each)
	cfg.Checksums = false
	n := newNode(newFakeDisk(), cfg, 1)
	n.put(0, 50, 0)
	n.run()
	f, off := n.holder(0)
	f.flip(off+headerSize+20, 1)
	n.get(0)
	n.run()
	if len(n.problems) != 1 || n.engine.Stats().Corrupt != 0 {
		t.Errorf("%v, %+v", n.problems, n.engine.Stats())
	}
}

// compact compacts the log that holds the newest record of a slot.
func (n *node) compact(slot uint32) {
	n.engine.closeHead()
	n.run()
	n.engine.logs[n.engine.entry(slot).log].suspect = true
	n.engine.doubt()
	n.engine.advance()
	n.run()
}

// What compaction cannot read it writes anew from the index: that a live state is
// lost, that a lost one still is, and that a removed key is removed although an
// older record of it is somewhere else.
func TestCompactionRewritesWhatIsUnreadable(t *testing.T) {
	for _, at := range []int{0, headerSize + 1, headerSize + 10} {
		cfg := small(Each)
		n := newNode(newFakeDisk(), cfg, 4)
		n.tolerant = true
		for slot := range 4 {
			n.put(slot, 50, 0)
		}
		n.run()
		n.engine.closeHead()
		n.put(0, 50, 0)
		n.remove(1)
		n.put(2, 50, 0)
		n.run()
		for _, slot := range []uint32{0, 1} {
			f, off := n.holder(slot)
			f.flip(min(off+at, off+headerSize+3), 3)
		}
		n.compact(0)
		if n.reports != 1 || !n.corrupt[0] || n.engine.Has(1) {
			t.Fatalf("reported are %v", n.corrupt)
		}
		f, off := n.holder(0)
		f.flip(off+min(at, headerSize), 3)
		n.compact(0)
		n.verify()
		checkNode(t, n)
		for range 2 {
			n.restart(cfg, lose, nil)
			checkRotten(t, n)
			if !n.corrupt[0] || len(n.corrupt) != 1 || n.engine.Has(1) || !n.engine.Has(2) || n.stats.Corrupt > 0 {
				t.Fatalf("after a restart: corrupt %v, %+v", n.corrupt, *n.stats)
			}
		}
	}
}

// The owner may write in the call that reports the loss.
func TestPutFromCorrupt(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 4)
	n.tolerant = true
	n.onCorrupt = func(slot uint32) { n.put(int(slot), 60, 0) }
	for slot := range 4 {
		n.put(slot, 50, 0)
	}
	n.run()
	for slot := range uint32(4) {
		f, off := n.holder(slot)
		f.flip(off+headerSize+10, 3)
	}
	n.get(3)
	n.run()
	n.compact(0)
	n.verify()
	n.restart(cfg, lose, nil)
	n.tolerant = false
	checkRecovered(t, n, acked)
	if n.reports != 4 {
		t.Errorf("%d keys reported", n.reports)
	}
}
