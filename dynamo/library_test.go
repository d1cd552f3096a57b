package dynamo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// Client-driven coordination (§6.4).

// desk is a client with a library on the workbench: it has the clients' address.
type desk struct {
	*bench
	lib     *dynamo.Library
	answers []dynamo.Message
	luck    uint64
	number  uint64
}

func newDesk(t *testing.T, names string, change func(*dynamo.Config)) *desk {
	d := &desk{bench: newBench(t, names, func(cfg *dynamo.Config) {
		cfg.Coordinator, cfg.PollEvery, cfg.PollRefresh = dynamo.ByClient, 10_000_000_000, true
		if change != nil {
			change(cfg)
		}
	})}
	d.asker = d
	var contacts []dynamo.NodeID
	for i := range names {
		contacts = append(contacts, dynamo.NodeID(i))
	}
	d.lib = dynamo.NewLibrary(d, dynamo.LibraryConfig{ID: client, Zone: -1, Cluster: &d.cfg, View: d.hosts[0].node.View(), Contacts: contacts}, d.shared, d)
	d.lib.Start()
	return d
}

func (d *desk) Now() int64                                    { return d.now }
func (d *desk) Wall() int64                                   { return d.now }
func (d *desk) Rand(dynamo.Purpose) uint64                    { return d.luck }
func (d *desk) Disk() storage.Disk                            { return nil }
func (d *desk) Mark(m dynamo.Mark, key dynamo.KeyID, a int64) { d.marks[m]++ }
func (d *desk) Answer(m *dynamo.Message)                      { d.answers = append(d.answers, *m) }

func (d *desk) Send(to dynamo.NodeID, m *dynamo.Message) {
	d.queue = append(d.queue, letter{client, to, *m})
}

func (d *desk) SetTimer(t dynamo.Timer, after int64) dynamo.TimerID {
	d.serial++
	d.timers = append(d.timers, alarm{at: d.bench.now + after, serial: d.serial, timer: t})
	return dynamo.TimerID(d.serial)
}

func (d *desk) CancelTimer(id dynamo.TimerID) {
	d.timers = slices.DeleteFunc(d.timers, func(a alarm) bool { return a.serial == uint64(id) })
}

// request is what the client asks its library; the answer is "node" if it is to be sent there, "here" if it is coordinated here.
func (d *desk) request(kind dynamo.Kind, value string, prefer dynamo.NodeID) string {
	d.number++
	m := dynamo.Message{Kind: kind, Request: d.number, Key: 0, Client: dynamo.NoNode, Node: prefer}
	if value != "" {
		id := uint64(len(d.values) + 1)
		d.values[id] = value
		m.Body = &dynamo.Body{Value: vclock.Value{ID: id, Len: 1}}
	}
	to, here := d.lib.Request(&m)
	if here {
		return "here"
	}
	d.Send(to, &m)
	return d.name(to)
}

func (d *desk) told() string {
	var list []string
	for i := range d.answers {
		m := &d.answers[i]
		list = append(list, strings.TrimSpace(m.Kind.String()+" "+m.Status.String()+" "+d.names(m.Set)))
	}
	d.answers = nil
	return strings.Join(list, ", ")
}

// teach lets node a hear of a change of the members by gossip.
func (d *desk) teach(c membership.Change) {
	v := membership.New(c)
	d.hosts[0].node.Message(1, &dynamo.Message{Kind: dynamo.Gossip, Request: v.Hash(), Key: dynamo.NoKey, Client: dynamo.NoNode, Node: dynamo.NoNode,
		Body: &dynamo.Body{View: v}})
	d.settle()
}

// "Requests ... can be coordinated at the client ... thereby avoiding the extra network hop" (Dynamo §6.4): a get goes from the client to the
// replicas and back.
func TestLibraryCoordinatesGets(t *testing.T) {
	d := newDesk(t, "abcd", nil)
	d.run(t, "put v1 at a")
	d.lines = nil
	expect(t, "the get", d.request(dynamo.Get, "", dynamo.NoNode), "here")
	d.settle()
	expect(t, "the answer", d.told(), "get-reply ok v1")
	for _, home := range []string{"a", "b", "c"} {
		if d.went("client", home, dynamo.Read) != 1 {
			t.Errorf("%s was not asked once:\n%s", home, strings.Join(d.lines, "\n"))
		}
	}
	if n := d.went("*", "*", dynamo.Get) + d.went("client", "d", dynamo.Read); n != 0 {
		t.Errorf("%d messages more than the replicas need", n)
	}
}

