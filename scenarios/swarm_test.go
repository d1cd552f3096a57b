package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// swarmOf is the nemesis of all entries as a swarm.
func swarmOf(swarm string) string {
	return strings.Replace(nemesisOf(1000, allEntries...), "nemesis:\n", "nemesis:\n  swarm: "+swarm+"\n", 1)
}

// Each seed keeps some kinds and mechanisms, in the share that is written, and what it keeps draws what it draws without a swarm.
func TestSwarmKeepsAPart(t *testing.T) {
	const seeds = 400
	kept := map[string]int{}
	for seed := range seeds {
		set := fmt.Sprintf("seed=%d", seed)
		all := mustLoad(t, nemesisOf(1000, allEntries...), set)
		some := mustLoad(t, swarmOf("{share: 70%, mechanisms: [read_repair, versioning.tombstones]}"), set)
		for _, entry := range allEntries {
			got := lines(of(some.Faults, entry))
			if len(got) > 0 && !slices.Equal(got, lines(of(all.Faults, entry))) {
				t.Fatalf("seed %d: %s draws %q in a swarm", seed, entry, got)
			}
			kept[entry] += min(len(got), 1)
		}
		if !some.Cluster.AntiEntropy.Enabled {
			t.Error("a mechanism that is not named is off")
		}
		if some.Cluster.ReadRepair.Enabled {
			kept["read_repair"]++
		}
		if some.Cluster.Versioning.Tombstones.Enabled {
			kept["tombstones"]++
		}
		again, list := Load("plan.yaml", some.YAML(), nil, Vocabulary{}, LoadOptions{})
		if again == nil || !again.Equal(some) {
			t.Fatalf("the plan of seed %d reads differently: %s", seed, FormatAll(list))
		}
	}
	if len(kept) != len(allEntries)+2 {
		t.Errorf("kept %v", kept)
	}
	for name, n := range kept { // order: each is looked at by itself
		if sd := math.Sqrt(seeds * .7 * .3); math.Abs(float64(n)-.7*seeds) > 5*sd {
			t.Errorf("%s stays in %d of %d seeds, want 70 %%", name, n, seeds)
		}
	}
}

// Entries of one kind come and go together; an entry that is off stays off; what was drawn is told.
func TestSwarmIsByKind(t *testing.T) {
	both, values := 0, map[string]bool{}
	for seed := range 40 {
		s := mustLoad(t, `nemesis:
  swarm: {share: 50%}
  faults:
    - {name: a, every: 5s, for: 1s, loss: {share: 1%}}
    - {name: b, every: 5s, for: 1s, loss: {share: 2%}}
    - {name: c, every: 5s, for: 1s, enabled: false, loss: {share: 3%}}
`, fmt.Sprintf("seed=%d", seed))
		a, b := len(of(s.Faults, "a")) > 0, len(of(s.Faults, "b")) > 0
		if a != b || len(of(s.Faults, "c")) > 0 {
			t.Fatalf("seed %d: %v %v %q", seed, a, b, lines(s.Faults))
		}
		if a {
			both++
		}
		d := s.Origin.Drawn[len(s.Origin.Drawn)-1]
		if d.Path != "nemesis.swarm.loss" || (d.Value == swarmStays) != a {
			t.Errorf("drawn %+v", d)
		}
		values[d.Value] = true
	}
	if both == 0 || both == 40 || len(values) != 2 {
		t.Errorf("%d of 40 seeds have losses", both)
	}
	if s := mustLoad(t, swarmOf("{}"), "seed=3"); !slices.Equal(lines(s.Faults), lines(mustLoad(t, nemesisOf(1000, allEntries...), "seed=3").Faults)) {
		t.Error("a swarm without a share switches something off")
	}
}

func TestSwarmRefused(t *testing.T) {
	for _, c := range []struct{ text, under, words string }{
		{"{mechanisms: [read_repairs]}", "read_repairs", `no mechanism "read_repairs"`},
		{"{mechanisms: [handoff, handoff]}", "handoff]", "named twice"},
		{"{mechanisms: [n]}", "n]", "no mechanism"},
		{"{share: 170%}", "170%", "not a share"},
		{"{shares: 70%}", "shares", `unknown key "shares"`},
		{"70%", "70%", "map"},
	} {
		s, list := load(t, "nemesis: {swarm: "+c.text+", faults: [{every: 9s, for: 1s, crash: {nodes: one}}]}")
		if s != nil || !says(list, Error, c.under, c.words) {
			t.Errorf("%s\nwant an error at %q: %s\ngot\n%s", c.text, c.under, c.words, FormatAll(list))
		}
	}
	if _, list := load(t, "nemesis: {swarm: {share: 0}, faults: [{every: 9s, for: 1s, crash: {nodes: one}}]}"); !says(list, Warning, "0", "switches everything off") {
		t.Errorf("a share of 0: %s", FormatAll(list))
	}
}

// A node that only the nemesis adds is known by its name, also to a plan that never adds it.
func TestNemesisMayAddNodes(t *testing.T) {
	s := mustLoad(t, "nemesis: {faults: [{every: 5s, join: {nodes: [x1]}}, {every: 300s, for: 1s, crash: {nodes: x1}}, {every: 500s, replace: {node: east-1, by: x2}}]}")
	if got := s.Cluster.AllNodes(); !slices.Contains(got, "x1") || slices.Contains(got, "x2") {
		t.Errorf("nodes %v", got)
	}
	again, list := Load("plan.yaml", s.YAML(), nil, Vocabulary{}, LoadOptions{})
	if again == nil || !again.Equal(s) {
		t.Errorf("the plan reads differently: %s", FormatAll(list))
	}
}
