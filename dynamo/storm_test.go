package dynamo_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dynamosim/dynamo"
	library "dynamosim/dynamo/client"
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// storm is a cluster in which nothing happens by itself: a test says which message arrives next, which disk completes an operation, when
// time passes, who crashes. After each such event it looks at what every node holds and compares it with an oracle (see oracle_test.go).
type storm struct {
	cfg      dynamo.Config
	shared   *dynamo.Shared
	hosts    []*stormHost
	users    []*stormUser
	keys     []dynamo.KeyID
	letters  []parcel
	alarms   []stormAlarm
	now      int64
	serial   uint64
	cut      map[[2]dynamo.NodeID]bool
	truth    *oracle
	wipes    bool            // disks are lost, too
	steady   bool            // random numbers do not depend on what happened before
	doubling bool            // every message between nodes is delivered twice
	found    []string        // broken invariants
	events   []func() string // what happened, in words
}

// parcel is a message under way.
type parcel struct {
	letter
	boots int // of the receiver when the message was doubled, 0: it was not
}

type stormAlarm struct {
	at     int64
	serial uint64
	boots  int // of the host
	host   *stormHost
	user   *stormUser
	timer  dynamo.Timer
}

// stormHost is a node with its disk, as the test knows it.
type stormHost struct {
	storm  *storm
	id     dynamo.NodeID
	node   *dynamo.Node
	disk   *stormDisk
	up     bool
	boots  int
	counts [256]int64               // of marks, in this incarnation
	total  [256]int64               // in all of them
	kept   int                      // hints that recovery found
	own    []*vclock.Set            // by index of the key: what it held after its last handler
	hints  map[hintName]*vclock.Set // the same of its hints
}

// GoString keeps short what a failing property drew.
func (h *stormHost) GoString() string { return fmt.Sprintf("host %d", h.id) }

type hintName struct {
	home dynamo.NodeID
	key  dynamo.KeyID
}

// newStorm makes a cluster whose keys share their first home or not, as the ring has it.
func newStorm(nodes, users int, cfg dynamo.Config) *storm {
	s := &storm{cfg: cfg, cut: map[[2]dynamo.NodeID]bool{}}
	var founders []membership.Change
	var names []string
	for i := range nodes {
		names = append(names, string(rune('a'+i)))
		var tokens []ring.Position
		for k := range 2 {
			tokens = append(tokens, ring.Share(float64(i+k*nodes+1)/float64(2*nodes+1)))
		}
		founders = append(founders, founder(i, tokens...))
	}
	s.shared = &dynamo.Shared{Arena: &vclock.Arena{}, Names: names, Keys: dynamo.NewKeys(nil), Placing: dynamo.Placing{Strategy: 1}, Formed: membership.New(founders...)}
	s.keys = []dynamo.KeyID{s.shared.Keys.Intern("k"), s.shared.Keys.Intern("cart")}
	s.truth = newOracle(s)
	for i := range nodes {
		h := &stormHost{storm: s, id: dynamo.NodeID(i), disk: &stormDisk{}}
		s.hosts = append(s.hosts, h)
		for _, f := range dynamo.Format(h.id, &s.cfg, s.shared, func(func(dynamo.KeyID, *vclock.Set)) {}).Files {
			h.disk.install(f)
		}
		h.boot()
		h.disk.finish(h)
	}
	for i := range users {
		s.users = append(s.users, newStormUser(s, dynamo.NodeID(nodes+i)))
	}
	return s
}

// calm is a configuration with short times.
func calm() dynamo.Config {
	ms := int64(time.Millisecond)
	return dynamo.Config{N: 3, R: 2, W: 2, Sloppy: true, Fallbacks: -1, Mode: vclock.Dotted, WriteBy: dynamo.Fastest,
		ReplicaTimeout: 100 * ms, ReadTimeout: 300 * ms, WriteTimeout: 300 * ms, ReadRepair: true, RepairWait: 100 * ms, RepairShare: ^uint64(0),
		Handoff: true, HandoffEvery: 1000 * ms, HintsAtOnce: 2, Detect: true, SuspectAfter: 1, Retry: 500 * ms, CompactAt: 50, Checksums: true,
		GossipEvery: 500 * ms, GossipFanout: 1, PersistViews: true}
}

func (s *storm) broken(format string, args ...any) {
	s.found = append(s.found, fmt.Sprintf(format, args...))
}

// tell keeps what happened, to be put into words if something turns out wrong.
func (s *storm) tell(words func() string) { s.events = append(s.events, words) }

func (s *storm) story() string {
	lines := make([]string, len(s.events))
	for i, words := range s.events {
		lines[i] = words()
	}
	return strings.Join(lines, "\n")
}

