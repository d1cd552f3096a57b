package scenarios

import (
	"fmt"
	"strings"
	"testing"
)

// preamble is a scenario to which tests add faults: five nodes in two
// datacenters, a workload, and a scripted operation.
const preamble = `version: 1
cluster: {datacenters: {east: 3, west: 2}}
workloads: [{name: shop, clients: 3}]
operations: [{id: d1, at: 1s, client: ann, put: cart}]
`

// load reads preamble and text.
func load(t testing.TB, text string, set ...string) (*Scenario, []Diagnostic) {
	t.Helper()
	return Load("test.yaml", []byte(preamble+text), nil, Vocabulary{}, LoadOptions{Set: set})
}

// mustLoad is load for texts without errors.
func mustLoad(t testing.TB, text string, set ...string) *Scenario {
	t.Helper()
	s, list := load(t, text, set...)
	if s == nil {
		t.Fatal(FormatAll(list))
	}
	return s
}

// says tells whether a diagnostic of that severity has its caret under a part
// of the text, and these words.
func says(list []Diagnostic, severity Severity, under, words string) bool {
	for _, d := range list {
		if d.Severity != severity || !strings.Contains(d.Message+" ("+d.Hint+")", words) || d.Column < 1 {
			continue
		}
		if rest := []rune(d.Source)[d.Column-1:]; strings.HasPrefix(string(rest), under) {
			return true
		}
	}
	return false
}

func TestFaultsRefused(t *testing.T) {
	for _, c := range []struct{ fault, under, words string }{
		// names
		{"at: 1s, crash: {nodes: esat-1}", "esat-1", `no node or datacenter "esat-1" (did you mean "east-1"?)`},
		{"at: 1s, crash: {nodes: [east-1, wets]}", "wets", `did you mean "west"?`},
		{"at: 1s, crash: {nodes: [east-1, east-1]}", "east-1]", `"east-1" is named twice`},
		{"at: 1s, crash: {nodes: shop}", "shop", "is a client; nodes are meant here"},
		{"at: 1s, crash: {nodes: shop/2}", "shop/2", "is a client; nodes are meant here"},
		{"at: 1s, crash: {nodes: ann}", "ann", "is a client; nodes are meant here"},
		{"at: 1s, crash: {nodes: one in nort}", "one in nort", `no datacenter "nort"`},
		{"at: 1s, crash: {nodes: neighbours of n3}", "neighbours", `no node "n3"`},
		{"at: 1s, crash: {nodes: {any_of: [one, n3]}}", "n3", `no node or datacenter "n3"`},
		{"at: 1s, crash: {nodes: [minority in west, east-1]}", "minority in west", "west has too few nodes"},
		{"at: 1s, loss: {share: 1%, link: {from: shop/4, to: all}}", "shop/4", "clients 1 to 3, not 4"},
		{"at: 1s, loss: {share: 1%, link: {between: [east-1, shp]}}", "shp", `no node, datacenter, workload or client "shp" (did you mean "shop"?)`},
		// partitions
		{"at: 1s, partition: {groups: [[east-1, west], [east-2, west-1]]}", "west-1", `"west-1" is in two groups`},
		{"at: 1s, partition: {groups: [[east], [all]]}", "all", `is in two groups`},
		{"at: 1s, partition: {groups: [[east, west]]}", "[[", "a group of all nodes cuts nothing"},
		{"at: 1s, partition: {groups: []}", "[]", "needs a group"},
		{"at: 1s, partition: {groups: [[east-1], []]}", "[]", "names nobody"},
		{"at: 1s, partition: {between: [east-1, [west, east-1]]}", "east-1]", `is in two sides`},
		{"at: 1s, partition: {between: [east-1]}", "[east-1]", "two sides, not 1"},
		{"at: 1s, partition: {isolate: all}", "all", "isolating all nodes cuts nothing"},
		{"at: 1s, partition: {ring: [east-1, east-2, west-1]}", "[east-1", "a ring of 3 nodes cuts nothing"},
		{"at: 1s, partition: {ring: [east-1, east-2, west-1, west-1, n7]}", "n7", `no node "n7"`},
		{"at: 1s, partition: {ring: [east-1, east-2, west-1, west-1]}", "west-1]", `named twice`},
		{"at: 1s, partition: {}", "{}", "in one way, not 0"},
		{"at: 1s, partition: {isolate: one, shape: halves}", "{isolate", "in one way, not 2"},
		{"at: 1s, partition: {groups: [[east]], direction: in}", "in}", "groups has no direction"},
		{"at: 1s, partition: {isolate: one, one_way: true}", "true", "isolate cannot be one_way"},
		// beginnings and ends
		{"crash: {nodes: one}", "{crash", "never begins"},
		{"at: 1s, after: d1, crash: {nodes: one}", "d1", "begins in two ways, at and after"},
		{"after: d1, when: {point: p}, crash: {nodes: one}", "{point", "begins in two ways, after and when"},
		{"after: d2, crash: {nodes: one}", "d2", `no operation "d2" (did you mean "d1"?)`},
		{"when: {point: p, node: n4}, crash: {nodes: one}", "n4", `no node or datacenter "n4"`},
		{"when: {node: one}, crash: {nodes: one}", "{node", `missing key "point"`},
		{"at: 1s, for: 1s, until: 3s, crash: {nodes: one}", "3s", "ends in two ways"},
		{"at: 5s, until: 5s, crash: {nodes: one}", "5s, crash", "before it begins"},
		{"at: 5s, for: 0s, crash: {nodes: one}", "0s", "out of range"},
		{"at: 5s, for: 1s, restart: {nodes: one}", "1s", "restart is over at once"},
		{"at: 5s, until: 7s, clock: {nodes: one, jump: 1s}", "7s", "clock is over at once"},
		{"at: 5s, for: forever, crash: {nodes: one}", "forever", "lasts forever"},
		{"at: -5s, crash: {nodes: one}", "-5s", "negative duration"},
		// kinds
		{"at: 5s", "{at", "a fault needs a kind"},
		{"at: 5s, crush: {nodes: one}", "crush", `did you mean "crash"?`},
		{"at: 5s, crash: {nodes: one}, pause: {nodes: one}", "pause", `second kind "pause" beside "crash"`},
		{"at: 5s, crash: one", "one", "must be a map"},
		{"at: 5s, slow: {nodes: one, factor: 2, of: []}", "[]", "nothing is slow"},
		{"at: 5s, slow: {nodes: one, factor: 2, of: [disk, disk]}", "[disk", "is named twice"},
		{"at: 5s, clock: {nodes: one}", "{nodes", "one of offset, drift and jump, not 0"},
		{"at: 5s, clock: {nodes: one, drift: 5ppm, offset: 1s}", "{nodes", "not 2"},
		{"name: Big, at: 5s, crash: {nodes: one}", "Big", "not a name"},
	} {
		text := "faults:\n  - {" + c.fault + "}\n"
		s, list := load(t, text)
		if s != nil || !says(list, Error, c.under, c.words) {
			t.Errorf("%s\nwant an error at %q: %s\ngot\n%s", c.fault, c.under, c.words, FormatAll(list))
		}
	}
}

