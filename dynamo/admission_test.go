package dynamo

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// clockEnv is a world in which only time passes.
type clockEnv struct {
	imageEnv
	now   int64
	marks map[Mark]int
}

func (e *clockEnv) Now() int64                    { return e.now }
func (e *clockEnv) Mark(m Mark, _ KeyID, _ int64) { e.marks[m]++ }

func controlled(a Admission) (*Node, *clockEnv) {
	env := &clockEnv{marks: map[Mark]int{}, now: int64(time.Hour)}
	n := &Node{cfg: &Config{Admission: &a}}
	n.env = env
	return n, env
}

func sixtySeconds() Admission {
	return Admission{Percentile: 990000, Over: 60e9, Target: 50e6, Slices: 16, Tasks: [tasks]bool{true, true, true}}
}

// pass lets a time go by in which each read takes so long.
func (e *clockEnv) pass(n *Node, d time.Duration, every time.Duration, took func(slices int) time.Duration) {
	for end := e.now + int64(d); e.now < end; {
		e.now += int64(every)
		n.observeRead(int64(took(n.slices(TaskTransfer))))
	}
}

// "Compare the 99th percentile of database read latency over the last 60 seconds to a preset threshold (say 50ms)": below it background tasks
// get more slices, up to all; above, fewer, down to none; and they come back when the window has passed (Dynamo §6.5).
func TestSlicesFollowTheLatencyOfForegroundReads(t *testing.T) {
	n, env := controlled(sixtySeconds())
	env.pass(n, time.Minute, 10*time.Millisecond, func(int) time.Duration { return 5 * time.Millisecond })
	if got := n.slices(TaskHandoff); got != 16 {
		t.Errorf("%d slices after a minute of quick reads, want 16", got)
	}
	env.pass(n, 20*time.Second, 10*time.Millisecond, func(int) time.Duration { return 80 * time.Millisecond })
	if got := n.slices(TaskHandoff); got != 0 {
		t.Errorf("%d slices after 20 s of slow reads, want 0", got)
	}
	env.pass(n, 30*time.Second, 10*time.Millisecond, func(int) time.Duration { return 5 * time.Millisecond })
	if got := n.slices(TaskHandoff); got != 0 {
		t.Errorf("%d slices while the window still has slow reads, want 0", got)
	}
	env.pass(n, 62*time.Second, 10*time.Millisecond, func(int) time.Duration { return 5 * time.Millisecond })
	if got := n.slices(TaskHandoff); got == 0 {
		t.Error("no slices although the slow reads have left the window")
	}
}

// The 99th percentile is not the slowest read: one read of two hundred above the threshold takes nothing away (Dynamo §6.5).
func TestFewSlowReadsTakeNoSlices(t *testing.T) {
	n, env := controlled(sixtySeconds())
	i := 0
	env.pass(n, 2*time.Minute, 10*time.Millisecond, func(int) time.Duration {
		if i++; i%200 == 0 {
			return time.Second
		}
		return time.Millisecond
	})
	if got := n.slices(TaskHandoff); got != 16 {
		t.Errorf("%d slices, want 16", got)
	}
}

// Where each slice in use slows reads down, the controller finds the number that keeps them just below the target (Dynamo §6.5, "feedback").
func TestFeedbackSettlesBelowTheTarget(t *testing.T) {
	n, env := controlled(sixtySeconds())
	most := time.Duration(0)
	env.pass(n, 10*time.Minute, 10*time.Millisecond, func(slices int) time.Duration {
		took := time.Duration(slices) * 9 * time.Millisecond
		most = max(most, took)
		return took
	})
	if got := n.slices(TaskHandoff); got < 3 || got > 5 || most > 54*time.Millisecond {
		t.Errorf("%d slices of 9 ms each under a target of 50 ms, at worst %v", got, most)
	}
}

// Without any reads background tasks get all slices, and nobody gets more than there are (Dynamo §6.5, "reserve runtime slices of the resource,
// shared across all background tasks").
func TestSlicesAreShared(t *testing.T) {
	n, env := controlled(sixtySeconds())
	n.slices(TaskHandoff)
	env.now += int64(5 * time.Minute)
	taken := 0
	for n.admit(Task(taken % int(tasks))) {
		taken++
	}
	if taken != 16 || env.marks[MarkDeferred] != 1 {
		t.Errorf("%d slices taken, %d deferred", taken, env.marks[MarkDeferred])
	}
	n.release(TaskTransfer)
	if !n.admit(TaskAntiEntropy) || n.admit(TaskHandoff) {
		t.Error("a slice that was given back is there once")
	}
}

// A task that is not among those controlled takes what it wants, as all do without a controller.
func TestUncontrolledTasksTakeWhatTheyWant(t *testing.T) {
	cfg := sixtySeconds()
	cfg.Slices, cfg.Tasks[TaskTransfer] = 1, false
	n, _ := controlled(cfg)
	free := &Node{cfg: &Config{}}
	for range 100 {
		if !n.admit(TaskTransfer) || !free.admit(TaskHandoff) {
			t.Fatal("not admitted")
		}
	}
	if !n.admit(TaskHandoff) || n.admit(TaskHandoff) {
		t.Error("one slice of handoff, once")
	}
	n.release(TaskTransfer)
	free.release(TaskHandoff)
	if n.admit(TaskHandoff) {
		t.Error("a slice that was never taken was given back")
	}
}

// A percentile read off the buckets is that of the sorted durations, rounded up by a quarter at most.
func TestPercentileAgainstSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Int64Range(0, 1<<40), 1, 200).Draw(t, "durations")
		percentile := rapid.Int64Range(1, millionths-1).Draw(t, "percentile")
		var counts [latencyBuckets]uint32
		for _, ns := range list {
			counts[latencyBucket(ns)]++
		}
		slices.Sort(list)
		rank := (int64(len(list))*percentile + millionths - 1) / millionths
		want := list[rank-1]
		got, total := percentileOf(counts[:], percentile)
		if total != uint64(len(list)) || got < want || got > max(7, want+want/4) {
			t.Errorf("percentile %d of %v: %d, want %d", percentile, list, got, want)
		}
	})
}

// Buckets tile the durations in order.
func TestLatencyBuckets(t *testing.T) {
	for b := range latencyBucket(1<<63 - 1) {
		if end := bucketEnd(b); latencyBucket(end) != b || latencyBucket(end+1) != b+1 {
			t.Errorf("bucket %d ends at %d, which is in bucket %d, the next in %d", b, end, latencyBucket(end), latencyBucket(end+1))
		}
	}
}
