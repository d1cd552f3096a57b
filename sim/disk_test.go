package sim

import (
	"bytes"
	"fmt"
	"testing"

	"dynamosim/sim/rng"
	"pgregory.net/rapid"
)

// withDisk is one actor with a disk whose operations take 1 ms, syncs 2 ms.
func withDisk(change func(d *DiskConfig)) *cast {
	d := DiskConfig{Read: rng.Constant(1 * ms), Write: rng.Constant(1 * ms), Sync: rng.Constant(2 * ms)}
	if change != nil {
		change(&d)
	}
	return stage(noteConfig(), 1, ProcessConfig{Disk: &d})
}

// on runs f on the disk of process 0.
func (c *cast) on(f func(d *Disk)) { c.do(0, func(env *Proc[note]) { f(env.Disk()) }) }

// keep makes a file durable with its name.
func (c *cast) keep(name, content string) {
	c.on(func(d *Disk) {
		f := d.Open(name)
		d.Append(f, []byte(content), 0, 0)
		d.Sync(f, 0)
		d.SyncDir(0)
	})
	c.RunUntil(c.Now() + 1000*ms)
}

func listing(d *Disk) string {
	out := ""
	for _, info := range d.List() {
		out += fmt.Sprintf("%s=%s ", info.Name, real(d, info.Name))
	}
	return out
}

func TestDiskDoesOneThingAtATime(t *testing.T) {
	c := withDisk(nil)
	var data string
	c.actors[0].disk = func(d *Completion) {
		if d.Op == OpRead {
			data = string(d.Data())
		}
	}
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, []byte("hello "), 0, 1)
		d.Append(f, []byte("world"), 0, 0) // no completion, but its time
		d.Sync(f, 2)
		d.Read(f, 3, 5, 3)
		d.SyncDir(4)
		d.Write(f, 0, []byte("J"), 5)
		d.Truncate(f, 4, 6)
		d.Rename("f", "g", 7)
		d.Remove("g", 8)
	})
	c.Step(100)
	wantSeen(t, c.actors[0], "1 append 1 ok", "4 sync 2 ok", "5 read 3 ok", "7 sync-dir 4 ok", "8 write 5 ok", "9 truncate 6 ok",
		"10 rename 7 ok", "11 remove 8 ok")
	if data != "l" { // as the file is when the read completes: 4 bytes long by then
		t.Errorf("read %q", data)
	}
	if got := c.ProcessCounters(0).Disk; got.Operations != 9 || got.Syncs != 2 || got.Reads != 1 || got.Writes != 3 || got.Errors != 0 {
		t.Errorf("%+v", got)
	}
}

func TestAppendTellsWhere(t *testing.T) {
	c := withDisk(nil)
	var at []int64
	c.actors[0].disk = func(d *Completion) { at = append(at, d.Offset) }
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, []byte("abc"), 0, 1)
		d.Append(f, []byte("de"), 0, 2)
	})
	c.Step(10)
	if fmt.Sprint(at) != "[0 3]" {
		t.Errorf("appended at %v", at)
	}
}

func TestBytesTakeTheirTimeByWeight(t *testing.T) {
	c := withDisk(func(d *DiskConfig) { d.Bandwidth, d.Page = 1e6, 1000 })
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, []byte("0123456789"), 4000, 1) // 1 ms + 4000 bytes at 1 MB/s
		d.Append(f, []byte("x"), 0, 2)             // weight is at least the length: 1 us
		d.Read(f, 5, 1, 3)                         // bytes 2000 to 2400: one page
		d.Read(f, 2, 2, 4)                         // bytes 800 to 1600: two pages
		d.Read(f, 0, 100, 5)                       // 4001 bytes: five pages
	})
	c.Step(10)
	wantSeen(t, c.actors[0], "5 append 1 ok", "6.001 append 2 ok", "8.001 read 3 ok", "11.001 read 4 ok", "17.001 read 5 ok")
	if got := c.ProcessCounters(0).Disk; got.WrittenBytes != 4001 || got.ReadBytes != 8000 {
		t.Errorf("%+v", got)
	}
}

