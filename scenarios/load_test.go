package scenarios

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "rewrite the expected messages in testdata")

// words is a vocabulary for tests.
func words() Vocabulary {
	return Vocabulary{
		Checks:     []string{"linearizable", "lost-writes", "convergence", "placement", "durability", "cart", "regular", "latency"},
		Measures:   []string{"latency"},
		Models:     []string{"register", "siblings", "last-write-wins"},
		Counters:   []string{"hints_stored", "read_repairs", "shed", "bytes_sent"},
		Mechanisms: []string{"read-repair", "hinted-handoff"},
		Messages:   []string{"read", "read-reply", "replicate", "replicate-reply", "hint"},
		Points:     []string{"put-after-local-write"},
	}
}

// loadWith loads a text that must have no error.
func loadWith(t testing.TB, text string, fsys fs.FS, opts LoadOptions) *Scenario {
	t.Helper()
	s, list := Load("test.yaml", []byte(text), fsys, words(), opts)
	if s == nil {
		t.Fatalf("refused:\n%s\n%s", text, FormatAll(list))
	}
	return s
}

// refusal loads a text that must be refused and returns what is said about it.
func refusal(t testing.TB, text string, opts LoadOptions) string {
	t.Helper()
	s, list := Load("test.yaml", []byte(text), nil, words(), opts)
	if s != nil || !HasErrors(list) {
		t.Fatalf("accepted:\n%s", text)
	}
	var b strings.Builder
	for _, d := range list {
		b.WriteString(d.Format())
	}
	return b.String()
}

// The messages of whole files, judged line by line when they were written.
// mistakes.yaml has at least one mistake of each kind that a single value can
// have; contradictions.yaml those that only the whole shows; warnings.yaml what
// is allowed but hardly meant.
func TestMessages(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata:", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, list := Load(filepath.Base(file), text, os.DirFS("testdata"), words(), LoadOptions{})
		var b strings.Builder
		for _, d := range list {
			b.WriteString(d.Format())
		}
		golden := strings.TrimSuffix(file, ".yaml") + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || string(want) != b.String() {
			t.Errorf("%s: messages differ from %s (-update rewrites them):\n%s", file, golden, b.String())
		}
	}
}

func TestMessagesAreSortedAndCapped(t *testing.T) {
	var text strings.Builder
	text.WriteString("version: 1\ncluster:\n")
	for i := range 30 {
		fmt.Fprintf(&text, "  unknown-%d: 1\n", i)
	}
	_, list := Load("many.yaml", []byte(text.String()), nil, words(), LoadOptions{})
	for i := 1; i < len(list); i++ {
		if list[i].Line < list[i-1].Line {
			t.Fatalf("line %d after line %d", list[i].Line, list[i-1].Line)
		}
	}
	out := FormatAll(list)
	if shown := strings.Count(out, ": error: "); shown != maxErrors {
		t.Errorf("%d errors shown, want %d", shown, maxErrors)
	}
	if !strings.Contains(out, "more\n") || !strings.HasSuffix(out, "errors; nothing was run\n") {
		t.Errorf("the end does not say how many there are:\n%s", out)
	}
}

// Long lines are shown around the mistake, with the caret below it.
func TestCaretBelowTheMistake(t *testing.T) {
	long := "version: 1\ntags: [" + strings.Repeat("aaaaaaaa, ", 40) + "WRONG, " + strings.Repeat("bbbbbbbb, ", 40) + "c]\n"
	lines := strings.Split(refusal(t, long, LoadOptions{}), "\n")
	source, caret := lines[1], lines[2]
	if at := strings.Index(caret, "^"); at < 0 || !strings.HasPrefix(source[at:], "WRONG") {
		t.Errorf("the caret is not below WRONG:\n%s\n%s", source, caret)
	}
	if len(source) > 140 {
		t.Errorf("%d characters of source", len(source))
	}
	tabbed := refusal(t, "version: 1\nabout: \t\"é\"\t\nx: 1\nduration:\t5\n", LoadOptions{})
	if !strings.Contains(tabbed, "| duration:\t5\n      |          \t^ add a unit") {
		t.Errorf("tabs are not kept before the caret:\n%s", tabbed)
	}
}

