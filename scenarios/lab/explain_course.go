package lab

import (
	"fmt"
	"slices"

	"dynamosim/analysis/history"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
	"dynamosim/sim/trace"
)

// course is what happened to one key in a run: what each operation asked of which node, what became of every copy, and what each node held
// when. It is found by running the plan once more, one event at a time, with a look at the nodes wherever the trace says that they changed.
type course struct {
	key     string
	world   *world.World
	names   []string
	nodes   int     // processes below this number are nodes
	before  []int32 // homes of the key, when the run began
	homes   []int32 // when it ended
	events  uint64
	ops     map[history.OpID]*track // lookups only
	pushes  []*leg                  // hints and read repairs
	changes []change
	marks   []trace.Record
	records []trace.Record // of the key, and those that concern all
	lives   []life
	doubts  []doubt

	flights  map[uint64]flight           // messages under way by lineage; lookups only
	lineages map[uint64]*track           // requests of clients under way; lookups only
	requests map[requestID]*track        // of clients; lookups only
	attempts map[requestID]*attempt      // by coordinator and its number; lookups only
	open     map[int32]*track            // by client: the latest operation on the key; lookups only
	answers  map[uint64]*attempt         // answers to clients under way by lineage; lookups only
	dots     map[history.OpID]vclock.Dot // that copies bore first; lookups only
	carried  map[int32][]*track          // by node: requests that it has taken; lookups only
	writing  map[int32][]*attempt        // by coordinator: puts whose own copy is not durable yet, the oldest first; lookups only
	held     [][]world.Holding           // by node, as last seen
	dirty    []int32
	event    eventOf
	at       map[uint64]eventOf // events that something about the key happened in; lookups only
}

// requestID is a process and its number for a request.
type requestID struct {
	process int32
	number  uint64
}

// track is an operation as nodes saw it.
type track struct {
	op       history.OpID
	client   int32 // process
	writes   bool
	invoked  int64
	ordinal  uint64 // event of its invocation
	ended    uint64 // event of its end; 0: none
	attempts []*attempt
}

// attempt is one coordinator's work for an operation.
type attempt struct {
	coordinator int32
	at          int64
	ordinal     uint64
	quorum      int
	legs        []*leg
	wrote       int64 // the coordinator's own copy was durable; 0: never
	answered    int64 // the answer left for the client; 0: never
	answeredIn  uint64
	faults      []int // that made the coordinator slow or its clock wrong

	answerFate   string // why the answer did not reach the client
	answerFaults []int
}

// leg is one message and its answer.
type leg struct {
	message    string
	from, to   int32
	home       int32 // the node that the copy is for, -1: the receiver
	sent       int64
	sentIn     uint64 // event
	arrived    int64  // 0: never
	arrivedIn  uint64
	fate       string // why it did not arrive
	faults     []int  // that touched the link when it was sent, or when it was lost
	replied    int64  // the answer left; 0: never
	repliedIn  uint64
	answered   int64 // the answer arrived
	answeredIn uint64
	ok         bool
	versions   []history.OpID // brought, or answered
	replyFate  string
	onReceiver []int // faults that slow the receiver down, when it was sent
}

// flight is a leg on its way, or its answer.
type flight struct {
	leg   *leg
	reply bool
}

// change is a version that a node came to hold, or holds no longer.
type change struct {
	at      int64
	ordinal uint64
	node    int32
	gained  bool
	holding world.Holding
	event   eventOf
}

// life is a node that went down or came back.
type life struct {
	at      int64
	ordinal uint64
	node    int32
	up      bool
	fault   int // -1: none
}

// doubt is a node that began to believe another one to be down, or took it back.
type doubt struct {
	at         int64
	ordinal    uint64
	node, peer int32
	began      bool
	faults     []int // that kept the peer from answering
}

// eventOf is what an event is.
type eventOf struct {
	ordinal uint64
	time    int64
	kind    trace.Kind
	process int32
	peer    int32
	message string
	fault   int // that it is about, -1: none
	op      *track
	attempt *attempt
	mark    string // the latest mark about the key
	crashed bool
}