func TestSlowDisk(t *testing.T) {
	c := withDisk(nil)
	c.Slow(0, 1000, 10_000, 1000)
	c.on(func(d *Disk) { d.Sync(d.Open("f"), 1) })
	c.Step(10)
	wantSeen(t, c.actors[0], "20 sync 1 ok")
	if got := c.ProcessCounters(0).SlowDisk; got != 1 {
		t.Errorf("%d slow operations", got)
	}
}

func TestFullDisk(t *testing.T) {
	c := withDisk(func(d *DiskConfig) { d.Capacity = 100 })
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, []byte("aa"), 90, 1)
		d.Append(f, []byte("bb"), 11, 2)
		d.Append(f, []byte("cc"), 10, 3)
		d.Write(f, 5, []byte("xy"), 4)
		d.Write(f, 0, []byte("xy"), 5) // over what is there: needs no room
		d.Truncate(f, 50, 6)
		if d.Free() != 0 || string(real(d, "f")) != "xycc" {
			t.Errorf("%d bytes free, f is %q", d.Free(), real(d, "f"))
		}
		d.Truncate(f, 1, 7)
		if d.Free() != 55 {
			t.Errorf("%d bytes free after the truncation", d.Free())
		}
	})
	c.Step(10)
	wantSeen(t, c.actors[0], "0 append 2 disk full", "0 write 4 disk full", "0 truncate 6 disk full", "1 append 1 ok", "2 append 3 ok",
		"3 write 5 ok", "4 truncate 7 ok")
	if got := c.ProcessCounters(0).Disk.Errors; got != 3 {
		t.Errorf("%d errors", got)
	}
}

func TestRemovedFileGivesItsRoomBackWhenDurablySo(t *testing.T) {
	c := withDisk(func(d *DiskConfig) { d.Capacity = 100 })
	c.keep("f", "0123456789")
	d := c.Env(0).Disk()
	c.on(func(d *Disk) { d.Remove("f", 0) })
	if d.Free() != 90 {
		t.Errorf("%d free after a removal that a power loss undoes", d.Free())
	}
	c.on(func(d *Disk) { d.SyncDir(1) })
	c.Step(10)
	if d.Free() != 100 || d.inodes[0] != nil {
		t.Errorf("%d free after the removal is durable", d.Free())
	}
}

func TestFailureWithoutTokenIsToldByTheNextSync(t *testing.T) {
	c := withDisk(func(d *DiskConfig) { d.Capacity = 10 })
	c.on(func(d *Disk) {
		f, g := d.Open("f"), d.Open("g")
		d.Append(f, []byte("a"), 11, 0)
		d.Sync(g, 1)
		d.Sync(f, 2)
		d.Sync(f, 3)
	})
	c.Step(10)
	wantSeen(t, c.actors[0], "0 sync 2 disk full", "2 sync 1 ok", "4 sync 3 ok")
}

func TestBusyDisk(t *testing.T) {
	c := withDisk(func(d *DiskConfig) { d.Queue = 2 })
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, []byte("a"), 0, 1)
		d.Append(f, []byte("b"), 0, 2)
		d.Append(f, []byte("c"), 0, 3)
		d.Append(f, []byte("d"), 0, 0) // without a token never refused
		d.Rename("f", "g", 4)
		d.SyncDir(5)
		if c.Queues(0).Disk != 3 {
			t.Errorf("%d operations under way", c.Queues(0).Disk)
		}
	})
	c.RunUntil(2 * ms)
	c.on(func(d *Disk) { d.Sync(d.Open("f"), 6) })
	c.Step(10)
	wantSeen(t, c.actors[0], "0 append 3 disk busy", "0 rename 4 disk busy", "0 sync-dir 5 disk busy", "1 append 1 ok", "2 append 2 ok",
		"5 sync 6 ok")
	if got := listing(c.Env(0).Disk()); got != "f=abd " {
		t.Errorf("files: %s", got)
	}
}

