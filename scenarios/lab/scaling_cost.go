package lab

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"

	"dynamosim/dynamo"
	"dynamosim/scenarios/world"
)

// costGrowth is the page about what an operation costs.
func costGrowth() *Scaling {
	return &Scaling{
		Name:  "cost",
		Title: "How cost grows",
		About: "events, messages, bytes and processor time of an operation against nodes, replicas, keys and clients",
		run:   runCostGrowth,
	}
}

// costSetting is a cluster under load, and how long it is measured.
type costSetting struct {
	nodes, replicas, keys, clients int
	down                           int    // nodes that are down at any time
	payload                        string // of gossip
	cache                          string // of each node; "": none
	warmup                         int    // s that are left out; 0: costWarmup
}

// The cluster that one number at a time is changed of.
var costBase = costSetting{nodes: 100, replicas: 3, keys: 2000, clients: 1000, payload: "full"}

// Each client does an operation and a half, waits for 200 ms on average, and begins again; so a thousand of them do some 7,300 operations a second.
// The first second is left out, the next two are measured; where that is too few operations, with several seeds.
const (
	costWarmup        = 1
	costMeasured      = 2
	operationsASecond = 7.3 // of a client
	enoughOperations  = 30_000
)

// seeds is with how many seeds a setting is run.
func (s *costSetting) seeds() int {
	return min(20, max(1, int(math.Round(enoughOperations/(operationsASecond*costMeasured*float64(s.clients))))))
}

// seedsOf is with how many seeds a setting is run by this effort.
func (a *measuring) seedsOf(s *costSetting) int {
	if a.Effort >= Least {
		return 1
	}
	return s.seeds()
}

// begin is when measuring begins, in s.
func (s *costSetting) begin() int { return cmp.Or(s.warmup, costWarmup) }

// quorum is the majority that reads and writes ask for.
func (s *costSetting) quorum() int { return s.replicas/2 + 1 }

// text is the scenario of a setting.
func (s *costSetting) text() string {
	var b strings.Builder
	gossip, cache, handoff := "", "", ""
	if s.payload != "full" {
		gossip = ", gossip: {payload: " + s.payload + "}"
	}
	if s.cache != "" {
		cache = ", cache: {enabled: true, size: " + s.cache + "}"
	}
	if s.down > 0 {
		handoff = ", handoff: {every: 500ms}"
	}
	fmt.Fprintf(&b, `version: 1
name: cost
duration: %ds
quiesce: 0s
final_reads: false
cluster: {nodes: %d, n: %d, r: %d, w: %d%s%s%s}
workloads:
  - {name: kv, clients: %d, ops: {get: 50, rmw: 50}, think: {dist: exponential, mean: 200ms}, keys: {count: %d}}
limits: {events: 1000000000}
`, s.begin()+costMeasured, s.nodes, s.replicas, s.quorum(), s.quorum(), gossip, cache, handoff, s.clients, s.keys)
	if s.down > 0 {
		b.WriteString("faults:\n")
	}
	for k := 0; s.down > 0 && k < s.begin()+costMeasured; k++ {
		var names []string
		for i := range s.down {
			names = append(names, fmt.Sprintf("n%d", (k*s.down+i)%s.nodes+1))
		}
		fmt.Fprintf(&b, "  - {at: %ds, for: 1s, crash: {nodes: [%s]}}\n", k, strings.Join(names, ", "))
	}
	return b.String()
}

// costParts are the parts that messages are added up by, of which the first is the clients' requests.
var costParts = []struct {
	name  string
	kinds []dynamo.Kind
}{
	{"requests", nil}, // all that are no background
	{"gossip", []dynamo.Kind{dynamo.Gossip, dynamo.GossipReply, dynamo.GossipRest}},
	{"anti-entropy", []dynamo.Kind{dynamo.Merkle}},
	{"read repair", []dynamo.Kind{dynamo.Repair}},
	{"handoff", []dynamo.Kind{dynamo.Hint, dynamo.HintReply}},
	{"failure detection", []dynamo.Kind{dynamo.Probe, dynamo.ProbeReply, dynamo.Heartbeat}},
	{"other", nil},
}

