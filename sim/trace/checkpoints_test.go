package trace_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"dynamosim/sim"
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// course is a run that is made up: up to three records an event.
func course(seed uint64, events uint64) []trace.Record {
	r := rand.New(rand.NewPCG(seed, 0))
	var all []trace.Record
	for event := range events {
		for range r.IntN(4) {
			all = append(all, trace.Record{
				Ordinal: event, Time: int64(event) * 10, Kind: trace.Send, Proc: int32(r.IntN(5)), Peer: trace.None,
				Cause: event / 2, Lineage: r.Uint64(), Message: "replicate", Key: "abcdefgh"[r.IntN(8):], Arg2: 64,
			})
		}
	}
	return all
}

func checkpoints(records []trace.Record) *trace.Checkpoints {
	c := new(trace.Checkpoints)
	for i := range records {
		c.Record(&records[i])
	}
	return c
}

func window(s trace.Span, records []trace.Record) []trace.Record {
	w := trace.Window{Span: s}
	for i := range records {
		w.Record(&records[i])
	}
	return w.Records
}

// other is a record of the same event that differs from r.
func other(r trace.Record, field int) trace.Record {
	v := reflect.ValueOf(&r).Elem().Field(field)
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "'")
	case reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	default:
		v.SetUint(v.Uint() ^ 1)
	}
	return r
}

// Whatever field of whatever record differs, the window holds the first difference, and is one stride long.
func TestPartingIsWhereRecordsDiffer(t *testing.T) {
	fields := reflect.TypeFor[trace.Record]().NumField()
	for trial := range 3 * fields {
		a := course(uint64(trial), 10_000)
		r := rand.New(rand.NewPCG(uint64(trial), 1))
		at, field := r.IntN(len(a)), 1+trial%(fields-1) // all but the ordinal
		b := append(slices.Clone(a[:at]), other(a[at], field))
		b = append(b, window(trace.Span{From: a[at].Ordinal + 1, Until: 10_500}, course(uint64(trial+1), 11_000))...) // it has consequences
		checkParting(t, a, b)
	}
}

func checkParting(t *testing.T, a, b []trace.Record) {
	t.Helper()
	want, _ := trace.FirstDifference(a, b)
	first := a
	if want == len(a) {
		first = b
	}
	s, found := trace.Parting(checkpoints(a), checkpoints(b))
	if !found || first[want].Ordinal < s.From || first[want].Ordinal > s.Until || s.Until-s.From > trace.Stride {
		t.Fatalf("record %d of event %d is the first that differs; the window is %+v, found %v", want, first[want].Ordinal, s, found)
	}
	x, y := window(s, a), window(s, b)
	i, found := trace.FirstDifference(x, y)
	if !found || want < i || !slices.Equal(x[:i], a[want-i:want]) {
		t.Fatalf("in the window %+v the records differ from %d on, %v; they do from record %d of the run on", s, i, found, want)
	}
}

func TestPartingOfRunsThatEndEarly(t *testing.T) {
	long := course(3, 30_000)
	upTo := func(ordinal uint64) []trace.Record { return window(trace.Span{Until: ordinal}, long) }
	for _, n := range []uint64{1, 4000, 4095, 4096, 4097, 8192, 12_000, 29_000} {
		checkParting(t, upTo(n), long)
		checkParting(t, long, upTo(n))
	}
	checkParting(t, nil, long)
}

func TestEqualRunsDoNotPart(t *testing.T) {
	for _, events := range []uint64{0, 1, 10, 4096, 4097, 8192, 20_000} {
		a := course(1, events)
		if s, found := trace.Parting(checkpoints(a), checkpoints(a)); found {
			t.Errorf("%d events: %+v", events, s)
		}
	}
}

