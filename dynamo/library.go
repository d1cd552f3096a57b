package dynamo

import "dynamosim/dynamo/membership"

// Library is the partition-aware client library (§4.5, §6.4): the request coordination of a node, without its store, in the process of a client.
// Gets are coordinated here, which saves the hop to a node that coordinates; puts go straight to a home of the key, since that has to stamp the
// version, unless any node may. It is also how a node that holds no replica is modelled as the coordinator, see Config.Coordinator.
//
// The library has the client's address, which no preference list contains: so it asks replicas, merges, repairs and gives up by the same code as
// a node, but never its own store. What it knows of the members is what it has polled.
type Library struct {
	node     Node
	owner    Answerer
	contacts []NodeID
	zone     int32

	answers  []Message // to requests of this client, found inside a handler
	late     []Message // found at once when a request began
	lateAt   TimerID
	starting bool
	draining bool

	poll    TimerID
	polling bool // an answer is awaited
}

// Answerer is told of the answers to the requests that a library has coordinated, as messages of a coordinator. m is valid during the call only.
type Answerer interface {
	Answer(m *Message)
}

// CoordinatedBy says where requests are coordinated (§6.4).
type CoordinatedBy uint8

// The places.
const (
	ByServer  CoordinatedBy = iota // in nodes, which a load balancer picks
	ByClient                       // in the client library: gets always, puts where any node may coordinate them
	ByOutside                      // by who holds no replica of the key: a node, or the client library where every node holds one
)

// spinPause is the time after which a library reports what it knew at once. Without it a client that tries again and again would do so in no
// time at all.
const spinPause = 1_000_000

// LibraryConfig is what a client's library is given.
type LibraryConfig struct {
	ID       NodeID           // the client's address
	Zone     int32            // the datacenter in which the client stands; negative: none
	Cluster  *Config          // as the nodes have it
	View     *membership.View // what the client knows of the members at first
	Contacts []NodeID         // whom it may poll, and contact where they coordinate; at least one
}

// NewLibrary returns the library of a client, which acts through env. The owner gets the answers.
func NewLibrary(env Env, cfg LibraryConfig, shared *Shared, owner Answerer) *Library {
	l := &Library{owner: owner, contacts: cfg.Contacts, zone: cfg.Zone}
	l.node.Reset(cfg.ID, cfg.Cluster, shared)
	l.node.env, l.node.library, l.node.serving = env, l, true
	l.node.actors.current = ActorOf(cfg.ID, 1)
	l.node.recall(cfg.View)
	return l
}

// Start begins to poll, at a phase of the library's own (§6.4: "periodically picks a random node and downloads its current view").
func (l *Library) Start() {
	n := &l.node
	if n.cfg.PollEvery > 0 {
		phase := int64(n.env.Rand(RandPoll) % uint64(n.cfg.PollEvery))
		l.poll = n.env.SetTimer(Timer{Kind: TimerPoll}, phase)
	}
}

// View is what the library knows of the members.
func (l *Library) View() *membership.View { return l.node.members.view }

// Request takes over a client's request: it coordinates it, and the owner will be told the answer, or says which node to send it to.
func (l *Library) Request(m *Message) (to NodeID, here bool) {
	n := &l.node
	switch {
	case n.place.Ring.Ranges() == 0:
		l.stale()
		return l.contact(RandBalance), false
	case n.cfg.Coordinator == ByOutside:
		if to = l.outsider(m); to != NoNode {
			return to, false
		}
	case m.Kind == Put && n.cfg.WriteBy != Any:
		return l.home(m), false
	}
	l.starting = true
	n.coordinate(n.id, m)
	l.starting = false
	return NoNode, true
}

// outsider draws a contact that holds no replica of the key and is not believed to be down; NoNode: there is none.
func (l *Library) outsider(m *Message) NodeID {
	n := &l.node
	replicas := n.replicas(m)
	may := func(id NodeID) bool { return !n.place.IsHome(id, m.Key, replicas) && !n.suspects(id) }
	count := 0
	for _, id := range l.contacts {
		if may(id) {
			count++
		}
	}
	if count == 0 {
		return NoNode
	}
	k := int((n.env.Rand(RandBalance) >> 32) * uint64(count) >> 32)
	for _, id := range l.contacts {
		if !may(id) {
			continue
		}
		if k == 0 {
			return id
		}
		k--
	}
	panic("dynamo: a contact that was counted is gone")
}

