package analysis

import (
	"fmt"

	"dynamosim/analysis/history"
)

// divergenceMetrics are the rows of the paper's §6.3, and what else there is
// to say of siblings.
func divergenceMetrics() []Metric {
	const source = "Dynamo §6.3: 99.94 % of requests saw exactly one version, 0.00057 % two, 0.00047 % three, 0.00009 % four"
	of := func(from, to int64) func(f *Findings) Sample {
		return func(f *Findings) Sample {
			d := &f.Measures.Siblings
			return ratio(int64(d.AtMost(to)-d.AtMost(from-1)), int64(d.Count()-d.AtMost(0)))
		}
	}
	all := []Metric{{
		Name: "sibling_reads", Doc: "share of gets that returned several versions", Unit: Share, Better: Lower, Pool: PoolRatios, Scoped: true,
		of: func(f *Findings) Sample {
			return ratio(int64(f.Measures.SiblingGets), int64(f.Measures.Siblings.Count()))
		},
	}}
	words := [...]string{1: "exactly one version", 2: "two versions", 3: "three versions"}
	for n := int64(1); n <= 3; n++ {
		all = append(all, Metric{
			Name: fmt.Sprintf("saw_%d_versions", n), Doc: "share of gets that saw " + words[n] + ", among those that found any",
			Unit: Share, Better: Lower, Pool: PoolRatios, Scoped: true, of: of(n, n),
		})
	}
	all[1].Name, all[1].Better = "saw_1_version", Higher
	all = append(all, Metric{
		Name: "saw_4_versions_or_more", Doc: "share of gets that saw four versions or more, among those that found any",
		Unit: Share, Better: Lower, Pool: PoolRatios, Scoped: true, of: of(4, 1<<31),
	})
	all = append(all, distributionMetrics("siblings", "siblings", " of how many versions a get returned",
		Plain, func(f *Findings) *Distribution { return &f.Measures.Siblings })...)
	for i := range all {
		all[i].Source = source
		all[i].of = onlySiblings(all[i].of) // nor is there a histogram of what was not measured
	}
	return all
}

// onlySiblings measures nothing where keys have one value each.
func onlySiblings(of func(f *Findings) Sample) func(f *Findings) Sample {
	return func(f *Findings) Sample {
		if f.Subject.Model != history.Siblings {
			return Sample{}
		}
		return of(f)
	}
}

// settlingMetrics tell how a run comes to rest.
func settlingMetrics() []Metric {
	return []Metric{{
		Name: "heal_to_convergence", Claim: "heal_to_convergence", Doc: "time from the end of all faults to the moment from which on all homes of every key hold the same versions",
		Source: "Dynamo §4.7", Unit: Nanoseconds, Better: Lower, Pool: PoolMeans,
		of: func(f *Findings) Sample {
			if f.Measures.HealToConvergence < 0 {
				return Sample{}
			}
			return single(float64(f.Measures.HealToConvergence))
		},
	}}
}
