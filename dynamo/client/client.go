package client

import (
	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
)

// Balancer says how the node for a request is chosen (§4.5, the generic load balancer).
type Balancer uint8

// The balancers.
const (
	Random     Balancer = iota // any node, evenly
	RoundRobin                 // one after the other, from a start of this client's own
	Near                       // as Random, among the nodes of the client's own datacenter while one of them answers
)

// Config says how a client behaves. Durations are nanoseconds.
type Config struct {
	Nodes    []dynamo.NodeID // that this client may contact
	Near     []dynamo.NodeID // those of its datacenter, for the balancer Near
	Balancer Balancer
	Timeout  int64                // a request without an answer by then has an unknown outcome
	Retries  int                  // further attempts, each at another node where there is one
	Backoff  func(u uint64) int64 // pause before an attempt, from a random number; nil: none
	Avoid    int64                // how long a node that did not answer is passed over
	Bodies   *dynamo.Bodies       // memory for what puts carry; nil: the heap
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
	Set         *vclock.Set   // get: the versions
	Context     vclock.Clock  // for the next put of the key
	Dots        []vclock.Dot  // beside it
	Stamp       vclock.Stamp
	Coordinator dynamo.NodeID // put: who answered
	Fastest     dynamo.NodeID // get: the replica that answered first
	Attempts    int
}

// Owner is told when a request has ended. The result is valid during the call.
type Owner interface {
	Done(c *Client, r *Result)
}

// Client is one connection of a session.
type Client struct {
	env      dynamo.Env
	cfg      *Config
	owner    Owner
	session  *Session
	avoid    []avoided
	turn     int
	request  Request
	body     *dynamo.Body // of the request, the same in every attempt
	number   uint64       // of the attempt under way
	busy     bool
	unsure   bool // an attempt of this request may have taken effect
	attempts int
	asked    dynamo.NodeID
	timer    dynamo.TimerID
	out      dynamo.Message // scratch memory for sending
	result   Result
}

type avoided struct {
	node  dynamo.NodeID
	until int64
}

// laneShift is where the lane begins in a request's number.
const laneShift = 32

// New returns a client that acts through env for a session. The lane tells the clients of one process apart, see Lane.
func New(env dynamo.Env, cfg *Config, owner Owner, session *Session, lane uint32) *Client {
	return &Client{env: env, cfg: cfg, owner: owner, session: session, number: uint64(lane) << laneShift, turn: -1}
}

// Lane tells for which client of a process an answer or a timer is, by the number of the request that both carry.
func Lane(number uint64) uint32 { return uint32(number >> laneShift) }

// Session is what the client remembers of the keys it used.
func (c *Client) Session() *Session { return c.session }

// Busy tells whether a request is under way.
func (c *Client) Busy() bool { return c.busy }

// Do starts a request. The client must not be busy.
func (c *Client) Do(r Request) {
	if c.busy {
		panic("client: a second request while one is under way")
	}
	c.request, c.busy, c.unsure, c.attempts = r, true, false, 0
	c.body = nil
	if r.Kind == dynamo.Put {
		c.body = c.cfg.Bodies.New(dynamo.Body{Context: r.Context, Dots: r.Dots, Value: r.Value})
	}
	c.attempt()
}

// attempt sends the request to a node.
func (c *Client) attempt() {
	r := &c.request
	c.attempts++
	c.number++
	if c.attempts == 1 && r.Via != dynamo.NoNode {
		c.asked = r.Via
	} else {
		c.asked = c.pick()
	}
	timeout := r.Timeout
	if timeout == 0 {
		timeout = c.cfg.Timeout
	}
	c.timer = c.env.SetTimer(dynamo.Timer{Kind: dynamo.TimerRequest, B: c.number}, timeout)
	c.out = dynamo.Message{Kind: r.Kind, N: r.N, Quorum: r.Quorum, Tombstone: r.Tombstone, Request: c.number, Key: r.Key,
		Client: dynamo.NoNode, Node: r.Prefer, Body: c.body}
	c.env.Send(c.asked, &c.out)
}

// Message takes the answer to the request under way; others are late and ignored.
func (c *Client) Message(_ dynamo.NodeID, m *dynamo.Message) {
	if !c.busy || m.Request != c.number || (m.Kind != dynamo.GetReply && m.Kind != dynamo.PutReply) {
		return
	}
	c.env.CancelTimer(c.timer)
	if m.Status == dynamo.OK {
		c.end(Result{Outcome: OK, Status: m.Status, Set: m.Set, Context: m.Context(), Dots: m.Dots(), Stamp: m.Stamp(), Coordinator: m.Node, Fastest: m.Node})
		return
	}
	if !m.Status.Refused() && m.Kind == dynamo.PutReply {
		c.unsure = true
	}
	c.again(m.Status, false)
}

// Timer takes the client's own timers.
func (c *Client) Timer(t dynamo.Timer) {
	if !c.busy || t.B != c.number {
		return
	}
	switch t.Kind {
	case dynamo.TimerRequest:
		c.pass(c.asked)
		if c.request.Kind == dynamo.Put {
			c.unsure = true
		}
		c.again(dynamo.Timeout, true)
	case dynamo.TimerRetry:
		c.attempt()
	}
}

// again tries once more if attempts are left, else ends the request: unknown if any attempt may have taken effect.
func (c *Client) again(why dynamo.Status, silent bool) {
	if c.attempts <= c.cfg.Retries {
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
	c.end(Result{Outcome: outcome, Status: why, Silent: silent, Coordinator: dynamo.NoNode, Fastest: dynamo.NoNode})
}

func (c *Client) end(r Result) {
	c.busy = false
	c.result = r
	c.result.Attempts = c.attempts
	c.session.learn(&c.request, &c.result)
	c.owner.Done(c, &c.result)
}
