package sim

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"testing"

	"dynamosim/sim/rng"
)

// server is a process whose messages take 2 ms of one core each.
func server(queue int, oldest bool) ProcessConfig {
	return ProcessConfig{Cores: 1, Queue: queue, ShedOldest: oldest, Service: []*rng.Dist{rng.Constant(2 * ms)}}
}

// stream sends numbers 0.. from 0 to 1, one at each of some times in ms.
func (c *cast) stream(times ...int64) {
	for i, t := range times {
		c.RunUntil(t * ms)
		c.do(0, func(env *Proc[note]) { env.Send(1, &note{n: uint64(i)}) })
	}
	c.Step(math.MaxInt)
}

func TestServiceTakesTimeAndQueues(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	c.enter("server", server(0, false))
	c.stream(0, 1, 1, 9)
	// arrive at 1, 2, 2, 10; served 1-3, 3-5, 5-7, 10-12
	wantSeen(t, c.actors[1], "3 0 from 0", "5 1 from 0", "7 2 from 0", "12 3 from 0")
}

func TestCoresServeSideBySide(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	two := server(0, false)
	two.Cores = 2
	c.enter("server", two)
	c.stream(0, 0, 0, 1)
	wantSeen(t, c.actors[1], "3 0 from 0", "3 1 from 0", "5 2 from 0", "5 3 from 0")
}

func TestMessageWithoutServiceTimeTakesOneEvent(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	c.enter("server", ProcessConfig{Cores: 1, Service: []*rng.Dist{nil, rng.Constant(2 * ms)}})
	c.send(0, 1, 1)
	if n := c.Step(10); n != 1 {
		t.Errorf("idle core, no service: %d events", n)
	}
	c.do(0, func(env *Proc[note]) { env.Send(1, &note{kind: 1}); env.Send(1, &note{n: 1}) })
	if n := c.Step(10); n != 4 {
		t.Errorf("one that is served and one that waits for it: %d events, want 4", n)
	}
	wantSeen(t, c.actors[1], "1 0 from 0", "4 0 from 0", "4 1 from 0")
}

func TestFullQueueSheds(t *testing.T) {
	for _, test := range []struct {
		oldest bool
		want   []string
	}{
		{false, []string{"1 shed 2", "1 shed 3", "3 0 from 0", "5 1 from 0"}},
		{true, []string{"1 shed 1", "1 shed 2", "3 0 from 0", "5 3 from 0"}},
	} {
		c := stage(noteConfig(), 1, ProcessConfig{})
		p := c.AddProcess("server", server(1, test.oldest))
		h := &shedder{actor{env: c.Env(p)}}
		c.Boot(p, h, 1, nil)
		c.stream(0, 0, 0, 0)
		wantSeen(t, &h.actor, test.want...)
		if got := c.ProcessCounters(p); got.Shed != 2 || got.Received != 2 || c.Counters().Shed != 2 {
			t.Errorf("%+v", got)
		}
	}
}

// shedder is an actor that hears of refused messages.
type shedder struct{ actor }

func (s *shedder) Shed(_ ProcID, m *note) { s.log("shed %d", m.n) }

func TestSheddingIsCountedForHandlersThatDoNotCare(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	c.enter("server", server(1, false))
	c.stream(0, 0, 0)
	wantSeen(t, c.actors[1], "3 0 from 0", "5 1 from 0")
	if got := c.Counters().Shed; got != 1 {
		t.Errorf("%d shed", got)
	}
}

// The mean wait in an M/D/1 queue is rho/(2(1-rho)) services (Pollaczek and
// Khinchine): 2 ms at a service of 1 ms and a load of 0.8.
func TestQueueOfPoissonArrivals(t *testing.T) {
	const n = 400_000
	c := stage(noteConfig(), 1, ProcessConfig{})
	p := c.AddProcess("server", ProcessConfig{Cores: 1, Service: []*rng.Dist{rng.Constant(1 * ms)}})
	h := &sink{env: c.Env(p)}
	c.Boot(p, h, 1, nil)
	gaps, draws := must(rng.Exponential(1_250_000)), rng.NewStream(1)
	for next := int64(0); h.n < n; {
		c.RunUntil(next)
		c.Run(0, uint64(next), func() { c.Env(0).Send(p, &note{n: uint64(next) + ms}) })
		next += gaps.Sample(draws.Uint64())
	}
	if wait := float64(h.sum)/n/ms - 1; math.Abs(wait-2) > 0.1 {
		t.Errorf("mean wait %.3f services, want 2", wait)
	}
}

