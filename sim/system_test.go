package sim

import (
	"fmt"
	"testing"

	"dynamosim/sim/rng"
)

func TestTiesAreFirstInFirstOut(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	c.do(0, func(env *Proc[note]) {
		env.SetTimer(Timer{Kind: 1}, 1*ms)
		env.Send(0, &note{n: 7}) // to itself: at once
	})
	c.do(1, func(env *Proc[note]) { env.Send(0, &note{n: 8}) })
	c.do(0, func(env *Proc[note]) { env.SetTimer(Timer{Kind: 2}, 1*ms) })
	c.Step(10)
	wantSeen(t, c.actors[0], "0 7 from 0", "1 timer 1", "1 8 from 1", "1 timer 2")
	if got := c.Counters().Ties; got != 2 {
		t.Errorf("%d ties counted, want 2", got)
	}
	if c.Instant() != 3 || c.Ordinal() != 4 {
		t.Errorf("%d events at this instant and %d in all, want 3 and 4", c.Instant(), c.Ordinal())
	}
}

func TestControlEventsComeInOrder(t *testing.T) {
	cfg := noteConfig()
	var got []string
	var s *System[note]
	cfg.Control = func(c Control) {
		got = append(got, fmt.Sprint(s.Now(), c.Kind, c.A, c.B, c.Lineage, s.Ordinal()))
	}
	s = New(cfg)
	s.At(5, Control{Kind: 1, A: 2, B: 3, Lineage: 4})
	s.At(3, Control{Kind: 9})
	s.At(5, Control{Kind: 2})
	if n := s.RunUntil(4); n != 1 || s.Now() != 4 {
		t.Errorf("%d events until %d", n, s.Now())
	}
	if n := s.Step(100); n != 2 {
		t.Errorf("%d events after that", n)
	}
	want := []string{"3 9 0 0 0 1", "5 1 2 3 4 2", "5 2 0 0 0 3"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestControlInThePastIsRefused(t *testing.T) {
	s := New(noteConfig())
	s.RunUntil(10)
	defer func() {
		if recover() == nil {
			t.Error("a control event before now was accepted")
		}
	}()
	s.At(9, Control{})
}

func TestStepCountsAndEnds(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	c.send(0, 1, 5)
	if got := [3]int{c.Step(3), c.Step(3), c.Step(3)}; got != [3]int{3, 2, 0} {
		t.Errorf("steps of 3 with 5 events: %v", got)
	}
	if c.Pending() != 0 || c.MessagesInFlight() != 0 {
		t.Errorf("%d pending, %d in flight at the end", c.Pending(), c.MessagesInFlight())
	}
}

func TestInFlight(t *testing.T) {
	c := stage(noteConfig(), 3, ProcessConfig{})
	c.AddRule(&Rule{Name: "clog", To: NewSet(2), Hold: true})
	c.send(0, 1, 2)
	c.send(0, 2, 1)
	seen := map[string]int{}
	c.InFlight(func(f Flight[note]) bool {
		seen[fmt.Sprint(f.From, f.To, f.Held)]++
		return true
	})
	if len(seen) != 2 || seen["0 1 false"] != 2 || seen["0 2 true"] != 1 || c.MessagesInFlight() != 3 {
		t.Errorf("in flight: %v, %d in all", seen, c.MessagesInFlight())
	}
	stopped := 0
	c.InFlight(func(Flight[note]) bool { stopped++; return false })
	if stopped != 1 {
		t.Errorf("%d more after the first false", stopped-1)
	}
}

func TestRandDependsOnNameLineageAndPurpose(t *testing.T) {
	draw := func(seeds Seeds, name string, lineage uint64, purpose uint32) (first, second uint64) {
		cfg := noteConfig()
		cfg.Seeds = seeds
		s := New(cfg)
		p := s.AddProcess(name, ProcessConfig{})
		s.Boot(p, &actor{env: s.Env(p)}, 1, nil)
		s.Run(p, lineage, func() { first, second = s.Env(p).Rand(purpose), s.Env(p).Rand(purpose) })
		return first, second
	}
	a, b := draw(Seeds{1, 1}, "x", 1, 1)
	if a == b {
		t.Error("two draws in one handler are equal")
	}
	if again, _ := draw(Seeds{9, 1}, "x", 1, 1); again != a {
		t.Error("the environment seed shifts what code draws")
	}
	others := map[uint64]bool{a: true, b: true}
	for i, f := range []func() (uint64, uint64){
		func() (uint64, uint64) { return draw(Seeds{1, 2}, "x", 1, 1) },
		func() (uint64, uint64) { return draw(Seeds{1, 1}, "y", 1, 1) },
		func() (uint64, uint64) { return draw(Seeds{1, 1}, "x", 2, 1) },
		func() (uint64, uint64) { return draw(Seeds{1, 1}, "x", 1, 2) },
	} {
		if u, _ := f(); others[u] {
			t.Errorf("case %d draws what another one drew", i)
		}
	}
}

func TestReseed(t *testing.T) {
	draws := func(reseed bool) (all []uint64) {
		c := stage(noteConfig(), 1, ProcessConfig{})
		for i := range uint64(4) {
			if reseed && i == 2 {
				c.Reseed(Seeds{3, 4})
			}
			c.Run(0, i, func() { all = append(all, c.Env(0).Rand(1)) })
		}
		return all
	}
	a, b := draws(false), draws(true)
	for i := range a {
		if (a[i] == b[i]) != (i < 2) {
			t.Errorf("draw %d: %x without, %x with another seed from draw 2 on", i, a[i], b[i])
		}
	}
}

func TestEffectsOfOneHandlerHaveTheirOwnLineages(t *testing.T) {
	cfg := noteConfig()
	sink := &records{}
	cfg.Trace = sink
	c := stage(cfg, 3, ProcessConfig{Disk: &DiskConfig{}})
	c.do(0, func(env *Proc[note]) {
		for range 100 {
			env.Send(1, &note{})
			env.Send(2, &note{})
			env.Send(2, &note{kind: 1})
			env.SetTimer(Timer{Kind: 1}, 5)
			env.Disk().Append(env.Disk().Open("a"), []byte("x"), 1, 0)
		}
	})
	seen := map[uint64]bool{}
	for _, r := range sink.list[3:] { // after the boots
		if seen[r.Lineage] {
			t.Fatalf("lineage %x twice, last for %+v", r.Lineage, r)
		}
		seen[r.Lineage] = true
	}
	if len(seen) != 501 { // and the creation of the file
		t.Errorf("%d lineages", len(seen))
	}
}

// What one handler does to one target does not depend on what it does to others.
func TestLineageIgnoresOtherEffects(t *testing.T) {
	lineage := func(others bool) uint64 {
		c := stage(noteConfig(), 3, ProcessConfig{})
		c.Run(0, 5, func() {
			if others {
				c.Env(0).Send(2, &note{})
				c.Env(0).SetTimer(Timer{}, 1)
				c.Env(0).Send(1, &note{kind: 3})
			}
			c.Env(0).Send(1, &note{})
		})
		var l uint64
		c.InFlight(func(f Flight[note]) bool {
			if f.To == 1 && f.Message.kind == 0 {
				l = f.Lineage
			}
			return true
		})
		return l
	}
	if lineage(false) != lineage(true) {
		t.Error("other effects of the handler changed the lineage of a message")
	}
}

func TestHandlersDoNotNest(t *testing.T) {
	for name, call := range map[string]func(c *cast){
		"run in run":    func(c *cast) { c.Run(1, 1, nil) },
		"step in run":   func(c *cast) { c.Step(1) },
		"crash of self": func(c *cast) { c.Crash(0) },
		"other's send":  func(c *cast) { c.Env(1).Send(0, &note{}) },
		"other's timer": func(c *cast) { c.Env(1).SetTimer(Timer{}, 1) },
		"other's draw":  func(c *cast) { c.Env(1).Rand(1) },
	} {
		t.Run(name, func(t *testing.T) {
			c := stage(noteConfig(), 2, ProcessConfig{})
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			c.do(0, func(*Proc[note]) { call(c) })
		})
	}
}

func TestMessagesSurviveOthersInTheSlab(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	var got []uint64
	c.actors[1].message = func(_ ProcID, m note) { got = append(got, m.n) }
	c.do(0, func(env *Proc[note]) {
		m := &note{}
		for i := range uint64(1000) {
			m.n = i * i
			env.Send(1, m)
		}
		m.n = 0 // the copies are safe
	})
	c.Step(2000)
	for i, n := range got {
		if n != uint64(i*i) {
			t.Fatalf("message %d has %d", i, n)
		}
	}
	if len(got) != 1000 {
		t.Fatalf("%d messages", len(got))
	}
}

func TestHandlerMayKeepSendingWhileItReads(t *testing.T) {
	s := New(noteConfig())
	a, b := s.AddProcess("a", ProcessConfig{}), s.AddProcess("b", ProcessConfig{})
	s.Boot(a, &actor{env: s.Env(a)}, 1, nil)
	h := &reader{env: s.Env(b)}
	s.Boot(b, h, 1, nil)
	s.Run(a, 1, func() { s.Env(a).Send(b, &note{n: 42}) })
	s.Step(1)
	if h.last != 42 {
		t.Errorf("the message became %d while its handler sent others", h.last)
	}
}

// reader looks at its message again after it has sent many.
type reader struct {
	actor
	env  *Proc[note]
	last uint64
}

func (r *reader) Message(from ProcID, m *note) {
	for range 500 {
		r.env.Send(from, &note{n: 1})
	}
	r.last = m.n
}

func (t *tally) count(key uint64) uint64 {
	if t.first(key) {
		return 0
	}
	return t.again(key)
}

func TestTally(t *testing.T) {
	var y tally
	y.begin()
	stream := rng.NewStream(1)
	want := map[uint64]uint64{}
	for range 2000 {
		k := stream.Below(300)
		if got := y.count(k); got != want[k] {
			t.Fatalf("count of %d is %d, want %d", k, got, want[k])
		}
		want[k]++
	}
	y.begin()
	if y.count(5) != 0 {
		t.Error("a new handler remembers the last one")
	}
}

func TestStopEndsTheRun(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	c.actors[1].message = func(ProcID, note) { c.Stop() }
	c.send(0, 1, 3)
	if n := c.Step(10); n != 1 || c.Step(10) != 0 {
		t.Errorf("%d events", n)
	}
	if n := c.RunUntil(50 * ms); n != 0 || c.Now() != 1*ms {
		t.Errorf("%d more events until %d", n, c.Now())
	}
	c.Reset(noteConfig())
	if c.RunUntil(50 * ms); c.Now() != 50*ms {
		t.Errorf("a reset system stands at %d", c.Now())
	}
}

// After Root, a handler is as if Run had begun it.
func TestRootBeginsAnew(t *testing.T) {
	draw := func(root bool) (u uint64) {
		c := stage(noteConfig(), 1, ProcessConfig{})
		if !root {
			c.Run(0, 5, func() { u = c.Env(0).Rand(1) })
			return u
		}
		c.Run(0, 4, func() {
			c.Env(0).Rand(1)
			c.Env(0).Root(5)
			u = c.Env(0).Rand(1)
		})
		return u
	}
	if draw(true) != draw(false) {
		t.Error("what follows Root depends on what came before it")
	}
}
