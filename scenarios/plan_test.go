package scenarios

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"
)

// samples gives texts for every leaf of the language: ranges, choices and
// distributions included. TestSamplesCoverTheSchema holds it complete.
var samples = map[string][]string{
	"name":        {"other-name", "x"},
	"about":       {"one line", "'a: b # c'", "010", "yes", "'null'", `"quoted \"twice\""`, "'trailing:'"},
	"description": {`"two\nlines"`, `"  leading"`, `"ends\n"`, `"a\n\nb\n"`, `"tab\there"`, `"# no comment"`},
	"paper":       {"[]", "[§4.4]", "[§4.4, '§6.1, §6.2']"},
	"tags":        {"[]", "[a, b-2]"},
	"seed":        {"0", "7", "18446744073709551615"},
	"warmup":      {"0s", "1ms..5s", "10s"},
	"duration":    {"40s", "50s..1m", "{one_of: [45s, 1h]}"},
	"quiesce":     {"auto", "0s", "5s..9s", "{one_of: [auto, 3s]}"},
	"final_reads": {"true", "false", "{one_of: [true, false]}"},
	"liveness":    {"none", "core", "{one_of: [core, all]}"},
	"requires":    {"[]", "[read-repair]"},
	"ties":        {"fifo", "seeded"},
	"invariants":  {"all", "none", "placement", "[placement, version-order]"},
	"reseed":      {"[]", "[{at: 5s, seed: 3}]", "[{at: 1s..2s, seed: 0}, {at: 5s, seed: 18446744073709551615}]"},

	"limits.events": {"1", "1000..2000 log"}, "limits.instant_events": {"9"}, "limits.objects": {"7", "1..9"}, "limits.memory": {"1GB", "2GB..3GB"}, "limits.checker_steps": {"1..9"},
	"measures.window": {"1ms", "100ms..5s log"}, "measures.t_visibility": {"[0s]", "[1ms, 5ms, 2s]"}, "measures.k": {"1", "2..3"},

	"cluster.nodes":        {"4", "7", "4..9", "[n1, n2, n3, x]", "{one_of: [4, [n1, n2, n3]]}", "40"},
	"cluster.n":            {"1", "2", "3"},
	"cluster.r":            {"1", "1..3"},
	"cluster.w":            {"1", "{one_of: [1, 2]}"},
	"cluster.allow_unsafe": {"true"},
	"cluster.quorum":       {"sloppy", "strict"},
	"cluster.fallbacks":    {"all", "0", "1..4"},
	"cluster.placement":    {"ring", "spread"}, "cluster.datacenter_quorum": {"none"}, "cluster.coordinator": {"server", "client"}, "cluster.routing.poll": {"5s"}, "cluster.routing.refresh": {"false"},

	"cluster.ring.strategy": {"1", "2", "3"}, "cluster.ring.tokens": {"1", "8..32"}, "cluster.ring.ranges": {"512", "320..1024"},
	"cluster.ring.positions":  {"{cart: 0.15}", "{cart: 15%, a.b: 0..1}", "{}"},
	"cluster.per_node":        {"{n1: {capacity: 0.5..2}}", "{n1: {capacity: 0.5}, n2: {clock: {offset: -5ms}}, n3: {clock: {drift: -9ppm..9ppm}}}", "{n1: {cpu: {cores: 1..4, service: {read: 5us}, queue: 9}, disk: {read: 1ms, write: 1us, sync: {dist: exponential, mean: 5ms}, bandwidth: 1MB/s, queue: 7, capacity: 1GB}}}", "{n3: {clock: {}}}"},
	"cluster.versioning.mode": {"dotted", "riak", "paper", "last-write-wins"},

	"cluster.hedge": {"true", "false"}, "cluster.hedge.enabled": {"true"}, "cluster.hedge.after": {"20ms", "p99.9", "p50"},
	"cluster.versioning.max_entries":      {"10", "none"},
	"cluster.versioning.actor_epochs":     {"false"},
	"cluster.versioning.max_siblings":     {"5", "none"},
	"cluster.versioning.reconcile":        {"newest", "cart-union"},
	"cluster.versioning.tombstones":       {"false", "{grace: 10s}"},
	"cluster.versioning.tombstones.grace": {"1h", "none"},
	"cluster.versioning.abd":              {"{query: false}", "{write_back: false}"},
	"cluster.routing.balancer":            {"random", "round-robin", "least-loaded"}, "cluster.routing.read_by": {"contacted", "first", "any"}, "cluster.routing.write_by": {"contacted", "first", "fastest"},
	"cluster.timeouts.replica": {"50ms", "1ns..1h log"}, "cluster.timeouts.read": {"250ms"}, "cluster.timeouts.write": {"350.5ms"}, "cluster.timeouts.client": {"999ms..2s"},
	"cluster.read_repair": {"true", "false"}, "cluster.read_repair.enabled": {"false"}, "cluster.read_repair.wait": {"0s", "5ms"}, "cluster.read_repair.share": {"0", "1%..30% log", "0.25..0.75", "12.3456%"},
	"cluster.handoff": {"true", "false"}, "cluster.handoff.enabled": {"{one_of: [true, false]}"}, "cluster.handoff.every": {"7s", "1s..2s"}, "cluster.handoff.window": {"none", "5s"}, "cluster.handoff.max_hints": {"none", "9"}, "cluster.handoff.rate": {"none", "1MB/s"},
	"cluster.write_buffer": {"true", "{objects: 7, durable: 0}"}, "cluster.write_buffer.enabled": {"true"}, "cluster.write_buffer.objects": {"9"}, "cluster.write_buffer.flush": {"1s..2s"}, "cluster.write_buffer.durable": {"0..2"},
	"cluster.cache": {"true"}, "cluster.cache.enabled": {"true"}, "cluster.cache.size": {"1KB..9MB log"},
	"cluster.admission": {"true", "{percentile: p99.9, tasks: []}"}, "cluster.admission.enabled": {"true"}, "cluster.admission.percentile": {"p50", "p99.25"}, "cluster.admission.over": {"10s"},
	"cluster.anti_entropy": {"true", "false"}, "cluster.anti_entropy.every": {"7s", "1s..2s"}, "cluster.anti_entropy.branching": {"4"}, "cluster.anti_entropy.depth": {"3"}, "cluster.anti_entropy.peers": {"2", "auto"},
	"cluster.admission.target": {"5ms..9ms"}, "cluster.admission.slices": {"4"}, "cluster.admission.tasks": {"[handoff]", "[transfer, anti-entropy]"},
	"cluster.failure_detection.kind": {"timeouts", "phi", "none"}, "cluster.failure_detection.phi": {"12.5"}, "cluster.failure_detection.samples": {"100"}, "cluster.failure_detection.heartbeat": {"500ms"}, "cluster.failure_detection.suspect_after": {"3"}, "cluster.failure_detection.retry": {"250ms..4s log"},
	"cluster.storage.engine": {"log", "memory"}, "cluster.storage.segment": {"1MB..9MB"}, "cluster.storage.sync": {"each", "group", "{one_of: [periodic, never]}"}, "cluster.storage.period": {"10ms"}, "cluster.storage.checksums": {"false"}, "cluster.storage.mend": {"false"}, "cluster.storage.compact_at": {"25%"},
	"cluster.membership.start": {"cold", "formed"}, "cluster.membership.seed_nodes": {"[n1, n2]", "n3"}, "cluster.membership.persist": {"false"},
	"cluster.transfer": {"true", "false"}, "cluster.transfer.enabled": {"false"}, "cluster.transfer.confirm": {"false"}, "cluster.transfer.rate": {"none", "1MB/s"}, "cluster.transfer.concurrent": {"3"}, "cluster.routing.stale_view": {"refuse"},
	"cluster.gossip": {"true", "false"}, "cluster.gossip.enabled": {"false"}, "cluster.gossip.every": {"2s", "500ms..2s"}, "cluster.gossip.fanout": {"2"}, "cluster.gossip.payload": {"digest"},
	"cluster.cpu.cores": {"4"}, "cluster.cpu.queue": {"16..64"}, "cluster.cpu.shed": {"oldest"},
	"cluster.cpu.service":    {"0s", "{dist: exponential, mean: 10us..20us}", "{read: 5us, replicate: {dist: uniform, min: 1us, max: 2us}}", "{one_of: [10us, {dist: weibull, scale: 5us, shape: 1.5}]}"},
	"cluster.disk.read":      {"{dist: lognormal, p50: 1ms, p99: 9ms}", "{dist: lognormal, mu: 0.5, sigma: 1}", "{one_of: [1ms, 2ms]}"},
	"cluster.disk.write":     {"{dist: constant, value: 1ms..2ms}", "{dist: constant, value: 1ms, add: 5us}", "0s"},
	"cluster.disk.sync":      {"{dist: pareto, min: 1ms, shape: 1.8}", "{dist: pareto, min: 1ms, shape: 0.5, max: 1s}", "{dist: mixture, of: [{share: 90%, dist: constant, value: 1ms}, {share: 10%, dist: exponential, mean: 5ms, max: 1s}]}"},
	"cluster.disk.bandwidth": {"1Gbit/s", "50MB/s..90MB/s"}, "cluster.disk.queue": {"7"}, "cluster.disk.capacity": {"64KB..1GB log"}, "cluster.disk.sector": {"1KB"}, "cluster.disk.page": {"16KiB"},
	"cluster.clock.offset": {"-5ms", "{dist: normal, mean: 0s, stddev: 5ms}", "{dist: uniform, min: -5ms, max: 5ms}", "{dist: constant, value: -1ms, add: -1ms}"}, "cluster.clock.drift": {"-50ppm..50ppm", "7ppm"}, "cluster.clock.resolution": {"1ms"},

	"network.preset":      {"lnkd-ssd", "ymmr-table3", "{one_of: [lnkd-disk, wan]}"},
	"network.same-dc.add": {"1ms", "1ms..5ms"}, "network.cross-dc.add": {"75ms"}, "network.client.add": {"1us"},
	"network.same-dc.latency": {"1ms", "{dist: empirical, quantiles: {p0: 1ms, p50: 2ms, p99.9: 0.25s}}", "{dist: empirical, file: ./rtt.csv}"},
	"network.same-dc.loss":    {"1%", "0.001..0.01 log"}, "network.same-dc.duplicate": {"0.5%"}, "network.same-dc.reorder": {"5%"}, "network.same-dc.bandwidth": {"none", "10Mbit/s"}, "network.same-dc.in_flight": {"none", "100"},
	"network.cross-dc.latency": {"80ms"}, "network.cross-dc.loss": {"1%"}, "network.cross-dc.duplicate": {"1%"}, "network.cross-dc.reorder": {"1%"}, "network.cross-dc.bandwidth": {"1Gbit/s"}, "network.cross-dc.in_flight": {"9"},
	"network.client.latency": {"{dist: exponential, mean: 1ms, add: 2ms, max: 9ms}"}, "network.client.loss": {"1%"}, "network.client.duplicate": {"1%"}, "network.client.reorder": {"1%"}, "network.client.bandwidth": {"1GB/s"}, "network.client.in_flight": {"9"},
	"network.links":         {"[]", "[{link: {from: n1, to: [n2, n3]}, latency: 9ms, loss: 1%..2%}, {link: client, bandwidth: none, in_flight: 4, duplicate: 1%, reorder: 0}]", "[{link: {between: [one, n2]}, latency: {dist: exponential, mean: 1ms}}]"},
	"network.messages":      {"{}", "{read: {latency: 1ms}, hint: {latency: {dist: exponential, mean: 2ms}}}"},
	"network.pair_extra":    {"{dist: uniform, min: 0s, max: 1ms}"},
	"network.cut_in_flight": {"false"},

	"workloads.kv.enabled": {"false", "true"}, "operations.g1.number": {"0", "7"},
	"workloads.kv.clients": {"3", "1..9"}, "workloads.kv.preset": {"ycsb-a", "ycsb-d", "cart", "{one_of: [ycsb-b, ycsb-f]}"}, "workloads.kv.count": {"none", "500"},
	"workloads.kv.rate": {"none", "100/s", "0.5/s..9/s", "{one_of: [none, 5/s]}"}, "workloads.kv.arrivals": {"even"}, "workloads.kv.max_in_flight": {"7", "100"},
	"workloads.open.stages": {"[{for: 5s, to: 10/s}]", "[{for: 1s..5s, to: 10/s}, {for: 2s, to: 1/s..5/s}]"},
	"workloads.kv.probe":    {"{after: [0s, 10ms]}", "{after: [0s..1ms]}"},
	"workloads.kv.think":    {"0s", "{dist: exponential, mean: 10ms}"},
	"workloads.kv.from":     {"1s..2s"}, "workloads.kv.until": {"30s", "35.5s"}, "workloads.kv.contact": {"all", "[n1, n2]", "one", "{any_of: [one, minority]}"},
	"workloads.kv.ops": {"{get: 1}", "{put: 1, get: 2.5, rmw: 0..3, delete: 1, cart-add: 4, cart-remove: 1}"}, "workloads.kv.items": {"9"}, "workloads.kv.value_size": {"0B", "1KB..64KB log"},
	"workloads.kv.keys.count": {"1", "10..1000 log"}, "workloads.kv.keys.distribution": {"uniform", "zipfian", "latest", "hotspot"}, "workloads.kv.keys.theta": {"0.5", "0.5..1.5"}, "workloads.kv.keys.hot_keys": {"1%"}, "workloads.kv.keys.hot_ops": {"99%"},
	"workloads.kv.keys.prefix": {"kv", "other"}, "workloads.kv.keys.preload": {"false"},
	"workloads.kv.context": {"fresh", "none"}, "workloads.kv.n": {"1", "2"}, "workloads.kv.r": {"1"}, "workloads.kv.w": {"1"}, "workloads.kv.timeout": {"500ms"}, "workloads.kv.retries": {"0", "1..3"}, "workloads.kv.backoff": {"{dist: uniform, min: 1ms, max: 2ms}"},

	"operations.g1.at": {"3s"}, "operations.p2.after": {"p1", "{op: p1, delay: 5ms..9ms}", "{op: p1}"}, "operations.g1.client": {"Bob.2"}, "operations.g1.via": {"n2"},
	"operations.g1.n": {"1", "2"}, "operations.g1.r": {"1"}, "operations.p1.w": {"1"}, "operations.p1.timeout": {"2s"}, "operations.p1.value": {"milk", "'010'", "p1", "'a b: c'"},
	"operations.p2.context": {"session", "none", "p1", "[p1, g0]"},
	"operations.p2.want":    {"{}", "{outcome: ok, clock: {n1: 1}, coordinator: n1, holders: [n1, n2]}", "{clock: {}}", "{holders: replicas of cart}"},
	"operations.g1.want":    {"{returns: []}", "{returns: [p1, p2], outcome: info}"},
	"state":                 {"[]", "[{at: end, key: cart, versions: [], clock: {n1: 2}}, {at: 5s..6s, node: n1, hints: 3}, {at: 9s, key: cart, holders: majority}]"},

	"faults.cut.at": {"9s", "5s..20s"}, "faults.cut.for": {"1s..9s", "20s"}, "faults.cut.enabled": {"false", "{one_of: [true, false]}"},
	"faults.cut.partition": {"{isolate: one}", "{shape: {one_of: [halves, bridge, majorities-ring]}}", "{groups: [[n1], n2]}"},
	"faults.hit.when":      {"{point: put-after-local-write}", "{point: put-after-local-write, node: one, key: cart, nth: 1..3}"},
	"faults.slow-1.slow":   {"{nodes: minority, factor: 2..20}"},
	"nemesis":              {"{max_down: 2, faults: [{every: 5s..9s, for: 1s, crash: {nodes: one}}, {every: {dist: exponential, mean: 9s}, for: 2s, loss: {link: client, share: 1%..30% log}}]}"},

	"checks": {"{}", "{lost-writes: valid, convergence: valid, linearizable: report, placement: report}", "{convergence: {want: valid, within: 5s}, linearizable: {want: sometimes, unknown: allow, model: register, max_steps: 9}, cart: {want: invalid, strict: true}, latency: report}"},
	"expect": {"[]", "[availability(put) while cut >= 99.9%, p99(get)  <=  300ms, 'effects(cut) > 0']", "[p99(get) after cut <= p99(get) before cut]"},
}

