package main

import (
	"math/bits"

	"dynamosim/scenarios/lab"
	"dynamosim/sim"
)

// peer is a simulator to compare with.
type peer struct {
	name, language string
	bound          float64 // on ours / theirs; 0: none
	until          int64   // how long it runs, in ns of virtual time: a second or so of processor time
	command        func() ([]string, error)
	missing        error // why it cannot be run

	times, ratios []float64
}

const ms = 1_000_000

// peers lists all of them. Programs are built in a folder.
func peers(dir string) []*peer {
	const best = 0.35 // of the libraries for Go
	inThis := func(name string, bound float64, until int64) *peer {
		return &peer{name: name, language: "Go", bound: bound, until: until, command: ourselves(name)}
	}
	return []*peer{
		inThis("container/heap and closures", 0.35, 2000*ms),
		inThis("akita 4.1, serial engine", best, 500*ms),
		inThis("simgo 0.7, callbacks", best, 200*ms),
		inThis("simgo 0.7, processes", best, 100*ms),
		inThis("testing/synctest, AfterFunc", 0, 300*ms),
		inThis("testing/synctest, goroutines", 0, 300*ms),
		compiled(dir, "std::priority_queue alone", "pqueue.cc", 0, 2000*ms),
		compiled(dir, "ns-3, PriorityQueueScheduler", "ns3.cc", 0.5, 2000*ms, "-DSCHEDULER=\"ns3::PriorityQueueScheduler\"", "-lns3-core"),
		compiled(dir, "ns-3, MapScheduler", "ns3.cc", 0, 1000*ms, "-DSCHEDULER=\"ns3::MapScheduler\"", "-lns3-core"),
		compiled(dir, "SimGrid, actors", "simgrid.cc", 0, 200*ms, "-lsimgrid"),
		python("SimPy, callbacks", "simpy_callbacks.py", 200*ms),
		python("SimPy, processes", "simpy_processes.py", 200*ms),
	}
}

// inGo are the simulators that run in a child of this program.
var inGo = map[string]func(t *task) *result{
	"dynamosim":                    func(t *task) *result { return timed(sim.NewPhold(t.pending), t) },
	"container/heap and closures":  func(t *task) *result { return timed(lab.NewNaivePhold(t.pending), t) },
	"akita 4.1, serial engine":     runAkita,
	"simgo 0.7, callbacks":         runSimgoCallbacks,
	"simgo 0.7, processes":         runSimgoProcesses,
	"testing/synctest, AfterFunc":  runSynctestTimers,
	"testing/synctest, goroutines": runSynctestSleepers,
}

// timed runs a PHOLD that is ready.
func timed(b interface {
	RunUntil(t int64) uint64
	Checksum() uint64
}, t *task) *result {
	began := cpuTime()
	events := b.RunUntil(t.until)
	return &result{events: events, checksum: b.Checksum(), cpu: cpuTime() - began}
}

// model is the part of PHOLD that is no simulator's: the words of its processes, and what has been seen.
type model struct {
	*task
	words []uint64
	seen  result
}

func newModel(t *task) *model {
	m := &model{task: t, words: make([]uint64, t.pending)}
	for p := range m.words {
		m.words[p] = sim.PholdState(p)
	}
	return m
}

// first is the time of the first event of a process.
func (m *model) first(p int) int64 { return m.delays[p%len(m.delays)] }

// handle is an event at a process: it gives the process of the next event, and after what time it is.
func (m *model) handle(p int, at int64) (target int, delay int64) {
	x := m.words[p]
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	m.words[p] = x
	m.seen.events++
	m.seen.checksum += (uint64(at) ^ uint64(p)<<40) * 0x9e3779b97f4a7c15
	high, _ := bits.Mul64(x, uint64(m.pending))
	return int(high), m.delays[x%uint64(len(m.delays))]
}

// measured runs a simulation that handles its events by the model.
func (m *model) measured(run func()) *result {
	began := cpuTime()
	run()
	m.seen.cpu = cpuTime() - began
	return &m.seen
}