// A checkpoint every stride, whatever events have records, and one at the end.
func TestCheckpointsAreAtMultiplesOfTheStride(t *testing.T) {
	var records []trace.Record
	for _, ordinal := range []uint64{0, 1, 4095, 4096, 4096, 4097, 20_000} {
		records = append(records, trace.Record{Ordinal: ordinal})
	}
	c := checkpoints(records)
	var events []uint64
	for _, p := range c.All() {
		events = append(events, p.Event)
	}
	if want := []uint64{4096, 8192, 12_288, 16_384, 20_000}; !slices.Equal(events, want) {
		t.Errorf("checkpoints at %v, want %v", events, want)
	}
	upTo4096 := checkpoints(records[:5]).All()
	if all := c.All(); all[0] != upTo4096[0] || all[1].Sum == all[0].Sum || all[1].Sum != all[2].Sum || all[4].Sum == all[3].Sum {
		t.Errorf("sums do not cover the events up to theirs: %x after %x", all, upTo4096)
	}
}

func TestAddedCheckpoints(t *testing.T) {
	add := func(sums ...byte) *trace.Checkpoints {
		c := new(trace.Checkpoints)
		for i, sum := range sums {
			c.Add(uint64(i+1)*trace.Stride, [16]byte{sum})
		}
		return c
	}
	for _, test := range []struct {
		a, b *trace.Checkpoints
		want trace.Span
	}{
		{add(1, 2, 3), add(1, 2, 3), trace.Span{}},
		{add(), add(), trace.Span{}},
		{add(1, 2, 3), add(1, 2, 4), trace.Span{From: 8193, Until: 12_288}},
		{add(1, 2, 3), add(5, 6, 7), trace.Span{From: 0, Until: 4096}},
		{add(1, 2, 3), add(1), trace.Span{From: 4097, Until: 8192}},
	} {
		if got, found := trace.Parting(test.a, test.b); got != test.want || found != (test.want != trace.Span{}) {
			t.Errorf("%v and %v part in %+v, %v; want %+v", test.a.All(), test.b.All(), got, found, test.want)
		}
	}
}

// The recent records are the last 8192, in order.
func TestRecentRecords(t *testing.T) {
	for _, events := range []uint64{0, 10, 6000, 40_000} {
		all := course(events, events)
		c := checkpoints(all)
		last := all[max(0, len(all)-8192):]
		everything := trace.Span{Until: events}
		if got, whole := c.Recent(everything); !slices.Equal(got, last) || whole != (len(all) < 8192) {
			t.Errorf("%d records: %d are recent, whole %v", len(all), len(got), whole)
		}
		if len(last) == 0 {
			continue
		}
		known := trace.Span{From: last[0].Ordinal + 1, Until: events - 2}
		if got, whole := c.Recent(known); !whole || !slices.Equal(got, window(known, all)) {
			t.Errorf("%d records: %d of them in %+v, whole %v", len(all), len(got), known, whole)
		}
	}
}

func TestResetCheckpointsAreEmptyOnes(t *testing.T) {
	c := checkpoints(course(1, 40_000))
	c.Reset()
	if got, _ := c.Recent(trace.Span{Until: 40_000}); len(got)+len(c.All()) > 0 {
		t.Errorf("%d records and %d checkpoints are left", len(got), len(c.All()))
	}
	again := course(2, 10_000)
	for i := range again {
		c.Record(&again[i])
	}
	if s, found := trace.Parting(c, checkpoints(again)); found {
		t.Errorf("part in %+v", s)
	}
}