// companions are what a sample needs beside it.
var companions = map[string][]string{
	"cluster.n":        {"cluster.r=1", "cluster.w=1"},
	"workloads.kv.n":   {"workloads.kv.r=1", "workloads.kv.w=1"},
	"operations.g1.n":  {"operations.g1.r=1", "operations.g1.w=1"},
	"operations.g1.at": {"operations=[{id: g1, client: bob, get: cart}]", "faults=[]"},
	"faults.hit.when":  {"faults=[{name: hit, for: 1s, crash: {nodes: n2}}]"},
}

// sampled is what the samples are laid over.
const sampled = `version: 1
cluster: {nodes: 6}
workloads: [{name: kv}, {name: open}]
operations:
  - {id: p1, at: 1s, client: ann, put: cart}
  - {id: p2, after: p1, client: ann, put: cart}
  - {id: g0, at: 1s, client: ann, get: cart}
  - {id: g1, after: {op: p2, delay: 1s}, client: bob, get: cart}
faults:
  - {name: cut, at: 5s, for: 9s, partition: {isolate: n1}}
  - {name: hit, after: p1, for: 1s, crash: {nodes: n2}}
  - {at: 5s, for: 9s, slow: {nodes: n3, factor: 3}}
`

var sampleFiles = fstest.MapFS{"rtt.csv": {Data: []byte("0,1ms\n0.5,2ms\n0.999,1s\n")}}

