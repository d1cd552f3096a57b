package analysis

import (
	"strings"
)

// identifier is a name with underscores in place of hyphens.
func identifier(name string) string { return strings.ReplaceAll(name, "-", "_") }

// latencyMetrics are the mean, the percentiles and the maximum of how long
// successful operations of a kind took.
func latencyMetrics() []Metric {
	var all []Metric
	for k := range Kind(Kinds) {
		name, doc := identifier(k.String()), " of how long a successful "+k.String()+" took, in virtual time"
		m := distributionMetrics(name, k.String(), doc, Nanoseconds, func(f *Findings) *Distribution { return &f.Measures.Latency[k] })
		for i := range m {
			m[i].Source = "Dynamo §2.2, §6: the 99.9th percentile"
		}
		all = append(all, m...)
	}
	return all
}

// distributionMetrics are the mean, the percentiles and the maximum of a
// distribution of which less is better. In expectations it is called claim.
func distributionMetrics(name, claim, doc string, unit Unit, of func(f *Findings) *Distribution) []Metric {
	all := []Metric{{
		Name: name + "_mean", Claim: "mean(" + claim + ")", Doc: "mean" + doc, Unit: unit, Pool: PoolRatios,
		of: func(f *Findings) Sample { return ratio(of(f).Sum(), int64(of(f).Count())) },
	}}
	for _, p := range Percentiles() {
		all = append(all, Metric{
			Name: name + "_" + p.Name, Claim: p.Written() + "(" + claim + ")", Doc: p.Ordinal() + " percentile" + doc, Unit: unit, Pool: PoolQuantiles, ppm: p.PPM,
			values: of,
			of:     func(f *Findings) Sample { return quantileSample(of(f), p.PPM) },
		})
	}
	all = append(all, Metric{
		Name: name + "_max", Claim: "max(" + claim + ")", Doc: "maximum" + doc, Unit: unit, Pool: PoolMaxima,
		of: func(f *Findings) Sample { return maximumSample(of(f)) },
	})
	for i := range all {
		all[i].Better, all[i].Scoped = Lower, true
	}
	return all
}

func quantileSample(d *Distribution, ppm int64) Sample {
	if d.Count() == 0 {
		return Sample{}
	}
	return single(float64(d.Quantile(ppm)))
}

func maximumSample(d *Distribution) Sample {
	if d.Count() == 0 {
		return Sample{}
	}
	return single(float64(d.Max()))
}

// availabilityMetrics are the shares of operations that succeeded, of all and
// by kind, and how many there were.
func availabilityMetrics() []Metric {
	share := func(name, claim, what string, of func(m *Measures) Counts) Metric {
		return Metric{
			Name: name, Claim: claim, Doc: "share of " + what + " that succeeded", Source: "Dynamo §2.1, §4.6",
			Unit: Share, Better: Higher, Pool: PoolRatios, Scoped: true,
			of: func(f *Findings) Sample { c := of(f.Measures); return ratio(int64(c.Ok), int64(c.Total)) },
		}
	}
	all := []Metric{share("availability", "", "operations", func(m *Measures) Counts { return m.Operations })}
	for k := range Kind(Kinds) {
		all = append(all, share("availability_"+identifier(k.String()), "availability("+k.String()+")", "operations of the kind "+k.String(),
			func(m *Measures) Counts { return m.By[k] }))
	}
	return append(all, Metric{
		Name: "unknown_outcomes", Doc: "share of operations of which the client never learned whether they happened",
		Unit: Share, Better: Lower, Pool: PoolRatios, Scoped: true,
		of: func(f *Findings) Sample {
			return ratio(int64(f.Measures.Operations.Info), int64(f.Measures.Operations.Total))
		},
	}, Metric{
		Name: "throughput", Doc: "operations that succeeded in a second of virtual time",
		Better: Higher, Pool: PoolMeans, Scoped: true,
		of: throughput,
	})
}

// throughput is taken over the part of the scope in which anything happened.
func throughput(f *Findings) Sample {
	length := int64(0)
	for _, i := range f.Scope {
		length += max(0, min(i.To, f.Subject.History.End())-max(i.From, 0))
	}
	if length == 0 {
		return Sample{}
	}
	return single(float64(f.Measures.Operations.Ok) * 1e9 / float64(length))
}

// verdictMetrics tell of each check whether it was broken.
func verdictMetrics() []Metric {
	var all []Metric
	for _, c := range Checks() {
		if c.Measure {
			continue
		}
		all = append(all, Metric{
			Name: "invalid_" + identifier(c.Name), Claim: "invalid(" + c.Name + ")", Doc: "1 where the check " + c.Name + " came out invalid, else 0: over many runs their share",
			Source: c.Source, Unit: Share, Better: Lower, Pool: PoolRatios,
			of: func(f *Findings) Sample { return verdictSample(f.Checks, c.Name) },
		})
	}
	return all
}

// verdictSample measures nothing where the check gave no verdict.
func verdictSample(checks []Result, name string) Sample {
	for i := range checks {
		if c := &checks[i]; c.Check == name && c.As == "" {
			switch c.Verdict {
			case Invalid:
				return ratio(1, 1)
			case Valid:
				return ratio(0, 1)
			}
		}
	}
	return Sample{}
}
