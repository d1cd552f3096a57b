package lab

import (
	"fmt"
	"math"

	"dynamosim/scenarios/world"
)

// hints is how many hints an outage creates.
func hints() *Study {
	return &Study{
		Name:   "hints",
		Title:  "Hints that an outage creates",
		Source: "the closed form: while one of S nodes is down for a time D, each put whose top N contain it leaves a hint: w·D·N/S of them at a rate of w puts a second (Dynamo §4.6)",
		Method: "Blind puts of 100,000 keys at random, 200 a second, at all nodes but the one that crashes; N=3, W=2, strategy 3, so that every node has an equal share. Counted are the hints that nodes took, those that were merged into one already kept of the same key included.",
		Rule:   "within 3.5 standard errors, by runs with seeds of their own; all hints are delivered in the end",
		run:    runHints,
	}
}

const (
	hintRuns = 20
	hintRate = 200
	hintRun  = `version: 1
name: hints
duration: %ds
final_reads: false
cluster:
  nodes: %d
  n: 3
  r: 2
  w: 2
  ring: {ranges: %d}
  read_repair: false
  anti_entropy: false
workloads: [{name: kv, clients: 20, rate: %d/s, ops: {put: 1}, context: none, contact: [%s], keys: {count: 100000, preload: false}}]
faults: [{name: outage, at: 5s, for: %ds, crash: {nodes: n1}}]
`
)

func runHints(a *measuring) (*Reproduction, error) {
	r := &Reproduction{Study: a.Study, Axes: [2]string{"length of the outage, s", "hints stored"}}
	runs := a.of(hintRuns)
	f := &Figure{Name: a.Name, Title: a.Title, X: "length of the outage, s", Y: "hints stored"}
	for k, nodes := range []int{5, 10, 20} {
		name := fmt.Sprintf("S=%d", nodes)
		measured, form := Curve{Name: name + ", simulated", Style: OnlyPoints, Color: k}, Curve{Name: name + ", closed form", Style: Predicted, Color: k}
		for _, seconds := range []int{5, 15, 45} {
			memory := make([]*world.World, workers())
			stored, pending := make([]float64, runs), make([]int64, runs)
			if err := a.each(name, runs, func(worker, i int) error {
				var contact string
				for n := 2; n <= nodes; n++ {
					contact += fmt.Sprintf(", n%d", n)
				}
				w, result, err := a.simulate(memory[worker], fmt.Sprintf(hintRun, seconds+10, nodes, 32*nodes, hintRate, contact[2:], seconds), uint64(i)+1, world.Options{})
				if err != nil {
					return err
				}
				memory[worker] = w
				stored[i], pending[i] = float64(result.Counter("hints_stored")), result.Counter("hints_pending")
				return nil
			}); err != nil {
				return nil, err
			}
			left := int64(0)
			for _, n := range pending {
				left += n
			}
			want, ours := hintRate*float64(seconds)*3/float64(nodes), estimate(stored)
			r.Readings = append(r.Readings, Reading{Series: name, X: float64(seconds), Published: math.NaN(), Reference: want, Ours: ours, Agrees: withinErrors(ours, want, 0) && left == 0})
			measured.Points = append(measured.Points, CurvePoint{float64(seconds), ours.Mean, ours.Low, ours.High})
			form.Points = append(form.Points, CurvePoint{X: float64(seconds), Y: want})
		}
		f.Curves = append(f.Curves, measured, form)
	}
	r.Figures = []*Figure{f}
	return r, nil
}
