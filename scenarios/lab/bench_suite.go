package lab

import (
	"fmt"
	"slices"
	"time"

	"dynamosim/sim"
)

// suite is the list of what is measured, in order: what a ratio compares stands side by side.
type suite struct {
	groups []suiteGroup
	ratios []*suiteRatio
}

// suiteGroup is a list of workloads that are measured in turn, so often in a round.
type suiteGroup struct {
	passes    int
	workloads []*suiteWorkload
}

// suiteWorkload is one thing to measure, again and again.
type suiteWorkload struct {
	name, about string
	measure     func() (Cost, error)
	hidden      bool // says nothing by itself
	chosen      bool
	costs       []Cost // by round
}

// suiteRatio is computed of the costs of one round.
type suiteRatio struct {
	name, about string
	bound       float64
	atLeast     bool
	byClock     bool     // compares times on the wall, for which the machine has to be free
	needs       []string // workloads
	of          func(cost func(name string) *Cost) float64
}

func (s *suite) add(passes int, workloads ...*suiteWorkload) {
	s.groups = append(s.groups, suiteGroup{passes, workloads})
}

// workloads lists all of them.
func (s *suite) workloads() (all []*suiteWorkload) {
	for _, g := range s.groups {
		all = append(all, g.workloads...)
	}
	return all
}

// find gives a workload by its name, nil where there is none.
func (s *suite) find(name string) *suiteWorkload {
	for _, w := range s.workloads() {
		if w.name == name {
			return w
		}
	}
	return nil
}

// choose marks the workloads to measure, all where none is named, and gives the ratios that can be computed then.
func (s *suite) choose(only []string) ([]*suiteRatio, error) {
	for _, w := range s.workloads() {
		w.chosen = len(only) == 0
	}
	for _, name := range only {
		w := s.find(name)
		if w == nil {
			return nil, &BadInput{Text: "dynamosim: " + Unknown("workload", name, s.names())}
		}
		w.chosen = true
	}
	return slices.DeleteFunc(slices.Clone(s.ratios), func(r *suiteRatio) bool {
		return slices.ContainsFunc(r.needs, func(name string) bool { return !s.find(name).chosen })
	}), nil
}

func (s *suite) names() []string {
	var names []string
	for _, w := range s.workloads() {
		names = append(names, w.name)
	}
	return names
}

// BenchNames lists the workloads of a benchmark.
func BenchNames() []string {
	s, err := newSuite(true)
	if err != nil {
		return nil
	}
	return s.names()
}

// newSuite builds the standard suite.
func newSuite(quick bool) (*suite, error) {
	z := fullSizes
	if quick {
		z = quickSizes
	}
	s := &suite{}
	s.addKernels(&z)
	if err := s.addHealthy(&z); err != nil {
		return nil, err
	}
	if err := s.addParts(&z); err != nil {
		return nil, err
	}
	return s, s.addChaos(&z)
}

// sizes are how much is measured in one pass.
type sizes struct {
	events  int // of a kernel
	healthy [len(clusterSizes)]time.Duration
	chaos   time.Duration
	seeds   int
	passes  int // of the healthy clusters in a round
}

var (
	clusterSizes = [...]struct {
		nodes int
		bound float64
	}{{5, 4}, {100, 3.5}, {1000, 3.5}}
	fullSizes  = sizes{1_000_000, [...]time.Duration{20 * time.Second, 2 * time.Second, 500 * time.Millisecond}, 10 * time.Second, 16, 2}
	quickSizes = sizes{200_000, [...]time.Duration{5 * time.Second, 500 * time.Millisecond, 200 * time.Millisecond}, 5 * time.Second, 6, 1}
)

// addKernels adds PHOLD on the bare kernel, and on the naive one beside it. Those with many events pending are made anew each time: what
// they hold would change how often memory is collected for the naive one.
func (s *suite) addKernels(z *sizes) {
	bare := func(n int, keep bool) *suiteWorkload {
		return newPhold(fmt.Sprintf("kernel-%d", n), "PHOLD on the bare kernel", z, keep, func() phold { return sim.NewPhold(n) })
	}
	naive := newPhold("naive-1024", "the same on container/heap and closures", z, true, func() phold { return NewNaivePhold(1024) })
	s.add(4, bare(100, true), bare(1024, true), naive, bare(10_000, true))
	s.add(1, bare(100_000, false), bare(1_000_000, false))
	s.ratios = append(s.ratios, &suiteRatio{
		name: "kernel / naive", about: "an event of the bare kernel, by one of a naive kernel; PHOLD, 1 024 pending", bound: 0.35,
		needs: []string{"kernel-1024", "naive-1024"},
		of: func(cost func(string) *Cost) float64 {
			return per(cost("kernel-1024").perEvent(), cost("naive-1024").perEvent())
		},
	})
}

// newPhold is a PHOLD that is made when it is needed, and kept or not.
func newPhold(name, about string, z *sizes, keep bool, make func() phold) *suiteWorkload {
	var kept phold
	return &suiteWorkload{name: name, about: about, measure: func() (Cost, error) {
		b := kept
		if b == nil {
			b = make()
			measurePhold(b, b.Pending()) // touches all of it
		}
		if keep {
			kept = b
		}
		return measurePhold(b, z.events), nil
	}}
}