func TestDeadFiles(t *testing.T) {
	c := withDisk(nil)
	c.on(func(d *Disk) {
		f, g := d.Open("f"), d.Open("g")
		d.Append(f, []byte("abc"), 0, 0)
		d.Read(f, 0, 3, 1)
		d.Remove("f", 0)
		d.Append(f, []byte("d"), 0, 2)
		d.Sync(f, 3)
		d.Append(NoFile, []byte("d"), 0, 4)
		d.Append(99, []byte("d"), 0, 5)
		d.Rename("nothing", "g", 6)
		d.Remove("nothing", 7)
		d.Rename("g", "h", 0)
		d.Append(g, []byte("follows"), 0, 8)
		if d.Size(f) != 0 || d.Size(g) != 7 {
			t.Errorf("sizes %d and %d", d.Size(f), d.Size(g))
		}
	})
	var data []string
	c.actors[0].disk = func(d *Completion) { data = append(data, string(d.Data())) }
	c.Step(20)
	wantSeen(t, c.actors[0], "0 append 2 no such file", "0 sync 3 no such file", "0 append 4 no such file", "0 append 5 no such file",
		"0 rename 6 no such file", "0 remove 7 no such file", "2 read 1 ok", "5 append 8 ok")
	if data[6] != "abc" {
		t.Errorf("a read asked for before the removal returned %q", data[6])
	}
}

func TestProcessCrashKeepsThePageCache(t *testing.T) {
	c := withDisk(nil)
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, []byte("written"), 0, 0)
		d.Sync(f, 1)
		d.Append(f, []byte(" twice"), 0, 0)
		d.SyncDir(2)
	})
	c.Crash(0)
	d := c.Env(0).Disk()
	if got := listing(d); got != "f=written twice " {
		t.Errorf("after the crash: %s", got)
	}
	again := c.boot(0, 2)
	c.RunUntil(100 * ms) // the syncs of the old incarnation complete on the device
	wantSeen(t, again)
	c.PowerLoss(0, Lose)
	if got := listing(d); got != "f=written " {
		t.Errorf("after the power loss: %s", got)
	}
}

func TestSyncIsDurableWhenItCompletes(t *testing.T) {
	for _, test := range []struct {
		at   int64
		want string
		lost int64
	}{{3*ms - 1, "f= ", 3}, {3 * ms, "f=ab ", 1}} {
		c := withDisk(nil)
		c.keep("f", "")
		start := c.Now()
		c.on(func(d *Disk) {
			f := d.Open("f")
			d.Append(f, []byte("ab"), 0, 0)
			d.Sync(f, 0)
			d.Append(f, []byte("c"), 0, 0) // after the sync was asked for
		})
		c.RunUntil(start + test.at)
		loss := c.PowerLoss(0, Lose)
		if got := listing(c.Env(0).Disk()); got != test.want {
			t.Errorf("power loss after %d ns: %s, want %s", test.at, got, test.want)
		}
		if loss.Bytes != test.lost || loss.Files != 1 {
			t.Errorf("loss %+v, want %d bytes of 1 file", loss, test.lost)
		}
	}
}

func TestNamesNeedSyncDir(t *testing.T) {
	c := withDisk(nil)
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.Append(f, []byte("synced"), 0, 0)
		d.Sync(f, 0)
	})
	c.RunUntil(100 * ms)
	if loss := c.PowerLoss(0, Lose); loss != (Loss{Names: 1}) {
		t.Errorf("loss %+v", loss)
	}
	if got := listing(c.Env(0).Disk()); got != "" {
		t.Errorf("a file whose name was never synced is there: %s", got)
	}
}

func TestRenameIsOneStep(t *testing.T) {
	for _, u := range []Unsynced{Lose, Keep, Torn, Random} {
		c := withDisk(nil)
		c.keep("old", "old")
		c.on(func(d *Disk) {
			f := d.Open("new")
			d.Append(f, []byte("new"), 0, 0)
			d.Sync(f, 0)
			d.SyncDir(0)
			d.Rename("new", "old", 0)
		})
		c.RunUntil(c.Now() + 100*ms)
		c.PowerLoss(0, u)
		got := listing(c.Env(0).Disk())
		before, after := got == "new=new old=old ", got == "old=new "
		if u == Lose && !before || u == Keep && !after || !before && !after {
			t.Errorf("%v: %s", u, got)
		}
	}
}

