package sim

import (
	"fmt"
	"slices"
	"testing"

	"dynamosim/sim/rng"
)

// stormer is a process that does a bit of everything, as drawn.
type stormer struct {
	env   *Proc[note]
	peers int
	timer TimerID
	file  File
	level uint64
}

func (s *stormer) start() {
	s.level = s.env.Rand(1)
	s.file = s.env.Disk().Open("log")
	s.env.SetTimer(Timer{Kind: 1}, 1*ms)
}

func (s *stormer) Message(from ProcID, m *note) {
	s.level = rng.Mix(s.level, m.n)
	if m.n > 0 && m.n < 1<<40 {
		s.env.Send(from, &note{kind: 1, size: 200, n: m.n - 1})
	}
	s.env.CancelTimer(s.timer)
	s.timer = s.env.SetTimer(Timer{Kind: 2, A: uint32(m.kind)}, 50*ms)
}

func (s *stormer) Shed(from ProcID, m *note) { s.level = rng.Mix(s.level, uint64(from)) }

func (s *stormer) Timer(t Timer) {
	u := s.env.Rand(2)
	d := s.env.Disk()
	switch {
	case t.Kind == 2:
		s.level++
	case u%3 == 0:
		d.Append(s.file, []byte(fmt.Sprint("level ", s.level)), 700, 0)
		d.Sync(s.file, u|1)
	case u%3 == 1:
		d.Read(s.file, int64(u%100), 50, u|1)
	default:
		f := d.Open("scratch")
		d.Write(f, int64(u%64), []byte{byte(u), byte(s.env.Wall())}, 0)
		d.Rename("scratch", "kept", 0)
		d.SyncDir(0)
	}
	if t.Kind == 1 {
		s.env.Send(ProcID(rng.Below(u, uint64(s.peers))), &note{size: 300, n: u % 7})
		s.env.SetTimer(t, 1*ms+int64(u%ms))
	}
}

func (s *stormer) Disk(c *Completion) { s.level = rng.Mix(s.level, hashBytes(c.Data())) }

// storm builds a world of n stormers under every fault there is, driven by
// control events.
func storm(s *System[note], cfg Config[note], n int) {
	rules := map[uint64]*Rule{}
	boots := make([]uint64, n)
	boot := func(p ProcID) {
		boots[p]++
		h := &stormer{env: s.Env(p), peers: n}
		s.Boot(p, h, boots[p], h.start)
	}
	cfg.Control = func(c Control) {
		p := ProcID(c.A % uint64(n))
		q := NewSet(p)
		switch c.Kind % 9 {
		case 0:
			s.Crash(p)
		case 1:
			s.PowerLoss(p, Lose+Unsynced(c.A%4))
		case 2:
			if !s.Up(p) {
				boot(p)
			}
		case 3:
			s.Pause(p)
		case 4:
			s.Resume(p)
		case 5:
			s.SetClock(p, int64(c.A%9)*ms, int64(c.A%500)-250)
			s.Slow(p, 1000+int64(c.A%5000), 3000, 1500)
		case 6:
			rules[c.A] = &Rule{Name: fmt.Sprint("rule", c.A), From: q, Cut: c.A%5 == 0, Hold: c.A%5 == 1, Loss: 1 << 62, Duplicate: 1 << 62,
				Lag: rng.Constant(ms), Reorder: 1 << 62, Gap: 3 * ms, Corrupt: 1 << 60, Delay: rng.Constant(2 * ms), Bandwidth: 1e5, Buffer: 1000}
			s.AddRule(rules[c.A])
		case 7:
			s.RemoveRule(rules[c.A])
		case 8:
			s.JumpClock(p, int64(c.A%7)*ms-3*ms)
		}
	}
	s.Reset(cfg)
	for i := range n {
		s.AddProcess(fmt.Sprint("p", i), stormProcess(i))
	}
	for i := range ProcID(n) {
		boot(i)
	}
	plan := rng.NewStream(uint64(n))
	for t := int64(ms); t < 3000*ms; t += 2 * ms {
		s.At(t, Control{Kind: uint32(plan.Below(9)), A: plan.Below(20), Lineage: uint64(t)})
	}
}