func (s *storm) tellLetter(what string, p parcel) {
	s.tell(func() string {
		m := &p.m
		return fmt.Sprintf("%s %d -> %d %v %v #%x node %d value %d context %v %v set %v", what, p.from, p.to, m.Kind, m.Status, m.Request, m.Node,
			int(m.Value().ID)-1, m.Context(), m.Dots(), numbersOf(m.Set))
	})
}

// boot begins an incarnation.
func (h *stormHost) boot() {
	h.up = true
	h.boots++
	h.counts = [256]int64{}
	h.own, h.hints = nil, nil
	h.node = dynamo.New(h.id, &h.storm.cfg, h.storm.shared)
	h.node.Start(h)
	h.look()
}

// crash ends it; with power lost, some of what was not synced goes too: keep says how many bytes of each file's unsynced end survive.
func (h *stormHost) crash(power bool, keep int) {
	h.up = false
	h.disk.pending = nil
	if power {
		h.disk.losePower(keep)
	}
}

// knownElsewhere tells whether another node serves, so that one which has lost its disk can hear of the ring again.
func (s *storm) knownElsewhere(h *stormHost) bool {
	return slices.ContainsFunc(s.hosts, func(other *stormHost) bool { return other != h && other.up && other.node.Serving() })
}

// wipe crashes the node and leaves it an empty disk.
func (h *stormHost) wipe() {
	h.crash(false, 0)
	h.disk = &stormDisk{}
}

// The events.

// deliver hands over a message under way.
func (s *storm) deliver(i int) {
	p := s.letters[i]
	s.letters = slices.Delete(s.letters, i, i+1)
	s.tellLetter("", p)
	if s.cut[[2]dynamo.NodeID{p.from, p.to}] {
		return
	}
	s.handOver(&p)
	if s.doubling && int(p.from) < len(s.hosts) && int(p.to) < len(s.hosts) {
		s.handOver(&p)
	}
}

func (s *storm) handOver(p *parcel) {
	if int(p.to) >= len(s.hosts) {
		s.users[int(p.to)-len(s.hosts)].lib.Message(p.from, &p.m)
		return
	}
	h := s.hosts[p.to]
	if h.up && (p.boots == 0 || p.boots == h.boots) {
		h.node.Message(p.from, &p.m)
		h.look()
	}
}

// double makes a copy of a message under way. Both reach one incarnation of the receiver only: a put that arrives before a crash and
// again after it is done twice.
func (s *storm) double(i int) {
	p := &s.letters[i]
	if int(p.to) < len(s.hosts) && p.boots == 0 {
		p.boots = s.hosts[p.to].boots
	}
	s.letters = append(s.letters, *p)
}

