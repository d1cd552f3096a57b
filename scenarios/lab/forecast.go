package lab

import (
	"time"

	"dynamosim/scenarios"
)

// Forecast is what a run will take, told from its plan alone: roughly, before anything is built. docs/limits.md says how it is made, and holds it against
// what was measured.
type Forecast struct {
	Nodes      int
	Virtual    int64         // time of the run in ns, settling included
	Operations int64         // in the history; a read-modify-write is two
	Events     int64         // of the simulator
	Memory     int64         // bytes, at the worst moment
	Time       time.Duration // of one processor
	Files      int64         // bytes that -o writes, the compressed trace included

	MemoryParts []ForecastPart // bytes, the largest first
	TimeParts   []ForecastPart // ns, the largest first
}

// ForecastPart is what a part of a run takes, and what makes it less.
type ForecastPart struct {
	What   string `json:"what"`
	Amount int64  `json:"amount"`
	Lower  string `json:"lower"`
}

// ForecastOptions say what is wanted of the run.
type ForecastOptions struct {
	Files  bool // with -o
	Trace  bool // the trace among them
	Verify bool // run twice
}

// ForecastRun estimates one run of a plan.
func ForecastRun(plan *scenarios.Scenario, o ForecastOptions) *Forecast {
	m := &costModel{plan: plan, c: &plan.Cluster, nodes: float64(len(plan.Cluster.AllNodes()))}
	m.measureNetwork()
	m.lengths()
	m.load()
	if plan.FinalReads {
		m.virtual += m.keys * finalTime
	}
	m.background()
	e := &Forecast{Nodes: len(plan.Cluster.AllNodes()), Virtual: int64(m.virtual * 1e9), Operations: int64(m.gets + m.puts), Events: int64(m.events())}
	m.memory(e, o)
	m.time(e, o)
	if o.Verify {
		e.Time *= 2
	}
	e.Files = int64(m.events()*traceBytes + float64(e.Operations)*lineBytes + m.keys*m.n()*stateBytes)
	return e
}

// costModel is an estimate under way.
type costModel struct {
	plan    *scenarios.Scenario
	c       *scenarios.Cluster
	nodes   float64
	virtual float64 // s, all of it
	settle  float64 // s of it after the load

	hop       float64 // s, between nodes
	clientHop float64 // s
	service   float64 // s of a processor a message
	perNode   float64 // events that a message to a node makes

	gets, puts float64 // in the history
	clients    float64
	keys       float64
	blind      float64 // puts that supersede nothing

	loadEvents, finalEvents, gossipEvents, syncEvents, heartbeatEvents, otherEvents float64
}

func (m *costModel) n() float64 { return float64(m.c.N) }

func (m *costModel) events() float64 {
	return m.loadEvents + m.finalEvents + m.gossipEvents + m.syncEvents + m.heartbeatEvents + m.otherEvents
}

// seconds turns ns into s.
func seconds[T ~int64](ns T) float64 { return float64(ns) / 1e9 }

func meanOf(d scenarios.Dist) float64 {
	if d.Dist == nil {
		return 0
	}
	return seconds(d.Dist.Mean())
}

// measureNetwork finds what a message takes on average.
func (m *costModel) measureNetwork() {
	n := &m.plan.Network
	m.hop = meanOf(n.SameDC.Latency)
	if d := len(m.c.Datacenters); d > 1 {
		far := 1 - 1/float64(d)
		m.hop = m.hop*(1-far) + meanOf(n.CrossDC.Latency)*far
	}
	if len(n.Messages) > 0 {
		sum := 0.0
		for i := range n.Messages {
			sum += meanOf(n.Messages[i].Latency)
		}
		m.hop = sum / float64(len(n.Messages))
	}
	m.clientHop = meanOf(n.Client.Latency)
	m.service = meanOf(m.c.CPU.Service.For("read"))
	m.perNode = 1
	if m.service > 0 {
		m.perNode = 2
	}
}

