package scenarios

import (
	"slices"
	"strconv"
	"strings"
)

// check reports what no single value shows to be wrong. It runs only on what
// was read without an error.
func (d *decoder) check(s *Scenario) {
	d.checkTimes(s)
	d.checkMeasures(s)
	d.checkPlan(s)
	d.checkCluster(s)
	d.checkNetwork(s)
	d.checkWorkloads(s)
	d.checkOperations(s)
	d.checkState(s)
	d.checkSelectors(s)
	d.checkFaults(s)
	d.checkChecks(s)
	d.checkExpect(s)
	d.checkSweep(s)
	if len(s.Workloads) == 0 && len(s.Operations) == 0 {
		d.warnAt(Warning, "cluster", "", "nothing is asked of the cluster: there are no workloads and no operations")
	}
}

// checkTimes reports moments in the wrong order.
func (d *decoder) checkTimes(s *Scenario) {
	if s.Warmup >= s.Duration {
		d.failAt("warmup", "the duration is "+s.Duration.String(), "the warm-up leaves nothing to measure")
	}
	for i := range s.Reseed {
		path := at("reseed", i) + ".at"
		switch {
		case s.Reseed[i].At > s.Duration:
			d.warnAt(Warning, path, "the duration is "+s.Duration.String(), "clients have stopped by then")
		case i > 0 && s.Reseed[i].At <= s.Reseed[i-1].At:
			d.failAt(path, "in the order of time, each moment once", "%v is not after %v", s.Reseed[i].At, s.Reseed[i-1].At)
		}
	}
}

// checkMeasures reports a curve that goes back.
func (d *decoder) checkMeasures(s *Scenario) {
	for i, t := range s.Measures.TVisibility {
		if i > 0 && t <= s.Measures.TVisibility[i-1] {
			d.failAt(at("measures.t_visibility", i), "in rising order, each time once", "%v is not after %v", t, s.Measures.TVisibility[i-1])
		}
	}
}

// checkPlan reports a plan that this program cannot replay.
func (d *decoder) checkPlan(s *Scenario) {
	switch p := s.Plan; {
	case p == nil:
	case p.Format > Format || p.Format < 0:
		d.failAt("plan.format", "the program that drew it is named under plan.program", "the plan has format %d, this program reads formats up to %d", p.Format, Format)
	case p.Seed != s.Seed:
		d.failAt("plan.seed", "a plan keeps the seed it was drawn from", "the plan was drawn from seed %d, but the seed is %d", p.Seed, s.Seed)
	case s.Nemesis != nil:
		d.failAt("nemesis", "its faults are under faults", "a plan has its nemesis drawn already")
	case p.Format < Format:
		d.warnAt(Warning, "plan.format", "it is read as one of format "+strconv.Itoa(Format), "the plan has format %d, of which runs were not yet kept: its run may be another one now", p.Format)
		p.Format = Format
	}
}

// checkNetwork reports settings of links that are not there.
func (d *decoder) checkNetwork(s *Scenario) {
	path := "network.cross-dc"
	if networkPresets()[s.Network.Preset] != "" && d.given("network.preset") {
		path = "network.preset"
	}
	if d.given("network.cross-dc") && s.Plan == nil && len(s.Cluster.Datacenters) < 2 {
		d.warnAt(Warning, path, "such as cluster: {datacenters: {east: 3, west: 3}}", "there are no links between datacenters")
	}
}

// checkOptions are the options that only some checks have.
var checkOptions = map[string][]string{
	"within":    {"convergence", "cart"},
	"strict":    {"cart"},
	"model":     {"linearizable"},
	"max_steps": {"linearizable"},
}

// checkChecks reports wants that a check cannot have.
func (d *decoder) checkChecks(s *Scenario) {
	for i := range s.Checks {
		c := &s.Checks[i]
		path := join("checks", c.Name)
		if slices.Contains(d.vocab.Measures, c.Name) && c.Want != WantReport {
			d.failAt(path, "bound it with a line of expect", "%s is a measure: it can only be reported", c.Name)
		}
		for _, option := range []string{"within", "strict", "model", "max_steps"} {
			if of := checkOptions[option]; d.given(join(path, option)) && !slices.Contains(of, c.Name) {
				d.failAt(join(path, option), "it is of "+strings.Join(of, " and "), "%s has no %s", c.Name, option)
			}
		}
	}
}

// checkExpect reports claims about what is not there.
func (d *decoder) checkExpect(s *Scenario) {
	names := &claimNames{counters: d.vocab.Counters, checks: d.vocab.Checks, kinds: faultKindNames(), places: slices.Clone(s.Cluster.AllNodes())}
	for i := range s.Workloads {
		names.places = append(names.places, s.Workloads[i].Name)
	}
	for i := range s.Faults {
		names.faults = append(names.faults, s.Faults[i].Name)
	}
	for i := range s.Expect {
		path := at("expect", i)
		n := d.nodeAt(path)
		if _, err := parseClaim(n.Value, names); err != nil {
			d.failClaim(n, path, err)
		}
	}
}
