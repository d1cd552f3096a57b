package client_test

import (
	"slices"
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// desk is the world of one client: what it sends and the timers that it sets are put on the desk, and the test says what comes back.
type desk struct {
	lib     *client.Client
	session client.Session
	now     int64
	luck    uint64 // of the next draw
	serial  uint64
	sent    []sending
	timers  []alarm
	results []client.Result
}

type sending struct {
	to dynamo.NodeID
	m  dynamo.Message
}

type alarm struct {
	id    dynamo.TimerID
	at    int64
	timer dynamo.Timer
}

func (d *desk) Now() int64                               { return d.now }
func (d *desk) Wall() int64                              { return d.now }
func (d *desk) Rand(dynamo.Purpose) uint64               { return d.luck }
func (d *desk) Disk() storage.Disk                       { return nil }
func (d *desk) Mark(dynamo.Mark, dynamo.KeyID, int64)    {}
func (d *desk) Send(to dynamo.NodeID, m *dynamo.Message) { d.sent = append(d.sent, sending{to, *m}) }
func (d *desk) Done(_ *client.Client, r *client.Result)  { d.results = append(d.results, *r) }

func (d *desk) SetTimer(t dynamo.Timer, after int64) dynamo.TimerID {
	d.serial++
	d.timers = append(d.timers, alarm{dynamo.TimerID(d.serial), d.now + after, t})
	return dynamo.TimerID(d.serial)
}

func (d *desk) CancelTimer(id dynamo.TimerID) {
	d.timers = slices.DeleteFunc(d.timers, func(a alarm) bool { return a.id == id })
}

const timeout = 100

func newDesk(change func(c *client.Config)) *desk {
	d := new(desk)
	cfg := &client.Config{Nodes: []dynamo.NodeID{0, 1, 2, 3}, Timeout: timeout, Avoid: 1000}
	if change != nil {
		change(cfg)
	}
	d.lib = client.New(d, cfg, d, &d.session, 0)
	return d
}

func request(kind dynamo.Kind) *client.Request {
	return &client.Request{Kind: kind, Key: 7, Value: vclock.Value{ID: 42, Len: 3}, Prefer: dynamo.NoNode, Via: dynamo.NoNode}
}

// last is the message that the client sent last.
func (d *desk) last() *sending { return &d.sent[len(d.sent)-1] }

// answer gives the client an answer to what it sent last.
func (d *desk) answer(status dynamo.Status, change func(m *dynamo.Message)) {
	q := d.last()
	m := dynamo.Message{Kind: q.m.Kind + 1, Status: status, Request: q.m.Request, Key: q.m.Key, Client: dynamo.NoNode, Node: q.to}
	if change != nil {
		change(&m)
	}
	d.lib.Message(q.to, &m)
}

// ring lets time pass up to the next timer.
func (d *desk) ring() {
	next := 0
	for i := range d.timers {
		if d.timers[i].at < d.timers[next].at {
			next = i
		}
	}
	a := d.timers[next]
	d.timers = slices.Delete(d.timers, next, next+1)
	d.now = a.at
	d.lib.Timer(a.timer)
}

// The request carries all that it was given, to the node that was asked for.
func TestRequestIsSentAsGiven(t *testing.T) {
	d := newDesk(nil)
	context := vclock.Clock{{Actor: 1, Counter: 2}}
	dots := []vclock.Dot{{Actor: 3, Counter: 4}}
	r := request(dynamo.Put)
	r.Tombstone, r.Context, r.Dots, r.Prefer, r.Via, r.N, r.Quorum = true, context, dots, 2, 3, 5, 4
	d.lib.Do(r)
	m := d.last().m
	if d.last().to != 3 || m.Kind != dynamo.Put || m.Key != 7 || m.Value().ID != 42 || !m.Tombstone || m.Node != 2 || m.N != 5 || m.Quorum != 4 ||
		m.Context().Compare(context) != vclock.Equal || !slices.Equal(m.Dots(), dots) || m.Client != dynamo.NoNode {
		t.Errorf("to %d: %+v", d.last().to, m)
	}
	if !d.lib.Busy() || d.timers[0].at != timeout {
		t.Errorf("busy %v, timers %v", d.lib.Busy(), d.timers)
	}
}

// A request may have its own timeout.
func TestTimeoutOfOneRequest(t *testing.T) {
	d := newDesk(nil)
	r := request(dynamo.Get)
	r.Timeout = 5
	d.lib.Do(r)
	d.ring()
	if d.now != 5 || len(d.results) != 1 || !d.results[0].Silent || d.lib.Busy() {
		t.Errorf("at %d: %+v", d.now, d.results)
	}
}

// What a client knows of a request in the end: it happened, it certainly did not, or nobody knows. A put is certain not to have happened only
// where the coordinator says that no replica was sent it.
func TestOutcomes(t *testing.T) {
	const silence = dynamo.Status(255)
	for _, c := range []struct {
		status dynamo.Status
		get    client.Outcome
		put    client.Outcome
	}{
		{dynamo.OK, client.OK, client.OK},
		{dynamo.Timeout, client.Failed, client.Unknown},
		{dynamo.Unavailable, client.Failed, client.Failed},
		{dynamo.Recovering, client.Failed, client.Failed},
		{dynamo.Overloaded, client.Failed, client.Failed},
		{dynamo.Corrupt, client.Failed, client.Unknown},
		{dynamo.DiskFailed, client.Failed, client.Unknown},
		{silence, client.Unknown, client.Unknown},
	} {
		for kind, want := range map[dynamo.Kind]client.Outcome{dynamo.Get: c.get, dynamo.Put: c.put} {
			d := newDesk(nil)
			d.lib.Do(request(kind))
			if c.status == silence {
				d.ring()
			} else {
				d.answer(c.status, nil)
			}
			r := d.results[0]
			if r.Outcome != want || r.Silent != (c.status == silence) || r.Attempts != 1 || len(d.timers) != 0 {
				t.Errorf("%v answered %v: %+v, want outcome %d; %d timers", kind, c.status, r, want, len(d.timers))
			}
		}
	}
}

// Whatever comes after an attempt that may have taken effect, the put's outcome is unknown unless one succeeds.
func TestOneDoubtfulAttemptMakesTheOutcomeUnknown(t *testing.T) {
	for _, c := range []struct {
		why      string
		attempts []dynamo.Status // 255: no answer
		want     client.Outcome
	}{
		{"refused each time", []dynamo.Status{dynamo.Recovering, dynamo.Overloaded, dynamo.Unavailable}, client.Failed},
		{"in doubt, then refused", []dynamo.Status{dynamo.Timeout, dynamo.Unavailable, dynamo.Unavailable}, client.Unknown},
		{"silence, then refused", []dynamo.Status{255, dynamo.Unavailable, dynamo.Unavailable}, client.Unknown},
		{"refused, then silence", []dynamo.Status{dynamo.Unavailable, dynamo.Unavailable, 255}, client.Unknown},
		{"in doubt, then done", []dynamo.Status{dynamo.Timeout, 255, dynamo.OK}, client.OK},
	} {
		d := newDesk(func(c *client.Config) { c.Retries = 2 })
		d.lib.Do(request(dynamo.Put))
		for i, status := range c.attempts {
			if i > 0 {
				d.ring() // the pause
			}
			if status == 255 {
				d.ring()
			} else {
				d.answer(status, nil)
			}
		}
		if len(d.results) != 1 || d.results[0].Outcome != c.want || d.results[0].Attempts != 3 {
			t.Errorf("%s: %+v, want outcome %d", c.why, d.results, c.want)
		}
	}
}

// A put that is tried again is the same version: value and context are, only the request's number is new.
func TestRetryKeepsTheVersion(t *testing.T) {
	d := newDesk(func(c *client.Config) { c.Retries = 1 })
	d.lib.Do(request(dynamo.Put))
	first := d.last().m
	d.ring()
	d.ring()
	second := d.last().m
	if len(d.sent) != 2 || first.Value() != second.Value() || first.Context().Compare(second.Context()) != vclock.Equal || second.Request <= first.Request {
		t.Errorf("%+v, then %+v", first, second)
	}
}

// By default nothing is tried again (a put that is sent twice may be done twice).
func TestNoRetryByDefault(t *testing.T) {
	d := newDesk(nil)
	d.lib.Do(request(dynamo.Put))
	d.answer(dynamo.Overloaded, nil)
	if len(d.sent) != 1 || len(d.results) != 1 {
		t.Errorf("%d sent, results %+v", len(d.sent), d.results)
	}
}

// Between attempts the client pauses as it is told.
func TestBackoff(t *testing.T) {
	d := newDesk(func(c *client.Config) {
		c.Retries = 1
		c.Backoff = func(u uint64) int64 { return int64(u) }
	})
	d.luck = 33
	d.lib.Do(request(dynamo.Get))
	d.answer(dynamo.Unavailable, nil)
	if len(d.sent) != 1 || len(d.timers) != 1 || d.timers[0].at != 33 {
		t.Fatalf("%d sent, timers %+v", len(d.sent), d.timers)
	}
	d.ring()
	if len(d.sent) != 2 {
		t.Error("no second attempt after the pause")
	}
}

// Answers to earlier attempts, to other requests and of other kinds are ignored, and so are timers that were too late.
func TestStrayAnswersAreIgnored(t *testing.T) {
	d := newDesk(func(c *client.Config) { c.Retries = 1 })
	d.lib.Do(request(dynamo.Put))
	old, timer := d.last().m, d.timers[0].timer
	d.ring()
	d.ring()
	d.lib.Timer(timer)
	for _, m := range []dynamo.Message{
		{Kind: dynamo.PutReply, Request: old.Request},
		{Kind: dynamo.PutReply, Request: d.last().m.Request + 1},
		{Kind: dynamo.ReplicateReply, Request: d.last().m.Request},
	} {
		d.lib.Message(0, &m)
	}
	if len(d.results) != 0 || !d.lib.Busy() || len(d.sent) != 2 {
		t.Fatalf("results %+v", d.results)
	}
	d.answer(dynamo.OK, nil)
	d.answer(dynamo.OK, nil)
	if len(d.results) != 1 {
		t.Errorf("results %+v", d.results)
	}
}

// A client has one request under way.
func TestSecondRequestPanics(t *testing.T) {
	d := newDesk(nil)
	d.lib.Do(request(dynamo.Get))
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	d.lib.Do(request(dynamo.Get))
}

// The clients of one process are told apart by their lanes.
func TestLanes(t *testing.T) {
	d := newDesk(nil)
	for lane := range uint32(3) {
		c := client.New(d, &client.Config{Nodes: []dynamo.NodeID{0}, Timeout: timeout}, d, &d.session, lane)
		c.Do(request(dynamo.Get))
		if got := client.Lane(d.last().m.Request); got != lane {
			t.Errorf("lane %d in the request, want %d", got, lane)
		}
		if got := client.Lane(d.timers[len(d.timers)-1].timer.B); got != lane {
			t.Errorf("lane %d in the timer, want %d", got, lane)
		}
	}
}
