package sim

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"testing"

	_ "dynamosim/internal/seeded"
	"dynamosim/sim/rng"
	"pgregory.net/rapid"
)

// always is a rule that hits every operation.
func always(does DiskFault) *DiskRule {
	return &DiskRule{Name: "fault", Does: does, Ops: Reads | Writes | Syncs, Share: rng.Certain}
}

// settled runs until nothing is under way.
func (c *cast) settled() { c.RunUntil(c.Now() + 1000*ms) }

func (c *cast) content(name string) string { return string(real(c.Env(0).Disk(), name)) }

func TestErrorsOfADevice(t *testing.T) {
	for _, test := range []struct {
		ops  DiskOps
		want []string
	}{
		{Reads, []string{"read 2 device error", "append 1 ok", "sync 3 ok", "sync-dir 4 ok", "write 5 ok", "truncate 6 ok"}},
		{Writes, []string{"append 1 device error", "write 5 device error", "truncate 6 device error", "read 2 ok", "sync 3 ok", "sync-dir 4 ok"}},
		{Syncs, []string{"sync 3 device error", "sync-dir 4 device error", "append 1 ok", "read 2 ok", "write 5 ok", "truncate 6 ok"}},
	} {
		c := withDisk(nil)
		rule := always(FaultError)
		rule.Ops = test.ops
		c.AddDiskRule(0, rule)
		c.on(func(d *Disk) {
			f := d.Open("f")
			d.Append(f, []byte("abc"), 0, 1)
			d.Read(f, 0, 3, 2)
			d.Sync(f, 3)
			d.SyncDir(4)
			d.Write(f, 0, []byte("x"), 5)
			d.Truncate(f, 2, 6)
		})
		c.settled()
		var seen []string
		for _, line := range c.actors[0].seen {
			seen = append(seen, line[strings.IndexByte(line, ' ')+1:])
		}
		if !slices.Equal(seen, test.want) {
			t.Errorf("%v: %v", test.ops, seen)
		}
		if failed := int64(bits.OnesCount8(uint8(test.ops))); failed != 1 || rule.Effects != int64(strings.Count(fmt.Sprint(test.want), "device error")) {
			t.Errorf("%v: %d effects", test.ops, rule.Effects)
		}
		want := "xb"
		if test.ops == Writes {
			want = ""
		}
		if c.content("f") != want {
			t.Errorf("%v leave %q", test.ops, c.content("f"))
		}
	}
}

// After a sync that has failed no later one of the file counts; other files and
// names are not touched, nor what was durable before.
func TestFailedSyncSpoilsTheFile(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "old ")
	c.keep("g", "old ")
	rule := always(FaultError)
	rule.Ops, rule.File, rule.Nth = Syncs, "f", 1
	c.AddDiskRule(0, rule)
	c.on(func(d *Disk) {
		for _, name := range []string{"f", "g"} {
			f := d.Open(name)
			d.Append(f, []byte("lost "), 0, 0)
			d.Sync(f, 1)
			d.Append(f, []byte("more"), 0, 0)
			d.Sync(f, 2)
		}
	})
	c.settled()
	if c.content("f") != "old lost more" {
		t.Errorf("the page cache shows %q", c.content("f"))
	}
	c.PowerLoss(0, Lose)
	if c.content("f") != "old " || c.content("g") != "old lost more" || rule.Effects != 1 {
		t.Errorf("left: f %q, g %q; %d effects", c.content("f"), c.content("g"), rule.Effects)
	}
	// What survives is sound again.
	c.boot(0, 2)
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, []byte("new"), 0, 0)
		d.Sync(f, 0)
	})
	c.settled()
	c.PowerLoss(0, Lose)
	if c.content("f") != "old new" {
		t.Errorf("then: %q", c.content("f"))
	}
}

// A sync under way when another one fails is not touched by that.
func TestFailedSyncLeavesEarlierOnes(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "a")
	rule := always(FaultError)
	rule.Ops, rule.Nth = Syncs, 2
	c.AddDiskRule(0, rule)
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, []byte("b"), 0, 0)
		d.Sync(f, 1)
		d.Append(f, []byte("c"), 0, 0)
		d.Sync(f, 2)
	})
	c.settled()
	c.PowerLoss(0, Lose)
	if c.content("f") != "ab" {
		t.Errorf("left: %q", c.content("f"))
	}
}