// follow runs a plan and records the course of a key.
func follow(plan *scenarios.Scenario, key string, opts RunOptions) (*course, error) {
	c := &course{
		key: key, ops: map[history.OpID]*track{}, flights: map[uint64]flight{}, lineages: map[uint64]*track{},
		requests: map[requestID]*track{}, attempts: map[requestID]*attempt{}, open: map[int32]*track{}, writing: map[int32][]*attempt{}, carried: map[int32][]*track{}, dots: map[history.OpID]vclock.Dot{}, answers: map[uint64]*attempt{}, at: map[uint64]eventOf{}, world: new(world.World),
	}
	if err := c.world.Reset(plan, world.Options{Trace: c, Key: key}); err != nil {
		return nil, &BadInput{Text: fmt.Sprintf("%s: error: %v", plan.Name, err)}
	}
	c.names, c.nodes = c.world.ProcessNames(), len(c.world.Nodes())
	c.held = make([][]world.Holding, c.nodes)
	for n := range c.nodes {
		c.touch(int32(n))
	}
	c.look()
	c.before = c.world.HomesOf(key)
	for turn := 0; ; turn++ {
		more := c.world.Step(1)
		c.look()
		if !more {
			break
		}
		if turn%stride == 0 && opts.Stop != nil && opts.Stop() {
			return nil, ErrInterrupted
		}
	}
	c.homes = c.world.HomesOf(key)
	c.events = c.world.Events()
	return c, nil
}

// look finds out what changed in the nodes that an event was about.
func (c *course) look() {
	for _, n := range c.dirty {
		now := c.world.Holdings(nil, n, c.key)
		for _, h := range now {
			if !holds(c.held[n], h) {
				c.changes = append(c.changes, change{c.event.time, c.event.ordinal, n, true, h, c.event})
			}
		}
		for _, h := range c.held[n] {
			if !holds(now, h) {
				c.changes = append(c.changes, change{c.event.time, c.event.ordinal, n, false, h, c.event})
			}
		}
		c.held[n] = now
	}
	c.dirty = c.dirty[:0]
}

func holds(list []world.Holding, h world.Holding) bool {
	return slices.ContainsFunc(list, func(o world.Holding) bool { return o.Version == h.Version && o.Home == h.Home })
}

func (c *course) touch(process int32) {
	if process >= 0 && int(process) < c.nodes && !slices.Contains(c.dirty, process) {
		c.dirty = append(c.dirty, process)
	}
}

// Record takes down what concerns the key, and what concerns all.
func (c *course) Record(r *trace.Record) {
	if r.Ordinal != c.event.ordinal || c.event.kind == 0 {
		c.event = eventOf{ordinal: r.Ordinal, time: r.Time, kind: r.Kind, process: r.Proc, peer: r.Peer, message: r.Message, fault: -1}
	}
	switch r.Kind {
	case trace.Control:
		c.event.fault = world.FaultOfControl(r.Arg1, r.Arg2)
		return
	case trace.FaultStart:
		c.event.fault = int(r.Arg1)
		for i := range c.lives { // it was told after what it did
			if c.lives[i].ordinal == r.Ordinal && c.lives[i].fault < 0 {
				c.lives[i].fault = int(r.Arg1)
			}
		}
	case trace.Boot, trace.Crash:
		c.lives = append(c.lives, life{r.Time, r.Ordinal, r.Proc, r.Kind == trace.Boot, c.event.fault})
		if r.Kind == trace.Crash {
			c.event.crashed, c.writing[r.Proc], c.carried[r.Proc] = true, nil, nil
		}
		c.touch(r.Proc)
	case trace.FaultEnd, trace.Pause, trace.Resume, trace.Phase:
	default:
		if r.Key != c.key {
			if r.Kind == trace.Mark {
				c.takeNews(r)
			}
			return
		}
		c.take(r)
	}
	c.records = append(c.records, *r)
	c.at[r.Ordinal] = c.event
}

// take follows a record about the key.
func (c *course) take(r *trace.Record) {
	switch r.Kind {
	case trace.Invoke:
		t := &track{op: history.OpID(r.Arg1), client: r.Proc, writes: c.world.History().Op(history.OpID(r.Arg1)).Func.Writes(), invoked: r.Time, ordinal: r.Ordinal}
		c.ops[t.op], c.open[r.Proc], c.event.op = t, t, t
	case trace.Complete:
		if t := c.ops[history.OpID(r.Arg1)]; t != nil {
			t.ended = r.Ordinal
			if n := len(t.attempts); n > 0 && t.attempts[n-1].coordinator == r.Proc {
				t.attempts[n-1].answered, t.attempts[n-1].answeredIn = r.Time, r.Ordinal
			}
		}
	case trace.Mark:
		c.takeMark(r)
	case trace.Send:
		c.takeSend(r)
	case trace.Deliver, trace.Drop, trace.Shed:
		c.takeEnd(r)
	}
}