func TestCheckpointsOfManyEventsAllocateOnlyTheirList(t *testing.T) {
	all := course(1, 20_000)
	c := checkpoints(all)
	if n := testing.AllocsPerRun(5, func() {
		c.Reset()
		for i := range all {
			c.Record(&all[i])
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// gossip is a process that sends to all others, in the order of a map: what a run must not depend on.
type gossip struct {
	env    *sim.Proc[uint64]
	others map[sim.ProcID]bool
}

func (g *gossip) Message(sim.ProcID, *uint64) {}
func (g *gossip) Disk(*sim.Completion)        {}

func (g *gossip) Timer(t sim.Timer) {
	for p := range g.others {
		u := g.env.Rand(1)
		g.env.Send(p, &u)
	}
	g.env.SetTimer(t, 1_000_000)
}

// gossips is a system of them; those that are not faulty have one process to send to.
func gossips(faulty bool, sink trace.Sink) *sim.System[uint64] {
	s := sim.New(sim.Config[uint64]{
		Seeds: sim.Seeds{Environment: 1, Node: 1}, Label: func(m *uint64) sim.Label { return sim.Label{Size: 8, Hash: *m} },
		Network:  sim.NetworkConfig{SameDC: sim.Path{Latency: rng.Constant(1000)}},
		Describe: func(m *uint64) (kind, key, text string) { return "gossip", "", fmt.Sprint(*m) }, Trace: sink,
		Control: func(sim.Control) {}, // it only takes an event
	})
	const n = 8
	for p := range sim.ProcID(n) {
		s.AddProcess(fmt.Sprint("p", p), sim.ProcessConfig{})
	}
	for p := range sim.ProcID(n) {
		g := &gossip{env: s.Env(p), others: map[sim.ProcID]bool{(p + 1) % n: true}}
		s.Boot(p, g, 1, func() { g.env.SetTimer(sim.Timer{}, int64(p)+5_000) })
		if faulty && p == n-1 {
			for q := range sim.ProcID(n - 1) {
				g.others[q] = true
			}
		}
	}
	return s
}

// Runs that go over a map part; stepped side by side they give away the event.
func TestSideBySideTheFirstEventIsFound(t *testing.T) {
	for _, faulty := range []bool{false, true} {
		var x, y trace.Checkpoints
		a, b := gossips(faulty, &x), gossips(faulty, &y)
		var s trace.Span
		found := false
		for !found && a.Events() < 50_000 {
			a.Step(1000)
			b.Step(1000)
			s, found = trace.Parting(&x, &y)
		}
		if found != faulty || found != (a.Digest().Sum() != b.Digest().Sum()) {
			t.Fatalf("over a map %v, parted %v, digests %s and %s", faulty, found, a.Digest(), b.Digest())
		}
		if !faulty {
			continue
		}
		p, wholeP := x.Recent(s)
		q, wholeQ := y.Recent(s)
		i, found := trace.FirstDifference(p, q)
		if !wholeP || !wholeQ || !found {
			t.Fatalf("in %+v there are %d and %d records, whole %v and %v, parted %v", s, len(p), len(q), wholeP, wholeQ, found)
		}
		if p[i].Kind != trace.Send || p[i].Proc != 7 || p[i].Ordinal != q[i].Ordinal || p[i].Peer == q[i].Peer {
			t.Errorf("the first difference is %+v and %+v", p[i], q[i])
		}
	}
}

// Two runs that part for a reason that stays: the window of a second pass has the event in full.
func TestTheSecondPassShowsTheFirstEvent(t *testing.T) {
	const late = 200_000_000 // ns
	course := func(cut bool, sink trace.Sink) *trace.Checkpoints {
		s := gossips(false, sink)
		if cut {
			s.At(late, sim.Control{})
		}
		c := new(trace.Checkpoints)
		for s.Events() < 40_000 {
			s.Step(trace.Stride)
			c.Add(s.Events(), s.Digest().Sum())
		}
		return c
	}
	s, found := trace.Parting(course(false, nil), course(true, nil))
	if !found {
		t.Fatal("the digests are equal")
	}
	a, b := trace.Window{Span: s}, trace.Window{Span: s}
	course(false, &a)
	course(true, &b)
	i, found := trace.FirstDifference(a.Records, b.Records)
	if !found || b.Records[i].Kind != trace.Control || b.Records[i].Time != late || len(b.Records) > 4*trace.Stride {
		t.Errorf("of %d records in %+v, the first that differs is number %d, %v: %+v", len(b.Records), s, i, found, b.Records[i])
	}
}

func BenchmarkCheckpoints(b *testing.B) {
	b.ReportAllocs()
	all := course(1, 20_000)
	c := new(trace.Checkpoints)
	for i := 0; b.Loop(); i++ {
		r := all[i%len(all)]
		r.Ordinal = uint64(i) / 2
		c.Record(&r)
	}
}