func TestLyingSync(t *testing.T) {
	for _, mode := range []Unsynced{Lose, Keep} {
		c := withDisk(nil)
		c.keep("f", "old ")
		rule := always(FaultLie)
		c.AddDiskRule(0, rule)
		c.on(func(d *Disk) {
			f := d.Open("f")
			d.Append(f, []byte("lied"), 40, 0)
			d.Sync(f, 1)
			d.Append(f, []byte(" after"), 0, 0)
			d.Open("g")
			d.SyncDir(2)
		})
		c.settled()
		wantSeen(t, c.actors[0], "1003 sync 1 ok", "1006 sync-dir 2 ok")
		c.Crash(0) // the page cache survives: nobody notices
		if rule.Effects != 0 || c.content("f") != "old lied after" {
			t.Errorf("a process crash: %d effects, %q", rule.Effects, c.content("f"))
		}
		loss := c.PowerLoss(0, mode)
		want, effects := "f=old  ", int64(41) // 40 accounted bytes and a name
		if mode == Keep {
			want, effects = "f=old lied after g= ", 0
		}
		if got := listing(c.Env(0).Disk()); got != want || rule.Effects != effects || mode == Lose && loss.Bytes != 46 {
			t.Errorf("%v leaves %q, %d effects, %+v", mode, got, rule.Effects, loss)
		}
	}
}

// When it ends the device writes down what it has kept back.
func TestLyingSyncEnds(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "old ")
	rule := always(FaultLie)
	c.AddDiskRule(0, rule)
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, []byte("lied"), 0, 0)
		d.Sync(f, 0)
		d.SyncDir(0)
		d.Append(f, []byte(" after"), 0, 0)
	})
	c.settled()
	c.RemoveDiskRule(0, rule)
	c.PowerLoss(0, Lose)
	if c.content("f") != "old lied" || rule.Effects != 0 {
		t.Errorf("left: %q, %d effects", c.content("f"), rule.Effects)
	}
}

func TestLostWrite(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "0123456789")
	c.keep("g", "")
	rule := always(FaultLost)
	rule.File, rule.Nth = "f", 2
	c.AddDiskRule(0, rule)
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Write(f, 0, []byte("ab"), 1)
		d.Write(f, 8, []byte("cdef"), 2) // lost
		d.Append(f, []byte("gh"), 0, 3)
		d.Append(d.Open("g"), []byte("g"), 0, 4)
		d.Sync(f, 5)
	})
	c.settled()
	wantSeen(t, c.actors[0], "2001 write 1 ok", "2002 write 2 ok", "2003 append 3 ok", "2004 append 4 ok", "2006 sync 5 ok")
	if got, want := c.content("f"), "ab23456789\x00\x00gh"; got != want || c.content("g") != "g" {
		t.Errorf("f is %q, want %q; g %q", got, want, c.content("g"))
	}
	c.PowerLoss(0, Lose)
	if got, want := c.content("f"), "ab23456789\x00\x00gh"; got != want {
		t.Errorf("after a power loss f is %q", got)
	}
	c.boot(0, 2)
	intact := true
	c.actors[0].disk = func(d *Completion) { intact = intact && d.Intact }
	read := func(off int64, n int) int64 {
		before := rule.Effects
		c.on(func(d *Disk) { d.Read(d.inodesFile("f"), off, n, 9) })
		c.settled()
		return rule.Effects - before
	}
	if read(0, 8) != 0 || read(12, 2) != 0 || read(7, 3) != 2 || read(0, 100) != 4 || intact {
		t.Errorf("effects %d, intact %v", rule.Effects, intact)
	}
	c.RemoveDiskRule(0, rule)
	if read(0, 100) != 4 { // the end of the fault brings nothing back
		t.Error("the damage is gone")
	}
	c.on(func(d *Disk) { d.Write(d.Open("f"), 0, []byte("0123456789012345"), 0) })
	c.settled()
	if read(0, 100) != 0 {
		t.Error("what was written anew counts as damaged")
	}
}

// inodesFile is the file of a name, without opening it anew.
func (d *Disk) inodesFile(name string) File {
	f, _ := d.dir.lookup(name)
	return f
}

