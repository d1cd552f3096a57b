package lab

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
	"dynamosim/sim"
)

// cluster measures runs of one plan, from time 0 to the verdict. Building the world is left out: what it costs depends on the length of
// the run.
type cluster struct {
	text    string
	plan    *scenarios.Scenario
	world   *world.World  // of the run just measured, if another one is to follow in its memory
	keep    bool          // the result of the last run, to judge it again
	result  *world.Result // of the last run, if kept
	pending int           // on average, in the last run
	bare    *sim.Phold    // with as many pending
}

// look is how many events pass between two looks at what is pending.
const look = 1 << 12

func newCluster(text string) (*cluster, error) {
	c := &cluster{text: text}
	var err error
	c.plan, err = c.draw(1)
	return c, err
}

// draw gives the plan of a seed.
func (c *cluster) draw(seed uint64) (*scenarios.Scenario, error) {
	plan, list := scenarios.Load("bench", []byte(c.text), nil, Vocabulary(), scenarios.LoadOptions{Seed: &seed, Program: Program()})
	if plan == nil {
		return nil, fmt.Errorf("a scenario of the benchmark: %s", scenarios.FormatAll(list))
	}
	return plan, nil
}

// measureFirst runs the plan in memory that no world has used before. The next measure goes on in it.
func (c *cluster) measureFirst() (Cost, error) {
	w, err := world.New(c.plan, world.Options{})
	if err != nil {
		return Cost{}, fmt.Errorf("building %s: %w", c.plan.Name, err)
	}
	c.world = w
	return c.run(w)
}

// measure runs the plan in the memory of a run before, as a sweep does, and as the bare kernel is measured: once it has touched all of its
// memory.
func (c *cluster) measure() (Cost, error) {
	if c.world == nil {
		if cost, err := c.measureFirst(); err != nil {
			return cost, err
		}
	}
	w := c.world
	c.world = nil
	if err := w.Reset(c.plan, world.Options{}); err != nil {
		return Cost{}, fmt.Errorf("building %s: %w", c.plan.Name, err)
	}
	return c.run(w)
}

// run measures a world from time 0 on.
func (c *cluster) run(w *world.World) (Cost, error) {
	for w.Now() < 0 && w.Step(look) {
	}
	runtime.GC() // what is left of earlier measurements is not this one's
	before, operations := w.Events(), w.Operations()
	watch := startWatch()
	cost := c.load(w)
	for w.Step(stride) {
	}
	result := w.Result()
	report := judge(c.plan, result)
	cost.Events, cost.Operations = w.Events()-before, w.Operations()-operations
	cost.Seeds, cost.Virtual = 1, time.Duration(w.Now())
	cost = watch.stop(cost)
	if c.keep {
		c.result = result
	}
	if report.ExitCode != ExitPass {
		return cost, fmt.Errorf("%s: %s: %v", c.plan.Name, report.Verdict, report.Reasons)
	}
	return cost, nil
}

// load steps through the load. The second half of it is the steady state.
func (c *cluster) load(w *world.World) (cost Cost) {
	end := int64(c.plan.Duration)
	for w.Now() < end/2 && w.Step(look) {
	}
	var sum, looks float64
	var first, last runtime.MemStats
	runtime.ReadMemStats(&first)
	operations := w.Operations()
	pieces, bytes := w.History().Memory()
	for w.Now() < end && w.Step(look) {
		sum += float64(w.Pending())
		looks++
	}
	cost.SteadyOps = w.Operations() - operations
	runtime.ReadMemStats(&last)
	piecesNow, bytesNow := w.History().Memory()
	cost.SteadyAlloc = max(last.Mallocs-first.Mallocs, uint64(piecesNow-pieces)) - uint64(piecesNow-pieces)
	cost.SteadyBytes = max(last.TotalAlloc-first.TotalAlloc, uint64(bytesNow-bytes)) - uint64(bytesNow-bytes)
	cost.Pending = math.Round(per(sum, looks))
	c.pending = max(1, int(cost.Pending))
	return cost
}

// measureSeeds runs the plans of the seeds from 1 on with so many workers.
func (c *cluster) measureSeeds(seeds, workers int) (cost Cost, err error) {
	list := make([]uint64, seeds)
	for i := range list {
		list[i] = uint64(i) + 1
	}
	runtime.GC()
	w := startWatch()
	err = Seeds(context.Background(), list, workers, c.draw, func(run SeedRun) error {
		if run.Err != nil {
			return fmt.Errorf("seed %d of %s: %w", run.Seed, c.plan.Name, run.Err)
		}
		cost.Seeds++
		cost.Events += run.Report.Result.Events
		cost.Operations += run.Report.Result.History.Len()
		cost.Virtual += time.Duration(run.Report.Result.End)
		return nil
	})
	return w.stop(cost), err
}

// judgeAgain measures the checks of the last run.
func (c *cluster) judgeAgain() (Cost, error) {
	if c.keep = true; c.result == nil {
		if cost, err := c.measure(); err != nil {
			return cost, err
		}
	}
	w := startWatch()
	report := judge(c.plan, c.result)
	return w.stop(Cost{Operations: report.Result.History.Len(), Seeds: 1}), nil
}

// kernel measures the bare kernel with as many events pending as the first run had.
func (c *cluster) kernel(events int) (Cost, error) {
	if c.pending == 0 {
		if cost, err := c.measure(); err != nil {
			return cost, err
		}
	}
	if c.bare == nil {
		c.bare = sim.NewPhold(c.pending)
		measurePhold(c.bare, c.pending)
	}
	return measurePhold(c.bare, events), nil
}

// healthy is a cluster without faults under a closed loop of ten clients a node, each of which pauses for 20 ms between two operations, so
// that queues stay short: a disk is busy for a third of the time. Everything else is the default.
func healthy(nodes int, load time.Duration) string {
	return fmt.Sprintf(`
version: 1
name: healthy-%d
about: a benchmark
duration: %v
quiesce: 12s
cluster: {nodes: %d}
workloads:
  - {name: kv, clients: %d, ops: {get: 50, rmw: 25}, think: {dist: exponential, mean: 20ms}, keys: {count: %d}}
limits: {events: 1000000000}
`, nodes, load, nodes, 10*nodes, 20*nodes)
}

// chaos is five nodes and ten clients a node under everything that the nemesis can do.
func chaos(load time.Duration) string {
	return fmt.Sprintf(`
version: 1
name: chaos
about: a benchmark
duration: %v
workloads:
  - {name: kv, clients: 50, ops: {get: 50, rmw: 25}, think: {dist: exponential, mean: 20ms}, keys: {count: 200}}
nemesis:
  from: 1s
  max_down: 2
  faults:
    - {every: {dist: exponential, mean: 5s}, for: 1s..3s, partition: {shape: {one_of: [halves, one, majorities-ring, bridge]}}}
    - {every: {dist: exponential, mean: 8s}, for: 1s..3s, crash: {nodes: one}}
    - {every: {dist: exponential, mean: 8s}, for: 1s..3s, power-loss: {nodes: {any_of: [one, two]}, unsynced: torn}}
    - {every: {dist: exponential, mean: 8s}, for: 1s..3s, pause: {nodes: one}}
    - {every: {dist: exponential, mean: 8s}, for: 2s, loss: {share: 1%%..20%% log}}
`, load)
}