func (c *course) takeMark(r *trace.Record) {
	c.touch(r.Proc)
	c.marks = append(c.marks, *r)
	c.event.mark = r.Mark
	switch r.Mark {
	case "gets_coordinated", "puts_coordinated":
		if t := c.coordinated(r.Proc, r.Mark == "puts_coordinated"); t != nil {
			c.event.attempt = &attempt{coordinator: r.Proc, at: r.Time, ordinal: r.Ordinal, quorum: int(r.Arg1), faults: c.slowed(r.Proc)}
			t.attempts = append(t.attempts, c.event.attempt)
			if r.Mark == "puts_coordinated" {
				c.writing[r.Proc] = append(c.writing[r.Proc], c.event.attempt)
			}
		}
	case "puts_durable_locally":
		if list := c.writing[r.Proc]; len(list) > 0 {
			list[0].wrote, c.writing[r.Proc] = r.Time, list[1:]
		}
	}
}

// coordinated is the operation that a node begins to coordinate, or passes on: that of the event, or one whose forwarding came to nothing.
func (c *course) coordinated(node int32, writes bool) *track {
	if c.event.op != nil {
		return c.event.op
	}
	list := c.carried[node]
	for i := len(list) - 1; i >= 0; i-- {
		if t := list[i]; t.ended == 0 && t.writes == writes {
			c.event.op = t
			return t
		}
	}
	return nil
}

// takeNews follows what a node tells that is about no key.
func (c *course) takeNews(r *trace.Record) {
	switch r.Mark {
	case "starts":
		c.touch(r.Proc)
	case "suspected", "unsuspected":
		peer := int32(r.Arg1)
		d := doubt{at: r.Time, ordinal: r.Ordinal, node: r.Proc, peer: peer, began: r.Mark == "suspected"}
		if d.began {
			d.faults = slices.Concat(c.downBy(peer), c.world.FaultsBetween(r.Proc, peer), c.world.FaultsBetween(peer, r.Proc), c.slowed(peer))
		}
		c.doubts = append(c.doubts, d)
	}
}

// doubted is since when a node believed another one to be down at an event; nil: it did not.
func (c *course) doubted(node, peer int32, ordinal uint64) *doubt {
	for i := len(c.doubts) - 1; i >= 0; i-- {
		if d := &c.doubts[i]; d.node == node && d.peer == peer && d.ordinal <= ordinal {
			if d.began {
				return d
			}
			return nil
		}
	}
	return nil
}

// takeSend follows a message about the key.
func (c *course) takeSend(r *trace.Record) {
	told := c.world.Told()
	switch r.Message {
	case "get", "put":
		if t := c.sender(r, told); t != nil {
			c.requests[requestID{r.Proc, told.Request}], c.lineages[r.Lineage] = t, t
		}
	case "forward-get", "forward-put":
		if t := c.coordinated(r.Proc, r.Message == "forward-put"); t != nil {
			c.lineages[r.Lineage] = t
		}
	case "read", "replicate":
		a := c.attempts[requestID{r.Proc, told.Request}]
		if a == nil {
			if a = c.event.attempt; a == nil {
				return
			}
			c.attempts[requestID{r.Proc, told.Request}] = a
		}
		l := c.leg(r, told)
		a.legs = append(a.legs, l)
		c.flights[r.Lineage] = flight{l, false}
	case "read-reply", "replicate-reply":
		if a := c.attempts[requestID{r.Peer, told.Request}]; a != nil {
			c.reply(a, r, told)
		}
	case "get-reply", "put-reply":
		if t := c.requests[requestID{r.Peer, told.Request}]; t != nil && told.OK {
			for _, a := range t.attempts {
				if a.coordinator == r.Proc && a.answered == 0 {
					a.answered, a.answeredIn = r.Time, r.Ordinal
					c.answers[r.Lineage] = a
				}
			}
		}
	case "hint", "repair":
		l := c.leg(r, told)
		c.pushes = append(c.pushes, l)
		c.flights[r.Lineage] = flight{l, false}
	}
}