func stormProcess(i int) ProcessConfig {
	return ProcessConfig{
		Zone: i % 3, Cores: 1, Queue: 4, ShedOldest: i%2 == 0, Service: []*rng.Dist{nil, rng.Constant(300_000)},
		Disk:  &DiskConfig{Write: rng.Constant(20_000), Sync: rng.Constant(500_000), Bandwidth: 1e8, Queue: 8, Capacity: 1e5},
		Clock: ClockConfig{Offset: int64(i), DriftPPM: int64(i * 10), Resolution: 1000},
	}
}

func stormConfig() Config[note] {
	cfg := noteConfig()
	p := &cfg.Network.SameDC
	p.Latency, p.Loss, p.Duplicate, p.Reorder, p.Gap = must(rng.Exponential(2*ms)), 1<<58, 1<<58, 1<<58, 5*ms
	cfg.Network.CrossDC = *p
	cfg.Network.CrossDC.InFlight, cfg.Network.CrossDC.Bandwidth = 3, 1e6
	cfg.Network.PairExtra = must(rng.Uniform(0, ms))
	cfg.Network.CutInFlight = true
	return cfg
}

// weather is what the storm of a system comes to.
func weather(s *System[note], cfg Config[note], n int) (digest string, c Counters) {
	storm(s, cfg, n)
	s.Step(60_000)
	return s.Digest().String(), *s.Counters()
}

func TestStormHasEveryFault(t *testing.T) {
	s := New(stormConfig())
	_, c := weather(s, stormConfig(), 7)
	for name, n := range map[string]int64{
		"delivered": c.Delivered, "lost": c.Lost, "cut": c.Cut, "corrupted": c.Corrupted, "overflowed": c.Overflowed,
		"duplicated": c.Duplicated, "reordered": c.Reordered, "delayed": c.Delayed, "clogged": c.Clogged, "down": c.Down,
		"shed": c.Shed, "timers": c.Timers, "cancelled": c.Cancelled, "ties": c.Ties,
	} {
		if n == 0 {
			t.Errorf("no message or timer was %s: the storm shows nothing about it", name)
		}
	}
}

func TestDigestIsAFunctionOfTheConfiguration(t *testing.T) {
	want, counted := weather(New(stormConfig()), stormConfig(), 7)
	other := stormConfig()
	other.Seeds.Node++
	if got, _ := weather(New(other), other, 7); got == want {
		t.Error("another node seed, the same digest")
	}
	other = stormConfig()
	other.Seeds.Environment++
	if got, _ := weather(New(other), other, 7); got == want {
		t.Error("another environment seed, the same digest")
	}
	again, recounted := weather(New(stormConfig()), stormConfig(), 7)
	if again != want || recounted != counted {
		t.Errorf("a second run gave %s and %+v, the first %s and %+v", again, recounted, want, counted)
	}
}

func TestResetSystemEqualsFreshOne(t *testing.T) {
	for _, ties := range []Ties{TiesFIFO, TiesSeeded} {
		cfg := stormConfig()
		cfg.Ties = ties
		s := New(cfg)
		weather(s, cfg, 11)
		weather(s, cfg, 3)
		got, counted := weather(s, cfg, 7)
		want, fresh := weather(New(cfg), cfg, 7)
		if got != want || counted != fresh {
			t.Errorf("reset: %s and %+v, fresh: %s and %+v", got, counted, want, fresh)
		}
	}
}

func TestResetKeepsMemoryAndTakesNoMore(t *testing.T) {
	s := New(stormConfig())
	weather(s, stormConfig(), 7)
	size := func() [4]int {
		return [4]int{len(s.messages.chunks), cap(s.events), len(s.queue.keys), len(s.timers.keys)}
	}
	before := size()
	for range 3 {
		weather(s, stormConfig(), 7)
	}
	if after := size(); after != before {
		t.Errorf("chunks, events, keys, timers: %v after one run, %v after four", before, after)
	}
}

