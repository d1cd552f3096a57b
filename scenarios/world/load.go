package world

import (
	"fmt"
	"slices"
	"strconv"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
	"dynamosim/scenarios/workload"
	"dynamosim/sim"
)

// load is one generated workload: its generator, its clients, and for an open loop its arrivals.
type load struct {
	world     *World
	index     uint64
	spec      *scenarios.Workload
	generator *workload.Generator
	sessions  []*session
	arrivals  *workload.Arrivals // nil: closed loop
	arrived   int64
	inFlight  int
	dropped   int64 // arrivals beyond max_in_flight
	keys      []loadKey
	op        workload.Op // scratch: the operation that begins
	own       loadKey     // scratch: its key, if that is a client's own
	items     []string
	name      []byte // scratch
	until     int64
}

// open tells whether operations arrive whether or not earlier ones have ended.
func (l *load) open() bool { return l != nil && l.arrivals != nil }

// addLoad builds a workload's generator and its clients.
func (w *World) addLoad(i int) error {
	spec := &w.plan.Workloads[i]
	l := &load{world: w, index: uint64(i), spec: spec, until: int64(spec.Until)}
	var err error
	if l.generator, err = workload.New(generatorConfig(spec, w.seeds.workload)); err != nil {
		return fmt.Errorf("workload %s: %w", spec.Name, err)
	}
	if spec.Rate > 0 || len(spec.Stages) > 0 {
		if l.arrivals, err = workload.NewArrivals(arrivalConfig(spec, w.seeds.workload)); err != nil {
			return fmt.Errorf("workload %s: %w", spec.Name, err)
		}
	}
	cfg, err := w.clientConfig(spec)
	if err != nil {
		return err
	}
	for c := range spec.Clients {
		at := w.placed(spec.Place)
		s := w.addSession(workload.ClientName(spec.Name, c), cfg, at)
		w.addLibrary(s, at.Zone)
		s.load, s.index = l, int32(c)
		s.forgets = !keepsContext(spec) && len(w.plan.Operations) == 0
		l.sessions = append(l.sessions, s)
	}
	for k := range spec.Items {
		l.items = append(l.items, "item-"+strconv.Itoa(k))
	}
	w.loads = append(w.loads, l)
	return nil
}

func generatorConfig(spec *scenarios.Workload, seed uint64) workload.Config {
	k := &spec.Keys
	cfg := workload.Config{
		Seed: seed, Name: spec.Name, Clients: spec.Clients, Count: int64(spec.Count), ValueSize: int64(spec.ValueSize), Items: spec.Items,
		Think: spec.Think.Dist,
		Keys:  workload.KeyConfig{Count: k.Count, Theta: k.Theta, HotKeys: k.HotKeys.Chance, HotOps: k.HotOps.Chance, Prefix: k.Prefix},
	}
	if spec.Probe != nil {
		for _, wait := range spec.Probe.After {
			cfg.Probe = append(cfg.Probe, int64(wait))
		}
	}
	cfg.Keys.Distribution, _ = workload.ParseDistribution(string(k.Distribution))
	for _, op := range spec.Ops {
		weight := int64(float64(op.Weight * 1000)) // range: weights are at most a billion
		switch op.Op {
		case scenarios.OpGet:
			cfg.Weights.Get = weight
		case scenarios.OpPut:
			cfg.Weights.Put = weight
		case scenarios.OpDelete:
			cfg.Weights.Delete = weight
		case scenarios.OpRMW:
			cfg.Weights.ReadModifyWrite = weight
		case scenarios.OpCartAdd:
			cfg.Weights.CartAdd = weight
		case scenarios.OpCartRemove:
			cfg.Weights.CartRemove = weight
		}
	}
	return cfg
}

// keepsContext tells whether a workload has puts with the context of their client's last get of the key.
func keepsContext(spec *scenarios.Workload) bool {
	return spec.Context != scenarios.ContextNone && spec.Context != scenarios.ContextFresh && slices.ContainsFunc(spec.Ops, func(op scenarios.OpWeight) bool {
		return op.Weight > 0 && (op.Op == scenarios.OpPut || op.Op == scenarios.OpDelete)
	})
}