// home picks the coordinator of a put as nodes do (§5): the replica that answered the preceding get fastest, or the first of the key's first
// N that are believed to be up, or any of them.
func (l *Library) home(m *Message) NodeID {
	n := &l.node
	replicas := n.replicas(m)
	preference := n.preference(m.Key, replicas, 0)
	switch {
	case n.cfg.WriteBy == Fastest && m.Node != NoNode && n.mayCoordinate(m.Node, preference, replicas):
		return m.Node
	case n.cfg.WriteBy == First:
		return n.firstUp(preference, replicas)
	}
	up := 0
	may := n.eligible(preference, replicas)
	for _, id := range may {
		if up < replicas && !n.suspects(NodeID(id)) {
			up++
		}
	}
	if up == 0 {
		return NodeID(preference[0])
	}
	k := int((n.env.Rand(RandBalance) >> 32) * uint64(up) >> 32)
	for _, id := range may {
		if n.suspects(NodeID(id)) {
			continue
		}
		if k == 0 {
			return NodeID(id)
		}
		k--
	}
	panic("dynamo: a node that was counted is gone")
}

// Answered is told of an answer to a put that was sent to a node. If another one has coordinated it, the node was no home of the key: the
// library's table is old.
func (l *Library) Answered(by NodeID, m *Message) {
	if m.Kind == PutReply && m.Status == OK && m.Node != by {
		l.stale()
	}
}

// Silent is told that a node did not answer a request in time.
func (l *Library) Silent(id NodeID) { l.node.timedOut(id) }

// stale polls at once: a member that cannot be reached, or that is none, shows that the table is old (§6.4).
func (l *Library) stale() {
	if n := &l.node; n.cfg.PollRefresh && !l.polling {
		n.env.Mark(MarkViewRefreshed, NoKey, 0)
		l.askView()
	}
}

// contact draws one of the contacts; there is at least one.
func (l *Library) contact(purpose Purpose) NodeID {
	return l.contacts[int((l.node.env.Rand(purpose)>>32)*uint64(len(l.contacts))>>32)]
}

// askView asks a random contact for its view; if that is what the library has, the answer says only so.
func (l *Library) askView() {
	n := &l.node
	l.polling = true
	n.send(l.contact(RandPoll), Message{Kind: Poll, Request: n.members.view.Hash(), Key: NoKey, Client: NoNode, Node: NoNode})
}

// polled answers a client's library with the view of the members.
func (n *Node) polled(from NodeID, m *Message) {
	answer := Message{Kind: PollReply, Request: n.members.view.Hash(), Key: NoKey, Client: NoNode, Node: NoNode}
	if m.Request != answer.Request {
		answer.Body = n.shared.Bodies.New(Body{View: n.members.view})
	}
	n.send(from, answer)
}

// Message takes the messages that are no answers of coordinators.
func (l *Library) Message(from NodeID, m *Message) {
	l.node.Message(from, m)
	if m.Kind == PollReply {
		l.learn(m)
		return
	}
	l.drain()
}

// learn takes over what a node knows of the members.
func (l *Library) learn(m *Message) {
	l.polling = false
	n := &l.node
	v := m.View()
	if v == nil {
		return
	}
	if merged := membership.Merge(n.members.view, v); merged != n.members.view {
		n.recall(merged)
		n.env.Mark(MarkViewPolled, NoKey, int64(len(n.members.view.Members())))
	}
}

// Timer takes the library's timers.
func (l *Library) Timer(t Timer) {
	n := &l.node
	switch t.Kind {
	case TimerPoll:
		l.poll = n.env.SetTimer(Timer{Kind: TimerPoll}, n.cfg.PollEvery)
		l.askView()
	case TimerLibrary:
		l.lateAt = 0
		l.answers = append(l.answers, l.late...)
		l.late = l.late[:0]
	default:
		n.Timer(t)
	}
	l.drain()
}

// reply keeps an answer until the handler is over: so no state machine is entered from within itself.
func (l *Library) reply(m Message) {
	if !l.starting {
		l.answers = append(l.answers, m)
		return
	}
	l.late = append(l.late, m)
	if l.lateAt == 0 {
		l.lateAt = l.node.env.SetTimer(Timer{Kind: TimerLibrary}, spinPause)
	}
}

// drain tells the owner of the answers.
func (l *Library) drain() {
	if l.draining {
		return
	}
	l.draining = true
	for i := 0; i < len(l.answers); i++ {
		l.owner.Answer(&l.answers[i])
	}
	l.answers = l.answers[:0]
	l.draining = false
}

// reply answers a client, which may be the one in whose process this coordinator runs.
func (n *Node) reply(client NodeID, m Message) {
	out := &n.shared.scratch.out
	*out = m
	n.replyWith(client, out)
}

func (n *Node) replyWith(client NodeID, m *Message) {
	if n.library != nil {
		n.library.reply(*m)
		return
	}
	n.env.Send(client, m)
}
