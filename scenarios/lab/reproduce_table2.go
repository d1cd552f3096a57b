package lab

import (
	"fmt"
	"math"

	"dynamosim/analysis"
	"dynamosim/scenarios/world"
)

// table2 is what clients gain that coordinate their requests themselves.
func table2() *Study {
	return &Study{
		Name:  "table-2",
		Title: "Client-driven and server-driven coordination (Table 2)",
		Source: "Dynamo §6.4, Table 2: server-driven, the 99.9th percentile is 68.9 ms for reads and 68.5 for writes, the average 3.9 and 4.02; client-driven 30.4, 30.4, 1.55 and 1.9. Published here is how many times faster that is. " +
			"The text's \"3–4 ms on average\" contradicts the table, which has 2.35 and 2.12",
		Method: "Twelve nodes, N=3, R=W=2, clients that get and read-modify-write. Server-driven, a load balancer picks any node, which coordinates or passes the request on; client-driven, the library of the client knows the members, asks the replicas itself and sends puts to a home of the key. " +
			"Same seeds, same network, with a client a third of a millisecond from nodes. Ours is the latency of the first by that of the second.",
		Rule: "only the shape can be compared, since the hardware and load of the paper are not known: each of the four is lower with client-driven coordination, the whole interval above 1",
		run:  runTable2,
	}
}

const (
	table2Runs = 20
	table2Run  = `version: 1
name: table-2
warmup: 1s
duration: 21s
quiesce: 0s
final_reads: false
cluster: {nodes: 12, n: 3, r: 2, w: 2, coordinator: %s, anti_entropy: false}
network: {client: {latency: {dist: lognormal, p50: 300us, p99: 2ms}}}
workloads: [{name: kv, clients: 20, think: {dist: exponential, mean: 10ms}, ops: {get: 60, rmw: 40}, keys: {count: 2000}}]
`
)

// table2Rows are the rows of the table: server-driven, client-driven, ms.
var table2Rows = []struct {
	name      string
	op        analysis.Kind
	tail      bool
	published [2]float64
}{
	{"read, 99.9th percentile", analysis.Get, true, [2]float64{68.9, 30.4}},
	{"write, 99.9th percentile", analysis.Put, true, [2]float64{68.5, 30.4}},
	{"read, average", analysis.Get, false, [2]float64{3.9, 1.55}},
	{"write, average", analysis.Put, false, [2]float64{4.02, 1.9}},
}

func runTable2(a *measuring) (*Reproduction, error) {
	r := &Reproduction{Study: a.Study, Axes: [2]string{"ours", "server-driven by client-driven"}}
	runs := a.of(table2Runs)
	latencies := make([][2][]float64, runs)
	memory := make([]*world.World, workers())
	if err := a.each("both kinds", 2*runs, func(worker, i int) (err error) {
		memory[worker], latencies[i/2][i%2], err = a.coordinated(memory[worker], []string{"server", "client"}[i%2], uint64(i/2)+1)
		return err
	}); err != nil {
		return nil, err
	}
	f := &Figure{Name: a.Name, Title: a.Title, X: "latency", Names: []string{"read, 99.9th", "write, 99.9th", "read, mean", "write, mean"}, Y: "server-driven by client-driven"}
	ours, published := Curve{Name: "simulated, with 95 % intervals", Style: OnlyPoints, Color: 0}, Curve{Name: "as published", Style: Published, Color: 1}
	for k, row := range table2Rows {
		ratios := make([]float64, runs)
		var means [2]float64
		for i := range latencies {
			ratios[i] = latencies[i][0][k] / latencies[i][1][k]
			means[0] += latencies[i][0][k] / float64(runs)
			means[1] += latencies[i][1][k] / float64(runs)
		}
		e, x := estimate(ratios), float64(k+1)
		r.Readings = append(r.Readings, Reading{Series: row.name, At: fmt.Sprintf("%s by %s ms", shortNumber(round3(means[0])), shortNumber(round3(means[1]))), X: x, Published: row.published[0] / row.published[1], Reference: math.NaN(), Ours: e, Agrees: e.Low > 1})
		ours.Points = append(ours.Points, CurvePoint{x, e.Mean, e.Low, e.High})
		published.Points = append(published.Points, CurvePoint{X: x, Y: row.published[0] / row.published[1]})
	}
	f.Curves = []Curve{ours, published}
	f.Low, f.High = 1, 3
	r.Figures = []*Figure{f}
	return r, nil
}

// round3 keeps three digits.
func round3(v float64) float64 {
	if v == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-2)
	return math.Round(v/unit) * unit
}

// coordinated measures the rows of the table in one run, in ms.
func (a *measuring) coordinated(old *world.World, by string, seed uint64) (*world.World, []float64, error) {
	w, result, err := a.simulate(old, fmt.Sprintf(table2Run, by), seed, world.Options{})
	if err != nil {
		return nil, nil, err
	}
	m := analysis.Measure(result.History, analysis.Facts{}, analysis.Between(1e9, 21e9))
	var list []float64
	for _, row := range table2Rows {
		d := &m.Latency[row.op]
		if row.tail {
			list = append(list, float64(d.Quantile(999*analysis.Whole/1000))/1e6)
		} else {
			list = append(list, float64(d.Mean())/1e6)
		}
	}
	return w, list, nil
}