// sink adds up how long messages took since the time written in them.
type sink struct {
	actor
	env *Proc[note]
	sum int64
	n   int
}

func (s *sink) Message(_ ProcID, m *note) {
	s.sum += s.env.Now() - int64(m.n)
	s.n++
}

func TestSlowProcessor(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	c.enter("server", server(0, false))
	c.Slow(1, 2500, 1000, 1000)
	c.stream(0)
	c.Slow(1, 1000, 1000, 1000)
	c.stream(10)
	wantSeen(t, c.actors[1], "6 0 from 0", "13 0 from 0")
	if got := c.ProcessCounters(1).SlowMessages; got != 1 {
		t.Errorf("%d slow messages", got)
	}
}

func TestPauseKeepsEverythingInOrder(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{Disk: &DiskConfig{Sync: rng.Constant(3 * ms)}})
	c.do(1, func(env *Proc[note]) {
		env.SetTimer(Timer{Kind: 1}, 2*ms)
		env.SetTimer(Timer{Kind: 2}, 4*ms)
		env.SetTimer(Timer{Kind: 3}, 20*ms)
		env.Disk().Sync(env.Disk().Open("f"), 9)
	})
	c.Pause(1)
	c.send(0, 1, 1)
	c.RunUntil(3500_000)
	c.do(0, func(env *Proc[note]) { env.Send(1, &note{n: 7}) })
	c.RunUntil(10 * ms)
	wantSeen(t, c.actors[1])
	if q := c.Queues(1); q.Held != 5 || !c.Paused(1) || !c.Up(1) {
		t.Errorf("paused: %+v", q)
	}
	if c.Run(1, 1, nil) {
		t.Error("a paused process ran")
	}
	c.Resume(1)
	wantSeen(t, c.actors[1]) // not inside the call
	c.Step(100)
	wantSeen(t, c.actors[1], "10 0 from 0", "10 timer 1", "10 sync 9 ok", "10 timer 2", "10 7 from 0", "20 timer 3")
	if got := c.ProcessCounters(1).Held; got != 5 {
		t.Errorf("%d held", got)
	}
}

func TestWhatComesDuringTheResumeWaitsItsTurn(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	c.Pause(1)
	c.send(0, 1, 2)
	c.RunUntil(5 * ms)
	c.actors[1].message = func(ProcID, note) { c.Env(1).Send(1, &note{n: 9}) } // at once
	c.Resume(1)
	c.Step(2)
	c.actors[1].message = nil
	c.Step(10)
	wantSeen(t, c.actors[1], "5 0 from 0", "5 1 from 0", "5 9 from 1", "5 9 from 1")
}

func TestPausedAgainInTheMiddleOfTheResume(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	c.Pause(1)
	c.send(0, 1, 3)
	c.RunUntil(5 * ms)
	c.Resume(1)
	c.Step(1)
	c.Pause(1)
	c.Step(10)
	wantSeen(t, c.actors[1], "5 0 from 0")
	c.RunUntil(6 * ms)
	c.Resume(1)
	c.Pause(1)
	c.Resume(1)
	c.Step(10)
	wantSeen(t, c.actors[1], "5 0 from 0", "6 1 from 0", "6 2 from 0")
}

func TestPausedProcessShedsBeyondItsQueue(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	p := c.AddProcess("server", server(2, true))
	h := &shedder{actor{env: c.Env(p)}}
	c.Boot(p, h, 1, nil)
	c.Pause(p)
	c.stream(0, 0, 0)
	c.Resume(p)
	c.Step(10)
	wantSeen(t, &h.actor, "3 0 from 0", "5 1 from 0")
	if got := c.ProcessCounters(p).Shed; got != 1 {
		t.Errorf("%d shed", got)
	}
}

func TestServiceInAPauseEndsAtTheResume(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	c.enter("server", server(0, false))
	c.send(0, 1, 2)
	c.RunUntil(2 * ms)
	c.Pause(1)
	c.RunUntil(10 * ms)
	c.Resume(1)
	c.Step(10)
	wantSeen(t, c.actors[1], "10 0 from 0", "12 1 from 0")
}