// The examples of the language, reduced to the keys that there are.
func TestExamplesLoad(t *testing.T) {
	examples := map[string]string{"figure-3": figure3, "gray": gray, "nightly": nightly}
	for name, text := range examples {
		s, list := Load(name+".yaml", []byte(text), nil, Vocabulary{}, LoadOptions{})
		if s == nil || len(list) > 0 {
			t.Errorf("%s: %s", name, FormatAll(list))
		} else if s.Name != name {
			t.Errorf("%s is called %q", name, s.Name)
		}
	}
}

const figure3 = `version: 1
about: How the versions of one object evolve and meet again
paper: [§4.4]
cluster: {nodes: [sx, sy, sz], w: 3, r: 3, quorum: strict, routing: {write_by: contacted}}
operations:
  - {id: d1, at: 1s, client: ann, via: sx, put: cart, value: milk, want: {clock: {sx: 1}}}
  - {id: d2, after: d1, client: ann, via: sx, put: cart, value: eggs, context: d1, want: {clock: {sx: 2}}}
  - {id: d3, after: d2, client: ann, via: sy, put: cart, value: tea, context: d2, want: {clock: {sx: 2, sy: 1}}}
  - {id: d4, after: d3, client: bob, via: sz, put: cart, value: jam, context: d2, want: {clock: {sx: 2, sz: 1}}}
  - {id: g1, after: d4, client: ann, get: cart, want: {returns: [d3, d4], clock: {sx: 2, sy: 1, sz: 1}}}
  - {id: d5, after: g1, client: ann, via: sx, put: cart, value: all, context: g1, want: {clock: {sx: 3, sy: 1, sz: 1}}}
state: [{at: end, key: cart, versions: [d5], holders: [sx, sy, sz]}]
`

const gray = `version: 1
warmup: 5s
duration: 65s
cluster: {versioning: {mode: last-write-wins}}
workloads: [{name: app, clients: 32, think: {dist: exponential, mean: 10ms}, ops: {get: 80, put: 20}, keys: {distribution: zipfian}}]
faults:
  - {name: cut, at: 20s, for: 20s, partition: {between: [n1, [n2, n3]]}}
  - {name: limp, at: 45s, for: 10s, slow: {nodes: n4, factor: 20, of: [disk]}}
checks: {convergence: valid, regular: report}
expect:
  - availability(put) while cut >= 99.9%
  - stale_reads before cut <= 0.1%
cases: {sloppy: {set: {cluster.quorum: sloppy}}, strict: {set: {cluster.quorum: strict}}, calm: {set: {faults.cut.enabled: false, faults.limp.enabled: false}}}
`

const nightly = `version: 1
cluster: {datacenters: {a: 3, b: 3, c: 3}, storage: {sync: {one_of: [each, group]}}, handoff: {every: 5s..30s}}
workloads: [{name: kv, clients: 12, rate: 200/s, ops: {get: 50, put: 45, delete: 5}, keys: {count: 64}}]
nemesis:
  max_down: 3
  faults:
    - {every: {dist: exponential, mean: 20s}, for: 1s..15s, partition: {shape: {one_of: [halves, one, majorities-ring, bridge]}}}
    - {every: {dist: exponential, mean: 30s}, for: 5s..20s, power-loss: {nodes: {any_of: [one, replicas of kv-1]}, unsynced: torn}}
    - {every: {dist: exponential, mean: 30s}, for: 10s, loss: {link: cross-dc, share: 1%..30% log}}
checks: {durability: valid, convergence: valid, linearizable: sometimes}
`

