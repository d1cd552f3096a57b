package sim

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"dynamosim/sim/rng"
	"pgregory.net/rapid"
)

// twinDisk is the plain twin of a disk: whole copies of everything after each
// change that is not durable.
type twinDisk struct {
	c     *cast
	busy  int64
	files []*twinFile
	names []map[string]int // after each change that is not durable; the first is durable
	syncs []twinSync
}

// twinFile has the content after each change that is not durable; the first is
// durable.
type twinFile struct {
	states [][]byte
	grew   []bool // whether the change to a state was an append
}

func newTwinFile(content []byte) *twinFile {
	return &twinFile{states: [][]byte{content}, grew: []bool{true}}
}

type twinSync struct {
	at      int64
	file    int // -1: names
	changes int // so many states are behind it
}

const (
	twinWrite = 1 * ms
	twinSyncs = 2 * ms
)

func newTwin(c *cast) *twinDisk { return &twinDisk{c: c, names: []map[string]int{{}}} }

func (d *twinDisk) content(f int) []byte { return d.files[f].states[len(d.files[f].states)-1] }

func (d *twinDisk) current() map[string]int { return d.names[len(d.names)-1] }

// took is when the device has done something more.
func (d *twinDisk) took(t int64) int64 {
	d.busy = max(d.busy, d.c.Now()) + t
	return d.busy
}

func (d *twinDisk) change(f int, content []byte, grew bool) {
	file := d.files[f]
	file.states = append(file.states, content)
	file.grew = append(file.grew, grew)
	d.took(twinWrite)
}

func (d *twinDisk) rename(change func(names map[string]int)) {
	names := maps.Clone(d.current())
	change(names)
	d.names = append(d.names, names)
}

// sync notes a sync; settle carries it out.
func (d *twinDisk) sync(f int) {
	n := len(d.names)
	if f >= 0 {
		n = len(d.files[f].states)
	}
	d.syncs = append(d.syncs, twinSync{at: d.took(twinSyncs), file: f, changes: n - 1})
}

func (d *twinDisk) settle() {
	for len(d.syncs) > 0 && d.syncs[0].at <= d.c.Now() {
		s := d.syncs[0]
		d.syncs = d.syncs[1:]
		for i := range d.syncs { // later syncs count from the new durable state
			if d.syncs[i].file == s.file {
				d.syncs[i].changes -= s.changes
			}
		}
		if s.file < 0 {
			d.names = d.names[s.changes:]
			continue
		}
		file := d.files[s.file]
		file.states = file.states[s.changes:]
		file.grew = file.grew[s.changes:]
	}
}

// real reads a file of the true disk.
func real(d *Disk, name string) []byte {
	f, ok := d.dir.lookup(name)
	if !ok {
		return nil
	}
	return d.inodes[f].copyOut(nil, 0, int(d.inodes[f].size))
}

func realNames(d *Disk) (names []string) {
	for _, e := range d.List() {
		names = append(names, e.Name)
	}
	return names
}

func sortedNames(names map[string]int) []string { return slices.Sorted(maps.Keys(names)) }

// wantSame checks that the page cache is what it must be.
func (d *twinDisk) wantSame(t *rapid.T, disk *Disk) {
	if got, want := realNames(disk), sortedNames(d.current()); !slices.Equal(got, want) {
		t.Fatalf("files %v, want %v", got, want)
	}
	for name, f := range d.current() {
		if got := real(disk, name); !bytes.Equal(got, d.content(f)) {
			t.Fatalf("%s is %q, want %q", name, got, d.content(f))
		}
	}
}

// afterPowerLoss checks what is left, and takes it over.
func (d *twinDisk) afterPowerLoss(t *rapid.T, disk *Disk, u Unsynced) {
	k := slices.IndexFunc(d.names, func(names map[string]int) bool { return slices.Equal(sortedNames(names), realNames(disk)) })
	if k < 0 {
		t.Fatalf("%v: names %v are none of %v", u, realNames(disk), d.names)
	}
	// more than one prefix may have these names: one must fit the contents too
	fits := slices.ContainsFunc(d.names[k:], func(names map[string]int) bool {
		if !slices.Equal(sortedNames(names), realNames(disk)) {
			return false
		}
		for name, f := range names {
			if !d.files[f].leaves(u, real(disk, name)) {
				return false
			}
		}
		d.names = []map[string]int{names}
		return true
	})
	if !fits {
		t.Fatalf("%v: no prefix of the changes leads to %v", u, realNames(disk))
	}
	for name, f := range d.names[0] {
		d.files[f] = newTwinFile(real(disk, name))
	}
	d.syncs, d.busy = nil, d.c.Now()
}