// checkPlan holds the plan of a scenario to what is promised: it loads as the
// same scenario, its plan is the same text, and it leaves nothing to draw.
func checkPlan(t testing.TB, s *Scenario) {
	t.Helper()
	plan := s.YAML()
	again, list := Load("plan.yaml", plan, nil, Vocabulary{}, LoadOptions{})
	if again == nil {
		t.Fatalf("the plan is refused:\n%s\n%s", plan, FormatAll(list))
	}
	if !again.Equal(s) {
		t.Fatalf("the plan loads as another scenario:\n%s\n%+v\n%+v", plan, s, again)
	}
	if !bytes.Equal(again.YAML(), plan) {
		t.Fatalf("the plan of the plan differs:\n%s\n%s", plan, again.YAML())
	}
	if len(again.Origin.Drawn) > 0 || !again.Origin.IsPlan {
		t.Fatalf("the plan still draws %v:\n%s", again.Origin.Drawn, plan)
	}
	all := s.YAMLAll()
	if full, list := Load("plan.yaml", all, nil, Vocabulary{}, LoadOptions{}); full == nil || !full.Equal(s) {
		t.Log(FormatAll(list))
		t.Fatalf("with the defaults written out it loads as another scenario:\n%s\n%+v\n%+v", all, s, full)
	}
}