// Figure 3 as it is read: each path of the schema arrives in its field.
func TestFigure3IsRead(t *testing.T) {
	s := loadWith(t, figure3, nil, LoadOptions{})
	c := &s.Cluster
	if strings.Join(c.Nodes, " ") != "sx sy sz" || c.N != 3 || c.R != 3 || c.W != 3 || c.Quorum != QuorumStrict || c.Routing.WriteBy != WriteByContacted {
		t.Errorf("cluster %+v", c)
	}
	if !c.ReadRepair.Enabled || c.ReadRepair.Wait != 100*Millisecond || c.Timeouts.Client != Second || c.Ring.Ranges != 256 || c.Placement != PlacementRing {
		t.Errorf("defaults of the cluster %+v", c)
	}
	if s.Duration != Minute || s.Quiesce != Auto || !s.FinalReads || s.Seed != 1 || s.Liveness != LivenessAll {
		t.Errorf("defaults of the scenario: %v %v %v %d %v", s.Duration, s.Quiesce, s.FinalReads, s.Seed, s.Liveness)
	}
	d4, g1 := &s.Operations[3], &s.Operations[4]
	if kind, key := d4.Kind(); kind != OpPut || key != "cart" || d4.At != Unset || d4.After.Op != "d3" || d4.Via != "sz" || d4.Context.Session || d4.Context.IDs[0] != "d2" {
		t.Errorf("d4 is %+v", d4)
	}
	if kind, _ := g1.Kind(); kind != OpGet || !g1.Context.Session || g1.R != 3 || g1.Timeout != Second || strings.Join(g1.Want.Returns, " ") != "d3 d4" || g1.Want.Clock[2] != (ClockEntry{"sz", 1}) {
		t.Errorf("g1 is %+v", g1)
	}
	end := &s.State[0]
	if end.At != End || end.Key != "cart" || end.Hints != Unset || end.Holders.String() != "[sx, sy, sz]" {
		t.Errorf("state is %+v", end)
	}
	if len(s.Checks) != 4 || s.Checks[0].Named || s.Checks[0].Want != WantValid || s.Checks[2].Want != WantReport {
		t.Errorf("default checks are %+v", s.Checks)
	}
}

func TestDatacenters(t *testing.T) {
	s := loadWith(t, "version: 1\ncluster: {datacenters: {east: 2, west: 3}}\nworkloads: [{name: kv, place: west}]\n", nil, LoadOptions{})
	c := &s.Cluster
	if got := strings.Join(c.Nodes, " "); got != "east-1 east-2 west-1 west-2 west-3" {
		t.Errorf("nodes are %s", got)
	}
	if c.Placement != PlacementSpread || c.DatacenterOf(1) != 0 || c.DatacenterOf(2) != 1 || strings.Join(c.NodesOf("west"), " ") != "west-1 west-2 west-3" {
		t.Errorf("placement %v, zones %d %d, west %v", c.Placement, c.DatacenterOf(1), c.DatacenterOf(2), c.NodesOf("west"))
	}
}

// The presets are the YCSB core workloads; what is written wins over them.
func TestPresets(t *testing.T) {
	text := `version: 1
workloads:
  - {name: a, preset: ycsb-a}
  - {name: b, preset: ycsb-b, keys: {count: 7}}
  - {name: d, preset: ycsb-d, ops: {get: 1}}
  - {name: f, preset: ycsb-f, keys: {distribution: uniform}}
  - {name: plain}
`
	s := loadWith(t, text, nil, LoadOptions{})
	w := s.Workloads
	if w[0].Keys.Distribution != KeysZipfian || w[0].Ops[1] != (OpWeight{OpPut, 50}) {
		t.Errorf("ycsb-a is %+v", w[0])
	}
	if w[1].Keys.Distribution != KeysZipfian || w[1].Keys.Count != 7 || w[1].Ops[0] != (OpWeight{OpGet, 95}) {
		t.Errorf("ycsb-b with 7 keys is %+v", w[1])
	}
	if w[2].Keys.Distribution != KeysLatest || len(w[2].Ops) != 1 {
		t.Errorf("ycsb-d with own mix is %+v", w[2])
	}
	if w[3].Keys.Distribution != KeysUniform || w[3].Ops[1].Op != OpRMW {
		t.Errorf("ycsb-f with uniform keys is %+v", w[3])
	}
	if w[4].Keys.Distribution != KeysUniform || w[4].Keys.Prefix != "plain" || w[4].MaxInFlight != 100 || w[4].Until != Minute {
		t.Errorf("a plain workload is %+v", w[4])
	}
	refused := refusal(t, "version: 1\nworkloads: [{name: e, preset: ycsb-e}]\n", LoadOptions{})
	if !strings.Contains(refused, `cannot be "ycsb-e"`) {
		t.Error(refused)
	}
}