func TestReplacedFileComesBackIfTheRenameIsLost(t *testing.T) {
	c := withDisk(nil)
	c.keep("a", "first")
	c.keep("b", "second")
	c.on(func(d *Disk) {
		d.Rename("b", "a", 0)
		d.Remove("a", 0)
		if got := listing(d); got != "" {
			t.Errorf("before the power loss: %s", got)
		}
	})
	if loss := c.PowerLoss(0, Lose); loss.Names != 2 {
		t.Errorf("loss %+v", loss)
	}
	if got := listing(c.Env(0).Disk()); got != "a=first b=second " {
		t.Errorf("after it: %s", got)
	}
	c.boot(0, 2)
	c.on(func(d *Disk) { d.Append(d.Open("a"), []byte("!"), 0, 0) })
	if got := listing(c.Env(0).Disk()); got != "a=first! b=second " {
		t.Errorf("in use again: %s", got)
	}
}

// Over many power losses, each place where a write can tear and each tail is
// seen, and nothing else: sectors are whole, and damage at a fraction of the
// weight is damage at that fraction of the bytes.
func TestTornAppend(t *testing.T) {
	for _, test := range []struct {
		sector, weight int64
		prefixes       []int // beside all 10 bytes
	}{
		// After 2 accounted bytes, 400: sectors end 98, 198, 298 and 398 bytes on.
		{100, 400, []int{0, 2, 4, 7, 9}},
		// After 2 bytes, 10: sectors end 2, 6 and 10 bytes on.
		{4, 10, []int{0, 2, 6}},
		// All in one sector.
		{100, 10, []int{0}},
	} {
		seen := map[string]int{}
		for seed := range uint64(400) {
			seen[tornAppend(t, seed, test.sector, test.weight)]++
		}
		for _, n := range test.prefixes {
			for _, tail := range []string{"short", "zeros", "garbage"} {
				kind := fmt.Sprint(n, " ", tail)
				if seen[kind] == 0 {
					t.Errorf("sectors of %d: no power loss left %s", test.sector, kind)
				}
				delete(seen, kind)
			}
		}
		if seen["all"] == 0 {
			t.Errorf("sectors of %d: no power loss kept all", test.sector)
		}
		delete(seen, "all")
		for kind, n := range seen {
			if n > 3 { // garbage may continue the digits by chance
				t.Errorf("sectors of %d: %d times %s", test.sector, n, kind)
			}
		}
	}
}

// tornAppend tears an append of ten digits after two synced bytes and says what
// was left of it.
func tornAppend(t *testing.T, seed uint64, sector, weight int64) string {
	t.Helper()
	cfg := noteConfig()
	cfg.Seeds.Environment = seed
	c := stage(cfg, 1, ProcessConfig{Disk: &DiskConfig{Sector: sector}})
	c.keep("f", "ab")
	c.on(func(d *Disk) { d.Append(d.Open("f"), []byte("0123456789"), weight, 0) })
	loss := c.PowerLoss(0, Torn)
	got := real(c.Env(0).Disk(), "f")
	if string(got[:2]) != "ab" {
		t.Fatalf("synced bytes were touched: %q", got)
	}
	n := 0
	for n < len(got)-2 && got[2+n] == byte('0'+n) {
		n++
	}
	tail := got[2+n:]
	if whole := n == 10; whole != (loss.Files == 0) || whole != (loss.Bytes == 0) || !whole && len(tail) > 0 && loss.Torn != 1 {
		t.Errorf("%d digits left: loss %+v", n, loss)
	}
	switch {
	case n == 10:
		return "all"
	case len(tail) == 0:
		return fmt.Sprint(n, " short")
	case len(got) != 12:
		t.Fatalf("%q has neither its old nor its new length", got)
	case bytes.Equal(tail, make([]byte, len(tail))):
		return fmt.Sprint(n, " zeros")
	}
	return fmt.Sprint(n, " garbage")
}

