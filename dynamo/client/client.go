package client

import (
	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
)

// Balancer says how the node for a request is chosen (§4.5, the generic load balancer).
type Balancer uint8

// The balancers.
const (
	Random      Balancer = iota // any node, evenly
	RoundRobin                  // one after the other, from a start of this client's own
	Near                        // as Random, among the nodes of the client's own datacenter while one of them answers
	LeastLoaded                 // one of those with the fewest requests open, by what the load balancer has passed on
)

// Config says how a client behaves. Durations are nanoseconds.
type Config struct {
	Nodes    []dynamo.NodeID // that this client may contact
	Near     []dynamo.NodeID // those of its datacenter, for the balancer Near
	Balancer Balancer
	Loads    *Loads               // of the load balancer that the client goes through, for LeastLoaded
	Timeout  int64                // a request without an answer by then has an unknown outcome
	Retries  int                  // further attempts, each at another node where there is one
	Backoff  func(u uint64) int64 // pause before an attempt, from a random number; nil: none
	Avoid    int64                // how long a node that did not answer is passed over
	Hedge    *Hedge               // gets that take long; nil: nothing happens to them
	Memory   *Memory              // of the world's clients; nil: one of the client's own

	// Merge makes one value of the versions that are in conflict, before a get returns them (§4.4, §6: the application's own merge); nil: the
	// caller does that.
	Merge func(conflict *vclock.Set) string
}

// Request is one get or put. A delete is a put of a tombstone.
type Request struct {
	Kind      dynamo.Kind // dynamo.Get or dynamo.Put
	Key       dynamo.KeyID
	Value     vclock.Value
	Tombstone bool
	Context   vclock.Clock
	Dots      []vclock.Dot  // versions beside the context, see dynamo.Message
	Prefer    dynamo.NodeID // the coordinator that answered the preceding read fastest, NoNode: none
	Via       dynamo.NodeID // the node to contact, NoNode: the balancer's choice
	N, Quorum uint8         // 0: the cluster's
	Timeout   int64         // 0: the client's
}

// Outcome is what a client knows of a request in the end.
type Outcome uint8

// The outcomes: it happened; it certainly did not; nobody knows, and it may still.
const (
	OK Outcome = 1 + iota
	Failed
	Unknown
)

// Result is how a request ended.
type Result struct {
	Outcome     Outcome
	Status      dynamo.Status // the last answer's; dynamo.Timeout where none came
	Silent      bool          // no answer came in time
	Attempts    int32
	Hedges      int32         // get: second requests
	Coordinator dynamo.NodeID // put: who answered
	Fastest     dynamo.NodeID // get: the replica that answered first
	Set         *vclock.Set   // get: the versions
	Merged      string        // get: the value made of several versions
	IsMerged    bool          // whether one was
	body        *dynamo.Body  // of the answer
}

// Context is what the next put of the key is to be given.
func (r *Result) Context() vclock.Clock { return contextOf(r.Set, r.body) }

// Dots are the versions beside the context.
func (r *Result) Dots() []vclock.Dot { return dotsOf(r.body) }

// Seen is what a get that succeeded tells of its key.
func (r *Result) Seen() Seen { return Seen{set: r.Set, body: r.body, fastest: r.Fastest} }

// Stamp is the timestamp of the version that a put has made.
func (r *Result) Stamp() vclock.Stamp {
	if r.body == nil {
		return vclock.Stamp{}
	}
	return r.body.Stamp
}

// Beside tells of a put that its context does not cover its own version: the next put leaves that where it is.
func (r *Result) Beside() bool { return r.body != nil && r.body.Beside }

// contextOf is the context that an answer with these contents gives, see dynamo.Message.
func contextOf(set *vclock.Set, body *dynamo.Body) vclock.Clock {
	switch {
	case body != nil:
		return body.Context
	case set != nil:
		return set.Context
	}
	return nil
}

func dotsOf(body *dynamo.Body) []vclock.Dot {
	if body == nil {
		return nil
	}
	return body.Dots
}

// Owner is told when a request has ended. The result is valid during the call.
type Owner interface {
	Done(c *Client, r *Result)
}

// Client is one connection of a session. What every request touches is two lines of the processor's cache: a world has many clients, and
// finds none of them in the cache when its turn comes.
type Client struct {
	env     dynamo.Env
	owner   Owner
	cfg     *Config
	memory  *Memory // the config's, or the client's own
	session *Session
	special *special // nil as long as the client needs nothing of it

	number   uint64 // of the attempt under way
	timer    dynamo.TimerID
	timeout  int64         // of the request
	version  uint64        // that the request puts; 0: it gets
	body     *dynamo.Body  // of the request
	key      dynamo.KeyID  // the same
	prefer   dynamo.NodeID // the same
	asked    dynamo.NodeID
	attempts int32
	kind     dynamo.Kind // of the request
	n, r     uint8       // the same
	deletes  bool        // the same
	busy     bool
	unsure   bool // an attempt of this request may have taken effect
}