func TestTimerCancelledWhileItWasHeld(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	var second TimerID
	c.actors[0].timer = func(Timer) { c.Env(0).CancelTimer(second) }
	c.do(0, func(env *Proc[note]) {
		env.SetTimer(Timer{Kind: 1}, 1*ms)
		second = env.SetTimer(Timer{Kind: 2}, 2*ms)
		env.SetTimer(Timer{Kind: 3}, 3*ms)
	})
	c.Pause(0)
	c.RunUntil(5 * ms)
	c.Resume(0)
	c.Step(10)
	wantSeen(t, c.actors[0], "5 timer 1", "5 timer 3")
}

func TestCrashTakesMemoryTimersAndQueue(t *testing.T) {
	cfg := server(0, false)
	cfg.Disk = &DiskConfig{Sync: rng.Constant(50 * ms)}
	c := stage(noteConfig(), 1, ProcessConfig{})
	old := c.enter("server", cfg)
	c.do(1, func(env *Proc[note]) {
		env.SetTimer(Timer{Kind: 1}, 20*ms)
		env.Disk().Sync(env.Disk().Open("f"), 1)
	})
	c.send(0, 1, 3)
	c.RunUntil(4 * ms) // 0 handled, 1 in service, 2 waits
	c.send(0, 1, 1)    // under way: arrives at a process that is down
	c.Crash(1)
	c.Crash(1) // ignored
	if c.Up(1) || c.Run(1, 1, nil) {
		t.Error("up after a crash")
	}
	c.RunUntil(6 * ms)
	c.send(0, 1, 1) // arrives at the second incarnation
	again := c.boot(1, 2)
	c.Step(100)
	wantSeen(t, old, "3 0 from 0")
	wantSeen(t, again, "9 0 from 0")
	if got := c.Counters().Down; got != 3 {
		t.Errorf("%d messages died or found the process down, want 3", got)
	}
	if c.Pending() != 0 {
		t.Errorf("%d events left", c.Pending())
	}
}

func TestCrashOfAPausedProcess(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	c.do(1, func(env *Proc[note]) { env.SetTimer(Timer{Kind: 1}, 1*ms) })
	c.Pause(1)
	c.send(0, 1, 2)
	c.RunUntil(5 * ms)
	c.Resume(1)
	c.Crash(1) // before anything of it ran
	again := c.boot(1, 2)
	c.Step(10)
	wantSeen(t, again)
	if c.Pending() != 0 || c.Counters().Down != 2 {
		t.Errorf("%d pending, %d died", c.Pending(), c.Counters().Down)
	}
}

func TestBootRunsStartWithItsOwnLineage(t *testing.T) {
	first := func(name string, boot uint64) (draw uint64) {
		s := New(noteConfig())
		p := s.AddProcess(name, ProcessConfig{})
		s.Boot(p, &actor{env: s.Env(p)}, boot, func() { draw = s.Env(p).Rand(1) })
		return draw
	}
	if first("a", 1) != first("a", 1) || first("a", 1) == first("a", 2) || first("a", 1) == first("b", 1) {
		t.Error("what a boot draws is not a function of name and boot number")
	}
}

func TestMuteIsACrashAtAPoint(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{Disk: &DiskConfig{}})
	called := 0
	c.actors[0].message = func(ProcID, note) {
		env := c.Env(0)
		f := env.Disk().Open("f")
		env.Send(1, &note{n: 1})
		env.Disk().Append(f, []byte("abc"), 3, 0)
		id := env.SetTimer(Timer{Kind: 1}, 1)
		env.Mute(func() { called++; c.Crash(0) })
		env.Mute(func() { t.Error("muted twice") })
		env.Send(1, &note{n: 2})
		env.SetTimer(Timer{Kind: 2}, 1)
		env.CancelTimer(id)
		env.Disk().Append(f, []byte("def"), 3, 5)
		env.Disk().Sync(f, 6)
		env.Disk().SyncDir(7)
		env.Disk().Remove("f", 8)
		if env.Disk().Open("g") != NoFile {
			t.Error("a deaf process created a file")
		}
		if called != 0 {
			t.Error("called back inside the handler")
		}
	}
	c.send(1, 0, 1)
	c.Step(100)
	if called != 1 || c.Up(0) {
		t.Errorf("called back %d times, up: %v", called, c.Up(0))
	}
	wantSeen(t, c.actors[1], "2 1 from 0")
	if d := c.Env(0).Disk(); fmt.Sprint(d.List()) != "[{f 3}]" {
		t.Errorf("the disk has %v", d.List())
	}
	c.boot(0, 2)
	c.send(0, 1, 1) // hears and speaks again
	c.Step(100)
	wantSeen(t, c.actors[1], "2 1 from 0", "3 0 from 0")
}

