package sim

import "testing"

func TestTimersFireInOrderAndOnce(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	c.do(0, func(env *Proc[note]) {
		env.SetTimer(Timer{Kind: 1}, 3*ms)
		env.SetTimer(Timer{Kind: 2}, 1*ms)
		env.SetTimer(Timer{Kind: 3}, 3*ms)
		env.SetTimer(Timer{Kind: 4}, 0)
		env.SetTimer(Timer{Kind: 5}, -1)
	})
	c.Step(10)
	wantSeen(t, c.actors[0], "0 timer 4", "0 timer 5", "1 timer 2", "3 timer 1", "3 timer 3")
}

func TestTimerKeepsItsContent(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	want := Timer{Kind: 1<<32 - 1, A: 1<<32 - 2, B: 1<<64 - 3}
	var got Timer
	c.actors[0].timer = func(t Timer) { got = t }
	c.do(0, func(env *Proc[note]) { env.SetTimer(want, 1) })
	c.Step(1)
	if got != want {
		t.Errorf("timer %+v came as %+v", want, got)
	}
}

func TestCancelledTimerDoesNotFire(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	c.do(0, func(env *Proc[note]) {
		id := env.SetTimer(Timer{Kind: 1}, 1*ms)
		env.SetTimer(Timer{Kind: 2}, 2*ms)
		env.CancelTimer(id)
		env.CancelTimer(id)
		env.CancelTimer(0)
		env.CancelTimer(1<<63 + 5)
	})
	c.Step(10)
	wantSeen(t, c.actors[0], "2 timer 2")
	if got := c.Counters(); got.Cancelled != 1 || got.Timers != 1 {
		t.Errorf("%d cancelled and %d fired, want 1 and 1", got.Cancelled, got.Timers)
	}
}

// An id of a timer that has fired must not cancel the one that took its place.
func TestStaleTimerIDCancelsNothing(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	var old TimerID
	c.do(0, func(env *Proc[note]) { old = env.SetTimer(Timer{Kind: 1}, 1*ms) })
	c.Step(1)
	c.do(0, func(env *Proc[note]) {
		env.SetTimer(Timer{Kind: 2}, 1*ms) // in the slab entry of the first
		env.CancelTimer(old)
	})
	c.Step(1)
	wantSeen(t, c.actors[0], "1 timer 1", "2 timer 2")
}

func TestTimerOfAnotherProcessIsNotCancelled(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	var id TimerID
	c.do(0, func(env *Proc[note]) { id = env.SetTimer(Timer{Kind: 1}, 1*ms) })
	c.do(1, func(env *Proc[note]) { env.CancelTimer(id) })
	c.Step(1)
	wantSeen(t, c.actors[0], "1 timer 1")
}

func TestTimerCancelsItselfInItsHandler(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	var id TimerID
	c.actors[0].timer = func(Timer) {
		next := c.Env(0).SetTimer(Timer{Kind: 9}, 1*ms)
		c.Env(0).CancelTimer(id) // has fired: names nothing
		id = next
	}
	c.do(0, func(env *Proc[note]) { id = env.SetTimer(Timer{Kind: 1}, 1*ms) })
	c.Step(2)
	wantSeen(t, c.actors[0], "1 timer 1", "2 timer 9")
}

func TestCancelledTimersLeaveNothingBehind(t *testing.T) {
	c := stage(noteConfig(), 1, ProcessConfig{})
	c.do(0, func(env *Proc[note]) {
		for range 10_000 {
			env.CancelTimer(env.SetTimer(Timer{}, 1000*ms))
		}
	})
	if c.Pending() != 0 || len(c.events) != 1 || c.timers.len() != 0 {
		t.Errorf("%d pending, %d slab entries, %d keys after all timers were cancelled", c.Pending(), len(c.events), c.timers.len())
	}
}