func TestMisdirectedWrite(t *testing.T) {
	c := withDisk(func(d *DiskConfig) { d.Sector = 4 })
	c.keep("fa", "aaaaaaaaaaaaaaaa")
	c.keep("fb", "bbbbbbbbbbbbbb")
	c.keep("g", "gggggggggggggggg")
	rule := always(FaultMisdirected)
	rule.File, rule.Nth = "f", 1
	c.AddDiskRule(0, rule)
	c.on(func(d *Disk) {
		d.Append(d.Open("g"), []byte("X"), 0, 0)
		d.Append(d.Open("fa"), []byte("XY"), 0, 0)
		d.Append(d.Open("fa"), []byte("Z"), 0, 0)
	})
	c.settled()
	fa, fb := c.content("fa"), c.content("fb")
	if c.content("g") != "ggggggggggggggggX" || len(fa) != 19 || fa[18] != 'Z' || len(fb) != 14 {
		t.Fatalf("fa %q, fb %q, g %q", fa, fb, c.content("g"))
	}
	astray := strings.Index(fa+fb, "XY")
	if place := astray % 19; strings.Count(fa+fb, "XY") != 1 || place%4 != 0 && astray < 19 || astray == 16 {
		t.Errorf("fa %q, fb %q", fa, fb)
	}
	rest := strings.Replace(fa+fb, "XY", "", 1)
	if strings.Trim(rest, "abZ\x00") != "" || strings.Count(rest, "a")+strings.Count(rest, "b") != 28 {
		t.Errorf("fa %q, fb %q", fa, fb)
	}
	c.on(func(d *Disk) {
		d.Read(d.Open("fa"), 0, 100, 1)
		d.Read(d.Open("fb"), 0, 100, 1)
	})
	c.settled()
	if rule.Effects < 2 || rule.Effects > 4 { // the bytes that are missing, and those that were overwritten
		t.Errorf("%d effects", rule.Effects)
	}
}

func TestFullDiskByFault(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "0123456789")
	rule := always(FaultFull)
	rule.Free = 5
	c.AddDiskRule(0, rule)
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, []byte("abcde"), 0, 1)
		d.Append(f, []byte("f"), 0, 2) // refused
		d.Write(f, 0, []byte("x"), 3)
		if d.Free() != 0 {
			t.Errorf("%d bytes free", d.Free())
		}
		d.Truncate(f, 12, 4) // frees three
		d.Append(f, []byte("gh"), 0, 5)
	})
	c.settled()
	c.RemoveDiskRule(0, rule)
	c.on(func(d *Disk) {
		d.Append(d.Open("f"), []byte("as many as there are"), 0, 6)
		if d.Free() != 1<<63-1 {
			t.Errorf("%d bytes free", d.Free())
		}
	})
	c.settled()
	if rule.Effects != 1 || c.content("f") != "x123456789abghas many as there are" {
		t.Errorf("%d effects, %q", rule.Effects, c.content("f"))
	}
}

func TestStalledDisk(t *testing.T) {
	c := withDisk(func(d *DiskConfig) { d.Queue = 5 })
	c.keep("f", "")
	c.keep("g", "")
	c.on(func(d *Disk) { // at 2000
		d.Append(d.Open("f"), []byte("abc"), 0, 1) // until 2001
		d.Sync(d.Open("f"), 2)                     // until 2003
	})
	c.RunUntil(2002 * ms)
	rule := always(FaultStall)
	c.AddDiskRule(0, rule)
	c.on(func(d *Disk) {
		d.Append(d.Open("g"), []byte("d"), 0, 3)
		d.Read(d.Open("f"), 0, 3, 4)
		d.Read(d.Open("f"), 0, 3, 5)
		d.Read(d.Open("f"), 0, 3, 6)
		d.Read(d.Open("f"), 0, 3, 7) // too many wait
	})
	c.RunUntil(2100 * ms)
	c.on(func(d *Disk) { d.Read(d.Open("f"), 0, 3, 8) }) // still too many
	c.RunUntil(2200 * ms)
	wantSeen(t, c.actors[0], "2001 append 1 ok", "2002 read 7 disk busy", "2100 read 8 disk busy")
	c.RemoveDiskRule(0, rule)
	c.on(func(d *Disk) { d.Sync(d.Open("g"), 9) })
	c.settled()
	wantSeen(t, c.actors[0], "2001 append 1 ok", "2002 read 7 disk busy", "2100 read 8 disk busy",
		"2200 sync 2 ok", "2200 append 3 ok", "2200 read 4 ok", "2200 read 5 ok", "2200 read 6 ok", "2202 sync 9 ok")
	if rule.Effects != 5 {
		t.Errorf("%d effects", rule.Effects)
	}
}

// What a stall keeps from completing is not durable either, and dies with its
// process.
func TestPowerLossInAStall(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "old ")
	rule := always(FaultStall)
	c.AddDiskRule(0, rule)
	c.on(func(d *Disk) {
		d.Append(d.Open("f"), []byte("new"), 0, 1)
		d.Sync(d.Open("f"), 2)
	})
	c.settled()
	c.PowerLoss(0, Lose)
	c.boot(0, 2)
	c.on(func(d *Disk) { d.Read(d.Open("f"), 0, 9, 3) })
	c.settled()
	c.RemoveDiskRule(0, rule)
	c.settled()
	if c.content("f") != "old " {
		t.Errorf("left: %q", c.content("f"))
	}
	wantSeen(t, c.actors[0], "3000 read 3 ok")
}

