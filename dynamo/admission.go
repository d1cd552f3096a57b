package dynamo

import (
	"fmt"
	"math/bits"
)

// Admission control of background tasks (§6.5): "each of the background tasks uses this controller to reserve runtime slices of the resource (e.g.
// database), shared across all background tasks. A feedback mechanism based on the monitored performance of the foreground tasks is employed to
// change the number of slices that are available". The resource is the disk, a slice the right to have one piece of work under way on
// it, and what is watched a percentile of the time that reads for clients take, over a trailing window (the paper's example: "the 99th
// percentile database read latency (over the last 60 seconds)" against "a preset threshold (say 50ms)").

// Task is a background task.
type Task uint8

// The tasks.
const (
	TaskHandoff     Task = iota // hints, sent and taken (§4.6)
	TaskAntiEntropy             // replica synchronization (§4.7)
	TaskTransfer                // ranges handed over to a new owner (§4.9)
	tasks
)

// Admission is how the controller is set. Times are nanoseconds.
type Admission struct {
	Percentile int64       // of the reads, in millionths: 990000 is the 99th
	Over       int64       // the trailing window
	Target     int64       // what the percentile shall stay below
	Slices     int         // at most
	Tasks      [tasks]bool // that need slices; the others take what they want
}

// Validate reports a setting that cannot be.
func (a *Admission) Validate() error {
	switch {
	case a.Percentile < 1 || a.Percentile >= millionths:
		return fmt.Errorf("a percentile of %d millionths: it lies between 0 and %d", a.Percentile, millionths)
	case a.Over < admissionSteps || a.Target < 1:
		return fmt.Errorf("window %d ns and target %d ns must be positive", a.Over, a.Target)
	case a.Slices < 1:
		return fmt.Errorf("%d slices: background tasks would never run", a.Slices)
	}
	return nil
}

const (
	millionths     = 1_000_000
	admissionSteps = 30  // parts of the trailing window; the number of slices changes once in each
	latencyBuckets = 256 // four in each power of two: a bucket is at most a quarter wider than its lower end
)

// admission is the state of the controller. Its counts are those of the steps of the window, the current one included, in a circle.
type admission struct {
	counts [][latencyBuckets]uint32
	sum    []uint64 // over all steps
	step   int64    // number of the current one since the clock began
	slices int      // granted now
	taken  int

	deferred deferredSets
}

func (a *admission) emptied() admission {
	clear(a.counts)
	clear(a.sum)
	return admission{counts: a.counts, sum: a.sum, deferred: a.deferred.emptied()}
}

// controls tells whether a task needs slices.
func (n *Node) controls(t Task) bool { return n.cfg.Admission != nil && n.cfg.Admission.Tasks[t] }

// admit takes a slice for a piece of background work, to be given back with release when that has ended; false: there is none, try again later.
func (n *Node) admit(t Task) bool {
	if !n.controls(t) {
		return true
	}
	a := &n.admission
	n.adjustSlices()
	if a.taken >= a.slices {
		n.env.Mark(MarkDeferred, NoKey, int64(t))
		return false
	}
	a.taken++
	return true
}

// occupy takes a slice whether or not one is free, for work that goes on from what was admitted.
func (n *Node) occupy(t Task) {
	if n.controls(t) {
		n.admission.taken++
	}
}

// release gives a slice back.
func (n *Node) release(t Task) {
	if n.controls(t) {
		n.admission.taken--
	}
}

// slices is how many pieces of work of a task may begin now.
func (n *Node) slices(t Task) int {
	if !n.controls(t) {
		return 1 << 20
	}
	n.adjustSlices()
	return max(0, n.admission.slices-n.admission.taken)
}

// observeRead takes the time that a read of the disk took for a client.
func (n *Node) observeRead(took int64) {
	n.adjustSlices()
	a := &n.admission
	b := latencyBucket(took)
	a.counts[a.step%admissionSteps][b]++
	a.sum[b]++
}

// latencyBucket gives the bucket of a duration in ns.
func latencyBucket(ns int64) int {
	x := uint64(max(ns, 4))
	top := bits.Len64(x) - 3           // bits below the leading one and two more
	return top*4 + int(x>>uint(top)&3) // range: at most 61*4+3
}

// bucketEnd is the largest duration of a bucket.
func bucketEnd(b int) int64 {
	top := uint(b / 4)
	return int64((uint64(b%4)+5)<<top - 1)
}

// adjustSlices brings the controller to now: for each step of the window that has ended since, it looks at the reads and changes the number of
// slices.
func (n *Node) adjustSlices() {
	a, c := &n.admission, n.cfg.Admission
	now := n.env.Now() / (c.Over / admissionSteps)
	if a.counts == nil {
		a.counts, a.sum = make([][latencyBuckets]uint32, admissionSteps), make([]uint64, latencyBuckets)
	}
	if a.slices == 0 && a.step == 0 {
		a.step, a.slices = now, 1
	}
	a.step = max(a.step, now-2*admissionSteps) // all is forgotten after one window, all granted after some more
	for a.step < now {
		a.slices = n.nextSlices()
		a.step++
		a.forget()
	}
}

// nextSlices decides at the end of a step. Above the target, in the window or in this step alone, half of the slices go; well below it, one
// more comes. Without any reads nobody is in the way of background work.
func (n *Node) nextSlices() int {
	a, c := &n.admission, n.cfg.Admission
	last, reads := percentileOf(a.counts[a.step%admissionSteps][:], c.Percentile)
	all, _ := percentileOf(a.sum, c.Percentile)
	switch {
	case reads == 0:
		return min(a.slices+1, c.Slices)
	case last > c.Target || all > c.Target:
		return a.slices / 2
	case last <= c.Target/4*3:
		return min(a.slices+1, c.Slices)
	}
	return a.slices
}

// forget empties the step that begins, which held the oldest counts.
func (a *admission) forget() {
	oldest := &a.counts[a.step%admissionSteps]
	for b, n := range oldest {
		a.sum[b] -= uint64(n)
	}
	*oldest = [latencyBuckets]uint32{}
}

// percentileOf is the end of the bucket in which a percentile lies, in ns, and how many durations there are.
func percentileOf[T uint32 | uint64](counts []T, percentile int64) (at int64, total uint64) {
	for _, n := range counts {
		total += uint64(n)
	}
	below := uint64(0)
	for b, n := range counts {
		below += uint64(n)
		hi, lo := bits.Mul64(below, millionths)
		wantHi, wantLo := bits.Mul64(total, uint64(percentile))
		if n > 0 && (hi > wantHi || hi == wantHi && lo >= wantLo) {
			return bucketEnd(b), total
		}
	}
	return 0, total
}

// microseconds cuts a time down to what a ticket has room for: differences are right up to an hour.
func microseconds(ns int64) uint32 { return uint32(ns / 1000) }

// readEnded is told of the end of every read of the disk.
func (n *Node) readEnded(t *ticket, why Status) {
	if n.cfg.Admission != nil && (t.kind == ticketCoordinator || t.kind == ticketReplica) {
		n.observeRead(int64(microseconds(n.env.Now())-t.began) * 1000)
	}
	if why == OK {
		n.cacheRead(t.key)
	}
}