// leaves tells whether a power loss may leave this content.
func (f *twinFile) leaves(u Unsynced, got []byte) bool {
	first, last := f.states[0], f.states[len(f.states)-1]
	switch u {
	case Lose:
		return bytes.Equal(got, first)
	case Keep:
		return bytes.Equal(got, last)
	}
	onlyGrew := !slices.Contains(f.grew[1:], false)
	if bytes.Equal(got, last) || onlyGrew && len(got) == len(last) && bytes.HasPrefix(got, first) {
		return true
	}
	for i := range len(f.states) - 1 {
		if torn(got, f.states[i], f.states[i+1]) {
			return true
		}
	}
	return false
}

// torn tells whether got has a prefix of b over a.
func torn(got, a, b []byte) bool {
	for cut := 0; cut <= len(b); cut++ {
		want := slices.Clone(b[:cut])
		if cut < len(a) {
			want = append(want, a[cut:]...)
		}
		if bytes.Equal(got, want) {
			return true
		}
	}
	return bytes.Equal(got, a)
}

func twinConfig() ProcessConfig {
	return ProcessConfig{Disk: &DiskConfig{Write: rng.Constant(twinWrite), Sync: rng.Constant(twinSyncs), Sector: 4}}
}

// Whatever is done to a disk, the page cache shows it; what was synced before a
// power loss survives; what was not is lost, kept or torn as asked; a process
// crash loses nothing.
func TestDiskAgainstTwin(t *testing.T) {
	names := []string{"a", "b", "c"}
	rapid.Check(t, func(t *rapid.T) {
		c := stage(noteConfig(), 1, twinConfig())
		disk := c.Env(0).Disk()
		twin := newTwin(c)
		boots := uint64(1)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			twin.settle()
			name := rapid.SampledFrom(names).Draw(t, "name")
			action := rapid.IntRange(0, 11).Draw(t, "action")
			switch action {
			case 8:
				c.RunUntil(c.Now() + rapid.Int64Range(0, 5).Draw(t, "ms")*ms)
			case 9:
				c.Crash(0)
				boots++
				c.boot(0, boots)
			case 10:
				u := rapid.SampledFrom([]Unsynced{Lose, Keep, Torn, Random}).Draw(t, "unsynced")
				c.PowerLoss(0, u)
				twin.settle()
				twin.afterPowerLoss(t, disk, u)
				boots++
				c.boot(0, boots)
			default:
				c.do(0, func(*Proc[note]) { act(t, twin, disk, action, name, rapid.SampledFrom(names).Draw(t, "to")) })
			}
			twin.wantSame(t, disk)
		}
	})
}

// act does one operation to a disk and its twin.
func act(t *rapid.T, twin *twinDisk, disk *Disk, action int, name, to string) {
	f, exists := twin.current()[name]
	if !exists && action != 7 && action != 6 {
		disk.Open(name)
		f = len(twin.files)
		twin.files = append(twin.files, newTwinFile(nil))
		twin.rename(func(names map[string]int) { names[name] = f })
	}
	file := disk.Open
	data := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "data")
	switch action {
	case 0, 1, 11:
		disk.Append(file(name), data, int64(rapid.IntRange(0, 100).Draw(t, "weight")), 0)
		twin.change(f, append(slices.Clone(twin.content(f)), data...), true)
	case 2:
		off := rapid.IntRange(0, 30).Draw(t, "offset")
		disk.Write(file(name), int64(off), data, 0)
		content := slices.Clone(twin.content(f))
		content = append(content, make([]byte, max(0, off-len(content)))...)
		content = append(content[:off], append(slices.Clone(data), content[min(len(content), off+len(data)):]...)...)
		twin.change(f, content, false)
	case 3:
		size := rapid.IntRange(0, 30).Draw(t, "size")
		disk.Truncate(file(name), int64(size), 0)
		content := append(slices.Clone(twin.content(f)), make([]byte, max(0, size-len(twin.content(f))))...)
		twin.change(f, content[:size], false)
	case 4:
		disk.Sync(file(name), 1)
		twin.sync(f)
	case 5:
		disk.SyncDir(1)
		twin.sync(-1)
	case 6, 7:
		if !exists {
			return
		}
		twin.took(twinWrite)
		if action == 7 {
			disk.Remove(name, 0)
			twin.rename(func(names map[string]int) { delete(names, name) })
			return
		}
		disk.Rename(name, to, 0)
		twin.rename(func(names map[string]int) { delete(names, name); names[to] = f })
	}
}

func TestTwinKnowsTornFiles(t *testing.T) {
	a, b := []byte("aaaa"), []byte("abbbb")
	for got, want := range map[string]bool{"aaaa": true, "abaa": true, "abbb": true, "abbbb": true, "abab": false, "aaaaa": false, "abbba": false} {
		if torn([]byte(got), a, b) != want {
			t.Errorf("%s between %s and %s: want %v", got, a, b, want)
		}
	}
}
