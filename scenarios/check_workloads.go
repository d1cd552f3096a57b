package scenarios

import "slices"

// checkWorkloads reports workloads that contradict themselves or the cluster.
func (d *decoder) checkWorkloads(s *Scenario) {
	for i := range s.Workloads {
		w := &s.Workloads[i]
		path := join("workloads", w.Name)
		d.checkLoop(w, path)
		d.checkSpan(s, w, path)
		d.checkMix(w, path)
		d.checkKeys(w, path)
		d.checkQuorum(path, w.N, w.R, w.W, &s.Cluster)
		if w.Place != "" && s.Cluster.NodesOf(w.Place) == nil {
			hint := "the cluster has no datacenters"
			if len(s.Cluster.Datacenters) > 0 {
				hint = suggest(w.Place, datacenterNames(&s.Cluster))
			}
			d.failAt(join(path, "place"), hint, "no datacenter %s", quote(w.Place))
		}
		if w.Retries == 0 {
			d.unused(join(path, "backoff"), "there are no retries")
		}
	}
}

// checkLoop reports a workload that is open and closed at once.
func (d *decoder) checkLoop(w *Workload, path string) {
	open := w.Rate != None || len(w.Stages) > 0
	switch {
	case w.Rate != None && len(w.Stages) > 0:
		d.failAt(join(path, "stages"), "write either one", "rate and stages both say how often operations arrive")
	case open && d.given(join(path, "think")) && !w.Think.IsZero():
		d.failAt(join(path, "think"), "an open loop (rate or stages) does not wait; a closed loop thinks", "think together with a rate")
	case !open:
		d.unused(join(path, "arrivals"), "it is of an open loop: give a rate")
		d.unused(join(path, "max_in_flight"), "it is of an open loop: give a rate")
	}
}

// checkSpan reports a workload outside the time of the run.
func (d *decoder) checkSpan(s *Scenario, w *Workload, path string) {
	switch {
	case w.From >= s.Duration:
		d.warnAt(Warning, join(path, "from"), "the duration is "+s.Duration.String(), "workload %s never begins", w.Name)
	case w.Until > s.Duration:
		d.failAt(join(path, "until"), "the duration is "+s.Duration.String(), "workload %s would end at %v, after clients stop", w.Name, w.Until)
	case w.Until <= w.From:
		d.failAt(join(path, "until"), "until is a time of the run", "workload %s would end at %v, before it begins at %v", w.Name, w.Until, w.From)
	}
	total := Duration(0)
	for i := range w.Stages {
		if total += w.Stages[i].For; total > w.Until-w.From {
			d.warnAt(Warning, at(join(path, "stages"), i), "", "the workload ends at %v, within this stage or before it", w.Until)
			return
		}
	}
}

// checkMix reports a mix in which nothing has weight.
func (d *decoder) checkMix(w *Workload, path string) {
	total, carts := 0.0, false
	for _, o := range w.Ops {
		total += o.Weight
		carts = carts || o.Op == OpCartAdd || o.Op == OpCartRemove
	}
	if p := w.Probe; p != nil {
		d.unused(join(path, "ops"), "the workload is a probe")
		d.unused(join(path, "keys.count"), "a probe puts each key once")
		d.unused(join(path, "keys.distribution"), "a probe puts each key once")
		if len(p.After) == 0 {
			d.failAt(join(path, "probe.after"), "such as {after: [0s, 10ms]}", "a probe without a time after which it gets")
		}
	}
	if total <= 0 {
		d.failAt(join(path, "ops"), "such as {get: 50, put: 50}", "no operation has a weight above 0")
	}
	if !carts {
		d.unused(join(path, "items"), "there are no cart operations")
	}
}

// checkKeys reports settings that the distribution does not use.
func (d *decoder) checkKeys(w *Workload, path string) {
	path = join(path, "keys")
	if !slices.Contains([]KeyDistribution{KeysZipfian, KeysLatest}, w.Keys.Distribution) {
		d.unused(join(path, "theta"), "it is of zipfian and latest")
	}
	if w.Keys.Distribution != KeysHotspot {
		d.unused(join(path, "hot_keys"), "it is of hotspot")
		d.unused(join(path, "hot_ops"), "it is of hotspot")
	}
	if checkFormat("name", w.Keys.Prefix) != nil {
		d.failAt(join(path, "prefix"), "", "not a prefix: %s", quote(w.Keys.Prefix))
	}
}