// special is what few clients need.
type special struct {
	library *dynamo.Library // nil: requests are coordinated by nodes
	hedge   *hedging        // nil: gets are not hedged
	turn    int             // of the balancer RoundRobin, -1: not begun
	avoid   []avoided
	passed  []int // scratch: places in a list of nodes that a choice passes over
}

type avoided struct {
	node  dynamo.NodeID
	until int64
}

// needs gives the part of the client that few have.
func (c *Client) needs() *special {
	if c.special == nil {
		c.special = &special{turn: -1}
	}
	return c.special
}

// library is the client's, nil where nodes coordinate its requests.
func (c *Client) library() *dynamo.Library {
	if c.special == nil {
		return nil
	}
	return c.special.library
}

// hedge is the state of the hedges of the request under way, nil where it has none: a put, or a request that a library coordinates.
func (c *Client) hedge() *hedging {
	if c.special == nil || c.version != 0 || c.asked == dynamo.NoNode {
		return nil
	}
	return c.special.hedge
}

// laneShift is where the lane begins in a request's number.
const laneShift = 32

// New returns a client that acts through env for a session. The lane tells the clients of one process apart, see Lane.
func New(env dynamo.Env, cfg *Config, owner Owner, session *Session, lane uint32) *Client {
	c := new(Client)
	c.Init(env, cfg, owner, session, lane)
	return c
}

// Init makes c what New returns. Without a session the client remembers nothing: each of its puts supersedes nothing, or what a get has just
// returned.
func (c *Client) Init(env dynamo.Env, cfg *Config, owner Owner, session *Session, lane uint32) {
	*c = Client{env: env, cfg: cfg, owner: owner, session: session, memory: cfg.Memory, number: uint64(lane) << laneShift}
	if c.memory == nil {
		c.memory = &Memory{chunk: leastCells}
	}
	if cfg.Hedge != nil {
		c.needs().hedge = new(hedging)
	}
}

// Coordinate gives the client a library that coordinates its requests, or says which node to send them to, in place of the balancer. The clients
// of one process share it.
func (c *Client) Coordinate(library *dynamo.Library) {
	if library != nil {
		c.needs().library = library
	}
}

// Lane tells for which client of a process an answer or a timer is, by the number of the request that both carry.
func Lane(number uint64) uint32 { return uint32(number >> laneShift) }

// Awaits tells whether the client waits for the answer of this number.
func (c *Client) Awaits(number uint64) bool { return c.busy && c.number == number }

// Waits tells whether a timer is a client's own; those of a library have other kinds.
func Waits(kind dynamo.TimerKind) bool {
	return kind == dynamo.TimerRequest || kind == dynamo.TimerRetry
}

// Session is what the client remembers of the keys it used, nil if it remembers nothing.
func (c *Client) Session() *Session { return c.session }

// Busy tells whether a request is under way.
func (c *Client) Busy() bool { return c.busy }

// Do starts a request, and keeps nothing of r. The client must not be busy.
func (c *Client) Do(r *Request) {
	timeout := r.Timeout
	if timeout == 0 {
		timeout = c.cfg.Timeout
	}
	c.take(r.Kind, r.Key, r.N, r.Quorum, timeout)
	c.deletes, c.prefer = r.Tombstone, r.Prefer
	if r.Kind == dynamo.Put {
		c.version = r.Value.ID
		c.body = c.memory.Bodies.New(dynamo.Body{Context: r.Context, Dots: r.Dots, Value: r.Value})
	}
	c.attempt(r.Via)
}

// Get is Do for a get about which nothing is said but its key, and N and R, of which 0 is the cluster's.
func (c *Client) Get(key dynamo.KeyID, n, r uint8) {
	c.take(dynamo.Get, key, n, r, c.cfg.Timeout)
	c.attempt(dynamo.NoNode)
}

// take takes over a request, as yet a get or a put without any contents.
func (c *Client) take(kind dynamo.Kind, key dynamo.KeyID, n, quorum uint8, timeout int64) {
	if c.busy {
		panic("client: a second request while one is under way")
	}
	c.busy, c.unsure, c.attempts = true, false, 0
	c.kind, c.key, c.n, c.r, c.deletes, c.prefer = kind, key, n, quorum, false, dynamo.NoNode
	c.timeout, c.version, c.body = timeout, 0, nil
	if c.special != nil && c.special.hedge != nil {
		c.special.hedge.sent = 0
	}
}