func TestTraceLeavesDigestAlone(t *testing.T) {
	want, _ := weather(New(stormConfig()), stormConfig(), 7)
	traced := stormConfig()
	sink := &records{}
	traced.Trace = sink
	traced.Describe = func(m *note) (kind, key, text string) { return fmt.Sprint(m.kind), fmt.Sprint(m.n), "" }
	if got, _ := weather(New(traced), traced, 7); got != want {
		t.Errorf("digest with a trace %s, without %s", got, want)
	}
	if len(sink.list) < 60_000 {
		t.Errorf("%d records of 60000 events", len(sink.list))
	}
}

// Who looks on for a while sees just what one who looks on all the time sees in that while.
func TestObservedForAWhile(t *testing.T) {
	describe := func(m *note) (kind, key, text string) { return fmt.Sprint(m.kind), fmt.Sprint(m.n), "" }
	always, sometimes := stormConfig(), stormConfig()
	all, some := &records{}, &records{}
	always.Trace, always.Describe, sometimes.Describe = all, describe, describe
	s := New(always)
	storm(s, always, 7)
	s.Step(20_000)
	from := len(all.list)
	s.Step(10_000)
	want := all.list[from:]
	s = New(sometimes)
	storm(s, sometimes, 7)
	s.Step(20_000)
	s.Observe(some)
	s.Step(10_000)
	s.Observe(nil)
	s.Step(10_000)
	if len(want) < 10_000 || !slices.Equal(some.list, want) {
		t.Errorf("%d records, %d of one who always looks on, not the same", len(some.list), len(want))
	}
}

func TestQueueLeavesDigestAlone(t *testing.T) {
	want, _ := weather(New(stormConfig()), stormConfig(), 7)
	s := New(stormConfig())
	s.other = &sorted{}
	if got, _ := weather(s, stormConfig(), 7); got != want {
		t.Errorf("digest with a sorted list as queue %s, with the heap %s", got, want)
	}
}

// The radix heap leaves the golden digests alone too, and the change to it in the
// middle of a run.
func TestRadixHeapLeavesDigestAlone(t *testing.T) {
	for _, ties := range []Ties{TiesFIFO, TiesSeeded} {
		for _, n := range []int{2, 7, 20} {
			cfg := stormConfig()
			cfg.Ties = ties
			want, _ := weather(New(cfg), cfg, n)
			cfg.Queue = QueueRadix
			s := New(cfg)
			if got, _ := weather(s, cfg, n); got != want || s.other != s.radix {
				t.Errorf("ties %d, %d processes: digest with the radix heap %s, with the heap %s", ties, n, got, want)
			}
			cfg.Queue = QueueHeap
			s.Reset(cfg)
			storm(s, cfg, n)
			s.Step(20_000)
			s.useRadix()
			s.Step(40_000)
			if got := s.Digest().String(); got != want {
				t.Errorf("ties %d, %d processes: digest with a change of queues %s, without %s", ties, n, got, want)
			}
		}
	}
}

func TestStepsLeaveDigestAlone(t *testing.T) {
	want, _ := weather(New(stormConfig()), stormConfig(), 7)
	s := New(stormConfig())
	storm(s, stormConfig(), 7)
	for done := 0; done < 60_000; {
		done += s.Step(min(1+done%17, 60_000-done))
	}
	if got := s.Digest().String(); got != want {
		t.Errorf("digest in small steps %s, in one %s", got, want)
	}
}

func TestSeededTies(t *testing.T) {
	cfg := stormConfig()
	cfg.Ties = TiesSeeded
	want, _ := weather(New(cfg), cfg, 7)
	if again, _ := weather(New(cfg), cfg, 7); again != want {
		t.Error("drawn ties differ from run to run")
	}
	if fifo, _ := weather(New(stormConfig()), stormConfig(), 7); fifo == want {
		t.Error("drawn ties are in the order of scheduling")
	}
}