// The library gathers, repairs and gives up like a node (Dynamo §5): "state machine".
func TestLibraryRepairs(t *testing.T) {
	d := newDesk(t, "abcd", func(cfg *dynamo.Config) { cfg.Handoff = false })
	d.run(t, "lose a>c", "put v1 at a", "advance 10s", "mend a>c")
	d.request(dynamo.Get, "", dynamo.NoNode)
	d.settle()
	expect(t, "the answer", d.told(), "get-reply ok v1")
	if got := d.stored(); !strings.Contains(got, "c:v1") || d.went("client", "c", dynamo.Repair) != 1 {
		t.Errorf("c was not repaired: %s", got)
	}
}

// "Client-driven ... write requests will be forwarded to a node in the key's preference list" (Dynamo §6.4), as each reading says.
func TestLibrarySendsPutsToAHome(t *testing.T) {
	for _, c := range []struct {
		by     dynamo.Routing
		prefer dynamo.NodeID
		luck   uint64
		want   string
	}{
		{dynamo.First, 2, 0, "a"},
		{dynamo.Fastest, 2, 0, "c"},
		{dynamo.Fastest, 3, 0, "a"}, // d is none
		{dynamo.Contacted, 2, 0, "a"},
		{dynamo.Contacted, 2, ^uint64(0), "c"},
		{dynamo.Contacted, 2, 1 << 63, "b"},
	} {
		d := newDesk(t, "abcd", func(cfg *dynamo.Config) { cfg.WriteBy = c.by })
		d.luck = c.luck
		expect(t, fmt.Sprintf("%+v", c), d.request(dynamo.Put, "v1", c.prefer), c.want)
		d.settle()
		if d.went("*", "*", dynamo.ForwardPut) != 0 {
			t.Errorf("%+v: the put was forwarded", c)
		}
	}
}

// "Or can be coordinated locally if the application is using timestamp based versioning" (Dynamo §6.4).
func TestLibraryCoordinatesPutsWithTimestamps(t *testing.T) {
	d := newDesk(t, "abcd", func(cfg *dynamo.Config) { cfg.Mode, cfg.WriteBy = vclock.LastWriteWins, dynamo.Any })
	expect(t, "the put", d.request(dynamo.Put, "v1", dynamo.NoNode), "here")
	d.settle()
	expect(t, "the answer", d.told(), "put-reply ok")
	expect(t, "who holds it", d.stored(), "a:v1 b:v1 c:v1")
}

// A home that is down is passed over, with a hint (Dynamo §4.6), and the library polls at once: "immediately refreshes its membership information
// when the client detects that the membership table is stale (for example, when some members are unreachable)" (§6.4).
func TestLibraryFindsOutWhoIsDown(t *testing.T) {
	d := newDesk(t, "abcd", nil)
	d.luck = ^uint64(0) // the poll goes to d
	d.run(t, "put v1 at a", "down b")
	d.request(dynamo.Get, "", dynamo.NoNode)
	d.run(t, "advance 200ms")
	expect(t, "the answer", d.told(), "get-reply ok v1")
	if d.went("client", "d", dynamo.Poll) != 2 || d.marks[dynamo.MarkViewRefreshed] != 1 {
		t.Errorf("polls %d:\n%s", d.went("client", "*", dynamo.Poll), strings.Join(d.lines, "\n"))
	}
	d.lines = nil
	d.request(dynamo.Get, "", dynamo.NoNode)
	d.settle()
	if d.told() != "get-reply ok v1" || d.went("client", "b", dynamo.Read) != 0 {
		t.Errorf("b is asked again:\n%s", strings.Join(d.lines, "\n"))
	}
	still := newDesk(t, "abcd", func(cfg *dynamo.Config) { cfg.PollRefresh = false })
	still.run(t, "down b")
	still.request(dynamo.Get, "", dynamo.NoNode)
	still.run(t, "advance 200ms")
	if still.marks[dynamo.MarkViewRefreshed] != 0 {
		t.Error("refresh is off")
	}
}

// A client that cannot have its quorum is told so, but not in no time.
func TestLibraryDoesNotSpin(t *testing.T) {
	d := newDesk(t, "abc", func(cfg *dynamo.Config) { cfg.Sloppy = false })
	d.run(t, "down b", "down c")
	d.request(dynamo.Get, "", dynamo.NoNode)
	d.run(t, "advance 500ms")
	expect(t, "the first get", d.told(), "get-reply timeout")
	d.request(dynamo.Get, "", dynamo.NoNode)
	expect(t, "at once", d.told(), "")
	d.run(t, "advance 1ms")
	expect(t, "a moment later", d.told(), "get-reply unavailable")
}

