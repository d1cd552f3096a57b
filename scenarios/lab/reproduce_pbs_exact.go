package lab

import (
	"fmt"
	"math"
)

// The exact case: W is exponential with the rate λ = .1/ms, A, R and S are constants a = 2 ms and r = s = 1 ms. The residuals of the writes after
// the W-th of N acknowledgements are memoryless, so a get that begins t after the acknowledgement is stale with the probability
//
//	C(N-W,R)/C(N,R) · exp(-R·λ·(t+a+r))
const (
	exactNetwork = "messages: {replicate: {latency: {dist: exponential, mean: 10ms}}, replicate-reply: {latency: 2ms}, read: {latency: 1ms}, read-reply: {latency: 1ms}}"
	exactTimes   = "0s, 5ms, 20ms"
	exactBatches = 9 // of pbsBatch probes, for each R and W
)

var exactMS = []float64{0, 5, 20}

// exactStale is the closed form.
func exactStale(r, w int, ms float64) float64 {
	choose := func(n, k int) float64 {
		c := 1.0
		for i := range k {
			c *= float64(n-i) / float64(i+1)
		}
		return c
	}
	return choose(probeN-w, r) / choose(probeN, r) * math.Exp(-float64(r)*.1*(ms+2+1))
}

// exactCase measures the exact case: three times and the three settings that can miss a put, by what clients saw.
func (a *measuring) exactCase(r *Reproduction) error {
	var settings [3]probes
	batch := max(600, pbsBatch/int(a.Effort))
	results := make([]*probes, exactBatches*len(settings))
	memory := make([]probing, workers())
	if err := a.each("exact case", len(results), func(worker, i int) (err error) {
		s := pbsSettings[i%len(settings)]
		results[i], err = memory[worker].run(fmt.Sprintf(probeCluster, s[0], s[1], exactNetwork, batch, exactTimes), uint64(i)+1)
		return err
	}); err != nil {
		return fmt.Errorf("the exact case: %w", err)
	}
	f := &Figure{Name: "pbs-exact", Title: "Fresh gets where the model has a closed form", X: "time between acknowledgement and get, ms", Y: "share of fresh gets", Low: .4, High: 1.02}
	for i := range settings {
		for k := i; k < len(results); k += len(settings) {
			settings[i].joinSeen(results[k])
		}
		s := pbsSettings[i]
		name := fmt.Sprintf("R=%d W=%d", s[0], s[1])
		measured := Curve{Name: name + ", simulated", Style: OnlyPoints, Color: i}
		for k, ms := range exactMS {
			c, closed := &settings[i], 1-exactStale(s[0], s[1], ms)
			ours := proportion(c.fresh[k], c.asked[k])
			r.Readings = append(r.Readings, Reading{Table: "The exact case", Series: "share of fresh gets, " + name, At: "t=" + shortNumber(ms) + " ms", X: ms, Published: math.NaN(), Reference: closed,
				Ours: ours, Agrees: c.disagree+c.failed == 0 && sameShare(ours, closed, math.Inf(1), 0)})
			measured.Points = append(measured.Points, CurvePoint{ms, ours.Mean, ours.Low, ours.High})
		}
		form := Curve{Name: name + ", closed form", Style: Predicted, Color: i}
		for k := range 101 {
			ms := float64(k) / 4
			form.Points = append(form.Points, CurvePoint{X: ms, Y: 1 - exactStale(s[0], s[1], ms)})
		}
		f.Curves = append(f.Curves, measured, form)
	}
	r.Figures = append(r.Figures, f)
	return nil
}

// figure is the t-visibility of a system for the settings that can miss a put.
func (p *pbsResult) figure() *Figure {
	f := &Figure{Name: "pbs-" + p.preset, Title: p.name + ": how soon a put is seen", X: "time between acknowledgement and get, ms", Y: "share of fresh gets", LogX: true, High: 1.02}
	lowest := 1.0
	last := 0.0
	for _, s := range pbsSettings[:3] {
		last = max(last, p.predicted.visible[s[0]-1][s[1]-1].quantile(.9999, 0).Mean/1e6)
	}
	first := math.Pow10(int(math.Floor(math.Log10(last))) - 4)
	for i, s := range pbsSettings[:3] {
		tally, model := &p.all.visible[s[0]-1][s[1]-1], &p.predicted.visible[s[0]-1][s[1]-1]
		name := fmt.Sprintf("R=%d W=%d", s[0], s[1])
		measured, predicted := Curve{Name: name + ", simulated", Style: OnlyPoints, Color: i}, Curve{Name: name + ", model", Style: Predicted, Color: i}
		for k := 0; ; k++ {
			ms := first * math.Pow(10, float64(k)/24)
			if ms > 1.2*last {
				break
			}
			t := int64(ms * 1e6)
			predicted.Points = append(predicted.Points, CurvePoint{X: ms, Y: model.share(t)})
			if k%6 == 0 {
				ours := proportion(int64(math.Round(tally.share(t)*float64(tally.n))), tally.n)
				measured.Points = append(measured.Points, CurvePoint{ms, ours.Mean, ours.Low, ours.High})
				lowest = min(lowest, ours.Mean)
			}
		}
		f.Curves = append(f.Curves, measured, predicted)
	}
	f.Low = math.Floor(lowest*20)/20 - .05
	return f
}
