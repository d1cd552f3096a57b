package lab

import (
	"runtime"
	"time"
)

// Cost is what one measurement took, and what it did in that time. What does not apply is 0.
type Cost struct {
	CPU, Wall   time.Duration
	Events      uint64
	Operations  int           // of clients
	Seeds       int           // runs, from plan to verdict
	Virtual     time.Duration // that passed in the worlds
	Bytes       uint64        // allocated
	Pending     float64       // events that were pending, timers included, on average
	SteadyOps   int           // operations begun in the steady state: the second half of the load
	SteadyAlloc uint64        // allocations in that time, the history's apart
	SteadyBytes uint64
}

// add takes in another measurement of the same thing.
func (c *Cost) add(o Cost) {
	c.CPU += o.CPU
	c.Wall += o.Wall
	c.Events += o.Events
	c.Operations += o.Operations
	c.Seeds += o.Seeds
	c.Virtual += o.Virtual
	c.Bytes += o.Bytes
	c.SteadyOps += o.SteadyOps
	c.SteadyAlloc += o.SteadyAlloc
	c.SteadyBytes += o.SteadyBytes
	if o.Pending != 0 {
		c.Pending = o.Pending
	}
}

// perEvent is the processor time of an event in ns.
func (c *Cost) perEvent() float64 { return per(float64(c.CPU), float64(c.Events)) }

// perOperation is the processor time of a client operation in ns.
func (c *Cost) perOperation() float64 { return per(float64(c.CPU), float64(c.Operations)) }

// per is a quotient; 0 where there is nothing to divide by.
func per(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// stopwatch measures what happens between start and stop.
type stopwatch struct {
	cpu  time.Duration
	wall time.Time
	heap runtime.MemStats
}

func startWatch() *stopwatch {
	w := &stopwatch{}
	runtime.ReadMemStats(&w.heap)
	w.wall, w.cpu = time.Now(), cpuTime()
	return w
}

// stop completes a cost with the time and the memory that were taken.
func (w *stopwatch) stop(c Cost) Cost {
	c.CPU, c.Wall = cpuTime()-w.cpu, time.Since(w.wall)
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	c.Bytes = heap.TotalAlloc - w.heap.TotalAlloc
	return c
}