// The places of parts that are spoken of.
const (
	partRequests = iota
	partGossip
	partAntiEntropy
	partRepair
	partHandoff
	partDetection
	partOther
)

// partOf is the place of a kind's part.
func partOf(k dynamo.Kind) int {
	if !k.Background() {
		return partRequests
	}
	for i := range costParts {
		for _, kind := range costParts[i].kinds {
			if kind == k {
				return i
			}
		}
	}
	return partOther
}

// costCounters are counted besides.
var costCounters = [...]string{"timers", "disk_reads", "disk_writes", "disk_syncs", "forwarded", "hints_stored", "quorum_timeouts", "exchanges", "versions_repaired"}

// costCounts are what was counted, between two moments where they are a difference.
type costCounts struct {
	events, operations int64
	messages, bytes    [partOther + 1]int64
	kinds              [256][2]int64 // messages and bytes
	counters           [len(costCounters)]int64
}

// countCosts counts so far.
func countCosts(w *world.World) costCounts {
	c := costCounts{events: int64(w.Events()), operations: int64(w.Operations())}
	for _, t := range w.Traffic() {
		part := partOf(t.Kind)
		c.messages[part] += t.Messages
		c.bytes[part] += t.Bytes
		c.kinds[t.Kind] = [2]int64{t.Messages, t.Bytes}
	}
	for i, name := range costCounters {
		c.counters[i] = w.Counter(name)
	}
	return c
}

// add adds, or takes away with sign -1.
func (c *costCounts) add(o *costCounts, sign int64) {
	c.events += sign * o.events
	c.operations += sign * o.operations
	for i := range c.messages {
		c.messages[i] += sign * o.messages[i]
		c.bytes[i] += sign * o.bytes[i]
	}
	for i := range c.kinds {
		c.kinds[i][0] += sign * o.kinds[i][0]
		c.kinds[i][1] += sign * o.kinds[i][1]
	}
	for i := range c.counters {
		c.counters[i] += sign * o.counters[i]
	}
}

// each is a count by operation.
func (c *costCounts) each(n int64) float64 { return per(float64(n), float64(c.operations)) }

// counter is a counter by operation.
func (c *costCounts) counter(name string) float64 {
	return c.each(c.counters[slices.Index(costCounters[:], name)])
}

// background adds up all parts but the requests.
func background(parts *[partOther + 1]int64) (sum int64) {
	for _, n := range parts[partGossip:] {
		sum += n
	}
	return sum
}

// costOfHost is what the machine took for it.
type costOfHost struct {
	cpu  float64 // ns of processor time an operation
	live float64 // bytes of memory in use at the end
}

// costPoint is a setting, measured.
type costPoint struct {
	costSetting
	costCounts
	costOfHost
}

// measureCost runs a setting with all its seeds, unless that is known already.
func (a *measuring) measureCost(s costSetting, known map[costSetting]costPoint) (costPoint, error) {
	if p, ok := known[s]; ok {
		return p, nil
	}
	p := costPoint{costSetting: s}
	cpu := 0.0
	for seed := range a.seedsOf(&s) {
		if err := a.costRun(&p, uint64(seed)+1, &cpu); err != nil {
			return p, err
		}
	}
	p.cpu = p.each(int64(cpu))
	known[s] = p
	return p, nil
}

// costRun adds one run from the end of its warm-up on.
func (a *measuring) costRun(p *costPoint, seed uint64, cpu *float64) error {
	runtime.GC() // what is left of others is not this one's
	w, err := a.build(nil, p.text(), seed, world.Options{})
	if err != nil {
		return err
	}
	w.RunUntil(int64(p.begin()) * 1e9)
	before := countCosts(w)
	began := cpuTime()
	for w.Step(stride) {
		if a.ctx.Err() != nil {
			return a.ctx.Err()
		}
	}
	*cpu += float64(cpuTime() - began)
	after := countCosts(w)
	p.add(&after, 1)
	p.add(&before, -1)
	runtime.GC()
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	p.live = float64(heap.HeapAlloc)
	runtime.KeepAlive(w)
	return nil
}
