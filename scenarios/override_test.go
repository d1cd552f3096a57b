package scenarios

import (
	"strings"
	"testing"
	"testing/fstest"
)

const overridable = `version: 1
cluster: {nodes: 5, read_repair: false, per_node: {n1: {capacity: 2}}, ring: {positions: {cart: 0.1}}}
network: {same-dc: {latency: {dist: exponential, mean: 1ms}}}
workloads:
  - {name: shoppers, clients: 4, rate: 5..9/s}
  - {name: probes, stages: [{for: 5s, to: 10/s}, {for: 5s, to: 20/s}]}
operations:
  - {id: d.1, at: 1s, client: ann, put: cart}
faults:
  - {name: cut, at: 5s, for: 5s, partition: {isolate: n1}}
  - {at: 6s, for: 5s, crash: {nodes: n2}}
  - {at: 7s, for: 5s, crash: {nodes: n3}}
checks: {linearizable: valid}
x-ignored: 1
`

// Every leaf of the file, and what the file leaves out, can be overridden.
func TestSet(t *testing.T) {
	text := strings.Replace(overridable, "5..9/s", "5/s", 1)
	for _, row := range []struct {
		set   string
		holds func(s *Scenario) bool
	}{
		{"seed=7", func(s *Scenario) bool { return s.Seed == 7 && s.Plan.Seed == 7 }},
		{"cluster.r=1", func(s *Scenario) bool { return s.Cluster.R == 1 }},
		{"cluster.nodes=[a, b, c, n1, n2, n3]", func(s *Scenario) bool { return len(s.Cluster.Nodes) == 6 }},
		{"cluster.read_repair=true", func(s *Scenario) bool { return s.Cluster.ReadRepair.Enabled }},
		{"cluster.read_repair.wait=5ms", func(s *Scenario) bool { r := s.Cluster.ReadRepair; return !r.Enabled && r.Wait == 5*Millisecond }},
		{"cluster.read_repair={wait: 5ms}", func(s *Scenario) bool { r := s.Cluster.ReadRepair; return !r.Enabled && r.Wait == 5*Millisecond }},
		{"cluster.handoff.enabled=false", func(s *Scenario) bool { h := s.Cluster.Handoff; return !h.Enabled && h.Every == 5*Second }},
		{"cluster.per_node.n1.capacity=3", func(s *Scenario) bool { return s.Cluster.PerNode[0].Capacity == 3 }},
		{"cluster.per_node.n2.capacity=3", func(s *Scenario) bool { return len(s.Cluster.PerNode) == 2 }},
		{"cluster.ring.positions.a.b=0.5", func(s *Scenario) bool { return s.Cluster.Ring.Positions[1].Key == "a.b" }},
		{"network.same-dc.latency.mean=2ms", func(s *Scenario) bool { return s.Network.SameDC.Latency.Text == "{dist: exponential, mean: 2ms}" }},
		{"network.same-dc.latency=3ms", func(s *Scenario) bool { return s.Network.SameDC.Latency.Text == "3ms" }},
		{"network.same-dc.latency={dist: uniform, min: 1ms, max: 2ms}", func(s *Scenario) bool { return strings.HasPrefix(s.Network.SameDC.Latency.Text, "{dist: uniform") }},
		{"workloads.shoppers.clients=9", func(s *Scenario) bool { return s.Workloads[0].Clients == 9 && s.Workloads[0].MaxInFlight == 90 }},
		{"workloads.shoppers.keys.count=9", func(s *Scenario) bool { return s.Workloads[0].Keys.Count == 9 }},
		{"workloads.shoppers.ops={get: 1}", func(s *Scenario) bool { return len(s.Workloads[0].Ops) == 1 }},
		{"workloads.shoppers={clients: 2}", func(s *Scenario) bool { return s.Workloads[0].Clients == 2 && s.Workloads[0].Rate == 5000 }},
		{"workloads.probes.stages[1].to=7/s", func(s *Scenario) bool { return s.Workloads[1].Stages[1].To == 7000 }},
		{"operations.d.1.at=3s", func(s *Scenario) bool { return s.Operations[0].At == 3*Second }},
		{"faults.cut.for=9s", func(s *Scenario) bool { return s.Faults[0].For == 9*Second }},
		{"faults.crash-2.at=9s", func(s *Scenario) bool { return s.Faults[2].At == 9*Second && s.Faults[1].At == 6*Second }},
		{"faults.cut.partition={groups: [[n1], [n2, n3, n4, n5]]}", func(s *Scenario) bool { return len(s.Faults[0].Kind.(*Partition).Groups) == 2 }},
		{"checks.linearizable=report", func(s *Scenario) bool { return s.Checks[0].Want == WantReport }},
		{"checks.linearizable.model=register", func(s *Scenario) bool { return s.Checks[0].Want == WantValid && s.Checks[0].Model == "register" }},
		{"checks.convergence={want: valid, within: 5s}", func(s *Scenario) bool { return len(s.Checks) == 2 && s.Checks[1].Within == 5*Second }},
		{"expect=[shed == 0]", func(s *Scenario) bool { return s.Expect[0].String() == "shed == 0" }},
		{"nemesis={faults: [{every: 20s, for: 1s, pause: {nodes: one}}]}", func(s *Scenario) bool { return len(s.Faults) > 3 }},
	} {
		s := loadWith(t, text, nil, LoadOptions{Set: []string{row.set}})
		if !row.holds(s) {
			t.Errorf("--set '%s' is not in force", row.set)
		}
		if got := strings.Join(s.Origin.Set, ";"); got != row.set {
			t.Errorf("the origin names %q", got)
		}
	}
}

