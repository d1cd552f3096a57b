package lab

import (
	"fmt"
	"math"

	"dynamosim/analysis"
	"dynamosim/scenarios/world"
)

// availability is how often a quorum of nodes that fail independently is there.
func availability() *Study {
	return &Study{
		Name:  "availability",
		Title: "Availability of quorums",
		Source: "the closed form: with nodes that are up with probability a, independently, a request that needs q of N homes succeeds with Σ C(N,i) aⁱ(1−a)ᴺ⁻ⁱ over i ≥ q (Dynamo §4.5, §4.6 say which nodes are asked). " +
			"With a sloppy quorum any q of all S nodes do",
		Method: "Every node crashes and comes back again and again, with exponential times of 1,000 s in a cycle on average, so that it is up a of the time. Clients coordinate their requests themselves, " +
			"so that no coordinator is missing; what they ask for comes from random keys at random times, and is refused or times out where too few nodes are there.",
		Rule: "within 3.5 standard errors, by runs with seeds of their own",
		run:  runAvailability,
	}
}

const (
	availabilityRuns = 20
	availabilityRun  = `version: 1
name: availability
warmup: 4000s
duration: %ds
quiesce: 0s
final_reads: false
liveness: none
cluster:
  nodes: %d
  n: 3
  r: %d
  w: %d
  quorum: %s
  coordinator: client
  versioning: {mode: last-write-wins}
  routing: {write_by: any, poll: 100000s}
  read_repair: false
  handoff: false
  anti_entropy: false
  gossip: false
  transfer: false
  failure_detection: {kind: none}
  timeouts: {replica: 10ms, read: 200ms, write: 200ms, client: 400ms}
  storage: {engine: memory}
  cpu: {service: 0s}
  disk: {read: 0s, write: 0s, sync: 0s}
workloads: [{name: kv, clients: 4, think: {dist: exponential, mean: 20s}, ops: {%s: 1}, context: none, keys: {count: 1000, preload: false}}]
faults:
`
)

// availabilityRows are the settings. In those of the sloppy quorum puts count, since gets of fallbacks would prove nothing.
var availabilityRows = []struct {
	up     float64 // a
	nodes  int
	q      int
	quorum string
	op     analysis.Kind
}{
	{.9, 3, 1, "strict", analysis.Get}, {.9, 3, 2, "strict", analysis.Get}, {.9, 3, 3, "strict", analysis.Get},
	{.99, 3, 2, "strict", analysis.Put}, {.99, 3, 3, "strict", analysis.Put},
	{.7, 3, 1, "strict", analysis.Put}, {.7, 3, 2, "strict", analysis.Put}, {.7, 3, 3, "strict", analysis.Put},
	{.7, 5, 1, "sloppy", analysis.Put}, {.7, 5, 2, "sloppy", analysis.Put}, {.7, 5, 3, "sloppy", analysis.Put},
}

// atLeast is the probability that q of n are up.
func atLeast(n, q int, up float64) float64 {
	sum := 0.0
	for i := q; i <= n; i++ {
		ways := 1.0
		for k := range i {
			ways *= float64(n-k) / float64(k+1)
		}
		sum += ways * math.Pow(up, float64(i)) * math.Pow(1-up, float64(n-i))
	}
	return sum
}

func runAvailability(a *measuring) (*Reproduction, error) {
	r := &Reproduction{Study: a.Study, Axes: [2]string{"needs", "share of requests that succeed"}}
	runs := a.of(availabilityRuns)
	memory := make([]*world.World, workers())
	shares := make([][]float64, len(availabilityRows))
	for i := range shares {
		shares[i] = make([]float64, runs)
	}
	if err := a.each("settings", runs*len(availabilityRows), func(worker, i int) (err error) {
		row, k := i%len(availabilityRows), i/len(availabilityRows)
		memory[worker], shares[row][k], err = a.available(memory[worker], row, uint64(i)+1)
		return err
	}); err != nil {
		return nil, err
	}
	f := &Figure{Name: a.Name, Title: a.Title, X: "nodes needed", Y: "share of requests that succeed"}
	curves := map[string]int{}
	for i, row := range availabilityRows {
		want, ours := atLeast(row.nodes, row.q, row.up), estimate(shares[i])
		name := fmt.Sprintf("N=3 strict, a=%v", row.up)
		if row.quorum == "sloppy" {
			name = fmt.Sprintf("any of S=5 (sloppy), a=%v", row.up)
		}
		r.Readings = append(r.Readings, Reading{Series: name, At: fmt.Sprintf("%d", row.q), X: float64(row.q), Published: math.NaN(), Reference: want, Ours: ours, Agrees: withinErrors(ours, want, 0)})
		if _, known := curves[name]; !known {
			curves[name] = len(f.Curves)
			color := len(curves) - 1
			f.Curves = append(f.Curves, Curve{Name: name + ", simulated", Style: OnlyPoints, Color: color}, Curve{Name: name + ", closed form", Style: Predicted, Color: color})
		}
		c := curves[name]
		f.Curves[c].Points = append(f.Curves[c].Points, CurvePoint{float64(row.q), ours.Mean, ours.Low, ours.High})
		f.Curves[c+1].Points = append(f.Curves[c+1].Points, CurvePoint{X: float64(row.q), Y: want})
	}
	r.Figures = []*Figure{f}
	return r, nil
}

// available is the share of requests that succeed in one run.
func (a *measuring) available(old *world.World, row int, seed uint64) (*world.World, float64, error) {
	s := &availabilityRows[row]
	seconds := 104_000
	if a.Effort >= Least {
		seconds = 24_000
	}
	text := fmt.Sprintf(availabilityRun, seconds, s.nodes, s.q, s.q, s.quorum, s.op)
	for n := range s.nodes {
		text += fmt.Sprintf("  - {name: loop-%d, at: 1s, crash-loop: {nodes: n%d, up: {dist: exponential, mean: %.0fs}, down: {dist: exponential, mean: %.0fs}}}\n", n+1, n+1, 1000*s.up, 1000*(1-s.up))
	}
	w, result, err := a.simulate(old, text, seed, world.Options{})
	if err != nil {
		return nil, 0, err
	}
	m := analysis.Measure(result.History, analysis.Facts{}, analysis.Between(4000e9, int64(seconds)*1e9))
	ok, total := m.Availability(s.op)
	if total == 0 {
		return nil, 0, fmt.Errorf("no %v was asked for", s.op)
	}
	return w, float64(ok) / float64(total), nil
}
