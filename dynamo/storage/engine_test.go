package storage

import (
	"fmt"
	"math/rand"
	"testing"
)

// Each syncs for every write; Group once for those of a window, or of the time
// that the running sync takes; Periodic and Never acknowledge before.
func TestPolicies(t *testing.T) {
	const writes = 10
	for _, c := range []struct {
		policy Policy
		period int64
		early  int   // acknowledged before any sync has ended
		syncs  int64 // in all
		tick   bool
	}{
		{policy: Each, early: 0, syncs: writes},
		{policy: Group, early: 0, syncs: 2},
		{policy: Group, period: 5, early: 0, syncs: 1, tick: true},
		{policy: Periodic, period: 5, early: writes, syncs: 1, tick: true},
		{policy: Never, early: writes, syncs: 0},
	} {
		cfg := small(c.policy)
		cfg.Period = c.period
		n := newNode(newFakeDisk(), cfg, writes)
		early := 0
		n.onWritten = func() {
			if n.disk.syncsDone == 0 {
				early++
			}
		}
		for slot := range writes {
			n.put(slot, 20, 0)
		}
		for {
			done, ok := n.disk.step()
			if !ok {
				break
			}
			n.engine.Handle(&done)
		}
		if wants := n.engine.Wants(); c.tick != (wants > 0) || wants > 0 && wants != c.period {
			t.Errorf("%v with period %d wants a tick in %d", c.policy, c.period, wants)
		}
		n.run()
		if s := n.engine.Stats(); early != c.early || s.Syncs != c.syncs || n.acks != writes {
			t.Errorf("%v with period %d: %d of %d acknowledged early, %d syncs", c.policy, c.period, early, n.acks, s.Syncs)
		}
		if synced := n.engine.Synced(0); synced != (c.policy != Never) {
			t.Errorf("%v: synced is %v", c.policy, synced)
		}
		checkNode(t, n)
	}
}

// Between Hold and Release puts wait for one sync together, and none is acknowledged before it.
func TestHold(t *testing.T) {
	const writes = 10
	for policy, want := range map[Policy]int64{Each: 1, Group: 1, Periodic: 0, Never: 0} {
		cfg := small(policy)
		cfg.Period, cfg.Segment = 0, 1<<20
		n := newNode(newFakeDisk(), cfg, writes)
		before := n.engine.Stats().Syncs
		n.engine.Hold()
		for slot := range writes {
			n.put(slot, 20, 0)
		}
		n.engine.Release()
		for done, ok := n.disk.step(); ok; done, ok = n.disk.step() {
			n.engine.Handle(&done)
		}
		if s := n.engine.Stats(); s.Syncs-before != want || n.acks != writes {
			t.Errorf("%v: %d acknowledged by %d syncs, want %d by %d", policy, n.acks, s.Syncs-before, writes, want)
		}
		n.run()
		checkNode(t, n)
	}
}

func TestFlush(t *testing.T) {
	forConfigurations(t, func(t *testing.T, cfg Config) {
		n := newNode(newFakeDisk(), cfg, 8)
		flush := func() {
			n.token++
			n.pending[n.token] = [2]int{0, -1}
			n.engine.Flush(n.token)
		}
		flush()
		if len(n.pending) != 0 {
			t.Fatal("there was nothing to flush")
		}
		for round := range 30 {
			workload(n, int64(round), 10)
			n.put(round%8, 50, 3000)
			flush()
			flushed := n.token
			for n.pending[flushed] != [2]int{} {
				c, ok := n.disk.step()
				if !ok {
					t.Fatal("the flush never ends")
				}
				n.engine.Handle(&c)
			}
			m := n.fork(cfg, lose, nil)
			checkRecovered(t, m, acked)
		}
		checkNode(t, n)
	})
}