func TestFaultsWarnedOf(t *testing.T) {
	for _, c := range []struct{ fault, under, words string }{
		{"at: 60s, crash: {nodes: one}", "60s", "never begins"},
		{"at: 1s, loss: {share: 0}", "0", "changes nothing"},
		{"at: 1s, delay: {add: 0s}", "0s", "changes nothing"},
		{"at: 1s, slow: {nodes: one, factor: 1}", "1", "changes nothing"},
		{"at: 1s, clock: {nodes: one, drift: 0ppm}", "{nodes", "changes nothing"},
	} {
		s, list := load(t, "faults:\n  - {"+c.fault+"}\n")
		if s == nil || !says(list, Warning, c.under, c.words) {
			t.Errorf("%s\nwant a warning at %q: %s\ngot\n%s", c.fault, c.under, c.words, FormatAll(list))
		}
	}
	if _, list := load(t, "faults: [{at: 60s, enabled: false, crash: {nodes: one}}]"); says(list, Warning, "60s", "never begins") {
		t.Error("a fault that is switched off is warned of")
	}
}

// What overlaps is defined, not an error: faults of one node at one time, a
// fault beyond the heal, two partitions.
func TestFaultsAccepted(t *testing.T) {
	s := mustLoad(t, `
liveness: core
faults:
  - {at: 1s, for: 5s, crash: {nodes: east-1}}
  - {at: 2s, for: 5s, crash: {nodes: east-1}}
  - {at: 1s, for: 600s, pause: {nodes: [east-1, west]}}
  - {at: 1s, for: forever, partition: {groups: [[east-1, shop/1], [west]]}}
  - {at: 1s, until: 3s, partition: {isolate: [replicas of cart, east-1], direction: out}}
  - {name: cut, after: {op: d1, delay: 5ms}, partition: {between: [shop, west-1], one_way: true}}
  - {when: {point: put-after-local-write, node: coordinator of cart, key: cart, nth: 2}, restart: {nodes: coordinator of cart}}
  - {at: 9s, enabled: false, clock: {nodes: [one, east-1], jump: -1s}}
`)
	want := []string{"crash-1", "crash-2", "pause-1", "partition-1", "partition-2", "cut", "restart-1", "clock-1"}
	for i, f := range s.Faults {
		if f.Name != want[i] {
			t.Errorf("fault %d is called %s, want %s", i, f.Name, want[i])
		}
	}
	if s.Faults[0].Until != Unset || s.Faults[3].For != Forever || s.Faults[4].Until != 3*Second || s.Faults[6].When.Nth != 2 {
		t.Errorf("read as %+v", s.Faults)
	}
}