func arrivalConfig(spec *scenarios.Workload, seed uint64) workload.ArrivalConfig {
	cfg := workload.ArrivalConfig{Seed: seed, Name: spec.Name, Even: spec.Arrivals == scenarios.ArrivalsEven, Rate: int64(spec.Rate),
		From: int64(spec.From), Until: int64(spec.Until)}
	for _, s := range spec.Stages {
		cfg.Stages = append(cfg.Stages, workload.Stage{For: int64(s.For), To: int64(s.To)})
	}
	return cfg
}

// clientConfig is how the clients of a workload talk to the cluster.
func (w *World) clientConfig(spec *scenarios.Workload) (*client.Config, error) {
	names, err := spec.Contact.Resolve(w)
	if err != nil {
		return nil, fmt.Errorf("workload %s, contact: %w", spec.Name, err)
	}
	cfg := w.plainClient()
	cfg.Nodes = w.nodeIDs(names)
	cfg.Near = w.near(cfg.Nodes, spec.Place)
	if spec.Contact.Form == scenarios.SelectAll {
		w.balancers = append(w.balancers, balancer{cfg, spec.Place})
	}
	cfg.Retries = spec.Retries
	if spec.Timeout > 0 {
		cfg.Timeout = int64(spec.Timeout)
	}
	if backoff := spec.Backoff.Dist; backoff != nil {
		cfg.Backoff = backoff.Sample
	}
	return cfg, nil
}

// plainClient is a client of the cluster without any setting of its own.
func (w *World) plainClient() *client.Config {
	c := &w.plan.Cluster
	cfg := &client.Config{Timeout: int64(c.Timeouts.Client), Avoid: int64(c.FailureDetection.Retry), Memory: &w.memory}
	switch c.Routing.Balancer {
	case scenarios.BalancerRoundRobin:
		cfg.Balancer = client.RoundRobin
	case scenarios.BalancerSameDatacenter:
		cfg.Balancer = client.Near
	case scenarios.BalancerLeastLoaded:
		if w.balancer == nil {
			w.balancer = client.NewLoads(len(w.hosts))
		}
		cfg.Balancer, cfg.Loads = client.LeastLoaded, w.balancer
	}
	if h := &c.Hedge; h.Enabled {
		cfg.Hedge = &client.Hedge{After: int64(h.After.Delay), Percentile: int64(h.After.Percentile)}
	}
	if c.Versioning.Reconcile == scenarios.ReconcileCartUnion {
		cfg.Merge = uniteCarts
	}
	for i := range w.plan.Cluster.Size() {
		cfg.Nodes = append(cfg.Nodes, dynamo.NodeID(i))
	}
	cfg.Near = cfg.Nodes
	return cfg
}

// near keeps the nodes of a datacenter; all of them where none is named.
func (w *World) near(nodes []dynamo.NodeID, place string) []dynamo.NodeID {
	if place == "" {
		return nodes
	}
	var near []dynamo.NodeID
	for _, id := range nodes {
		if w.Datacenter(w.hosts[id].name) == place {
			near = append(near, id)
		}
	}
	return near
}

// startLoad begins a workload: each closed-loop client after its first pause, an open loop at its first arrival.
func (w *World) startLoad(l *load) {
	if l.open() {
		w.nextArrival(l)
		return
	}
	for _, s := range l.sessions {
		w.sys.Run(s.id, s.hash, func() { w.afterOperation(s) })
	}
}

// afterOperation lets a closed-loop client go on: its next operation, after the pause that belongs to it.
func (w *World) afterOperation(s *session) {
	l := s.load
	if quota := l.generator.Quota(int(s.index)); w.stopped(l) || quota >= 0 && int64(s.next) >= quota {
		return
	}
	if pause := l.generator.ThinkOf(s.hash, int64(s.next)); pause > 0 {
		s.proc.SetTimer(sim.Timer{Kind: timerThink}, pause)
		return
	}
	w.nextOperation(s)
}

// nextOperation begins a closed-loop client's next operation.
func (w *World) nextOperation(s *session) {
	if s.silent || w.stopped(s.load) {
		return
	}
	s.next++
	s.load.begin(s, int64(s.next-1))
}

// stopped tells whether a workload issues no more.
func (w *World) stopped(l *load) bool { return w.healed || w.now() >= l.until }

// nextArrival schedules the next operation of an open loop.
func (w *World) nextArrival(l *load) {
	at, ok := l.arrivals.Next()
	if !ok || at >= int64(w.plan.Duration) {
		return
	}
	w.at(max(at, w.now()), controlArrival, l.index)
}