// Overrides apply in order, and a later one may build on an earlier.
func TestSetInOrder(t *testing.T) {
	s := loadWith(t, "version: 1\n", nil, LoadOptions{Set: []string{"cluster.n=4", "cluster.n=2", "workloads=[{name: kv}]", "workloads.kv.clients=3"}})
	if s.Cluster.N != 2 || s.Workloads[0].Clients != 3 {
		t.Errorf("N is %d, clients are %d", s.Cluster.N, s.Workloads[0].Clients)
	}
}

// Mistakes in an override name it, with a caret below the part that is wrong.
func TestSetRefused(t *testing.T) {
	for set, want := range map[string]string{
		"cluster.q=3": `--set cluster.q=3: error: unknown key "q" in cluster
      | cluster.q=3
      |         ^ one of`,
		"cluster.quorom=strict":           "did you mean \"quorum\"?",
		"clusterr.n=3":                    "^ did you mean \"cluster\"?",
		"workloads.shopers.clients=3":     "|           ^ did you mean \"shoppers\"?",
		"workloads.shoppers.clents=3":     "|                    ^ did you mean \"clients\"?",
		"workloads.shoppers.clients=many": "|                            ^ digits only",
		"faults.cute.for=3s":              "did you mean \"cut\"?",
		"cluster.n.x=3":                   "cluster.n must be a whole number, not a map",
		"duration.x=3":                    "duration must be a duration, not a map",
		"workloads.shoppers.rate.x=3":     "workloads.shoppers.rate is drawn",
		"workloads[7].clients=3":          `no "[7]" in workloads`,
		"cluster.r":                       "no value is given",
		"=3":                              "no value is given",
		"cluster..r=3":                    "not a path: \"cluster..r\"",
		".cluster=3":                      "not a path",
		"cluster.=3":                      "not a path",
		"workloads[0=3":                   "not a path",
		"cluster.r=":                      "the value is empty",
		"cluster.r={a: ":                  "not YAML",
		"cluster.r=[1,":                   "not YAML",
		"cluster.r=!!int 1":               "is not allowed",
		"base=./x.yaml":                   "base cannot be overridden",
		"plan.seed=3":                     "plan cannot be overridden",
		"cases={}":                        "cases cannot be overridden",
		"version=1":                       "version cannot be overridden",
		"cluster.r=9":                     "--set cluster.r=9: error: R=9 but N=3\n      | cluster.r=9\n      |           ^ at most 3",
		"checks.linearisable=valid":       "did you mean \"linearizable\"?",
		"a\x00=\x86":                      "not UTF-8",
		"\x1b[31m=1":                      "not a path: \"\\x1b[31m\"",
	} {
		text := strings.Replace(overridable, "5..9/s", "{one_of: [5/s, 9/s]}", 1)
		out := refusal(t, text, LoadOptions{Set: []string{set}})
		if !strings.Contains(out, want) {
			t.Errorf("--set '%s': want %q in\n%s", set, want, out)
		}
		if !strings.HasPrefix(out, "--set ") || strings.ContainsAny(out, "\x00\x1b") {
			t.Errorf("--set '%s' is not named:\n%q", set, out)
		}
	}
}