// Completions that are due at the very instant at which a stall ends do not
// overtake those that it has held.
func TestStallKeepsOrder(t *testing.T) {
	c := withDisk(nil)
	rule := always(FaultStall)
	c.AddDiskRule(0, rule)
	c.on(func(d *Disk) {
		for i := range 6 {
			d.Append(d.Open("f"), []byte("x"), 0, uint64(i+1))
		}
	})
	c.At(3*ms, Control{})
	c.cfg.Control = func(Control) { c.RemoveDiskRule(0, rule) }
	c.settled()
	wantSeen(t, c.actors[0], "3 append 1 ok", "3 append 2 ok", "3 append 3 ok", "4 append 4 ok", "5 append 5 ok", "6 append 6 ok")
}

func TestRot(t *testing.T) {
	c := withDisk(nil)
	old := strings.Repeat("old ", 100)
	c.keep("data-1", old)
	c.keep("data-2", old)
	c.keep("meta-1", old)
	c.on(func(d *Disk) { d.Append(d.Open("data-2"), bytes.Repeat([]byte("new "), 1000), 0, 0) }) // not durable: it cannot rot
	c.settled()
	c.on(func(d *Disk) { d.Open("data-1") })
	rot := &Rot{Name: "rot", File: "data-", Bits: 7, Until: func(name string) int64 { return 300 }}
	if got := c.Rot(0, rot); got != 7 {
		t.Fatalf("%d bits turned", got)
	}
	flipped := 0
	for _, name := range []string{"data-1", "data-2", "meta-1"} {
		for i, b := range []byte(c.content(name))[:400] {
			n := bits.OnesCount8(b ^ old[i])
			if flipped += n; n > 0 && (i >= 300 || name == "meta-1") {
				t.Errorf("%s has rotted at %d", name, i)
			}
		}
	}
	if flipped == 0 || flipped > 7 || flipped%2 == 0 || rot.Effects != 0 {
		t.Errorf("%d bits differ, %d effects", flipped, rot.Effects)
	}
	c.PowerLoss(0, Lose) // the medium has it, not the cache
	c.boot(0, 2)
	c.on(func(d *Disk) {
		d.Read(d.Open("data-1"), 0, 400, 1)
		d.Read(d.Open("data-2"), 0, 400, 1)
	})
	c.settled()
	if rot.Effects != 7 {
		t.Errorf("%d effects", rot.Effects)
	}
	if got := c.Rot(0, &Rot{Name: "none", File: "x", Bits: 3}); got != 0 {
		t.Errorf("%d bits of nothing turned", got)
	}
}

// Rot falls evenly on accounted bytes: a small record that stands for a large
// value is hit as often as its size says.
func TestRotFallsByWeight(t *testing.T) {
	c := withDisk(nil)
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, bytes.Repeat([]byte{0}, 100), 900, 0)
		d.Append(f, bytes.Repeat([]byte{0}, 100), 100, 0)
		d.Sync(f, 0)
	})
	c.settled()
	rot := &Rot{Name: "rot", Bits: 2000}
	c.Rot(0, rot)
	heavy := 0
	for _, x := range c.Env(0).Disk().faults.damage {
		if x.from < 100 {
			heavy++
		}
	}
	if heavy < 1740 || heavy > 1860 {
		t.Errorf("%d of 2000 in the record of nine tenths", heavy)
	}
}

func TestRestore(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "old")
	files := c.Files(0)
	c.keep("f", " new")
	c.keep("g", "g")
	disk := c.Env(0).Disk()
	if disk.Copy() != 0 {
		t.Errorf("a disk of its own says it is copy %d", disk.Copy())
	}
	c.Crash(0)
	c.Restore(0, files, 7)
	if listing(disk) != "f=old " || disk.Copy() != 7 {
		t.Errorf("%s of copy %d", listing(disk), disk.Copy())
	}
	c.PowerLoss(0, Lose)
	if listing(disk) != "f=old " {
		t.Errorf("after a power loss %s", listing(disk))
	}
}

// plainDisk is the twin of a disk with faults: whole contents, now and on the
// medium.
type plainDisk struct {
	cache, medium map[string][]byte
	syncs         []plainSync
	spoilt        map[string]bool
	lied          map[string][]byte
	fails, lies   bool
	loses         bool
	limit         int // of all bytes
	stalled       bool
	busy          int64
}

type plainSync struct {
	at      int64
	name    string
	content []byte
}

