package lab

import (
	"fmt"
	"math"

	"dynamosim/scenarios/world"
)

// figure6 is how many nodes are out of balance, by load.
func figure6() *Study {
	return &Study{
		Name:  "figure-6",
		Title: "Nodes out of balance, by load (Figure 6)",
		Source: "Dynamo §6.2, Figure 6: a node is out of balance in a window if its requests deviate from the mean by 15 % or more; that befalls up to 20 % of the nodes at low load, an eighth of the peak by the text, and about 10 % at high load, " +
			"which the paper puts down to popular keys. The reference is the exact binomial tail for nodes with equal shares of a window's requests: counting noise alone makes the ratio fall with load",
		Method: "Nine nodes, as many as the steps of the published curve suggest, over windows of a second. Equal shares: N=1, and any node but the home coordinates, at random, so that each node gets a ninth of the requests for random keys. " +
			"Popular keys: the first of a key's homes coordinates, and keys are zipfian with θ=.8 among 100,000.",
		Rule: "with equal shares within 3.5 standard errors of the exact value; with popular keys only the shape can be compared, since the paper says nothing of its requests: the ratio falls from each load to the next, and at an eighth of the highest load is at least twice that at the highest, as 20 % is twice 10 %",
		run:  runFigure6,
	}
}

const (
	figure6Nodes   = 9
	figure6Windows = 100
	figure6Runs    = 10
	figure6Run     = `version: 1
name: figure-6
warmup: 1s
duration: %ds
quiesce: 0s
final_reads: false
cluster:
  nodes: 9
%s  r: 1
  w: 1
  ring: {ranges: 288}
  gossip: false
  storage: {engine: memory}
  disk: {read: 0s, write: 0s, sync: 0s}
%sworkloads: [{name: kv, clients: 50, rate: %d/s, arrivals: even, ops: {get: 1}, keys: {count: 100000, distribution: %s, preload: false}}]
measures: {window: 1s}
`
)

// figure6Loads are requests a node and window; the first is an eighth of the last.
var figure6Loads = []int{40, 80, 160, 320}

// binomialTail is the probability that a node's part of n requests deviates from the mean of s nodes by a share or more.
func binomialTail(n, s int, share float64) float64 {
	p, mean, tail := 1/float64(s), float64(n)/float64(s), 0.0
	for k := range n + 1 {
		if math.Abs(float64(k)-mean) >= share*mean-1e-9 {
			a, _ := math.Lgamma(float64(n + 1))
			b, _ := math.Lgamma(float64(k + 1))
			c, _ := math.Lgamma(float64(n - k + 1))
			tail += math.Exp(a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log(1-p))
		}
	}
	return tail
}

func runFigure6(a *measuring) (*Reproduction, error) {
	r := &Reproduction{Study: a.Study, Axes: [2]string{"requests a node and window", "share of nodes 15 % or more off the mean"}}
	for _, popular := range []bool{false, true} {
		var cells []Reading
		for _, load := range figure6Loads {
			c, err := a.outOfBalance(load, popular)
			if err != nil {
				return nil, err
			}
			cells = append(cells, c)
		}
		if popular {
			cells[0].Published, cells[len(cells)-1].Published = .20, .10
			for i := range cells {
				falls := i == 0 || cells[i].Ours.Mean < cells[i-1].Ours.Mean
				cells[i].Agrees = falls && cells[0].Ours.Mean >= 2*cells[len(cells)-1].Ours.Mean
			}
		}
		r.Readings = append(r.Readings, cells...)
	}
	f := (&Reproduction{Study: a.Study, Axes: r.Axes, Readings: r.Readings}).Drawings()[0]
	f.LogX, f.X, f.Y = true, "requests a node and window", "share of nodes out of balance"
	form := Curve{Name: "equal shares, exact", Style: Predicted, Color: 0}
	for _, load := range figure6Loads { // between them the tail has teeth, where 15 % of the mean is a whole number
		form.Points = append(form.Points, CurvePoint{X: float64(load), Y: binomialTail(load*figure6Nodes, figure6Nodes, .15)})
	}
	f.Curves = append(f.Curves, form)
	r.Figures = []*Figure{f}
	return r, nil
}

// outOfBalance is the share at a load.
func (a *measuring) outOfBalance(load int, popular bool) (Reading, error) {
	c := Reading{Series: "equal shares", X: float64(load), Published: math.NaN(), Reference: binomialTail(load*figure6Nodes, figure6Nodes, .15)}
	setting, keys := "  n: 1\n  coordinator: outside\n  routing: {poll: 10000s}\n  versioning: {mode: last-write-wins}\n", "uniform"
	if popular {
		c.Series, c.Reference = "popular keys", math.NaN()
		setting, keys = "  n: 3\n  routing: {read_by: first}\n", "zipfian, theta: 0.8"
	}
	windows, runs := max(20, a.of(figure6Windows)), figure6Runs
	if a.Effort >= Least {
		windows, runs = 10, 2
	}
	memory := make([]*world.World, workers())
	shares, err := a.repeatWith(c.Series, runs, func(worker, i int) (float64, error) {
		text := fmt.Sprintf(figure6Run, 1+windows, setting, nothingElse, load*figure6Nodes, keys)
		w, result, err := a.simulate(memory[worker], text, uint64(i)+1, world.Options{})
		if err != nil {
			return 0, err
		}
		memory[worker] = w
		return deviating(result.Windows, .15), nil
	})
	if err != nil {
		return c, err
	}
	c.Ours = estimate(shares)
	c.Agrees = withinErrors(c.Ours, c.Reference, 0)
	return c, nil
}

// deviating is the share of nodes, over all windows, that are so far off the mean of their window.
func deviating(windows [][]int64, share float64) float64 {
	off, all := 0, 0
	for _, row := range windows {
		mean := 0.0
		for _, n := range row {
			mean += float64(n) / float64(len(row))
		}
		for _, n := range row {
			if all++; math.Abs(float64(n)-mean) >= share*mean-1e-9 {
				off++
			}
		}
	}
	return float64(off) / float64(all)
}
