package lab

import "dynamosim/analysis"

// measuresObject has every metric that there was something to measure by, under its name, in its unit.
func (r *Report) measuresObject() object {
	o := object{}
	for _, m := range r.measured() {
		o.add(m.Name, m.value)
	}
	return o
}

// visibilityObjects are the points of the t-visibility curve.
func (r *Report) visibilityObjects() []object {
	list := []object{}
	for _, p := range r.visibility() {
		if p.Gets > 0 {
			list = append(list, object{{"from_ns", p.From}, {"gets", p.Gets}, {"fresh", p.Fresh}})
		}
	}
	return list
}

// phaseObjects are the parts of the run.
func (r *Report) phaseObjects() []object {
	list := []object{}
	for _, p := range r.phases() {
		o := object{{"phase", p.name}, {"operations", countsOf(&p.Operations)}}
		for k := range analysis.Kind(analysis.Kinds) {
			if ok, total := p.Availability(k); total > 0 {
				part := object{{"availability", float64(ok) / float64(total)}}
				if d := &p.Latency[k]; d.Count() > 0 {
					part = append(part, member{"p50_ms", inMS(d.Quantile(500_000))}, member{"p99_ms", inMS(d.Quantile(990_000))})
				}
				o.add(k.String(), part)
			}
		}
		if gets := p.By[analysis.Get].Ok; gets > 0 {
			o.add("stale_reads", float64(p.StaleGets)/float64(gets))
		}
		list = append(list, o)
	}
	return list
}

// requestsObject has how many requests each node coordinated.
func (r *Report) requestsObject() object {
	o := object{}
	names := r.Plan.Cluster.AllNodes()
	for i, n := range requestsBy(r.Result) {
		o.add(names[i], n)
	}
	return o
}