// arrive begins the operation of an arrival, unless too many are open.
func (w *World) arrive(l *load) {
	c, k := l.generator.Arrival(l.arrived)
	l.arrived++
	w.nextArrival(l)
	quota := l.generator.Quota(c)
	switch {
	case w.stopped(l) || quota >= 0 && k >= quota:
		return
	case l.inFlight >= l.spec.MaxInFlight:
		l.dropped++
		return
	}
	s := l.sessions[c]
	if s.silent {
		return
	}
	l.inFlight++
	w.sys.Run(s.id, s.hash, func() { l.begin(s, k) })
}

// begin lets a client begin its operation of a number: what the generator says.
func (l *load) begin(s *session, number int64) {
	op := &l.op
	l.generator.NextOf(op, s.hash, int(s.index), number)
	c, spec, key := s.lane(), l.spec, l.key(s, op)
	if key.number < 0 {
		key.number = l.world.historyKey(key.id)
	}
	j := c.ready()
	j.kind, j.number, j.key, j.numbered, j.size = op.Func, number, key.id, key.number, int32(op.Size)
	j.n, j.r, j.w = uint8(spec.N), uint8(spec.R), uint8(spec.W)
	switch op.Func {
	case workload.Get, workload.ReadModifyWrite:
	case workload.CartAdd, workload.CartRemove:
		c.detail().item = l.items[op.Item]
	case workload.Put, workload.Delete:
		j.blind = spec.Context == scenarios.ContextNone
		j.fresh = spec.Context == scenarios.ContextFresh
	case workload.Probe:
		j.blind = true
		c.detail().wait = op.Wait
	}
	c.begin()
}

// loadKey is a key of a workload.
type loadKey struct {
	id     dynamo.KeyID
	number int32 // the history's, -1: none as yet, or not looked up
}

// key gives the key of an operation; shared keys are looked up by name once.
func (l *load) key(s *session, op *workload.Op) *loadKey {
	if uint(op.Key) < uint(len(l.keys)) && !op.Own {
		if key := &l.keys[op.Key]; key.id != dynamo.NoKey {
			return key
		}
	}
	return l.newKey(s, op)
}

// newKey is key for one that is a client's own, or that nobody has asked for as yet.
func (l *load) newKey(s *session, op *workload.Op) *loadKey {
	key := &l.own
	if !op.Own {
		for op.Key >= len(l.keys) {
			l.keys = append(l.keys, loadKey{dynamo.NoKey, -1})
		}
		key = &l.keys[op.Key]
	}
	l.name = l.generator.AppendKey(l.name[:0], int(s.index), *op)
	*key = loadKey{l.world.shared.Keys.InternBytes(l.name), -1}
	return key
}

// preloaded lists the keys that exist at time 0, with the size of their value: each once, in the order of the workloads.
func (w *World) preloaded() (keys []dynamo.KeyID, sizes []int64) {
	known := make(map[dynamo.KeyID]bool)
	for _, l := range w.loads {
		if !l.spec.Keys.Preload || l.spec.Probe != nil {
			continue
		}
		for k := range l.spec.Keys.Count {
			id := l.key(l.sessions[0], &workload.Op{Key: k}).id
			if !known[id] {
				known[id] = true
				keys, sizes = append(keys, id), append(sizes, int64(l.spec.ValueSize))
			}
		}
	}
	return keys, sizes
}

// preload writes the first version of every preloaded key into the history: a put that was acknowledged before time began.
func (w *World) preload() {
	keys, sizes := w.preloaded()
	if len(keys) == 0 || w.foreign || w.plan.Cluster.Membership.Start == scenarios.StartCold {
		return
	}
	writer := w.history.AddClient(preloadClient)
	for i, key := range keys {
		op := w.history.Invoke(0, writer, history.Put, w.historyKey(key))
		w.history.SetPreloaded(op)
		w.history.SetContext(op, nil)
		w.history.SetValue(op, "", int(sizes[i]))
		if w.config.Mode == vclock.LastWriteWins {
			w.history.SetStamp(op, longAgo, 0)
		}
		w.history.OkPut(0, op)
		w.initial = append(w.initial, initialVersion{key, w.initialSet(op, sizes[i])})
	}
}

// preloadClient is the client that the history names as the writer of preloaded versions.
const preloadClient = "preload"