// lengths finds how long the run is.
func (m *costModel) lengths() {
	c := m.c
	m.settle = seconds(m.plan.Quiesce)
	if m.plan.Quiesce == scenarios.Auto {
		m.settle = seconds(max(c.Timeouts.Client, c.Timeouts.Read, c.Timeouts.Write) + c.ReadRepair.Wait + c.FailureDetection.Retry + 2*c.Timeouts.Replica)
		if c.Handoff.Enabled {
			m.settle += 2 * seconds(c.Handoff.Every)
		}
		if c.AntiEntropy.Enabled {
			m.settle += 2 * seconds(c.AntiEntropy.Every) * m.periods()
		}
		if c.Admission.Enabled {
			m.settle += 2 * seconds(c.Admission.Over)
		}
	}
	m.virtual = seconds(m.plan.Duration) + m.settle + 1
}

// partners is about how many nodes keep a range that a node keeps: under strategy 3, and one token a range.
func (m *costModel) partners() float64 {
	ranges := float64(m.c.Ring.Tokens)
	if m.c.Ring.Strategy == 3 {
		ranges = float64(m.c.Ring.Ranges) / m.nodes
	}
	return max(0, min(m.nodes-1, 2*(m.n()-1)*ranges))
}

// periods is in how many periods of anti-entropy a node turns to all of its partners.
func (m *costModel) periods() float64 {
	if told := float64(m.c.AntiEntropy.Peers); told > 0 {
		return max(1, m.partners()/told)
	}
	return 4
}

// load finds what clients do.
func (m *costModel) load() {
	for i := range m.plan.Workloads {
		w := &m.plan.Workloads[i]
		m.clients += float64(w.Clients)
		before := m.puts
		if w.Enabled {
			m.workload(w)
		}
		switch {
		case w.Probe != nil:
		case w.Keys.Preload && m.c.Membership.Start != scenarios.StartCold:
			m.keys += float64(w.Keys.Count)
		default: // there are those that are written
			m.keys += min(float64(w.Keys.Count), m.puts-before)
		}
	}
	for i := range m.plan.Operations {
		kind, _ := m.plan.Operations[i].Kind()
		get, put := partsOf(kind)
		m.gets, m.puts, m.keys, m.clients = m.gets+get, m.puts+put, m.keys+0.2, m.clients+0.2
	}
	forwarded := 1 - min(1, m.n()/m.nodes)
	get, put := m.eventsOf(forwarded)
	m.loadEvents = m.gets*get + m.puts*put
	if m.plan.FinalReads {
		m.finalEvents = m.keys * get
	}
}

// partsOf are the gets and puts of an operation.
func partsOf(kind scenarios.OpKind) (gets, puts float64) {
	switch kind {
	case scenarios.OpGet:
		return 1, 0
	case scenarios.OpPut, scenarios.OpDelete:
		return 0, 1
	}
	return 1, 1
}

// eventsOf are the events of a get and of a put: a message to a node is its arrival and the end of its service, one to a client its arrival; a read
// of a disk is one, a write another for its sync; then there are pauses and timeouts.
func (m *costModel) eventsOf(forwarded float64) (get, put float64) {
	others, s := m.n()-1, m.perNode
	disk := 1.0
	if m.c.Storage.Engine == scenarios.EngineMemory {
		disk = 0
	}
	get = s*(1+forwarded+2*others) + disk*m.n() + 2
	put = s*(1+0.5*forwarded+2*others) + 2*disk*m.n() + 2
	if m.c.Versioning.Mode == scenarios.ModeABD { // query, then write
		get += s*2*others + 2*disk*m.n()
		put += s*2*others + disk*m.n()
	}
	return get, put
}