func TestSeedOption(t *testing.T) {
	seed := uint64(1<<64 - 1)
	s := loadWith(t, "version: 1\nseed: 5\n", nil, LoadOptions{Seed: &seed})
	if s.Seed != seed || s.Plan.Seed != seed {
		t.Errorf("seed is %d, of the plan %d", s.Seed, s.Plan.Seed)
	}
	out := refusal(t, string(s.YAML()), LoadOptions{Seed: &seed})
	if !strings.Contains(out, "--seed: error: a plan has its seed already") {
		t.Error(out)
	}
	out = refusal(t, string(s.YAML()), LoadOptions{Set: []string{"seed=3"}})
	if !strings.Contains(out, "the plan was drawn from seed 18446744073709551615, but the seed is 3") {
		t.Error(out)
	}
}

func TestBase(t *testing.T) {
	fsys := fstest.MapFS{
		"common/base.yaml": {Data: []byte(`version: 1
name: base
base: ./network.yaml
about: the base
tags: [a, b]
cluster: {n: 3, r: 1, read_repair: {wait: 7ms}, storage: {sync: group}}
workloads:
  - {name: one-kv, clients: 3, rate: 5/s}
  - {name: two-kv, clients: 4}
faults:
  - {at: 5s, for: 1s, crash: {nodes: n1}}
checks: {linearizable: valid, cart: {want: valid, strict: true}}
`)},
		"common/network.yaml": {Data: []byte("version: 1\nduration: 33s\nnetwork: {same-dc: {latency: {dist: exponential, mean: 5ms}, loss: 1%}}\n")},
	}
	text := `version: 1
base: ./common/base.yaml
tags: [c]
cluster: {r: 2, read_repair: false}
network: {same-dc: {latency: {dist: uniform, min: 1ms, max: 2ms}}}
workloads:
  - {name: two-kv, clients: 9}
  - {name: three-kv}
faults:
  - {at: 6s, for: 1s, crash: {nodes: n2}}
  - {name: crash-1, for: 2s}
checks: {linearizable: report, cart: report}
`
	s := loadWith(t, text, fsys, LoadOptions{})
	c := &s.Cluster
	if s.Name != "test" || s.About != "the base" || s.Duration != 33*Second || strings.Join(s.Tags, " ") != "c" || s.Base != "" || s.Origin.Base != "./common/base.yaml" {
		t.Errorf("top: %q %q %v %v", s.Name, s.About, s.Duration, s.Tags)
	}
	if c.N != 3 || c.R != 2 || c.ReadRepair.Enabled || c.ReadRepair.Wait != 7*Millisecond || c.Storage.Sync != SyncGroup {
		t.Errorf("cluster: %+v", c)
	}
	if l := s.Network.SameDC; l.Latency.Text != "{dist: uniform, min: 1ms, max: 2ms}" || l.Loss.String() != "1%" {
		t.Errorf("network: %+v", l)
	}
	if w := s.Workloads; len(w) != 3 || w[0].Clients != 3 || w[1].Clients != 9 || w[2].Name != "three-kv" {
		t.Errorf("workloads: %+v", w)
	}
	if f := s.Faults; len(f) != 2 || f[0].For != 2*Second || f[0].At != 5*Second || f[1].Name != "crash-2" {
		t.Errorf("faults: %+v", f)
	}
	if c := s.Checks; c[0].Want != WantReport || c[1].Want != WantReport || !c[1].Strict {
		t.Errorf("checks: %+v", c)
	}
}

func TestBaseOfTheLibrary(t *testing.T) {
	s := loadWith(t, "version: 1\nbase: put-get\ncluster: {w: 3}\n", nil, LoadOptions{})
	if s.Cluster.W != 3 || len(s.Operations) != 4 {
		t.Errorf("W is %d, %d operations", s.Cluster.W, len(s.Operations))
	}
}

