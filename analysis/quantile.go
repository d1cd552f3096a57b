package analysis

import "math"

// QuantileOf estimates the value that ppm millionths of what all runs measured
// do not exceed. A run without values, or nil, says nothing.
//
// The interval is Woodruff's (1952): how sure the share below the value is,
// counted by runs, translated back into values. An end beyond what was seen is
// infinite: 200 values do not bound their p99.9 from above.
func QuantileOf(runs []*Histogram, ppm int64) Estimate {
	e := unknown(len(runs))
	var all Histogram
	for _, h := range runs {
		if h != nil && h.count > 0 {
			all.Add(h)
			e.N++
		}
	}
	if e.N == 0 {
		return e
	}
	at := all.Quantile(ppm)
	e.Value = float64(at)
	share := shareBelow(runs, at, &all)
	share.N, share.Value = e.N, float64(ppm)/Whole
	if e.N < 2 {
		return e
	}
	weight := share.effective(float64(all.count))
	low, high := clopperPearson(share.Value*weight, weight)
	e.Low, e.High = all.bound(low), all.bound(high)
	slope := (e.High - e.Low) / (high - low)
	if sd, _ := spread(share.pull); math.IsInf(slope, 0) || sd == 0 && slope > 0 {
		return e // too few values lie beyond it to say how runs pull
	}
	for i, v := range share.pull {
		e.pull[i] = -slope * v
	}
	return e
}

// shareBelow has the pulls of the share of values up to one.
func shareBelow(runs []*Histogram, at int64, all *Histogram) Estimate {
	share := unknown(len(runs))
	mean := 0.
	for _, h := range runs {
		if h != nil && h.count > 0 {
			mean++
		}
	}
	mean = float64(all.count) / mean
	below := float64(all.AtMost(at)) / float64(all.count)
	for i, h := range runs {
		if h != nil && h.count > 0 {
			share.pull[i] = (float64(h.AtMost(at)) - below*float64(h.count)) / mean
		}
	}
	return share
}

// bound is the quantile that bounds an interval, infinite if no value lies
// beyond it.
func (h *Histogram) bound(p float64) float64 {
	switch n := float64(h.count); {
	case p*n < 1:
		return math.Inf(-1)
	case p*n > n-1:
		return math.Inf(1)
	}
	return float64(h.Quantile(int64(p * Whole)))
}

// CurveOf estimates the least time of a t-visibility curve from which on at
// every later time ppm millionths of the gets are fresh. Its interval is from
// where that may be so to where it is certain, point by point.
func CurveOf(runs [][]VisiblePoint, ppm int64) Estimate {
	e := unknown(len(runs))
	var gets, fresh [][]int64 // by point, then by run
	var edges []int64
	for i, curve := range runs {
		if len(curve) > 0 {
			e.N++
		}
		for j, p := range curve {
			if j == len(edges) {
				edges, gets, fresh = append(edges, p.From), append(gets, make([]int64, len(runs))), append(fresh, make([]int64, len(runs)))
			}
			gets[j][i], fresh[j][i] = int64(p.Gets), int64(p.Fresh)
		}
	}
	e.Low, e.Value, e.High = math.Inf(-1), math.NaN(), math.Inf(1)
	may, is, must := true, true, true
	for j := len(edges) - 1; j >= 0; j-- {
		s := ShareOf(fresh[j], gets[j])
		if !s.Known() {
			continue
		}
		t, want := float64(edges[j]), float64(ppm)/Whole
		if may = may && s.High >= want; may {
			e.Low = t
		}
		if is = is && s.Value >= want; is {
			e.Value = t
		}
		if must = must && s.Low >= want; must {
			e.High = t
		}
	}
	return e
}

// Estimate is what the metric is thought to be after runs, whose samples stand
// in the order of their seeds. A run that measured nothing says nothing. Of
// extremes there is no interval: the largest of more runs is larger.
func (m *Metric) Estimate(samples []Sample) Estimate {
	parts, wholes := make([]int64, len(samples)), make([]int64, len(samples))
	values, histograms, curves := make([]float64, len(samples)), make([]*Histogram, len(samples)), make([][]VisiblePoint, len(samples))
	for i := range samples {
		s := &samples[i]
		values[i], curves[i] = math.NaN(), s.Curve
		if s.Measured {
			parts[i], wholes[i], values[i], histograms[i] = s.Part, s.Whole, s.Value, s.Values
		}
	}
	switch m.Pool {
	case PoolRatios:
		if m.Unit == Share {
			return ShareOf(parts, wholes)
		}
		return RatioOf(parts, wholes)
	case PoolQuantiles:
		return QuantileOf(histograms, m.ppm)
	case PoolCurves:
		return CurveOf(curves, m.ppm)
	case PoolMaxima:
		return maximumOf(values)
	}
	return MeanOf(values)
}

// maximumOf is the largest value, without an interval.
func maximumOf(values []float64) Estimate {
	e := unknown(len(values))
	for _, v := range values {
		if !math.IsNaN(v) && (e.N == 0 || v > e.Value) {
			e.Value, e.Low = v, v
		}
		if !math.IsNaN(v) {
			e.N++
		}
	}
	return e
}