// "Clients ... polls a random Dynamo node every 10 seconds for membership updates" (Dynamo §6.4).
func TestLibraryPolls(t *testing.T) {
	d := newDesk(t, "abcd", nil)
	d.run(t, "advance 100s")
	if n := d.went("client", "*", dynamo.Poll); n < 10 || n > 11 {
		t.Errorf("%d polls in 100 s at one in ten", n)
	}
	if d.lib.View() != d.hosts[0].node.View() {
		t.Error("the library knows other members than nodes do")
	}
	d.shared.Names = append(d.shared.Names, "e")
	d.teach(membership.Change{Node: 4, What: membership.Join, Counter: 1, Issuer: 0, Capacity: 1})
	d.run(t, "advance 10s")
	if !d.lib.View().Has(4) || d.marks[dynamo.MarkViewPolled] != 1 {
		t.Errorf("the library has not learned of e, polls taught it %d times", d.marks[dynamo.MarkViewPolled])
	}
}

// A library whose table is old meets nodes that are no homes any more: they send it theirs at once (Dynamo §6.4: it "refreshes" when the table is stale).
func TestLibraryIsToldOfAnOldTable(t *testing.T) {
	d := newDesk(t, "abcde", func(c *dynamo.Config) { c.PollEvery = 0 })
	d.run(t, "put v1 at a")
	d.teach(membership.Change{Node: 0, What: membership.Leave, Counter: 1, Issuer: 1})
	if !d.lib.View().Has(0) {
		t.Fatal("the library knows it already")
	}
	d.request(dynamo.Get, "", dynamo.NoNode)
	d.settle()
	if d.lib.View().Has(0) {
		t.Error("the library has asked a, which is no home any more, and was told nothing")
	}
}

// Who holds no replica coordinates: a node if there is one, else the client itself (§6.4, and the model of PBS); nobody forwards.
func TestOutsideCoordination(t *testing.T) {
	outside := func(cfg *dynamo.Config) { cfg.Mode, cfg.Coordinator = vclock.LastWriteWins, dynamo.ByOutside }
	d := newDesk(t, "abcd", outside)
	expect(t, "a put", d.request(dynamo.Put, "v1", dynamo.NoNode), "d")
	d.settle()
	expect(t, "a get", d.request(dynamo.Get, "", dynamo.NoNode), "d")
	d.settle()
	expect(t, "who holds it", d.stored(), "a:v1 b:v1 c:v1")
	if n := d.went("*", "*", dynamo.ForwardGet) + d.went("*", "*", dynamo.ForwardPut); n != 0 {
		t.Errorf("%d requests were forwarded", n)
	}
	d = newDesk(t, "abc", outside)
	expect(t, "a put where all hold a replica", d.request(dynamo.Put, "v1", dynamo.NoNode), "here")
	d.settle()
	expect(t, "a get", d.request(dynamo.Get, "", dynamo.NoNode), "here")
	d.settle()
	expect(t, "the answers", d.told(), "put-reply ok, get-reply ok v1")
	cfg := d.cfg
	cfg.Mode = vclock.Dotted
	if cfg.Validate() == nil {
		t.Error("a version stamp from who holds no replica was allowed")
	}
}

// A library that knows no member leaves a request to a node that it may contact, and refreshes its table (Dynamo §6.4).
func TestLibraryThatKnowsNobodyAsks(t *testing.T) {
	d := newDesk(t, "abcd", nil)
	d.lib = dynamo.NewLibrary(d, dynamo.LibraryConfig{ID: client, Zone: -1, Cluster: &d.cfg, View: membership.New(), Contacts: []dynamo.NodeID{3}}, d.shared, d)
	expect(t, "the first get", d.request(dynamo.Get, "", dynamo.NoNode), "d")
	d.settle()
	if d.lib.View() != d.hosts[0].node.View() || d.marks[dynamo.MarkViewRefreshed] != 1 {
		t.Errorf("it knows %d members after %d refreshes", len(d.lib.View().Members()), d.marks[dynamo.MarkViewRefreshed])
	}
	expect(t, "the second get", d.request(dynamo.Get, "", dynamo.NoNode), "here")
}

// A put that another node coordinated than the one it was sent to shows that the table is old (Dynamo §6.4).
func TestLibraryRefreshesWhenAPutWasForwarded(t *testing.T) {
	d := newDesk(t, "abcd", nil)
	for by, want := range map[dynamo.NodeID]int{0: 0, 1: 1} {
		before := d.marks[dynamo.MarkViewRefreshed]
		d.lib.Answered(0, &dynamo.Message{Kind: dynamo.PutReply, Node: by})
		d.settle()
		if got := d.marks[dynamo.MarkViewRefreshed] - before; got != want {
			t.Errorf("sent to a, coordinated by %s: %d refreshes", d.name(by), got)
		}
	}
}