// Mistakes in a base are shown there; a base cannot be read from anywhere.
func TestBaseRefused(t *testing.T) {
	fsys := fstest.MapFS{
		"bad.yaml":    {Data: []byte("version: 1\ncluster:\n  quorom: sloppy\n")},
		"syntax.yaml": {Data: []byte("version: [\n")},
		"circle.yaml": {Data: []byte("version: 1\nbase: ./other.yaml\n")},
		"other.yaml":  {Data: []byte("version: 1\nbase: ./circle.yaml\n")},
		"list.yaml":   {Data: []byte("- 1\n")},
	}
	for base, want := range map[string]string{
		"./bad.yaml":    "bad.yaml:3:3: error: unknown key \"quorom\" in cluster\n    3 |   quorom: sloppy",
		"./syntax.yaml": "syntax.yaml:1: error: not YAML",
		"./circle.yaml": "leads in a circle",
		"./list.yaml":   "list.yaml:1:1: error: the scenario must be a map",
		"./none.yaml":   "cannot read the base \"./none.yaml\"\n    2 | base: ./none.yaml\n      |       ^ file does not exist",
		"./../up.yaml":  "files lie below the scenario's folder",
		"put-gett":      "did you mean \"put-get\"?; a file begins with ./",
		"/etc/passwd":   "cannot read the base",
		"[a]":           "base must be a library name or ./file, not a list",
	} {
		_, list := Load("test.yaml", []byte("version: 1\nbase: "+base+"\n"), fsys, words(), LoadOptions{})
		if out := FormatAll(list); !strings.Contains(out, want) {
			t.Errorf("base: %s: want %q in\n%s", base, want, out)
		}
	}
}

func TestCases(t *testing.T) {
	text := `version: 1
cluster: {r: 2}
workloads: [{name: kv}]
faults: [{name: cut, at: 5s, for: 5s, partition: {isolate: n1}}]
checks: {linearizable: valid, convergence: valid}
expect: [shed == 0]
cases:
  weak:
    about: one replica answers
    set: {cluster.r: 1, workloads.kv.rate: 10..20/s, faults.cut.enabled: false}
    checks: {linearizable: {want: invalid, max_steps: 5}}
    expect: [stale_reads > 0%]
  same: {}
`
	s := loadWith(t, strings.Replace(text, "10..20/s", "10/s..20/s", 1), nil, LoadOptions{Case: "weak", Set: []string{"workloads.kv.clients=2"}})
	if s.Cluster.R != 1 || s.Workloads[0].Rate < 10e3 || s.Workloads[0].Rate > 20e3 || s.Workloads[0].Clients != 2 || s.Faults[0].Enabled {
		t.Errorf("the overrides are not in force: R %d, %+v", s.Cluster.R, s.Workloads[0])
	}
	if s.Checks[0].Want != WantInvalid || s.Checks[0].MaxSteps != 5 || s.Checks[1].Want != WantValid || len(s.Expect) != 1 || s.Expect[0].String() != "stale_reads > 0%" {
		t.Errorf("checks %+v, expect %v", s.Checks, s.Expect)
	}
	if s.Origin.Case != "weak" || len(s.Cases) != 2 || s.Cases[0].About != "one replica answers" || s.Cases[0].Set[0] != (Override{"cluster.r", "1"}) {
		t.Errorf("origin %q, cases %+v", s.Origin.Case, s.Cases)
	}
	if strings.Contains(string(s.YAML()), "cases") {
		t.Error("the plan still has cases")
	}
	out := refusal(t, strings.Replace(text, "10..20/s", "10/s", 1), LoadOptions{Case: "weka"})
	if !strings.Contains(out, "--case: error: no case \"weka\"\n      | did you mean \"weak\"?") {
		t.Error(out)
	}
}

// A mistake in a case is found although another, or none, is run.
func TestCasesAreTried(t *testing.T) {
	text := "version: 1\nworkloads: [{name: kv}]\ncases:\n  good: {set: {cluster.r: 1}}\n  bad: {set: {cluster.rr: 1}}\n  worse: {set: {cluster.r: 7, workloads.kvv.clients: 1}}\n"
	out := refusal(t, text, LoadOptions{})
	for _, want := range []string{
		"test.yaml:5:23: error: case bad: unknown key \"rr\" in cluster\n    5 |   bad: {set: {cluster.rr: 1}}\n      |                       ^ did you mean \"r\"?",
		"test.yaml:6:41: error: case worse: no \"kvv\" in workloads",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "case good") {
		t.Error(out)
	}
}
