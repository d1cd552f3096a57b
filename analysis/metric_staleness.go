package analysis

import (
	"fmt"

	"dynamosim/analysis/history"
)

// stalenessMetrics are what gets missed of what had been acknowledged before
// they began: how often, how long, how many versions, and how soon after a put
// they do not.
func stalenessMetrics() []Metric {
	const pbs = "Bailis et al. 2012 (PBS)"
	all := []Metric{{
		Name: "stale_reads", Doc: "share of gets that missed something acknowledged before they began", Unit: Share, Better: Lower, Pool: PoolRatios, Scoped: true,
		of: func(f *Findings) Sample { return ratio(int64(f.Measures.StaleGets), int64(f.Measures.By[Get].Ok)) },
	}}
	all = append(all, distributionMetrics("staleness", "staleness", " of the time from the acknowledgement of the oldest version that a get missed to the get's begin, 0 for a fresh get",
		Nanoseconds, func(f *Findings) *Distribution { return &f.Measures.Staleness })...)
	all = append(all, distributionMetrics("version_lag", "version_lag", " of how many acknowledged versions a get missed",
		Plain, func(f *Findings) *Distribution { return &f.Measures.VersionLag })...)
	for _, k := range []int64{2, 3} {
		all = append(all, Metric{
			Name: fmt.Sprintf("within_%d_versions", k), Unit: Share, Better: Higher, Pool: PoolRatios, Scoped: true,
			Doc: fmt.Sprintf("k-staleness for k=%d: share of gets that missed fewer than %d acknowledged versions", k, k),
			of: func(f *Findings) Sample {
				d := &f.Measures.VersionLag
				return ratio(int64(d.AtMost(k-1)), int64(d.Count()))
			},
		})
	}
	for i := range visibilitySpans[:len(visibilitySpans)-1] {
		all = append(all, visibleMetric(visibilitySpans[i], visibilitySpans[i+1]))
	}
	for _, p := range Percentiles()[2:4] {
		all = append(all, Metric{
			Name: "visible_" + p.Name, Unit: Nanoseconds, Better: Lower, Pool: PoolCurves, ppm: p.PPM, Scoped: true,
			Doc: "least t of the t-visibility curve from which on " + p.Ordinal() + " % of gets are fresh at every later t",
			of: func(f *Findings) Sample {
				t, ok := visibleFrom(f.visibility(), p.PPM)
				return Sample{Measured: ok, Value: t, Curve: f.visibility()}
			},
		})
	}
	for i := range all {
		all[i].Source = pbs
	}
	return append(all, Metric{
		Name: "shadowed_puts", Doc: "last-write-wins: share of acknowledged puts that lost to one which had ended before they began",
		Source: "Dynamo §6", Unit: Share, Better: Lower, Pool: PoolRatios, Scoped: true,
		of: func(f *Findings) Sample {
			if f.Subject.Model != history.LastWriteWins {
				return Sample{}
			}
			return ratio(int64(f.Measures.Shadowed), int64(f.Measures.By[Put].Ok+f.Measures.By[Delete].Ok))
		},
	})
}

// visibilitySpan is a time since a put from which on gets are counted apart.
type visibilitySpan struct {
	from int64
	name string
}

var visibilitySpans = [...]visibilitySpan{{0, "0ms"}, {1e6, "1ms"}, {10e6, "10ms"}, {100e6, "100ms"}, {1e9, "1s"}, {10e9, "10s"}}

// visibleMetric is the t-visibility of a span of t.
func visibleMetric(from, to visibilitySpan) Metric {
	return Metric{
		Name: "visible_after_" + from.name, Unit: Share, Better: Higher, Pool: PoolRatios, Scoped: true,
		Doc: fmt.Sprintf("t-visibility: share of fresh gets among those that began %s to %s after the latest acknowledged put of their key",
			from.name, to.name),
		of: func(f *Findings) Sample {
			gets, fresh := 0, 0
			for _, p := range f.visibility() {
				if p.From >= from.from && p.From < to.from {
					gets, fresh = gets+p.Gets, fresh+p.Fresh
				}
			}
			return ratio(int64(fresh), int64(gets))
		},
	}
}

// visibility is the t-visibility curve of the scope, worked out once.
func (f *Findings) visibility() []VisiblePoint {
	if f.points == nil {
		f.points = f.Subject.Visibility(f.Scope, VisibilityEdges())
	}
	return f.points
}

// visibleFrom returns the least time of a curve from which on every point that
// has gets has at least ppm millionths of them fresh; ok is false if there is
// none.
func visibleFrom(curve []VisiblePoint, ppm int64) (t float64, ok bool) {
	for i := len(curve) - 1; i >= 0; i-- {
		p := &curve[i]
		if p.Gets == 0 {
			continue
		}
		if int64(p.Fresh)*Whole < ppm*int64(p.Gets) {
			break
		}
		t, ok = float64(p.From), true
	}
	return t, ok
}