// workload adds the operations of one.
func (m *costModel) workload(w *scenarios.Workload) {
	var weights, gets, puts float64
	for _, op := range w.Ops {
		g, p := partsOf(op.Op)
		weights, gets, puts = weights+op.Weight, gets+g*op.Weight, puts+p*op.Weight
		if w.Context == scenarios.ContextFresh && g == 0 {
			gets += op.Weight
		}
	}
	if w.Probe != nil {
		weights, gets, puts = 1, 1, 1
	}
	if weights == 0 {
		return
	}
	gets, puts = gets/weights, puts/weights
	length := seconds(min(w.Until, m.plan.Duration) - w.From)
	count := length * m.rate(w, gets, puts)
	if w.Count > 0 {
		count = min(count, float64(w.Count))
	}
	count = max(0, count)
	m.gets, m.puts = m.gets+count*gets, m.puts+count*puts
	if w.Probe == nil && (w.Context == scenarios.ContextNone || gets == 0) {
		m.blind += count * puts
	}
	if w.Probe != nil {
		m.keys += count
	}
}

// rate is how many operations of a workload there are in a second: as its arrivals say, or as its clients and the cluster manage.
func (m *costModel) rate(w *scenarios.Workload, gets, puts float64) float64 {
	if w.Rate > 0 {
		return w.Rate.PerSecond()
	}
	if len(w.Stages) > 0 {
		return meanRate(w)
	}
	trip := 2*m.clientHop + 2.7*m.hop + 3*m.service
	latency := (gets+puts)*trip + puts*meanOf(m.c.Disk.Write) + gets*meanOf(m.c.Disk.Read)
	if m.c.Storage.Sync == scenarios.SyncEach || m.c.Storage.Sync == scenarios.SyncGroup {
		latency += puts * meanOf(m.c.Disk.Sync)
	}
	cycle := latency + meanOf(w.Think)
	if w.Probe != nil {
		for _, after := range w.Probe.After {
			cycle += seconds(after) / float64(len(w.Probe.After))
		}
	}
	return min(float64(w.Clients)/max(cycle, 1e-6), m.capacity(gets, puts))
}

func meanRate(w *scenarios.Workload) float64 {
	var from, sum, length float64
	for _, s := range w.Stages {
		to := s.To.PerSecond()
		sum += seconds(s.For) * (from + to) / 2
		length += seconds(s.For)
		from = to
	}
	if length == 0 {
		return 0
	}
	return sum / length
}

// capacity is how many operations the processors and the disks of the nodes manage in a second.
func (m *costModel) capacity(gets, puts float64) float64 {
	processor := (gets + puts) * (2*m.n() + 1) * m.service / float64(m.c.CPU.Cores)
	disk := gets*m.n()*meanOf(m.c.Disk.Read) + puts*m.n()*meanOf(m.c.Disk.Write)
	if m.c.Storage.Sync == scenarios.SyncEach {
		disk += puts * m.n() * meanOf(m.c.Disk.Sync)
	}
	if m.c.Storage.Engine == scenarios.EngineMemory {
		disk = 0
	}
	return m.nodes / max(processor, disk, 1e-9)
}

// background finds what nodes do by themselves.
func (m *costModel) background() {
	c := m.c
	nodeSeconds := m.nodes * m.virtual
	if g := &c.Gossip; g.Enabled && m.nodes > 1 {
		m.gossipEvents = nodeSeconds / seconds(g.Every) * (1 + float64(g.Fanout)*2*m.perNode)
	}
	if a := &c.AntiEntropy; a.Enabled {
		exchanges := nodeSeconds / seconds(a.Every) * m.partners() / m.periods()
		m.syncEvents = exchanges * (1 + 2*m.perNode)
	}
	if f := &c.FailureDetection; f.Kind == scenarios.DetectorPhi {
		m.heartbeatEvents = nodeSeconds / seconds(f.Heartbeat) * (m.nodes - 1) * m.perNode
	}
	m.otherEvents = m.nodes * 10
	if c.Handoff.Enabled {
		m.otherEvents += nodeSeconds / seconds(c.Handoff.Every)
	}
}
