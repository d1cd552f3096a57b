package world

import (
	"fmt"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
	"dynamosim/sim"
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// Epoch is the moment of the simulator's time, in ns, that is time 0 of the scenario. The cluster forms in the second before.
const Epoch = int64(1_000_000_000)

// Options are the observers of a run. They change nothing in it.
type Options struct {
	Trace trace.Sink       // receives every record, with times of the scenario; nil: none
	Names func(n []string) // told the names of all processes, by number, before the first record that has one
	Watch Watch            // is told of every message; nil: nobody
	// Long is told of the history that is about to be recorded, as one that may become long; nil: nobody.
	Long func(h *history.History)
	// NewNode makes the code of nodes; nil: it is package dynamo's. Other than the rest it does change the run.
	NewNode NewNode
	Key     string    // the only key whose messages are put into words for the trace; "": all are
	Queue   sim.Queue // in what scheduled events are kept, on which no result depends

	Issued *[]Issued // gets every operation that a client of the application begins, in their order; nil: nobody asks

	Planted dynamo.Planted // a mistake of the nodes, for tests of the checks: the one option that is no observer
}

// Watch is told of each message at the moment when the code of a process takes it: time of the scenario in ns, sender, receiver. Nodes have
// the first numbers, in the order of the plan. The message is valid during the call only. A watch costs less than a trace.
type Watch func(at int64, from, to int32, m *dynamo.Message)

// World is one run of a plan.
type World struct {
	// What operations touch comes first.
	sys      *sim.System[dynamo.Message]
	history  *history.History
	shared   *dynamo.Shared
	sink     trace.Sink
	watch    Watch
	audit    *audit // nil: nobody asks how many copies there are
	issued   *[]Issued
	healed   bool
	carts    bool  // some operation is about carts
	triggers []int // faults that wait for a mark
	windows  windows
	latest   []int32        // who coordinated the latest put of a key, plus one, by KeyID
	keys     []int32        // history's number of a key, by KeyID; -1: none yet
	versions []history.OpID // scratch
	seen     []uint64       // scratch
	retries  int64
	hedges   int64
	memory   client.Memory      // of all clients
	hot      []hot              // by process
	diskDone storage.Completion // what a node is told of its disk

	plan   *scenarios.Scenario
	seeds  seeds
	config dynamo.Config
	place  *dynamo.Placement // where all changes of the members that any node acts upon put keys

	hintAccounts []HintAccount
	destructions []Destruction
	words        *words // what was told of versions; nil: nothing so far
	newNode      NewNode
	foreign      bool   // nodes are no *dynamo.Node
	told         Told   // of the message that is recorded
	only         string // Options.Key

	hosts    []*host
	sessions []*session
	unused   []session // a chunk of memory for them
	loads    []*load
	script   []scripted
	initial  []initialVersion
	shares   [][]int32 // of the initial versions, by host, once asked for
	faults   []*activeFault

	numbered []dynamo.KeyID // the inverse of keys
	library  *dynamo.Config // of the clients' libraries, nil: none yet
	marked   [256]int64     // what they told, by mark
	balancer *client.Loads  // that all clients go through; nil: it does not look at loads

	balancers []balancer // of clients that may contact all nodes
	someLeft  bool

	quiet     bool
	ended     bool
	exhausted *Exhaustion // the budget that ran out, nil: none
	busy      *busy       // what happens, once the end of a budget is near
	quiesce   int64
	merged    int64 // versions in conflict that client libraries made one of
	wants     []Claim
	converge  convergence
	actors    map[vclock.Actor]int // the number of each that a node has taken, in its order; looked up, never ranged over
	finals    finalReads
	watched   *invariants // nil: nothing is watched
	tallies   tallies

	recovering []*activeFault // over, with nodes that are not back yet
	notBack    []string       // nodes that do not serve when all has settled
	noQuorum   []string       // keys of which too few homes do
	outside    []bool         // by host: it is outside the core, see core.go; nil: nobody is
	spare      []*dynamo.Node // of the run before
	service    []*rng.Dist
}

// initialVersion is a version that every home holds at time 0.
type initialVersion struct {
	key dynamo.KeyID
	set *vclock.Set
}

// New builds the world of a plan, at the moment before its nodes start.
func New(plan *scenarios.Scenario, opts Options) (*World, error) {
	w := new(World)
	return w, w.Reset(plan, opts)
}

// Reset makes w the world of another plan. It keeps memory and nothing else: a world that was used before and a new one run alike. The
// history of the run before is gone. After a panic inside a world it must not be used again.
func (w *World) Reset(plan *scenarios.Scenario, opts Options) error {
	old := *w
	*w = World{plan: plan, seeds: classSeeds(plan.Seed), issued: opts.Issued, keys: old.keys[:0], numbered: old.numbered[:0], versions: old.versions[:0], latest: old.latest[:0], spare: old.spare[:0], hot: old.hot[:0]}
	clear(old.hot)
	for _, h := range old.hosts {
		w.spare = append(w.spare, h.node)
	}
	if plan.Plan != nil {
		w.seeds = classSeeds(plan.Plan.Seed)
	}
	var err error
	if w.config, err = nodeConfig(&plan.Cluster); err != nil {
		return err
	}
	w.config.Planted = opts.Planted
	w.shared = &dynamo.Shared{Arena: &vclock.Arena{}, Names: plan.Cluster.AllNodes(), Zones: zones(&plan.Cluster), Keys: dynamo.NewKeys(pinned(&plan.Cluster)),
		Placing: placing(&plan.Cluster, w.seeds.plan)}
	if old.shared != nil {
		w.shared.Reuse(old.shared)
	}
	w.found()
	w.memory.Bodies = &w.shared.Bodies
	w.watch, w.newNode = opts.Watch, opts.NewNode
	header := history.Header{Model: historyModel(plan), Scenario: plan.Name, Seed: fmt.Sprint(w.seed())}
	if opts.Trace != nil {
		w.sink, w.only = scenarioTime{opts.Trace}, opts.Key
	}
	if w.history = old.history; w.history == nil {
		w.history = history.New(header)
	} else {
		w.history.Reset(header)
	}
	if opts.Long != nil {
		opts.Long(w.history)
	}
	if w.sys = old.sys; w.sys == nil {
		w.sys = sim.New(w.systemConfig(opts.Queue))
	} else {
		w.sys.Reset(w.systemConfig(opts.Queue))
	}
	w.quiesce = w.settling()
	return w.populate(opts.Names)
}

// spareNodes makes node objects of those of the run before and, where they are too few, new ones: in one piece, which begins with a line of the
// processor's cache unless it is small.
func (w *World) spareNodes(n int) {
	if more := n - len(w.spare); more > 0 {
		nodes := make([]dynamo.Node, more)
		for i := range nodes {
			w.spare = append(w.spare, &nodes[i])
		}
	}
}

// seed is what the run is reproduced by.
func (w *World) seed() uint64 {
	if w.plan.Plan != nil {
		return w.plan.Plan.Seed
	}
	return w.plan.Seed
}

func historyModel(plan *scenarios.Scenario) history.Model {
	v := &plan.Cluster.Versioning
	switch {
	case v.Mode == scenarios.ModeLastWriteWins:
		return history.LastWriteWins
	case v.Mode == scenarios.ModeABD, v.Reconcile == scenarios.ReconcileNewest:
		return history.Register
	}
	return history.Siblings
}

// systemConfig is the simulator under the world.
func (w *World) systemConfig(queue sim.Queue) sim.Config[dynamo.Message] {
	keys := w.shared.Keys
	cfg := sim.Config[dynamo.Message]{
		Seeds: sim.Seeds{Environment: w.seeds.environment, Node: w.seeds.node},
		Label: func(m *dynamo.Message) sim.Label {
			size, hash := m.Measure(keys)
			return sim.Label{Kind: uint8(m.Kind), Size: size, Hash: hash}
		},
		Describe: w.describe,
		Control:  w.control,
		Ahead:    w.ahead,
		Network:  w.networkConfig(),
		Queue:    queue,
	}
	if w.plan.Ties == scenarios.TiesSeeded {
		cfg.Ties = sim.TiesSeeded
	}
	if w.sink != nil {
		cfg.Trace = w.sink
	}
	return cfg
}

// scenarioTime gives records the scenario's time.
type scenarioTime struct{ trace.Sink }

func (s scenarioTime) Record(r *trace.Record) {
	r.Time -= Epoch
	s.Sink.Record(r)
}

// populate adds nodes, clients, load, script and faults, and schedules what has a time.
func (w *World) populate(names func(n []string)) error {
	if w.audited() {
		w.audit = &audit{world: w, open: map[history.OpID]*auditedPut{}}
	}
	w.spareNodes(len(w.shared.Names))
	hosts := make([]host, len(w.shared.Names)) // in one piece, like the nodes
	for i, name := range w.shared.Names {
		w.addHost(i, &hosts[i])
		if h := w.hosts[i]; i >= w.plan.Cluster.Size() {
			h.absent = true
			h.node.Reset(dynamo.NodeID(h.id), &w.config, w.shared) // it may be of the run before
		}
		w.history.AddNode(name)
	}
	w.own()
	w.watched = w.watchInvariants()
	for i := range w.plan.Workloads {
		if err := w.addLoad(i); err != nil {
			return err
		}
	}
	w.openWindows()
	w.carts = w.usesCarts()
	w.preload()
	w.addScript()
	w.addFinalReaders()
	if err := w.seedNodes(); err != nil {
		return err
	}
	if names != nil {
		names(w.ProcessNames())
	}
	for _, s := range w.sessions {
		w.sys.Boot(s.id, s, 1, s.onStart())
		w.keepHot(s.id, hot{session: s})
	}
	for _, h := range w.hosts {
		if !h.absent {
			h.boot()
		}
	}
	if err := w.fixOverrides(); err != nil {
		return fmt.Errorf("network.links: %w", err)
	}
	w.planTallies()
	w.schedule()
	if err := w.addFaults(); err != nil {
		return err
	}
	w.tellScheduled()
	return nil
}

// schedule sets the phases of the run.
func (w *World) schedule() {
	for i, l := range w.loads {
		if !l.spec.Enabled {
			continue
		}
		w.at(int64(l.spec.From), controlLoad, uint64(i))
	}
	for i := range w.plan.Reseed {
		w.at(int64(w.plan.Reseed[i].At), controlReseed, uint64(i))
	}
	for i := range w.plan.State {
		if at := w.plan.State[i].At; at != scenarios.End {
			w.at(int64(at), controlState, uint64(i))
		}
	}
	w.at(int64(w.plan.Duration), controlHeal, 0)
	w.at(int64(w.plan.Duration)+w.quiesce, controlQuiet, 0)
}

// Control events of the world. They enter the digest; the numbers are never reused.
const (
	controlLoad       = 1
	controlArrival    = 2
	controlOperation  = 3
	controlFaultStart = 4
	controlFaultEnd   = 5
	controlHeal       = 6
	controlQuiet      = 7
	controlReseed     = 8
	controlState      = 9
	controlFaultStep  = 10 // a fault with a life of its own: crash-loop, flap, rolling-restart
	controlDeparted   = 11 // a node that has left is switched off
	controlCopy       = 12 // copies of disks are made, for a fault that puts them back
)

// at schedules a control event at a time of the scenario.
func (w *World) at(t int64, kind uint32, a uint64) {
	w.sys.At(t+Epoch, sim.Control{Kind: kind, A: a, Lineage: rng.Draw(0, uint64(kind), a, uint64(t))})
}

// now is the time of the scenario in ns.
func (w *World) now() int64 { return w.sys.Now() - Epoch }

// Now is the time of the scenario in ns; negative while the cluster forms.
func (w *World) Now() int64 { return w.now() }

// control is called when a control event is due.
func (w *World) control(c sim.Control) {
	switch c.Kind {
	case controlLoad:
		w.startLoad(w.loads[c.A])
	case controlArrival:
		w.arrive(w.loads[c.A])
	case controlOperation:
		w.due(int(c.A))
	case controlFaultStart:
		w.startFault(int(c.A))
	case controlFaultEnd:
		w.endFault(int(c.A))
		w.accountHints()
	case controlFaultStep:
		w.stepFault(int(c.A), c.B)
	case controlHeal:
		w.heal()
		w.accountHints()
	case controlQuiet:
		w.settle()
		w.accountHints()
	case controlDeparted:
		w.departed(w.hosts[c.A])
	case controlCopy:
		w.faults[c.A].applier.(*rollbackFault).copyDisks(w)
	case controlReseed:
		w.reseed(w.plan.Reseed[c.A].Seed)
	case controlState:
		w.judgeState(int(c.A))
	}
}

func (w *World) reseed(seed uint64) {
	s := classSeeds(seed)
	w.sys.Reseed(sim.Seeds{Environment: s.environment, Node: s.node})
}

// Step runs up to max events. It returns false when the run is over: at its end, or out of budget. Where a run ends does not depend on
// how it is stepped.
func (w *World) Step(max int) bool {
	for max > 0 && !w.over() {
		n := min(max, w.untilBudget())
		did, ended := w.stepToTally(n)
		w.ended = w.ended || ended
		max -= did
	}
	return !w.over()
}

// End is the time of the scenario at which final reads begin, in ns.
func (w *World) End() int64 { return int64(w.plan.Duration) + w.quiesce }

// heal ends all faults, clocks included, and the load. What must be back comes back.
func (w *World) heal() {
	w.healed = true
	for i := range w.faults {
		w.endFault(i)
	}
	w.healClocks()
	w.triggers = nil
	w.history.MarkPhase(w.now(), history.Heal)
	w.tellPhase(uint64(history.Heal))
	if !w.foreign {
		w.findCore()
		w.watchConvergence()
	}
}

// settle records what every node holds, then reads every key from all its homes.
func (w *World) settle() {
	w.quiet = true
	w.history.MarkPhase(w.now(), history.Quiet)
	w.tellPhase(uint64(history.Quiet))
	if !w.foreign {
		w.lookForLiveness()
		w.leaveLate()
		w.converge.closed = true
		w.recordStates()
	}
	if w.watched != nil {
		w.watched.judgeTrees()
	}
	for i := range w.plan.State {
		if w.plan.State[i].At == scenarios.End {
			w.judgeState(i)
		}
	}
	w.beginFinalReads()
}

// finish ends the run.
func (w *World) finish() {
	w.ended = true
	w.sys.Stop()
}

func (w *World) tellPhase(p uint64) {
	w.sys.Digest().Add3(uint64(w.now()), 0x70686173, p)
}

// tell takes an event of the history into the digest and the trace.
func (w *World) tell(kind trace.Kind, l *lane, what uint64, versions []history.OpID) {
	s, j := l.session, &l.job
	if w.sink != nil {
		w.recordOperation(kind, s, j.part, versions)
	}
	d := w.sys.Digest()
	d.Add2(uint64(w.now()), uint64(kind)) // what Add5 does, without a call
	d.Add2(s.hash, uint64(uint32(j.serial))<<32|what)
	d.Add1(w.shared.Keys.Hash(j.key))
	for _, v := range versions {
		d.Add1(uint64(v) + 1)
	}
}

// historyKey gives the history's number of a key.
func (w *World) historyKey(key dynamo.KeyID) int32 {
	for int(key) >= len(w.keys) {
		w.keys = append(w.keys, -1)
	}
	if w.keys[key] < 0 {
		w.keys[key] = w.history.AddKey(w.shared.Keys.Name(key))
		w.numbered = append(w.numbered, key)
	}
	return w.keys[key]
}

// keyOf is the inverse of historyKey.
func (w *World) keyOf(number int32) dynamo.KeyID { return w.numbered[number] }
