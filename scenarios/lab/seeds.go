package lab

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"dynamosim/scenarios"
)

// SeedRun is what became of one seed.
type SeedRun struct {
	Seed   uint64
	Report *Report // nil when there is an error
	Err    error   // a *BadInput, a *Crash of the world or of what judged it, …
}

// Seeds runs the plans of many seeds side by side, each world on one goroutine, and gives their runs to each in the order of the seeds,
// whatever the number of workers and whichever is done first; each is never called twice at once. 0 workers are as many as there are
// processors. plan draws the plan of a seed; it is called by several goroutines.
//
// What goes wrong with a seed is that seed's own. Seeds returns an error when each does, or when the context is cancelled: the runs under
// way are stopped then, those that have come to their end are still given to each.
func Seeds(ctx context.Context, seeds []uint64, workers int, plan func(seed uint64) (*scenarios.Scenario, error), each func(SeedRun) error) error {
	return eachSeed(ctx, seeds, workers, plan, nil, each)
}

// eachSeed is Seeds with something to do with each report before it waits for its turn, by several goroutines; nil: nothing.
func eachSeed(ctx context.Context, seeds []uint64, workers int, plan func(seed uint64) (*scenarios.Scenario, error), after func(seed uint64, r *Report),
	each func(SeedRun) error) error {
	return eachSeedWith(ctx, seeds, workers, RunOptions{}, plan, after, each)
}

// eachSeedWith is eachSeed with options for all runs.
func eachSeedWith(ctx context.Context, seeds []uint64, workers int, opts RunOptions, plan func(seed uint64) (*scenarios.Scenario, error),
	after func(seed uint64, r *Report), each func(SeedRun) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q := newSeedQueue(len(seeds), workers)
	q.options = opts
	var running sync.WaitGroup
	for range min(workers, len(seeds)) {
		running.Go(func() { q.work(ctx, seeds, plan, after) })
	}
	var failed, missing error
	for i := range seeds {
		run, ok := q.take(i)
		switch {
		case failed != nil:
		case !ok:
			missing = context.Cause(ctx)
		default:
			if failed = each(run); failed != nil {
				cancel()
			}
		}
	}
	running.Wait()
	if failed != nil {
		return failed
	}
	return missing
}

// seedQueue hands seeds to workers and brings their runs into order. A worker does not begin a seed far ahead of the first that is not
// done, since every run that waits for its turn keeps its history.
type seedQueue struct {
	next    chan int       // places that a worker may begin
	results []chan SeedRun // by place; closed without a run when there is none
	tickets chan struct{}  // one a place that is begun and not taken
	options RunOptions     // of all runs
}

// ahead is how many runs may wait for their turn, for each worker.
const ahead = 4

func newSeedQueue(n, workers int) *seedQueue {
	q := &seedQueue{next: make(chan int, n), results: make([]chan SeedRun, n), tickets: make(chan struct{}, (ahead+1)*workers)}
	for i := range q.results {
		q.results[i] = make(chan SeedRun, 1)
		q.next <- i
	}
	close(q.next)
	return q
}

// take waits for the run of a place. ok is false when it was not run to its end.
func (q *seedQueue) take(i int) (run SeedRun, ok bool) {
	run, ok = <-q.results[i]
	<-q.tickets
	return run, ok
}

// work runs seeds until there are no more. Places are handed out in order, so the place that is taken next is always begun.
func (q *seedQueue) work(ctx context.Context, seeds []uint64, plan func(seed uint64) (*scenarios.Scenario, error), after func(uint64, *Report)) {
	var r runner
	for {
		q.tickets <- struct{}{}
		i, more := <-q.next
		if !more {
			<-q.tickets
			return
		}
		if ctx.Err() == nil {
			run := SeedRun{Seed: seeds[i]}
			run.Report, run.Err = runSeed(ctx, &r, seeds[i], q.options, plan)
			if run.Err == nil && after != nil {
				after(run.Seed, run.Report)
			}
			if !errors.Is(run.Err, ErrInterrupted) {
				q.results[i] <- run
			}
		}
		close(q.results[i])
	}
}

// runSeed is one run. A panic outside of the world, which Run would let through, is a crash too.
func runSeed(ctx context.Context, r *runner, seed uint64, opts RunOptions, plan func(seed uint64) (*scenarios.Scenario, error)) (report *Report, err error) {
	defer func() {
		if r := recover(); r != nil {
			report, err = nil, &Crash{Value: r, Stack: string(debug.Stack())}
		}
	}()
	p, err := plan(seed)
	if err != nil {
		return nil, fmt.Errorf("plan of seed %d: %w", seed, err)
	}
	opts.Stop = func() bool { return ctx.Err() != nil }
	return r.run(p, opts)
}