// sender is the operation that a client's request belongs to: a put names its version, a get belongs to the event, or is a repetition.
func (c *course) sender(r *trace.Record, told *world.Told) *track {
	if r.Message == "put" && len(told.Versions) == 1 {
		return c.ops[told.Versions[0]]
	}
	if t := c.event.op; t != nil && t.client == r.Proc {
		return t
	}
	return c.open[r.Proc]
}

func (c *course) leg(r *trace.Record, told *world.Told) *leg {
	for i, d := range told.Dots {
		if _, known := c.dots[told.Versions[i]]; !known {
			c.dots[told.Versions[i]] = d
		}
	}
	return &leg{
		message: r.Message, from: r.Proc, to: r.Peer, home: told.Home, sent: r.Time, sentIn: r.Ordinal,
		versions: slices.Clone(told.Versions), faults: c.world.FaultsBetween(r.Proc, r.Peer), onReceiver: c.slowed(r.Peer),
	}
}

func (c *course) slowed(process int32) []int {
	if int(process) >= c.nodes {
		return nil
	}
	return c.world.FaultsOn(process)
}

// reply finds the request that an answer belongs to.
func (c *course) reply(a *attempt, r *trace.Record, told *world.Told) {
	asked := map[string]string{"read-reply": "read", "replicate-reply": "replicate"}[r.Message]
	for _, l := range a.legs {
		if l.message == asked && l.to == r.Proc && l.replied == 0 {
			l.replied, l.repliedIn, l.ok = r.Time, r.Ordinal, told.OK
			if asked == "read" {
				l.versions = slices.Clone(told.Versions)
			}
			c.flights[r.Lineage] = flight{l, true}
			return
		}
	}
}

// takeEnd follows a message about the key to its end.
func (c *course) takeEnd(r *trace.Record) {
	if t := c.lineages[r.Lineage]; t != nil && r.Kind == trace.Deliver {
		c.event.op = t
		c.carried[r.Proc] = append(c.carried[r.Proc], t)
	}
	if a := c.answers[r.Lineage]; a != nil && r.Kind == trace.Drop {
		a.answerFate, a.answerFaults = r.Mark, c.blamed(&leg{}, r)
	}
	f, ok := c.flights[r.Lineage]
	if !ok {
		return
	}
	delete(c.flights, r.Lineage)
	l := f.leg
	fate := r.Mark
	if r.Kind == trace.Shed {
		fate = "refused"
	}
	switch {
	case r.Kind == trace.Deliver && f.reply:
		l.answered, l.answeredIn = r.Time, r.Ordinal
	case r.Kind == trace.Deliver:
		l.arrived, l.arrivedIn = r.Time, r.Ordinal
	case f.reply:
		l.replyFate = fate
	default:
		l.fate = fate
	}
	if r.Kind == trace.Drop {
		l.faults = c.blamed(l, r)
	}
}

// blamed are the faults that lost a message: those of the link as it was sent, or as it was lost under way.
func (c *course) blamed(l *leg, r *trace.Record) []int {
	switch now := c.world.FaultsBetween(r.Proc, r.Peer); {
	case r.Mark == "down" || r.Mark == "died waiting":
		return c.downBy(r.Peer)
	case r.Mark == "cut" && c.event.fault >= 0: // which begins with what is under way
		return []int{c.event.fault}
	case r.Mark == "cut" || len(l.faults) == 0:
		return now
	}
	return l.faults
}

// downBy is the fault that took a node down last, if it is still down.
func (c *course) downBy(node int32) []int {
	for i := len(c.lives) - 1; i >= 0; i-- {
		if l := &c.lives[i]; l.node == node {
			if l.up || l.fault < 0 {
				return nil
			}
			return []int{l.fault}
		}
	}
	return nil
}

// changesOf lists where and when a version came and went.
func (c *course) changesOf(v history.OpID) []change {
	var list []change
	for _, ch := range c.changes {
		if ch.holding.Version == v {
			list = append(list, ch)
		}
	}
	return list
}