func TestRandomPowerLossDrawsForEachFile(t *testing.T) {
	outcomes := map[string]bool{}
	for seed := range uint64(60) {
		cfg := noteConfig()
		cfg.Seeds.Environment = seed
		c := stage(cfg, 1, ProcessConfig{Disk: &DiskConfig{}})
		c.keep("a", "1")
		c.keep("b", "1")
		c.on(func(d *Disk) {
			d.Append(d.Open("a"), []byte("2"), 0, 0)
			d.Append(d.Open("b"), []byte("2"), 0, 0)
		})
		c.PowerLoss(0, Random)
		outcomes[listing(c.Env(0).Disk())] = true
	}
	for _, want := range []string{"a=1 b=1 ", "a=1 b=12 ", "a=12 b=1 ", "a=12 b=12 "} {
		if !outcomes[want] {
			t.Errorf("never %s", want)
		}
	}
}

func TestWipe(t *testing.T) {
	c := withDisk(func(d *DiskConfig) { d.Capacity = 100 })
	c.keep("f", "abc")
	c.on(func(d *Disk) { d.Read(d.Open("f"), 0, 3, 1); d.Sync(d.Open("f"), 2) })
	c.Wipe(0)
	again := c.boot(0, 2)
	c.Step(10)
	d := c.Env(0).Disk()
	if got := listing(d); got != "" || d.Free() != 100 {
		t.Errorf("after the wipe: %s, %d free", got, d.Free())
	}
	c.keep("g", "x")
	wantSeen(t, again)
	c.PowerLoss(0, Lose)
	if got := listing(d); got != "g=x " {
		t.Errorf("in use again: %s", got)
	}
}

func TestPowerLossOfAProcessWithoutDisk(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	if loss := c.PowerLoss(0, Lose); loss != (Loss{}) || c.Up(0) {
		t.Errorf("loss %+v, up %v", loss, c.Up(0))
	}
	c.Wipe(0)
}

// Files longer than a block, against a plain list of weights.
func TestWeightsAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store, n := &fileStore{}, &inode{}
		var ends []mark
		var content []byte
		var total int64
		for i := range rapid.IntRange(1, 20).Draw(t, "appends") {
			data := bytes.Repeat([]byte{byte(i)}, rapid.IntRange(1, 6000).Draw(t, "length"))
			weight := int64(len(data)) * rapid.Int64Range(1, 3).Draw(t, "factor")
			n.append(store, uint64(i), data, weight)
			total += weight
			content = append(content, data...)
			ends = append(ends, mark{int32(len(content)), total})
		}
		if cut := rapid.IntRange(0, len(content)).Draw(t, "size"); rapid.Bool().Draw(t, "truncate") {
			before := twinWeight(ends, cut)
			n.truncate(store, 99, int64(cut))
			content = content[:cut]
			if n.weight < before-1 || n.weight > before {
				t.Fatalf("weight %d after the truncation, want %d", n.weight, before)
			}
		}
		if got := n.copyOut(nil, 0, len(content)+5); !bytes.Equal(got, content) {
			t.Fatalf("%d bytes read, want %d", len(got), len(content))
		}
		off := rapid.IntRange(0, len(content)).Draw(t, "offset")
		// a record that lies in two blocks is rounded in each
		if got, want := n.weightAt(int64(off)), twinWeight(ends, off); got < want-1 || got > want {
			t.Fatalf("%d accounted bytes before %d, want %d", got, off, want)
		}
		to := rapid.IntRange(off, len(content)+5).Draw(t, "to")
		if a, b := n.weightsAt(int64(off), int64(to)); a != n.weightAt(int64(off)) || b != n.weightAt(int64(to)) {
			t.Fatalf("%d and %d accounted bytes before %d and %d, want %d and %d", a, b, off, to, n.weightAt(int64(off)), n.weightAt(int64(to)))
		}
	})
}