func TestQueuesCountWhatWaits(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	c.enter("server", server(0, false))
	c.send(0, 1, 4)
	c.RunUntil(1 * ms)
	if q := c.Queues(1); q != (Queues{Serving: 1, Waiting: 3}) {
		t.Errorf("%+v", q)
	}
	c.Step(100)
	if q := c.Queues(1); q != (Queues{}) {
		t.Errorf("at the end %+v", q)
	}
}

func TestProcessCounters(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	c.do(0, func(env *Proc[note]) {
		env.Send(1, &note{size: 100})
		env.Send(1, &note{size: 50})
		env.SetTimer(Timer{}, 1)
	})
	c.Step(10)
	if got := *c.ProcessCounters(0); got != (ProcessCounters{Sent: 2, SentBytes: 150, Timers: 1}) {
		t.Errorf("%+v", got)
	}
	if got := *c.ProcessCounters(1); got != (ProcessCounters{Received: 2, ReceivedBytes: 150}) {
		t.Errorf("%+v", got)
	}
	if got := c.Counters(); got.Sent != 2 || got.Bytes != 150 || got.Delivered != 2 || got.Kinds[0].Bytes != 150 {
		t.Errorf("%+v", got)
	}
}

// An event that was scheduled before the resume and is due at its instant
// waits behind what was held.
func TestArrivalAtTheInstantOfTheResumeWaitsItsTurn(t *testing.T) {
	cfg := noteConfig()
	var c *cast
	cfg.Control = func(Control) { c.Resume(1) }
	c = stage(cfg, 2, ProcessConfig{})
	c.Pause(1)
	c.send(0, 1, 2)
	c.At(5*ms, Control{})
	c.RunUntil(4 * ms)
	c.do(0, func(env *Proc[note]) { env.Send(1, &note{n: 9}) }) // arrives at 5 ms
	c.Step(10)
	wantSeen(t, c.actors[1], "5 0 from 0", "5 1 from 0", "5 9 from 0")
}

func TestMuteAloneIsDeafnessUntilTheHandlerReturns(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	c.do(0, func(env *Proc[note]) {
		id := env.SetTimer(Timer{Kind: 1}, 1*ms)
		env.Mute(nil)
		env.CancelTimer(id)
		if env.SetTimer(Timer{Kind: 2}, 1*ms) != 0 {
			t.Error("a deaf process set a timer")
		}
	})
	c.do(0, func(env *Proc[note]) { env.SetTimer(Timer{Kind: 3}, 1*ms) })
	c.Step(10)
	wantSeen(t, c.actors[0], "1 timer 1", "1 timer 3")
}

func TestPauseOfAnIncarnationAfterACrashInAResume(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	c.Pause(1)
	c.send(0, 1, 2)
	c.RunUntil(2 * ms)
	c.Resume(1)
	c.Crash(1)
	again := c.boot(1, 2)
	c.Pause(1)
	c.send(0, 1, 1)
	c.RunUntil(5 * ms)
	c.Resume(1)
	c.Step(10)
	wantSeen(t, again, "5 0 from 0")
}

func TestQueueHasRoomAgainAfterAll(t *testing.T) {
	for _, oldest := range []bool{false, true} {
		c := stage(noteConfig(), 1, ProcessConfig{})
		c.enter("server", server(2, oldest))
		for range 3 {
			c.send(0, 1, 4)
			c.RunUntil(c.Now() + 100*ms)
		}
		if got := c.ProcessCounters(1); got.Received != 9 || got.Shed != 3 {
			t.Errorf("shed oldest %v: %d handled, %d shed", oldest, got.Received, got.Shed)
		}
		c.send(0, 1, 3)
		c.RunUntil(c.Now() + 2*ms)
		c.Crash(1)
		c.boot(1, 2)
		c.send(0, 1, 3)
		c.Step(100)
		if got := c.ProcessCounters(1); got.Received != 12 || got.Shed != 3 {
			t.Errorf("shed oldest %v, after a crash: %d handled, %d shed", oldest, got.Received, got.Shed)
		}
	}
}

func TestProcessesShareNoLineOfTheCache(t *testing.T) {
	if size := reflect.TypeFor[process]().Size(); strconv.IntSize == 64 && size%64 != 0 {
		t.Errorf("a process takes %d bytes", size)
	}
}
