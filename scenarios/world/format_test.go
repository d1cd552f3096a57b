package world_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"dynamosim/internal/frozen"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
	"dynamosim/sim"
)

// The folder of format 1: plans, the digest of each, and the scenarios that some were drawn from. A plan that is in it runs alike in every later
// release that reads the format.
const (
	formatFolder  = "testdata/format1"
	formatSources = formatFolder + "/scenarios"
	formatDigests = formatFolder + "/digests.txt"
)

// Every plan of the folder has the digest that it had when it was put there, by way of the plan's text and by way of the plan with all defaults
// written out. With -update, what frozenPlans has and the folder has not is added; nothing that is there changes (see package frozen).
func TestFormatOne(t *testing.T) {
	if scenarios.Format == 0 {
		t.Skip("no format is frozen yet")
	}
	if *update {
		growFolder(t)
	}
	var now []frozen.Line
	golden := readListing(t)
	covered := &coverage{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, name := range yamlFiles(t, formatFolder) {
		text := readFile(t, path.Join(formatFolder, name+".yaml"))
		t.Run(name, func(t *testing.T) {
			plan := load(t, name, text, scenarios.LoadOptions{})
			if !plan.Origin.IsPlan || plan.Plan.Format != scenarios.Format || !bytes.Equal(plan.YAML(), text) {
				t.Errorf("it is no plan of format %d as this program writes it:\n%s", scenarios.Format, plan.YAML())
			}
			if full := load(t, name, plan.YAMLAll(), scenarios.LoadOptions{}); !full.Equal(plan) {
				t.Errorf("with all defaults written out it is another plan:\n%s", full.YAML())
			}
			r := run(t, plan, world.Options{}, 1<<15)
			covered.add(t, plan, r)
			sum := sha256.Sum256(text)
			line := frozen.Line{Name: name, Value: fmt.Sprintf("%s %d events, plan %s", r.Digest, r.Events, hex.EncodeToString(sum[:8]))}
			if now = append(now, line); !*update && golden[name] != line.Value && golden[name] != "" {
				t.Errorf("digest %s, golden %q", line.Value, golden[name])
			}
		})
	}
	if t.Failed() {
		t.Logf("format %d is frozen: a plan of the folder runs as ever. What needs another run is a new format", scenarios.Format)
		return
	}
	covered.check(t)
	listing := frozen.Listing{File: formatDigests, Format: scenarios.Format, Update: *update}
	listing.Check(t, now)
}

// The crowd of the folder is one: above 65,536 events the simulator keeps them in another way, on which nothing depends.
func TestFrozenCrowdIsLarge(t *testing.T) {
	plan := load(t, "crowd", readFile(t, path.Join(formatFolder, "crowd.yaml")), scenarios.LoadOptions{})
	w, err := world.New(plan, world.Options{Queue: sim.QueueHeap})
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for w.Step(1 << 10) {
		most = max(most, w.Pending())
	}
	if most <= 1<<16 {
		t.Errorf("at most %d events are pending", most)
	}
	if heap, other := w.Result().Digest, run(t, plan, world.Options{}, 1<<15).Digest; heap != other {
		t.Errorf("digest %s with the heap, %s with what takes its place", heap, other)
	}
}

// A scenario of the folder still means the plan beside it: what is drawn from a seed is part of the format.
func TestFormatOneDraws(t *testing.T) {
	if scenarios.Format == 0 {
		t.Skip("no format is frozen yet")
	}
	for _, name := range yamlFiles(t, formatSources) {
		drawn := load(t, name, readFile(t, path.Join(formatSources, name+".yaml")), scenarios.LoadOptions{Program: "any"})
		plan := load(t, name, readFile(t, path.Join(formatFolder, name+".yaml")), scenarios.LoadOptions{})
		drawn.Plan.Program, drawn.Plan.ScenarioSHA256 = plan.Plan.Program, plan.Plan.ScenarioSHA256
		if !drawn.Equal(plan) {
			t.Errorf("%s means another plan:\n%s", name, drawn.YAML())
		}
	}
}

// growFolder writes the plans that are not there yet.
func growFolder(t *testing.T) {
	if err := os.MkdirAll(formatSources, 0o755); err != nil {
		t.Fatal(err)
	}
	free := scenarios.Format == 0 || frozen.Refreezes()
	for _, p := range frozenPlans(t) {
		if _, err := os.Stat(path.Join(formatFolder, p.name+".yaml")); err == nil && !free {
			continue
		}
		plan, problems := scenarios.Load(p.name, []byte(p.text), nil, scenarios.Vocabulary{}, scenarios.LoadOptions{Program: "dynamosim", Case: p.of, Set: p.set})
		if plan == nil {
			t.Errorf("%s: %s", p.name, scenarios.FormatAll(problems))
			continue
		}
		writeFile(t, path.Join(formatFolder, p.name+".yaml"), plan.YAML())
		if p.of == "" && p.set == nil {
			writeFile(t, path.Join(formatSources, p.name+".yaml"), []byte(p.text))
		}
	}
}

func readListing(t *testing.T) map[string]string {
	t.Helper()
	lines, err := frozen.Read(formatDigests)
	if err != nil && !*update {
		t.Fatal(err)
	}
	golden := map[string]string{}
	for _, l := range lines {
		golden[l.Name] = l.Value
	}
	return golden
}

func yamlFiles(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".yaml"); ok {
			names = append(names, name)
		}
	}
	return names
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func writeFile(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// coverage is what the plans of the folder have and do.
type coverage struct {
	words   map[string]bool // of plans, by their path in the schema: path=word
	acted   map[string]bool // mechanisms
	effects map[string]bool // kinds of faults
}

func (c *coverage) add(t *testing.T, plan *scenarios.Scenario, r *world.Result) {
	var root yaml.Node
	if err := yaml.Unmarshal(plan.YAMLAll(), &root); err != nil {
		t.Fatal(err)
	}
	see(c.words, "", root.Content[0])
	for _, m := range world.Mechanisms() {
		c.acted[m.Name] = c.acted[m.Name] || r.Counter(m.Counter) > 0
	}
	for _, f := range r.Faults {
		c.effects[f.Kind] = c.effects[f.Kind] || f.Effects > 0
	}
}

// check holds that the folder has every kind of fault, every mechanism acting, and every word that a cluster, its network and its load can
// be given.
func (c *coverage) check(t *testing.T) {
	for _, m := range world.Mechanisms() {
		if !c.acted[m.Name] {
			t.Errorf("%s acts in no plan of the folder; add one to frozenPlans", m.Name)
		}
	}
	for _, k := range scenarios.FaultKinds() {
		if !c.effects[k.Name] {
			t.Errorf("no %s takes effect in a plan of the folder; add one to frozenPlans", k.Name)
		}
	}
	for _, row := range scenarios.SchemaDocs() {
		for _, word := range row.Values {
			if !notInRuns(row.Path) && !strings.Contains(row.Default, word) && !c.words[row.Path+"="+word] {
				t.Errorf("no plan of the folder has %s: %s; add one to frozenPlans", row.Path, word)
			}
		}
	}
}

// notInRuns are keys of which a run does not depend, or which no plan has.
func notInRuns(path string) bool {
	for _, part := range []string{"nemesis.", "checks.", "cases.", "sweep.", "want.", ".preset", "partition.shape", "partition.direction", "cluster.per_node"} {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

// see notes the scalars of a plan by their path in the schema.
func see(seen map[string]bool, at string, n *yaml.Node) {
	switch n.Kind {
	case yaml.ScalarNode:
		seen[at+"="+n.Value] = true
	case yaml.SequenceNode:
		for _, c := range n.Content {
			if c.Kind == yaml.ScalarNode {
				see(seen, at, c)
				continue
			}
			see(seen, at+"[]", c)
		}
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			see(seen, strings.TrimPrefix(at+"."+n.Content[i].Value, "."), n.Content[i+1])
			seen[at+"="+n.Content[i].Value] = true // a key that is a word, as in ops
		}
	}
}

// frozenPlan is a plan to be put into the folder.
type frozenPlan struct {
	name, text string
	of         string   // a case
	set        []string // other settings
}

// frozenPlans are what the folder was made of, and what was added to it: scenarios of the library as they were then, and small ones that
// differ from a common one in a single thing.
func frozenPlans(t *testing.T) (all []frozenPlan) {
	for _, name := range frozenLibrary() {
		name, of, _ := strings.Cut(name, "+")
		text, ok := scenarios.LibraryFile(name)
		if !ok {
			t.Fatalf("no scenario @%s", name)
		}
		p := frozenPlan{name: "library-" + strings.ReplaceAll(name, "/", "-"), text: string(text), of: of}
		if of != "" {
			p.name += "-" + of
		}
		all = append(all, p)
	}
	for _, kind := range scenarios.FaultKinds() {
		all = append(all, frozenPlan{name: "fault-" + kind.Name, text: withFault(t, kind)})
	}
	for _, s := range frozenSettings() {
		name, settings, _ := strings.Cut(s, " ")
		all = append(all, frozenPlan{name: name, text: common, set: strings.Split(settings, " ; ")})
	}
	for name, text := range frozenTexts() { // order: each is a file of its own
		all = append(all, frozenPlan{name: name, text: text})
	}
	return all
}

// common is what the small plans begin with. The client's latency keeps moments apart.
const common = `version: 1
duration: 6s
quiesce: 4s
cluster: {nodes: 5, handoff: {every: 1s}, anti_entropy: {every: 2s}}
network: {client: {latency: 200us}}
workloads: [{name: kv, clients: 5, ops: {get: 50, rmw: 40, delete: 10}, think: {dist: exponential, mean: 40ms}, keys: {count: 20}}]
faults: [{at: 2s, for: 2s, crash: {nodes: n2}}]
`

// withFault is a small scenario in which a kind of fault takes effect.
func withFault(t *testing.T, kind scenarios.FaultDoc) string {
	beside := map[string]string{ // what makes it felt
		"sync-lies": ", {at: 4s, for: 1s, power-loss: {nodes: [n1, n2]}}",
		"bit-rot":   ", {at: 4s, restart: {nodes: n3}}",
	}
	example, err := scenarios.ParseFault(kind.Example)
	if err != nil {
		t.Fatal(err)
	}
	lasts := ", for: 2s"
	if example.Instant() {
		lasts = ""
	}
	where, fields := "nodes: 5", strings.TrimPrefix(example.String(), kind.Name+" ")
	fields = strings.NewReplacer("to: 2s", "to: 1s", "free: 64KB", "free: 8KB").Replace(fields) // of a rollback, of a full disk
	if strings.Contains(fields, "-dc") {
		where = "datacenters: {east: 3, west: 2}"
	}
	text := strings.Replace(common, "nodes: 5", where, 1)
	return strings.Replace(text, "faults: [{at: 2s, for: 2s, crash: {nodes: n2}}]",
		fmt.Sprintf("faults: [{name: it, at: 2s%s, %s: %s}%s]", lasts, kind.Name, fields, beside[kind.Name]), 1)
}

// withLoad is the common scenario with another load.
func withLoad(load string) string {
	before, rest, _ := strings.Cut(common, "workloads: [")
	_, after, _ := strings.Cut(rest, "]\n")
	return before + "workloads: [" + load + "]\n" + strings.Replace(after, "n2", "one", 1)
}

// frozenLibrary are scenarios of the library, some with a case, that are small or that show what the small ones below do not.
func frozenLibrary() []string {
	return []string{
		"abd", "abd+no-query", "actor-epochs", "anti-entropy", "blind-writes", "cart-partition", "cart-resurfaces", "chaos", "clock-skew",
		"coordinator-crash", "crash-loop", "datacenter-loss", "datacenter-quorum-each", "delete-tombstone", "durable-write", "figure-2", "figure-3",
		"figure-3+paper", "gossip-merge", "hint-crash", "join-x", "lying-sync", "newest", "old-copy", "pbs", "persisted-view", "phantom-writes", "power-loss",
		"pynamo/put2-fail-nodes23-6", "read-repair", "recovery-crash", "same-datacenter", "sibling-explosion", "stale-view", "swarm",
		"truncation", "truncation-dominance", "two-rings", "two-rings+seeds", "wiped-disk",
	}
}

// frozenSettings are names with what is set beside the common scenario.
func frozenSettings() []string {
	all := []string{
		"mode-riak cluster.versioning.mode=riak", "mode-paper cluster.versioning.mode=paper ; cluster.versioning.max_entries=3",
		"mode-last-write-wins cluster.versioning.mode=last-write-wins ; cluster.clock={offset: {dist: normal, mean: 0s, stddev: 5ms}, drift: 50ppm}",
		"engine-memory cluster.storage.engine=memory", "placement-ring cluster.nodes=6 ; cluster.placement=ring",
		"ties-seeded ties=seeded", "reseed reseed=[{at: 2500ms, seed: 99}]", "cores cluster.cpu={cores: 4, service: {read: 100us, replicate: {dist: uniform, min: 10us, max: 200us}}, queue: 8, shed: oldest}",
		"phi cluster.failure_detection.kind=phi", "no-detection cluster.failure_detection={kind: none, suspect_after: 3}", "gossip-digest cluster.gossip={payload: digest, fanout: 2, every: 300ms}",
		"cold cluster.membership={start: cold, seed_nodes: [n1, n2]} ; duration=12s", "hedge cluster.hedge={enabled: true, after: p90}", "write-buffer cluster.write_buffer={enabled: true, flush: 300ms, durable: 0}",
		"cache cluster.cache={enabled: true, size: 2KB}", "admission cluster.admission={enabled: true, over: 5s, target: 1ms}",
		"strict cluster.quorum=strict ; cluster.w=3 ; cluster.r=1", "coordinator-client cluster.coordinator=client ; cluster.routing.poll=1s",
		"coordinator-outside cluster.coordinator=outside ; cluster.versioning.mode=last-write-wins", "write-any cluster.versioning.mode=last-write-wins ; cluster.routing={read_by: any, write_by: any, balancer: round-robin}",
		"by-first cluster.routing={read_by: first, write_by: first, balancer: least-loaded, stale_view: refuse}", "write-contacted cluster.routing.write_by=contacted",
		"strategy-1 cluster.ring.strategy=1", "strategy-2 cluster.ring={strategy: 2, tokens: 8, ranges: 128}", "capacities cluster.per_node={n1: {capacity: 4}, n3: {capacity: 0.5, clock: {drift: -300ppm}, disk: {write: 2ms}}}",
		"cart-union cluster.versioning.reconcile=cart-union ; workloads.kv.ops={cart-add: 60, cart-remove: 20, get: 20}", "bounded-siblings cluster.versioning.max_siblings=2 ; workloads.kv.ops={put: 100} ; workloads.kv.context=none",
		"bare-node cluster.versioning.tombstones=false ; cluster.versioning.actor_epochs=false ; cluster.read_repair=false ; cluster.handoff=false ; cluster.anti_entropy=false ; cluster.gossip=false ; cluster.transfer=false",
		"retries workloads.kv.retries=3 ; workloads.kv.timeout=20ms ; workloads.kv.backoff={dist: weibull, scale: 3ms, shape: 1.5}",
		"fresh workloads.kv.ops={put: 50, delete: 20, get: 30} ; workloads.kv.context=fresh",
		"slow faults=[{at: 2s, for: 1s, slow: {nodes: n2, factor: 30}}, {at: 3s, for: 1s, slow: {nodes: n3, factor: 30, of: [cpu, network]}}, {at: 4s, for: 1s, disk-error: {nodes: n1, operations: [read, write], share: 20%}}]",
		"hotspot workloads.kv.keys={count: 200, distribution: hotspot, hot_keys: 5%, hot_ops: 70%} ; workloads.kv.value_size=20KB ; cluster.storage={segment: 256KB, compact_at: 40%}",
		"probe workloads=[{name: kv, clients: 5, think: 30ms, probe: {after: [0ms, 1ms, 20ms]}}]", "links network.links=[{link: {from: n1, to: n3}, latency: {dist: pareto, min: 1ms, shape: 1.5, max: 90ms}, loss: 10%, duplicate: 5%, reorder: 20%}]",
		"bandwidth network.same-dc={latency: {dist: mixture, of: [{share: 90%, dist: uniform, min: 100us, max: 300us}, {share: 10%, dist: exponential, mean: 4ms}]}, bandwidth: 20Mbit/s, in_flight: 20} ; network.pair_extra={dist: uniform, min: 0s, max: 2ms}",
		"core liveness=core ; cluster.storage.sync=never", "no-liveness liveness=none ; cluster.storage.sync=periodic ; final_reads=false",
		"events limits.events=5000", "objects limits.objects=300", "kept-in-flight network.cut_in_flight=false ; cluster.fallbacks=1",
	}
	for _, preset := range []string{"lnkd-ssd", "lnkd-disk", "ymmr", "ymmr-table3", "wan"} {
		all = append(all, "network-"+preset+" network.preset="+preset)
	}
	for _, preset := range []string{"ycsb-a", "ycsb-b", "ycsb-c", "ycsb-d", "ycsb-f", "cart"} {
		all = append(all, "preset-"+preset+" workloads=[{name: kv, preset: "+preset+", clients: 5, think: 20ms}]")
	}
	for _, unsynced := range []string{"lose", "keep", "torn", "random"} {
		all = append(all, "power-"+unsynced+" cluster.storage={sync: group, period: 5ms} ; faults=[{at: 2s, for: 1s, power-loss: {nodes: [n1, n2], unsynced: "+unsynced+"}}]")
	}
	for _, file := range []string{"hints", "members"} {
		for _, fault := range []string{"bit-rot: {nodes: n3, file: %s}", "disk-error: {nodes: n3, file: %s}", "lost-write: {nodes: n3, file: %s, share: 50%%}", "misdirected-write: {nodes: n3, file: %s, nth: 2}"} {
			kind, _, _ := strings.Cut(fault, ":")
			lasts := "for: 2s, "
			if kind == "bit-rot" {
				lasts = ""
			}
			all = append(all, fmt.Sprintf("%s-%s faults=[{at: 1s, for: 3s, crash: {nodes: n2}}, {at: 2s, %s%s}, {at: 3500ms, restart: {nodes: n3}}]", kind, file, lasts, fmt.Sprintf(fault, file)))
		}
	}
	return all
}

// frozenTexts are scenarios of their own.
func frozenTexts() map[string]string {
	return map[string]string{
		"even":   withLoad("{name: kv, clients: 8, rate: 200/s, arrivals: even, max_in_flight: 4, keys: {count: 9, distribution: zipfian}}"),
		"stages": withLoad("{name: kv, clients: 8, stages: [{for: 2s, to: 300/s}, {for: 2s, to: 50/s}], count: 300, keys: {count: 50, distribution: latest, preload: false}}"),
		"local":  strings.Replace(withLoad("{name: kv, place: west, clients: 8, think: 20ms, keys: {count: 20}}"), "nodes: 5", "datacenters: {east: 3, west: 3}, n: 4, datacenter_quorum: local", 1),
		// More events are pending than package sim keeps in a heap: what comes next is fetched ahead, and a radix heap takes over.
		"crowd": `version: 1
duration: 300ms
quiesce: 2s
cluster: {nodes: 30}
workloads: [{name: kv, clients: 70000, ops: {get: 50, put: 50}, think: {dist: exponential, mean: 4s}, keys: {count: 500}}]
`,
		"instant": `version: 1
duration: 2s
cluster: {nodes: 3, storage: {engine: memory}, cpu: {service: 0s}}
network: {same-dc: {latency: 0s}, client: {latency: 0s}}
workloads: [{name: kv, clients: 3, from: 1s, ops: {get: 100}}]
limits: {instant_events: 5000}
`,
		"script": `version: 1
duration: 5s
quiesce: 2s
cluster: {nodes: 4}
operations:
  - {id: a, at: 1s, client: ann, put: k, value: first}
  - {id: b, after: a, client: bob, put: k, value: second, context: none}
  - {id: c, after: {op: b, delay: 20ms}, client: ann, get: k, want: {outcome: ok, returns: [a, b]}}
  - {id: d, at: 2s, client: ann, rmw: k, value: third}
  - {id: e, at: 3s, client: cid, cart-add: cart, value: milk}
  - {id: f, at: 4s, client: cid, cart-remove: cart, value: milk, via: n3}
  - {id: g, at: 4500ms, client: bob, delete: k}
`,
		"draws": `version: 1
seed: 20071015
duration: 4s..8s
quiesce: 3s
cluster: {nodes: 4..9, r: 1..3, anti_entropy: {every: 500ms..5s log}, storage: {sync: {one_of: [each, group]}}}
network: {same-dc: {loss: 0..2%}}
workloads: [{name: kv, clients: 5..20, think: {dist: exponential, mean: 20ms}, ops: {get: 50, put: 40, delete: 10}, keys: {count: 5..50}}]
nemesis:
  from: 500ms
  max_down: 2
  swarm: {share: 70%}
  faults:
    - {every: {dist: exponential, mean: 2s}, for: 200ms..1s, partition: {shape: {one_of: [halves, one, majorities-ring, bridge]}}}
    - {every: {dist: exponential, mean: 2s}, for: 200ms..1s, crash: {nodes: {any_of: [one, two, replicas of kv-1]}}}
    - {every: {dist: exponential, mean: 2s}, for: 1s, loss: {share: 1%..20% log}}
    - {every: {dist: exponential, mean: 3s}, for: 500ms, clock: {nodes: one, offset: -1s..1s}}
`,
	}
}