func twinWeight(ends []mark, off int) int64 {
	before := mark{}
	for _, m := range ends {
		if off <= int(m.end) {
			return before.weight + (m.weight-before.weight)*int64(off-int(before.end))/int64(m.end-before.end)
		}
		before = m
	}
	return before.weight
}

func TestBytesThatCountAsThemselvesNeedOneMark(t *testing.T) {
	store, n := &fileStore{}, &inode{}
	for i := range uint64(100) {
		n.append(store, i, []byte("0123456789"), 10)
	}
	if got := len(n.blocks[0].marks); got != 1 {
		t.Errorf("%d marks", got)
	}
}

// A file that is never synced does not remember each append for ever, and a
// power loss still knows how much of it there is.
func TestJournalIsThinnedOut(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{Disk: &DiskConfig{}})
	c.on(func(d *Disk) {
		f := d.Open("f")
		d.SyncDir(0)
		for range 20_000 {
			d.Append(f, []byte("0123456789"), 30, 0)
		}
		if n := len(d.inodes[f].changes); n > manyChanges {
			t.Errorf("%d changes kept", n)
		}
	})
	if loss := c.PowerLoss(0, Lose); loss.Bytes != 600_000 {
		t.Errorf("loss %+v", loss)
	}
	if got := c.Env(0).Disk().used; got != 0 {
		t.Errorf("%d bytes in use", got)
	}
}

// Thinning must not hide that a sync covers only a part of the appends.
func TestJournalIsNotThinnedOutUnderASync(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "")
	c.on(func(d *Disk) {
		f := d.Open("f")
		for i := range 2 * manyChanges {
			d.Append(f, []byte("x"), 0, 0)
			if i == manyChanges/2 {
				d.Sync(f, 0)
			}
		}
	})
	c.RunUntil(c.Now() + 1_000_000*ms)
	c.PowerLoss(0, Lose)
	if got := len(real(c.Env(0).Disk(), "f")); got != manyChanges/2+1 {
		t.Errorf("%d bytes are durable, the sync covered %d", got, manyChanges/2+1)
	}
}

func TestFilesThatComeAndGoNeedNoNewMemory(t *testing.T) {
	c := withDisk(nil)
	turn := func(d *Disk) {
		f := d.Open("tmp")
		d.Append(f, make([]byte, 3*blockSize), 0, 0)
		d.Sync(f, 0)
		d.Rename("tmp", "f", 0)
		d.SyncDir(0)
	}
	for range 50 {
		c.on(turn)
		c.RunUntil(c.Now() + 100*ms)
	}
	d := c.Env(0).Disk()
	if got := len(c.files.blocks) + len(d.inodes[len(d.inodes)-1].blocks); got > 12 {
		t.Errorf("%d blocks for a file of 3", got)
	}
	if d.used != 3*blockSize && d.used != 6*blockSize {
		t.Errorf("%d bytes in use", d.used)
	}
}

func TestSyncDirIsDurableWhenItCompletes(t *testing.T) {
	for _, test := range []struct {
		at   int64
		want string
	}{{2*ms - 1, ""}, {2 * ms, "f= "}} {
		c := withDisk(nil)
		c.on(func(d *Disk) { d.Open("f"); d.SyncDir(0); d.Open("g") })
		c.RunUntil(test.at)
		c.PowerLoss(0, Lose)
		if got := listing(c.Env(0).Disk()); got != test.want {
			t.Errorf("power loss after %d ns: %q, want %q", test.at, got, test.want)
		}
	}
}