func TestFaultsAreDrawnWithThePlan(t *testing.T) {
	text := `
faults:
  - {at: 1s..9s, for: {one_of: [1s, 2s]}, loss: {share: 1%..30% log, link: {from: one, to: all}}}
  - {at: 5s, crash: {nodes: minority}}
  - {at: 5s, partition: {shape: {one_of: [halves, bridge, majorities-ring]}}}
  - {when: {point: p, node: one in east}, pause: {nodes: {any_of: [two, replicas of cart]}}}
`
	different := 0
	var before string
	for seed := range 20 {
		s := mustLoad(t, text, fmt.Sprintf("seed=%d", seed))
		for _, f := range s.Faults {
			f.Kind.eachSelector(func(path string, sel *Selector, _ bool) {
				if sel.Random() {
					t.Errorf("seed %d: %s of %s was not drawn", seed, path, f.Kind)
				}
			})
		}
		if p := s.Faults[2].Kind.(*Partition); p.Shape != "" {
			t.Errorf("seed %d: %s was not drawn", seed, p)
		}
		if plan := string(s.YAML()); plan != before {
			before = plan
			different++
		}
		again, list := Load("plan.yaml", s.YAML(), nil, Vocabulary{}, LoadOptions{})
		if again == nil || !again.Equal(s) {
			t.Fatalf("seed %d: the plan reads differently: %s\n%s", seed, FormatAll(list), s.YAML())
		}
	}
	if different < 18 {
		t.Errorf("20 seeds have %d plans", different)
	}
}

// Switching a fault off, or giving it other parameters, moves no draw of the
// others; nor does taking a named fault out.
func TestNoFaultsDrawsShift(t *testing.T) {
	cut := "  - {name: cut, at: 1s..50s, partition: {shape: halves}}\n"
	rest := "  - {name: kill, at: 1s..50s, for: 1s..9s, crash: {nodes: minority}}\n  - {name: lag, at: 1s..50s, delay: {add: 1ms, link: {from: one, to: two}}}\n"
	with := mustLoad(t, "faults:\n"+cut+rest)
	off := mustLoad(t, "faults:\n"+cut+rest, "faults.cut.enabled=false")
	without := mustLoad(t, "faults:\n"+rest)
	for i, f := range with.Faults[1:] {
		for _, other := range []Fault{off.Faults[i+1], without.Faults[i]} {
			if f.At != other.At || f.For != other.For || f.Kind.String() != other.Kind.String() {
				t.Errorf("%s at %v without the partition, %s at %v with it", other.Kind, other.At, f.Kind, f.At)
			}
		}
	}
}

func TestSelectorsElsewhere(t *testing.T) {
	for _, c := range []struct{ text, words string }{
		{"network: {links: [{link: {from: esat, to: shop}, loss: 1%}]}", `did you mean "east"?`},
		{"network: {links: [{link: {from: east, to: shop/9}, loss: 1%}]}", "clients 1 to 3, not 9"},
		{"state: [{at: end, key: cart, holders: [east-1, n9]}]", `no node or datacenter "n9"`},
		{"cases: {odd: {set: {workloads.shop.contact: north}}}", `no node or datacenter "north"`},
		{"cases: {odd: {set: {workloads.shop.contact: shop}}}", "nodes are meant here"},
	} {
		s, list := load(t, c.text)
		if s != nil || !strings.Contains(FormatAll(list), c.words) {
			t.Errorf("%s: want %s\ngot\n%s", c.text, c.words, FormatAll(list))
		}
	}
	s, list := Load("t.yaml", []byte("version: 1\ncluster: {nodes: [one, n2, n3]}"), nil, Vocabulary{}, LoadOptions{})
	if s != nil || !strings.Contains(FormatAll(list), `no node can be called "one"`) {
		t.Errorf("a node called one: %s", FormatAll(list))
	}
	w := mustLoad(t, "faults: []", "workloads.shop.contact=one in west")
	if got := w.Workloads[0].Contact; got.Random() || !strings.HasPrefix(got.Name, "west-") {
		t.Errorf("one in west is drawn as %s", got)
	}
}