// tick lets time pass up to the next alarm, and rings it.
func (s *storm) tick() bool {
	best := -1
	for i := range s.alarms {
		if a := &s.alarms[i]; best < 0 || a.at < s.alarms[best].at || a.at == s.alarms[best].at && a.serial < s.alarms[best].serial {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	a := s.alarms[best]
	s.alarms = slices.Delete(s.alarms, best, best+1)
	s.now = max(s.now, a.at)
	s.tell(func() string { return fmt.Sprintf("%v timer %v", time.Duration(a.at), a.timer) })
	switch {
	case a.user != nil:
		a.user.lib.Timer(a.timer)
	case a.host.up && a.host.boots == a.boots:
		a.host.node.Timer(a.timer)
		a.host.look()
	}
	return true
}

// settle delivers everything and completes every disk operation, in order.
func (s *storm) settle() {
	for {
		for _, h := range s.hosts {
			h.disk.finish(h)
		}
		if len(s.letters) == 0 {
			return
		}
		s.deliver(0)
	}
}

// pass lets a time go by in which all works.
func (s *storm) pass(d time.Duration) {
	end := s.now + int64(d)
	s.settle()
	for len(s.alarms) > 0 && s.nextAlarm() <= end {
		s.tick()
		s.settle()
	}
	s.now = end
}

func (s *storm) nextAlarm() int64 {
	at := s.alarms[0].at
	for i := range s.alarms {
		at = min(at, s.alarms[i].at)
	}
	return at
}

// heal ends all faults and waits until no hint is left.
func (s *storm) heal() {
	clear(s.cut)
	for _, h := range s.hosts {
		if !h.up {
			h.boot()
		}
	}
	for range 120 {
		s.pass(time.Second)
		if s.pendingHints() == 0 && s.pendingHandoff() == 0 {
			s.pass(time.Second) // until nobody is suspected who has come to serve only now
			return
		}
	}
	s.broken("two minutes after everything was healed there are still %d hints", s.pendingHints())
}

func (s *storm) pendingHints() int {
	n := 0
	for _, h := range s.hosts {
		n += h.node.Hints()
	}
	return n
}

// pendingHandoff counts nodes that do not serve yet, and users who wait.
func (s *storm) pendingHandoff() int {
	n := 0
	for _, h := range s.hosts {
		if !h.node.Serving() {
			n++
		}
	}
	for _, u := range s.users {
		if u.lib.Busy() {
			n++
		}
	}
	return n
}

// The storm is the Env of its nodes and clients.

func (h *stormHost) Now() int64                    { return h.storm.now + 1 }
func (h *stormHost) Wall() int64                   { return h.storm.now }
func (h *stormHost) Disk() storage.Disk            { return h.disk }
func (h *stormHost) CancelTimer(id dynamo.TimerID) { h.storm.cancel(id) }

func (h *stormHost) Rand(p dynamo.Purpose) uint64 { return h.storm.rand(uint64(h.id)<<8 | uint64(p)) }

func (h *stormHost) Send(to dynamo.NodeID, m *dynamo.Message) {
	h.storm.truth.sent(h, to, m)
	h.storm.letters = append(h.storm.letters, parcel{letter: letter{h.id, to, *m}})
}

func (h *stormHost) SetTimer(t dynamo.Timer, after int64) dynamo.TimerID {
	return h.storm.setTimer(stormAlarm{host: h, boots: h.boots, timer: t}, after)
}

func (h *stormHost) Mark(m dynamo.Mark, key dynamo.KeyID, arg int64) {
	h.counts[m]++
	h.total[m]++
	if m == dynamo.MarkHintDelivered {
		h.storm.truth.delivered(h, hintName{dynamo.NodeID(arg), key})
	}
}

func (s *storm) setTimer(a stormAlarm, after int64) dynamo.TimerID {
	s.serial++
	a.at, a.serial = s.now+after, s.serial
	s.alarms = append(s.alarms, a)
	return dynamo.TimerID(a.serial)
}

func (s *storm) cancel(id dynamo.TimerID) {
	s.alarms = slices.DeleteFunc(s.alarms, func(a stormAlarm) bool { return a.serial == uint64(id) })
}

// rand is a number that depends on everything before it.
func (s *storm) rand(purpose uint64) uint64 {
	s.serial++
	x := s.serial
	if s.steady {
		x = 1
	}
	x = x*0x9e3779b97f4a7c15 ^ purpose*0xbf58476d1ce4e5b9
	x ^= x >> 29
	x *= 0x94d049bb133111eb
	return x ^ x>>32
}

// stormUser is a client with a session.
type stormUser struct {
	storm   *storm
	id      dynamo.NodeID
	lib     *library.Client
	session library.Session
	number  uint64   // of the request under way
	open    int      // the version that it puts, or -1
	key     int      // index of its key
	final   bool     // it asks all homes
	before  []int    // versions acknowledged before it began
	last    []handed // the latest context of each key
	outcome library.Outcome
}

// GoString keeps short what a failing property drew.
func (u *stormUser) GoString() string { return fmt.Sprintf("user %d", u.id) }

func newStormUser(s *storm, id dynamo.NodeID) *stormUser {
	u := &stormUser{storm: s, id: id, open: -1, last: make([]handed, len(s.keys))}
	for key := range u.last {
		u.last[key].key = key
	}
	cfg := &library.Config{Timeout: int64(time.Second)}
	for _, h := range s.hosts {
		cfg.Nodes = append(cfg.Nodes, h.id)
	}
	u.lib = library.New(u, cfg, u, &u.session, 0)
	return u
}

func (u *stormUser) Now() int64                            { return u.storm.now }
func (u *stormUser) Wall() int64                           { return u.storm.now }
func (u *stormUser) Rand(p dynamo.Purpose) uint64          { return u.storm.rand(uint64(p)) }
func (u *stormUser) CancelTimer(id dynamo.TimerID)         { u.storm.cancel(id) }
func (u *stormUser) Disk() storage.Disk                    { return nil }
func (u *stormUser) Mark(dynamo.Mark, dynamo.KeyID, int64) {}
func (u *stormUser) Send(to dynamo.NodeID, m *dynamo.Message) {
	u.storm.letters = append(u.storm.letters, parcel{letter: letter{u.id, to, *m}})
}
func (u *stormUser) SetTimer(t dynamo.Timer, after int64) dynamo.TimerID {
	return u.storm.setTimer(stormAlarm{user: u, timer: t}, after)
}