// attempt sends the request to a node: the one that is named, or the library's or the balancer's choice.
func (c *Client) attempt(via dynamo.NodeID) {
	c.attempts++
	c.number++
	c.timer = c.env.SetTimer(dynamo.Timer{Kind: dynamo.TimerRequest, B: c.number}, c.timeout)
	out := c.request()
	switch library := c.library(); {
	case via != dynamo.NoNode:
		c.asked = via
	case library != nil:
		here := false
		if c.asked, here = library.Request(out); here {
			return
		}
	default:
		c.asked = c.pick()
	}
	c.cfg.Loads.add(c.asked, 1)
	c.env.Send(c.asked, out)
	if c.special != nil && c.hedge() != nil {
		c.beginHedge()
	}
}

// request puts the request under way into a message.
func (c *Client) request() *dynamo.Message {
	m := &c.memory.out // field by field: a message that is put together elsewhere and copied costs more
	m.Kind, m.Status, m.N, m.Quorum, m.Tombstone, m.Hedge, m.Again, m.Durable = c.kind, 0, c.n, c.r, c.deletes, false, false, false
	m.Request, m.Ack, m.Key, m.Client, m.Node, m.Set, m.Body = c.number, 0, c.key, dynamo.NoNode, c.prefer, nil, c.body
	return m
}

// Message takes the answer to the request under way; others are late and ignored.
func (c *Client) Message(_ dynamo.NodeID, m *dynamo.Message) {
	if !c.busy || m.Request != c.number || (m.Kind != dynamo.GetReply && m.Kind != dynamo.PutReply) {
		return
	}
	if c.special != nil && m.Status != dynamo.OK && c.hedge() != nil && c.hedged() {
		return
	}
	c.env.CancelTimer(c.timer)
	c.cfg.Loads.add(c.asked, -1)
	if c.special != nil {
		c.answered(m)
	}
	if m.Status == dynamo.OK {
		r := &c.memory.result // in place: a literal would be made elsewhere and copied
		r.Outcome, r.Status, r.Silent, r.Attempts, r.Hedges = OK, m.Status, false, c.attempts, 0
		r.Coordinator, r.Fastest, r.Set, r.Merged, r.IsMerged, r.body = m.Node, m.Node, m.Set, "", false, m.Body
		c.end()
		return
	}
	if !m.Status.Refused() && m.Kind == dynamo.PutReply {
		c.unsure = true
	}
	c.again(m.Status, false)
}

// answered tells the hedges and the library, if there are any, of an answer.
func (c *Client) answered(m *dynamo.Message) {
	if c.hedge() != nil {
		c.endHedge(m.Status == dynamo.OK)
	}
	if library := c.library(); library != nil && c.asked != dynamo.NoNode {
		library.Answered(c.asked, m)
	}
}

// Timer takes the client's own timers.
func (c *Client) Timer(t dynamo.Timer) {
	if !c.busy || t.B != c.number {
		return
	}
	switch t.Kind {
	case dynamo.TimerHedge:
		c.sendHedge()
	case dynamo.TimerRequest:
		if c.hedge() != nil {
			c.endHedge(false)
		}
		c.silent()
		if c.kind == dynamo.Put {
			c.unsure = true
		}
		c.again(dynamo.Timeout, true)
	case dynamo.TimerRetry:
		c.attempt(dynamo.NoNode)
	}
}

// silent: no answer came in time. The node that was asked is passed over for a while.
func (c *Client) silent() {
	c.cfg.Loads.add(c.asked, -1)
	switch library := c.library(); {
	case c.asked == dynamo.NoNode: // the library has noted who was silent
	case library != nil:
		library.Silent(c.asked)
	default:
		c.pass(c.asked)
	}
}

// again tries once more if attempts are left, else ends the request: unknown if any attempt may have taken effect.
func (c *Client) again(why dynamo.Status, silent bool) {
	if int(c.attempts) <= c.cfg.Retries {
		c.number++
		pause := int64(0)
		if c.cfg.Backoff != nil {
			pause = c.cfg.Backoff(c.env.Rand(dynamo.RandBackoff))
		}
		c.timer = c.env.SetTimer(dynamo.Timer{Kind: dynamo.TimerRetry, B: c.number}, pause)
		return
	}
	outcome := Failed
	if c.unsure || silent {
		outcome = Unknown
	}
	c.memory.result = Result{Outcome: outcome, Status: why, Silent: silent, Attempts: c.attempts, Coordinator: dynamo.NoNode, Fastest: dynamo.NoNode}
	c.end()
}

// end ends the request, of which the result is known. There is one result in a world, that of the request which has just ended.
func (c *Client) end() {
	c.busy = false
	r := &c.memory.result
	if c.special != nil && c.special.hedge != nil {
		r.Hedges = c.special.hedge.sent
	}
	if c.cfg.Merge != nil && r.Set != nil && len(r.Set.Versions) > 1 {
		r.Merged, r.IsMerged = c.cfg.Merge(r.Set), true
	}
	if c.session != nil {
		c.session.learn(c.memory, c.key, c.version, r)
	}
	c.owner.Done(c, r)
}