func TestMechanisms(t *testing.T) {
	for text, want := range map[string]ReadRepair{
		"false":                        {false, 100 * Millisecond, mustShare("100%")},
		"true":                         {true, 100 * Millisecond, mustShare("100%")},
		"{wait: 5ms}":                  {true, 5 * Millisecond, mustShare("100%")},
		"{enabled: false, share: 50%}": {false, 100 * Millisecond, mustShare("50%")},
	} {
		s := loadWith(t, "version: 1\ncluster: {read_repair: "+text+"}\n", nil, LoadOptions{})
		if s.Cluster.ReadRepair != want {
			t.Errorf("read_repair: %s gives %+v", text, s.Cluster.ReadRepair)
		}
	}
}

func mustShare(text string) Share {
	s, err := ParseShare(text)
	if err != nil {
		panic(err)
	}
	return s
}

func TestServiceByMessage(t *testing.T) {
	s := loadWith(t, "version: 1\ncluster: {cpu: {service: {read: 5us, hint: {dist: exponential, mean: 1ms}}}}\n", nil, LoadOptions{})
	c := &s.Cluster.CPU.Service
	if c.For("read").Text != "5us" || c.For("hint").Text != "{dist: exponential, mean: 1ms}" || c.For("replicate").Text != "20us" {
		t.Errorf("service is %+v", c)
	}
}

func TestExtensionKeysAreIgnored(t *testing.T) {
	text := "version: 1\nx-slow: &slow {dist: constant, value: 9ms}\ncluster: {x-note: [1, 2], disk: {read: *slow, sync: *slow}}\n"
	s := loadWith(t, text, nil, LoadOptions{})
	if d := &s.Cluster.Disk; d.Read.Text != "9ms" || d.Sync.Text != "9ms" || d.Write.Text != "20us" {
		t.Errorf("disk is %+v", d)
	}
}

func TestEmpiricalFile(t *testing.T) {
	fsys := fstest.MapFS{
		"rtt.csv": {Data: []byte("# quantile,duration\n0,1ms\n0.5, 2ms\n\n0.99,9ms\n1,20ms\n")},
		"bad.csv": {Data: []byte("0.5,2ms\n0.9,3\n")},
	}
	text := "version: 1\nnetwork: {same-dc: {latency: {dist: empirical, file: ./FILE}}}\n"
	s := loadWith(t, strings.Replace(text, "FILE", "rtt.csv", 1), fsys, LoadOptions{})
	l := s.Network.SameDC.Latency
	if l.Text != "{dist: empirical, quantiles: {p0: 1ms, p50: 2ms, p99: 9ms, p100: 20ms}}" || l.Quantile(0.5) != int64(2*Millisecond) {
		t.Errorf("latency is %s with median %d", l.Text, l.Quantile(0.5))
	}
	for file, want := range map[string]string{
		"bad.csv":        `bad.csv:2: not a duration: "3"`,
		"none.csv":       `cannot read "./none.csv"`,
		"../secret.csv":  `a path below the scenario's folder`,
		"/etc/passwd":    `cannot read`,
		"a/../../x.csv ": `cannot read`,
	} {
		_, list := Load("test.yaml", []byte(strings.Replace(text, "FILE", file, 1)), fsys, words(), LoadOptions{})
		if out := FormatAll(list); !strings.Contains(out, want) {
			t.Errorf("%s: %s", file, out)
		}
	}
}

func TestPositions(t *testing.T) {
	s := loadWith(t, gray, nil, LoadOptions{Set: []string{"seed=3"}})
	for path, want := range map[string]Position{
		"warmup": {"test.yaml", 2, 1}, "faults.limp": {"test.yaml", 8, 5}, "expect[1]": {"test.yaml", 12, 5}, "checks.regular": {"test.yaml", 9, 30},
		"seed": {"--set seed=3", 1, 1},
	} {
		if got, ok := s.Origin.Position(path); !ok || got != want {
			t.Errorf("%s is at %v, want %v", path, got, want)
		}
	}
	if _, ok := s.Origin.Position("faults.cut.for"); ok {
		t.Error("a position below an item")
	}
}