// What a read returns is called intact only if nothing but appends has touched
// the file since it was opened.
func TestIntactIsWhatNothingButAppendsHasTouched(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(d *Disk, f File)
		want bool
	}{
		{"nothing", func(*Disk, File) {}, true},
		{"append", func(d *Disk, f File) { d.Append(f, []byte("more"), 0, 0) }, true},
		{"write over it", func(d *Disk, f File) { d.Write(f, 1, []byte("X"), 0) }, false},
		{"write behind it", func(d *Disk, f File) { d.Write(f, 9, []byte("X"), 0) }, true},
		{"cut and append", func(d *Disk, f File) { d.Truncate(f, 2, 0); d.Append(f, []byte("c"), 0, 0) }, false},
		{"open again", func(d *Disk, f File) { d.Write(f, 1, []byte("X"), 0); d.Open("f") }, true},
	} {
		c := withDisk(nil)
		var got Completion
		c.actors[0].disk = func(d *Completion) { got = *d }
		c.on(func(d *Disk) {
			f := d.Open("f")
			d.Append(f, []byte("abc"), 0, 0)
			d.Read(f, 0, 3, 1)
			test.do(d, f) // before the read completes
		})
		c.Step(100)
		if got.Op != OpRead || got.Intact != test.want {
			t.Errorf("%s: %v intact %v, want %v", test.name, got.Op, got.Intact, test.want)
		}
	}
}

func TestPowerLossLeavesNothingIntact(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "abc")
	c.on(func(d *Disk) { d.Append(d.Open("f"), []byte("def"), 0, 0) })
	node := c.processes[0].disk.inodes[0]
	c.PowerLoss(0, Lose)
	if !node.changed {
		t.Error("bytes are gone, and the file is as it was opened")
	}
}

// What a read returns is not copied where it need not be: it stays while the
// handler appends, and when the file goes with the read.
func TestWhatAReadReturnsStaysDuringTheCall(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "abcdef")
	c.actors[0].disk = func(d *Completion) {
		disk := c.Env(0).Disk()
		disk.Append(disk.Open("g"), []byte("ghijkl"), 0, 0)
		if d.Op == OpRead && string(d.Data()) != "bcde" {
			t.Errorf("read %q", d.Data())
		}
	}
	c.on(func(d *Disk) {
		f := d.Open("f")
		for range 10 {
			d.Sync(f, 0)
		}
		d.Read(f, 1, 4, 1)
		d.Remove("f", 0)
		d.SyncDir(0)
	})
	c.Pause(0)
	c.RunUntil(c.Now() + 1000*ms)
	c.Resume(0)
	c.RunUntil(c.Now() + 1000*ms)
	if c.processes[0].disk.inodes[0] != nil {
		t.Error("the file has not gone with the read")
	}
}

func TestReadOutlivesItsFileInAPause(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "abc")
	var data string
	c.actors[0].disk = func(d *Completion) { data = string(d.Data()) }
	c.on(func(d *Disk) {
		d.Read(d.Open("f"), 0, 3, 1)
		d.Remove("f", 0)
		d.SyncDir(0)
	})
	c.Pause(0)
	c.RunUntil(c.Now() + 100*ms)
	c.Resume(0)
	c.Step(10)
	if data != "abc" {
		t.Errorf("read %q", data)
	}
	if d := c.Env(0).Disk(); d.used != 0 {
		t.Errorf("%d bytes in use after the read", d.used)
	}
}

func TestFileRemovedUnderAReadOfACrashedProcessIsFreed(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "abc")
	c.on(func(d *Disk) {
		d.Read(d.Open("f"), 0, 3, 1)
		d.Remove("f", 0)
		d.SyncDir(0)
	})
	c.Crash(0)
	c.boot(0, 2)
	c.RunUntil(c.Now() + 100*ms)
	c.on(func(d *Disk) { d.SyncDir(0) })
	if d := c.Env(0).Disk(); d.used != 0 {
		t.Errorf("%d bytes in use", d.used)
	}
}

func TestPowerLossClearsErrorsNotYetTold(t *testing.T) {
	c := withDisk(func(d *DiskConfig) { d.Capacity = 10 })
	c.keep("f", "abc")
	c.on(func(d *Disk) { d.Append(d.Open("f"), []byte("x"), 100, 0) })
	c.PowerLoss(0, Keep)
	again := c.boot(0, 2)
	start := c.Now()
	c.on(func(d *Disk) { d.Sync(d.Open("f"), 1) })
	c.Step(10)
	wantSeen(t, again, fmt.Sprintf("%d sync 1 ok", (start+2*ms)/ms))
}