func TestPlanOfEachSample(t *testing.T) {
	for path, texts := range samples {
		for _, text := range texts {
			set := append(slices.Clone(companions[path]), path+"="+text)
			base := sampled
			if path == "operations.g1.at" || path == "faults.hit.when" {
				base = "version: 1\n" // a list cannot be shortened by an override
			}
			s, list := Load("sample.yaml", []byte(base), sampleFiles, words(), LoadOptions{Set: set})
			if s == nil {
				t.Errorf("--set '%s': %s", set, FormatAll(list))
				continue
			}
			checkPlan(t, s)
		}
	}
}

// Any combination that loads has a plan that loads as the same scenario.
func TestPlanProperty(t *testing.T) {
	loaded := 0
	paths := make([]string, 0, len(samples))
	for path := range samples {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	rapid.Check(t, func(rt *rapid.T) {
		var set []string
		for range rapid.IntRange(1, 12).Draw(rt, "count") {
			path := rapid.SampledFrom(paths).Draw(rt, "path")
			set = append(append(set, companions[path]...), path+"="+rapid.SampledFrom(samples[path]).Draw(rt, "text"))
		}
		seed := rapid.Uint64().Draw(rt, "seed")
		s, _ := Load("sample.yaml", []byte(sampled), sampleFiles, words(), LoadOptions{Set: set, Seed: &seed, Program: "dynamosim test"})
		if s == nil {
			return // the combination contradicts itself
		}
		loaded++
		checkPlan(t, s)
	})
	if loaded < 10 {
		t.Errorf("only %d combinations loaded", loaded)
	}
}

// A new key must be given samples, else nothing tests that plans keep it.
func TestSamplesCoverTheSchema(t *testing.T) {
	covered := func(path string) bool {
		for sample := range samples {
			if path == sample || strings.HasPrefix(path, sample+".") || strings.HasPrefix(path, sample+"[") {
				return true
			}
		}
		return false
	}
	elsewhere := []string{"version", "cluster.datacenters", "cluster.datacenters.NAME", "base", "plan", "cases", "sweep", "shrinks_to", "workloads[].name", "workloads[].place", "operations[].id", "operations[].put",
		"operations[].get", "operations[].delete", "operations[].rmw", "operations[].cart-add", "operations[].cart-remove", "faults[].name", "faults[].until", "faults[].drawn", "faults[].after", "network.messages"}
	for _, row := range SchemaDocs() {
		if row.Type == "map" || row.Type == "list of map" {
			continue
		}
		found := false
		for _, name := range []string{"kv", "open", "p1", "p2", "g1", "cut", "hit", "slow-1"} {
			found = found || covered(strings.Replace(row.Path, "[]", "."+name, 1))
		}
		for _, e := range elsewhere {
			found = found || row.Path == e || strings.HasPrefix(row.Path, e+".")
		}
		kind := strings.TrimPrefix(row.Path, "faults[].")
		found = found || kind != row.Path && strings.Contains(kind, ".") // kinds have round trips of their own
		if !found {
			t.Errorf("%s (%s) has no sample", row.Path, row.Type)
		}
	}
}

func TestPlanIsReadable(t *testing.T) {
	seed := uint64(7)
	s := loadWith(t, nightly, nil, LoadOptions{Seed: &seed, Program: "dynamosim 1.0"})
	plan := string(s.YAML())
	for _, want := range []string{
		"version: 1\nname: test\nplan:\n  of: test\n  seed: 7\n  scenario_sha256: ", fmt.Sprintf("  format: %d\n  program: dynamosim 1.0\nseed: 7\n", Format),
		"\ncluster: {datacenters: {a: 3, b: 3, c: 3}, handoff: {every: ", "\n  - {name: kv, clients: 12, rate: 200/s, ops: {get: 50, put: 45, delete: 5}, keys: {count: 64}}\n",
		"drawn: true", "checks: {durability: valid, convergence: valid, linearizable: sometimes}\n",
	} {
		if !strings.Contains(plan, want) {
			t.Errorf("want %q in the plan:\n%s", want, plan)
		}
	}
	for _, unwanted := range []string{"nemesis", "one_of", "..", "placement", "null", "~"} {
		if strings.Contains(plan, unwanted) {
			t.Errorf("%q is in the plan:\n%s", unwanted, plan)
		}
	}
}

// A plan of before formats were kept is read with a warning, and is one of this format from then on.
func TestAnOlderPlanIsRead(t *testing.T) {
	text := string(loadWith(t, nightly, nil, LoadOptions{}).YAML())
	old := strings.Replace(text, fmt.Sprintf("  format: %d\n", Format), "  format: 0\n", 1)
	s, problems := Load("old", []byte(old), nil, Vocabulary{}, LoadOptions{})
	if s == nil || len(problems) != 1 || problems[0].Severity != Warning || !strings.Contains(problems[0].Message, "the plan has format 0") {
		t.Fatalf("%s", FormatAll(problems))
	}
	if got := string(s.YAML()); got != text {
		t.Errorf("it is written as\n%s", got)
	}
	negative := strings.Replace(text, fmt.Sprintf("  format: %d\n", Format), "  format: -1\n", 1)
	if s, problems := Load("old", []byte(negative), nil, Vocabulary{}, LoadOptions{}); s != nil {
		t.Errorf("a plan of format -1 is read: %s", FormatAll(problems))
	}
}

func TestPlanRefused(t *testing.T) {
	s := loadWith(t, nightly, nil, LoadOptions{})
	plan := string(s.YAML())
	for change, want := range map[[2]string]string{
		{fmt.Sprintf("format: %d", Format), "format: 9"}: fmt.Sprintf("the plan has format 9, this program reads formats up to %d", Format),
		{"  seed: 1\n", "  seed: 2\n"}:                   "the plan was drawn from seed 2, but the seed is 1",
		{"checks:", "nemesis: {faults: []}\nchecks:"}:    "a plan has its nemesis drawn already",
		{"scenario_sha256", "x-sha"}:                     "missing key \"scenario_sha256\"",
		{"cluster: {", "cluster: {replicas: 3, "}:        "unknown key \"replicas\"",
	} {
		if out := refusal(t, strings.Replace(plan, change[0], change[1], 1), LoadOptions{}); !strings.Contains(out, want) {
			t.Errorf("%s: want %q in\n%s", change[1], want, out)
		}
	}
}
