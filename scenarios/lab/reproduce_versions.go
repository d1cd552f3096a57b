package lab

import (
	"fmt"
	"math"

	"dynamosim/analysis/history"
	"dynamosim/scenarios/world"
)

// versions is how often a get returns several versions.
func versions() *Study {
	return &Study{
		Name:  "versions",
		Title: "Divergent versions (§6.3)",
		Source: "Dynamo §6.3, a shopping cart over 24 hours: 99.94 % of the gets saw one version, .00057 % two, .00047 % three, .00009 % four; the shares add up to 99.94113 %, as printed. " +
			"The paper found that the cause were concurrent writers, robots rather than people, and not failures",
		Method: "2,000 people look at or change one of 50,000 carts every ten seconds or so, for ten minutes without any fault, N=3, R=W=2. Besides, four robots together add 80 things to one cart, each 6 ms or so after it has added the last. " +
			"Gets of all are counted, by the number of versions that they returned. The second series is the same without robots.",
		Rule: "only the shape can be compared, since the number of robots is not known: at least 99.9 % of the gets see one version, two are seen more often than three and three more often than four; without robots several are seen less than a tenth as often",
		run:  runVersions,
	}
}

const (
	versionRuns = 4
	versionRun  = `version: 1
name: versions
duration: %ds
quiesce: 10s
final_reads: false
cluster: {nodes: 6, n: 3, r: 2, w: 2, anti_entropy: false}
network: {client: {latency: {dist: lognormal, p50: 1ms, p99: 6ms}}}
workloads:
  - {name: people, clients: 2000, think: {dist: exponential, mean: 10s}, preset: cart, keys: {count: %d, distribution: uniform}}
%s`
	robots = `  - {name: robots, clients: 4, from: %ds, count: %d, think: {dist: exponential, mean: 6ms}, ops: {cart-add: 1}, keys: {count: 1}}
`
)

// versionsPublished are the paper's shares in %, by the number of versions.
var versionsPublished = [4]float64{99.94, .00057, .00047, .00009}

func runVersions(a *measuring) (*Reproduction, error) {
	r := &Reproduction{Study: a.Study, Axes: [2]string{"versions", "% of gets"}}
	several := math.NaN() // % of gets with robots
	for _, c := range []struct {
		name   string
		robots bool
	}{{"with robots", true}, {"people only", false}} {
		runs, seconds := a.of(versionRuns), 600
		if a.Effort >= Least {
			seconds = 60
		}
		others := ""
		if c.robots {
			others = fmt.Sprintf(robots, seconds/2, seconds*80/600)
		}
		var shares [4][]float64
		for k := range shares {
			shares[k] = make([]float64, runs)
		}
		gets := make([]int, runs)
		memory := make([]*world.World, workers())
		if err := a.each(c.name, runs, func(worker, i int) error {
			w, result, err := a.simulate(memory[worker], fmt.Sprintf(versionRun, seconds, 50_000*seconds/600, others), uint64(i)+1, world.Options{})
			if err != nil {
				return err
			}
			memory[worker] = w
			counts, all := versionCounts(result.History)
			gets[i] = all
			for k := range shares {
				shares[k][i] = 100 * float64(counts[k]) / float64(all)
			}
			return nil
		}); err != nil {
			return nil, err
		}
		var means [4]float64
		for k := range shares {
			ours := estimate(shares[k])
			means[k] = ours.Mean
			cell := Reading{Series: c.name, X: float64(k + 1), Published: math.NaN(), Reference: math.NaN(), Ours: ours}
			if c.robots {
				cell.Published = versionsPublished[k]
			}
			r.Readings = append(r.Readings, cell)
		}
		agrees := means[0] >= 99.9 && means[1] > means[2] && means[2] > means[3]
		if !c.robots {
			agrees = 100-means[0] < several/10
		}
		several = 100 - means[0]
		for i := len(r.Readings) - len(means); i < len(r.Readings); i++ {
			r.Readings[i].Agrees = agrees
		}
		total := 0
		for _, n := range gets {
			total += n
		}
		r.Notes = append(r.Notes, fmt.Sprintf("%s: %s.", c.name, counted(int64(total), "get", "gets")))
	}
	r.Figures = []*Figure{versionFigure(a.Study, r.Readings[1:4])}
	return r, nil
}

// versionCounts counts gets that returned something, by how many versions it was: one to four, and more.
func versionCounts(h *history.History) (counts [4]int, all int) {
	for id := range history.OpID(h.Len()) {
		op := h.Op(id)
		if n := len(h.Versions(id)); op.Func == history.Get && op.Outcome == history.Ok && n > 0 {
			all++
			counts[min(n, len(counts))-1]++
		}
	}
	return counts, all
}

// versionFigure shows the shares of gets with several versions by orders of magnitude.
func versionFigure(s *Study, cells []Reading) *Figure {
	f := &Figure{Name: s.Name, Title: s.Title, X: "versions that a get returned", Y: "% of gets", LogY: true, Names: []string{"2", "3", "4"}}
	ours, published := Curve{Name: "simulated, with 95 % intervals", Style: OnlyPoints, Color: 0}, Curve{Name: "as published", Style: Published, Color: 1}
	for _, c := range cells {
		ours.Points = append(ours.Points, CurvePoint{c.X - 1, c.Ours.Mean, c.Ours.Low, c.Ours.High})
		published.Points = append(published.Points, CurvePoint{X: c.X - 1, Y: c.Published})
	}
	f.Curves = []Curve{ours, published}
	return f
}