func TestResetKeepsTheMemoryOfDisks(t *testing.T) {
	c := withDisk(nil)
	c.keep("f", "abc")
	c.Reset(noteConfig())
	if n := len(c.files.disks); n != 1 || len(c.files.blocks) != 1 || len(c.files.inodes) != 1 {
		t.Errorf("%d disks, %d files, %d blocks kept", n, len(c.files.inodes), len(c.files.blocks))
	}
}

func TestPowerLossEndsWhatTheDeviceWasDoing(t *testing.T) {
	c := withDisk(nil)
	c.on(func(d *Disk) {
		for range 50 {
			d.Append(d.Open("f"), []byte("x"), 0, 1)
		}
	})
	c.PowerLoss(0, Lose)
	again := c.boot(0, 2)
	if q := c.Queues(0); q.Disk != 0 {
		t.Errorf("%d operations under way after the power loss", q.Disk)
	}
	c.on(func(d *Disk) { d.SyncDir(9) })
	c.Step(100)
	wantSeen(t, again, "2 sync-dir 9 ok")
}

func TestFilesShowsThePageCache(t *testing.T) {
	c := withDisk(nil)
	c.keep("b", "abc")
	c.on(func(d *Disk) { d.Append(d.Open("a"), []byte("xy"), 9, 0) })
	if got := fmt.Sprint(c.Files(0)); got != "[{a [120 121] 9} {b [97 98 99] 3}]" {
		t.Errorf("files: %s", got)
	}
	if stage(noteConfig(), 1, ProcessConfig{}).Files(0) != nil {
		t.Error("files of a process without a disk")
	}
}

func TestFormatIsDurableAndTakesNoTime(t *testing.T) {
	c := withDisk(nil)
	c.keep("old", "x")
	c.Crash(0)
	start := c.Now()
	c.Format(0, []StoredFile{{Name: "b", Data: []byte("bb"), Weight: 100}, {Name: "a", Data: []byte("a")}})
	again := c.boot(0, 2)
	c.on(func(d *Disk) {
		d.Append(d.Open("a"), []byte("!"), 0, 0)
		d.Read(d.Open("b"), 0, 2, 1)
	})
	c.Step(10)
	wantSeen(t, again, fmt.Sprintf("%d read 1 ok", (start+2*ms)/ms))
	d := c.Env(0).Disk()
	if got := listing(d); got != "a=a! b=bb " || d.used != 102 {
		t.Errorf("files %s, %d bytes", got, d.used)
	}
	c.PowerLoss(0, Lose)
	if got := listing(d); got != "a=a b=bb " || d.used != 101 {
		t.Errorf("after a power loss: files %s, %d bytes", got, d.used)
	}
}

// What an append says of its pages, and a read that was told nothing, agree; and
// it makes no difference to a read whether it is told.
func TestPagesAreThoseOfTheAppend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		page := rapid.SampledFrom([]int64{0, 1, 100, 512, 4096}).Draw(t, "page")
		c := withDisk(func(d *DiskConfig) { d.Page = page })
		appends := rapid.SliceOfN(rapid.IntRange(1, 6000), 1, 20).Draw(t, "appends")
		factor := rapid.Int64Range(0, 3).Draw(t, "factor")
		c.on(func(d *Disk) {
			f, end := d.Open("f"), int64(0)
			for i, n := range appends {
				size, pages := d.Append(f, make([]byte, n), int64(n)*factor+int64(i), 0)
				if size != end+int64(n) || size != d.Size(f) {
					t.Fatalf("a file of %d bytes after %d were appended to %d", size, n, end)
				}
				before := d.reads.bytes
				if got := d.ReadPages(f, end, n, 0, 0); got != pages {
					t.Fatalf("a read takes %d pages, the append said %d", got, pages)
				}
				once := d.reads.bytes - before
				if d.ReadPages(f, end, n, pages, 0); d.reads.bytes-before != 2*once {
					t.Fatalf("reads of %d and %d bytes", once, d.reads.bytes-before-once)
				}
				end = size
			}
		})
	})
}