func newPlainDisk(names []string) *plainDisk {
	d := &plainDisk{limit: 1 << 30, cache: map[string][]byte{}, medium: map[string][]byte{}, spoilt: map[string]bool{}, lied: map[string][]byte{}}
	for _, name := range names {
		d.cache[name], d.medium[name] = nil, nil
	}
	return d
}

func (d *plainDisk) settle(now int64) {
	for len(d.syncs) > 0 && d.syncs[0].at <= now && !d.stalled {
		if s := d.syncs[0]; len(s.content) > len(d.medium[s.name]) {
			d.medium[s.name] = s.content
		}
		d.syncs = d.syncs[1:]
	}
}

// take occupies the device.
func (d *plainDisk) take(now, t int64) int64 {
	d.busy = max(d.busy, now) + t
	return d.busy
}

func (d *plainDisk) used() (sum int) {
	for _, content := range d.cache {
		sum += len(content)
	}
	return sum
}

func (d *plainDisk) append(now int64, name string, data []byte) {
	if len(data) > 0 && d.used()+len(data) > d.limit {
		return
	}
	if d.loses {
		data = make([]byte, len(data))
	}
	d.cache[name] = append(slices.Clone(d.cache[name]), data...)
	d.take(now, twinWrite)
}

func (d *plainDisk) sync(now int64, name string) {
	if d.fails {
		d.spoilt[name] = true
		return
	}
	at := d.take(now, twinSyncs)
	switch {
	case d.spoilt[name]:
	case d.lies:
		d.lied[name] = d.cache[name]
	default:
		d.syncs = append(d.syncs, plainSync{at, name, d.cache[name]})
	}
}

func (d *plainDisk) loseAll(now int64) {
	for name := range d.cache {
		d.cache[name] = d.medium[name]
	}
	d.syncs, d.busy = nil, now
	clear(d.spoilt)
	clear(d.lied)
}

// Appends, syncs, crashes and power losses under any mixture of faults that
// come and go leave what a plain disk leaves.
func TestDiskFaultsAgainstTwin(t *testing.T) {
	names := []string{"a", "b"}
	rapid.Check(t, func(t *rapid.T) {
		c := stage(noteConfig(), 1, twinConfig())
		disk := c.Env(0).Disk()
		for _, name := range names {
			c.keep(name, "")
		}
		twin := newPlainDisk(names)
		rules := map[DiskFault]*DiskRule{}
		boots := uint64(1)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			twin.settle(c.Now())
			name := rapid.SampledFrom(names).Draw(t, "name")
			switch action := rapid.IntRange(0, 9).Draw(t, "action"); action {
			case 0, 1, 2:
				data := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "data")
				c.on(func(d *Disk) { d.Append(d.Open(name), data, 0, 1) })
				twin.append(c.Now(), name, data)
			case 3, 4:
				c.on(func(d *Disk) { d.Sync(d.Open(name), 1) })
				twin.sync(c.Now(), name)
			case 5:
				c.RunUntil(c.Now() + rapid.Int64Range(0, 8).Draw(t, "ms")*ms)
			case 6:
				c.PowerLoss(0, Lose)
				twin.loseAll(c.Now())
				boots++
				c.boot(0, boots)
			case 7:
				c.Crash(0)
				boots++
				c.boot(0, boots)
			default:
				does := rapid.SampledFrom([]DiskFault{FaultError, FaultLie, FaultLost, FaultFull, FaultStall}).Draw(t, "fault")
				twin.toggle(c, rules, does)
			}
			for _, name := range names {
				if got := real(disk, name); !bytes.Equal(got, twin.cache[name]) {
					t.Fatalf("%s is %q, want %q", name, got, twin.cache[name])
				}
			}
		}
	})
}

// toggle begins a fault of a disk and of its twin, or ends it.
func (d *plainDisk) toggle(c *cast, rules map[DiskFault]*DiskRule, does DiskFault) {
	rule := rules[does]
	on := rule == nil
	if on {
		rule = always(does)
		rule.Ops, rule.Free = Syncs, 30
		rules[does] = rule
		c.AddDiskRule(0, rule)
	} else {
		delete(rules, does)
		c.RemoveDiskRule(0, rule)
	}
	switch does {
	case FaultError:
		d.fails = on
	case FaultLost:
		d.loses = on
	case FaultFull:
		if d.limit = 1 << 30; on {
			d.limit = d.used() + int(rule.Free)
		}
	case FaultStall:
		d.stalled = on
		d.settle(c.Now())
	case FaultLie:
		d.lies = on
		for name, content := range d.lied {
			if len(content) > len(d.medium[name]) {
				d.medium[name] = content
			}
		}
		clear(d.lied)
	}
}