func TestRefusals(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 3)
	n.put(0, 20, 0)
	n.run()
	d := n.disk.after(lose, nil)
	n.boot(d, cfg)
	o := &answers{}
	n.engine.owner = o
	n.engine.Put(0, nil, nil, 0, 1)
	n.engine.Flush(2)
	n.engine.Get(0, 3)
	n.engine.owner = n
	n.run()
	n.engine.owner = o
	n.engine.Put(0, make([]byte, maxKey+1), nil, 0, 4)
	n.engine.Put(0, nil, make([]byte, maxPayload+1), 0, 5)
	n.engine.Get(2, 6)
	n.engine.Get(7, 7)
	want := "[1 Unavailable 2 Unavailable 3 Unavailable 4 TooLarge 5 TooLarge 6 NotFound 7 NotFound]"
	names := map[Error]string{Unavailable: "Unavailable", TooLarge: "TooLarge", NotFound: "NotFound"}
	var got []string
	for i, err := range o.errs {
		got = append(got, fmt.Sprint(o.tokens[i], " ", names[err]))
	}
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %v", got, want)
	}
	if n.engine.Has(7) || !n.engine.Synced(7) {
		t.Error("a slot that was never used has a state")
	}
}

// answers notes what the engine answers.
type answers struct {
	node
	tokens []uint64
	errs   []Error
}

func (a *answers) Written(token uint64, err Error)           { a.note(token, err) }
func (a *answers) Got(token uint64, payload []byte, e Error) { a.note(token, e) }
func (a *answers) note(token uint64, err Error) {
	a.tokens, a.errs = append(a.tokens, token), append(a.errs, err)
}

func TestMisuse(t *testing.T) {
	panics := func(what string, f func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Error(what, "is accepted")
			}
		}()
		f()
	}
	d := newFakeDisk()
	n := newNode(d, small(Each), 1)
	for _, s := range []TokenSpace{{0, 1<<31 - 1}, {0, 5 << 40}, {1, 1<<40 - 1}} {
		panics("a bad token space", func() { New(d, Config{}, n, s) })
	}
	panics("a second Recover", func() { n.engine.Recover() })
	panics("a foreign token", func() { n.engine.Handle(&Completion{Token: testSpace.Base}) })
}

// Several engines share a disk by the prefix of their files and the space of their
// tokens.
func TestTwoEnginesOnOneDisk(t *testing.T) {
	d := newFakeDisk()
	other := small(Group)
	other.Prefix = "data-2"
	cfgs := []Config{small(Each), other}
	var nodes [2]*node
	boot := func() {
		for i, cfg := range cfgs {
			n := nodes[i]
			if n == nil {
				n = newNode(newFakeDisk(), cfg, 6)
				nodes[i] = n
			}
			n.boot(d, cfg)
			space := TokenSpace{uint64(i+1) << 50, n.engine.mask}
			n.engine = New(d, cfg, n, space)
		}
		d.queue = nil
		nodes[0].engine.Recover()
		nodes[1].engine.Recover()
	}
	run := func() {
		for progress := true; progress; {
			c, ok := d.step()
			for _, n := range nodes {
				if ok && (TokenSpace{n.engine.base, n.engine.mask}).Owns(c.Token) {
					n.engine.Handle(&c)
				} else if !ok && n.engine.Wants() > 0 {
					n.engine.Tick()
				}
			}
			progress = ok || len(d.queue) > 0
		}
	}
	draw := rand.New(rand.NewSource(1))
	for life := range 20 {
		boot()
		run()
		for i, n := range nodes {
			if n.stats == nil || n.stats.Corrupt > 0 {
				t.Fatalf("life %d: engine %d recovered %v", life, i, n.stats)
			}
			n.settle(acked)
		}
		for range 60 {
			nodes[draw.Intn(2)].put(draw.Intn(6), 20+draw.Intn(50), int64(draw.Intn(3000)))
			if draw.Intn(3) == 0 {
				run()
			}
		}
		for slot := range 6 {
			nodes[0].get(slot)
			nodes[1].get(slot)
		}
		run()
		for _, n := range nodes {
			checkNode(t, n)
		}
		d = d.after(crash(draw.Intn(int(crashes))), draw.Intn)
	}
}