// addHealthy adds healthy clusters, each with the bare kernel at the same number of pending events beside it.
func (s *suite) addHealthy(z *sizes) error {
	for i, size := range clusterSizes {
		c, err := newCluster(healthy(size.nodes, z.healthy[i]))
		if err != nil {
			return err
		}
		first, run, bare := fmt.Sprintf("first-%d", size.nodes), fmt.Sprintf("healthy-%d", size.nodes), fmt.Sprintf("kernel-at-%d", size.nodes)
		nodes := fmt.Sprintf("%d nodes", size.nodes)
		s.add(z.passes,
			&suiteWorkload{name: first, about: nodes + ", ten clients each, no faults; run and judged, in a new world", measure: c.measureFirst},
			&suiteWorkload{name: run, about: "the same in the world of the run before, as in a sweep", measure: c.measure},
			&suiteWorkload{name: bare, about: "PHOLD on the bare kernel, as many pending as in " + run, measure: func() (Cost, error) { return c.kernel(z.events) }},
		)
		s.ratios = append(s.ratios, &suiteRatio{
			name: "event, " + nodes, bound: size.bound, needs: []string{run, bare},
			about: "an event of the cluster, checks included, by one of the bare kernel with as many pending",
			of:    func(cost func(string) *Cost) float64 { return per(cost(run).perEvent(), cost(bare).perEvent()) },
		})
	}
	return nil
}

// addParts adds what single parts of a run cost, and the ratios that follow from them.
func (s *suite) addParts(z *sizes) error {
	plain, err := newHops(1024, false)
	if err != nil {
		return err
	}
	timers, err := newHops(1024, true)
	if err != nil {
		return err
	}
	c, err := newCluster(healthy(100, 100*time.Millisecond))
	if err != nil {
		return err
	}
	d := &digestReplay{}
	s.add(4,
		&suiteWorkload{name: "hops", about: "messages between 1 024 processes that do nothing else", measure: func() (Cost, error) { return plain.measure(z.events), nil }},
		&suiteWorkload{name: "hops-timers", about: "the same, each message cancels a timeout and sets another", measure: func() (Cost, error) { return timers.measure(z.events), nil }},
		&suiteWorkload{name: "digest", about: "what healthy-100 adds to its digest", hidden: true, measure: func() (Cost, error) { return d.measureRun(c.plan) }},
	)
	s.ratios = append(s.ratios, partRatios(d)...)
	return nil
}

// partRatios are those of a client operation of a hundred nodes.
func partRatios(d *digestReplay) []*suiteRatio {
	const run, bare = "healthy-100", "kernel-at-100"
	return []*suiteRatio{{
		name: "operation, 100 nodes", about: "a client operation, by an event of the bare kernel with as many pending", bound: 45, needs: []string{run, bare},
		of: func(cost func(string) *Cost) float64 { return per(cost(run).perOperation(), cost(bare).perEvent()) },
	}, {
		name: "digest on / off", about: "a run with its digest, by the same run without what the digest costs", bound: 1.1, needs: []string{run, "digest"},
		of: func(cost func(string) *Cost) float64 {
			all := cost(run).perOperation()
			return per(all, all-cost("digest").perOperation())
		},
	}, {
		name: "timers on / off", about: "a run with the timeouts that are cancelled, by the same run without what they cost", bound: 1.1,
		needs: []string{run, "hops", "hops-timers", "digest"},
		of: func(cost func(string) *Cost) float64 {
			all, timer := cost(run).perOperation(), cost("hops-timers").perEvent()-cost("hops").perEvent()
			return per(all, all-timer*d.cancelled())
		},
	}, {
		name: "allocations", about: "by a client operation in the steady state of 100 nodes, its place in the history apart", bound: 0.1, needs: []string{run},
		of: func(cost func(string) *Cost) float64 {
			c := cost(run)
			return per(float64(c.SteadyAlloc), float64(c.SteadyOps))
		},
	}}
}

// spinning is the workload that finds out how many processors there are.
const spinning = "processors"

// addChaos adds five nodes under faults: one world, the checks of it alone, and worlds side by side.
func (s *suite) addChaos(z *sizes) error {
	c, err := newCluster(chaos(z.chaos))
	if err != nil {
		return err
	}
	many := func(workers int) func() (Cost, error) {
		return func() (Cost, error) { return c.measureSeeds(z.seeds, workers) }
	}
	s.add(1,
		&suiteWorkload{name: "chaos", about: "5 nodes, ten clients each, under all kinds of faults; run and judged", measure: c.measure},
		&suiteWorkload{name: "checks", about: "the checks of chaos alone", measure: c.judgeAgain},
	)
	s.add(2,
		&suiteWorkload{name: spinning, about: "two bare kernels side by side", hidden: true, measure: func() (Cost, error) { return measureCores(z.events), nil }},
		&suiteWorkload{name: "worlds-1", about: fmt.Sprintf("%d seeds of chaos, one after the other", z.seeds), measure: many(1)},
		&suiteWorkload{name: "worlds-2", about: "the same, two side by side", measure: many(2)},
	)
	s.ratios = append(s.ratios, &suiteRatio{
		name: "two workers / one", about: "runs in a second with two workers, by those with one", bound: 1.75, atLeast: true, byClock: true,
		needs: []string{"worlds-1", "worlds-2", spinning},
		of: func(cost func(string) *Cost) float64 {
			return per(float64(cost("worlds-1").Wall), float64(cost("worlds-2").Wall))
		},
	})
	return nil
}