// A foreign file is left alone.
func TestForeignFiles(t *testing.T) {
	d := newFakeDisk()
	for _, name := range []string{"data-1.log", "data-0000000000.log", "data-9999999999.log", "data-0000000001.tmp", "hints-0000000001.log", "data"} {
		d.names[name] = &fakeFile{name: name, cache: []byte("not a log"), medium: []byte("not a log")}
	}
	n := newNode(d, small(Each), 6)
	workload(n, 1, 60)
	n.restart(small(Each), keep, nil)
	checkRecovered(t, n, acked)
	foreign := 0
	for _, f := range n.disk.sorted() {
		if string(f.cache) == "not a log" {
			foreign++
		}
	}
	if foreign != 6 {
		t.Errorf("%d of 6 foreign files are left", foreign)
	}
}

// The log stays under twice the live bytes and the minimum, at any moment, be it
// overwritten, removed, or mostly cold.
func TestLogSize(t *testing.T) {
	for _, c := range []struct {
		name      string
		keys, hot int
		size      int64
		removals  int   // percent
		least     int64 // MinCompact: well above what is written at once
		segment   int64
	}{
		{"overwrites", 50, 50, 300, 0, 1 << 18, 0},
		{"removals", 200, 200, 500, 50, 1 << 18, 0},
		{"cold", 2000, 20, 100, 5, 1 << 18, 0},
		{"small logs", 2000, 500, 300, 20, 1 << 18, 1},
		{"large values", 200, 100, 1 << 20, 5, 1 << 26, 0},
		{"few large values", 20, 10, 1 << 20, 5, 1 << 27, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := Config{Prefix: "data", Sync: Group, MinCompact: c.least, Segment: c.segment, Checksums: true}
			n := newNode(newFakeDisk(), cfg, c.keys)
			r := rand.New(rand.NewSource(1))
			worst := 0.0
			step := func() bool {
				more := n.step()
				s := n.engine.Stats()
				worst = max(worst, float64(s.LogBytes)/float64(2*s.LiveBytes+cfg.MinCompact))
				return more
			}
			for i := range 20000 {
				slot := r.Intn(c.hot)
				if i < c.keys {
					slot = i
				}
				if r.Intn(100) < c.removals {
					n.remove(slot)
				} else {
					n.put(slot, 30, r.Int63n(2*c.size))
				}
				for len(n.pending) > 8 && step() {
				}
			}
			for step() {
			}
			s := n.engine.Stats()
			if worst > 1 {
				t.Errorf("the log was up to %.2f times its limit: %+v", worst, s)
			}
			if s.Compactions < 10 {
				t.Errorf("%+v", s)
			}
			n.verify()
			checkNode(t, n)
			n.restart(cfg, lose, nil)
			checkRecovered(t, n, acked)
		})
	}
}

// When everything has been removed, nothing much stays.
func TestRemovalsVanish(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 3000)
	for slot := range 3000 {
		n.put(slot, 30, 300)
		n.remove((slot + 2000) % 3000)
		for len(n.pending) > 4 && n.step() {
		}
	}
	for slot := range 3000 {
		n.remove(slot)
		for len(n.pending) > 4 && n.step() {
		}
	}
	for i := range 400 {
		n.put(0, 30, int64(100+i))
		n.run()
	}
	if s := n.engine.Stats(); s.LogBytes > 2*s.LiveBytes+n.engine.config.MinCompact || s.Keys != 1 {
		t.Errorf("%+v", s)
	}
	n.restart(cfg, lose, nil)
	checkRecovered(t, n, acked)
	if s := n.engine.Stats(); s.Keys != 1 {
		t.Errorf("%+v", s)
	}
}

func TestNames(t *testing.T) {
	if s := fmt.Sprint(Each, Group, Periodic, Never, Policy(9)); s != "each group periodic never unknown policy" {
		t.Error(s)
	}
	seen := map[string]bool{}
	for e := NoError; e <= Busy+1; e++ {
		if s := e.String(); s == "" || seen[s] {
			t.Errorf("error %d is called %q", e, s)
		} else {
			seen[s] = true
		}
	}
}
