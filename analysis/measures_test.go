package analysis

import (
	"math/rand/v2"
	"slices"
	"testing"

	"dynamosim/analysis/history"
)

func TestDistribution(t *testing.T) {
	var none Distribution
	if none.Count() != 0 || none.Mean() != 0 || none.Quantile(500_000) != 0 || none.Max() != 0 {
		t.Error("of nothing everything is 0")
	}
	d := NewDistribution([]int64{40, 10, 30, 20})
	for ppm, want := range map[int64]int64{0: 10, 1: 10, 250_000: 10, 250_001: 20, 500_000: 20, 750_000: 30, 900_000: 40, Whole: 40} {
		if got := d.Quantile(ppm); got != want {
			t.Errorf("quantile %d = %d, want %d", ppm, got, want)
		}
	}
	if d.Mean() != 25 || d.Sum() != 100 || d.Min() != 10 || d.Max() != 40 || d.Count() != 4 {
		t.Errorf("mean %d, sum %d, min %d, max %d, count %d", d.Mean(), d.Sum(), d.Min(), d.Max(), d.Count())
	}
	for v, want := range map[int64]int{9: 0, 10: 1, 25: 2, 40: 4} {
		if got := d.AtMost(v); got != want {
			t.Errorf("AtMost(%d) = %d, want %d", v, got, want)
		}
	}
	for _, c := range []struct {
		values []int64
		mean   int64
	}{{[]int64{1, 2}, 2}, {[]int64{1, 1, 2}, 1}, {[]int64{-1, -2}, -1}, {[]int64{-1, -1, -2}, -1}} {
		if d := NewDistribution(c.values); d.Mean() != c.mean {
			t.Errorf("mean of %v = %d, want %d", c.values, d.Mean(), c.mean)
		}
	}
}

// A quantile is the least value that at least so many values do not exceed.
func TestQuantileAgainstTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		values := make([]int64, 1+r.IntN(50))
		for i := range values {
			values[i] = r.Int64N(30)
		}
		d := NewDistribution(slices.Clone(values))
		ppm := r.Int64N(Whole + 1)
		want := int64(-1)
		for v := int64(0); want < 0; v++ {
			if n := int64(d.AtMost(v)); n > 0 && n*Whole >= ppm*int64(len(values)) {
				want = v
			}
		}
		if got := d.Quantile(ppm); got != want {
			t.Fatalf("quantile %d of %v = %d, want %d", ppm, d.sorted, got, want)
		}
	}
}

// phases is a history of 12 gets, one each 10 ns from 0, each of 5 ns, of
// which those during the fault (40 to 70) fail; the heal comes at 100.
func phases() (*history.History, Facts) {
	h := history.New(history.Header{Model: history.Siblings})
	c, k := h.AddClient("c"), h.AddKey("k")
	for t := int64(0); t < 120; t += 10 {
		switch t {
		case 40:
			h.Nemesis(t, "partition", "cut", history.Start, "")
		case 70:
			h.Nemesis(t, "partition", "cut", history.End, "")
		case 100:
			h.MarkPhase(t, history.Heal)
		}
		id := h.Invoke(t, c, history.Get, k)
		if t >= 40 && t < 70 {
			h.Fail(t+1, id, "no quorum")
		} else {
			h.OkGet(t+5, id, nil)
		}
	}
	return h, Facts{Warmup: 20, Converged: 130}
}

func TestScopes(t *testing.T) {
	h, facts := phases()
	s := NewSubject(h, facts)
	during, ok := s.While("cut")
	byKind, ok2 := s.While("partition")
	before, ok3 := s.Before("cut")
	after, ok4 := s.After("cut")
	if !ok || !ok2 || !ok3 || !ok4 || !slices.Equal(during, byKind) {
		t.Fatalf("scopes of the fault: %v %v %v %v", during, byKind, before, after)
	}
	for name, c := range map[string]struct {
		scope     Scope
		ok, total int
	}{
		"everything": {Everything(), 9, 12}, "warm-up": {s.Warmup(), 2, 2}, "load": {s.Load(), 5, 8}, "quiesce": {s.Quiesce(), 2, 2},
		"while": {during, 0, 3}, "before": {before, 2, 2}, "after": {after, 3, 3}, "between": {Between(30, 60), 1, 3},
		"nothing": {nil, 0, 0},
	} {
		m := s.Measure(c.scope)
		if ok, total := m.Availability(Get); ok != c.ok || total != c.total {
			t.Errorf("%s: %d of %d, want %d of %d", name, ok, total, c.ok, c.total)
		}
		if n := m.Latency[Get].Count(); n != c.ok || n > 0 && m.Latency[Get].Max() != 5 {
			t.Errorf("%s: %d latencies up to %d", name, n, m.Latency[Get].Max())
		}
		if m.HealToConvergence != 30 {
			t.Errorf("%s: converged %d ns after the heal", name, m.HealToConvergence)
		}
	}
	if _, ok := s.While("flood"); ok {
		t.Error("a fault that never was has a scope")
	}
}

// Overlapping occurrences of one kind of fault are one time.
func TestScopeOfOverlappingFaults(t *testing.T) {
	h := history.New(history.Header{})
	for _, e := range []struct {
		t     int64
		name  string
		phase history.Phase
	}{{10, "a", history.Start}, {20, "b", history.Start}, {30, "a", history.End}, {40, "b", history.End}, {60, "c", history.Refused}, {70, "d", history.Start}} {
		h.Nemesis(e.t, "crash", e.name, e.phase, "")
	}
	h.MarkPhase(90, history.Heal)
	s := NewSubject(h, Facts{})
	if got, _ := s.While("crash"); !slices.Equal(got, Scope{{10, 40}, {70, 90}}) {
		t.Errorf("crashes during %v", got)
	}
	if got := (Scope{{10, 50}, {20, 30}, {60, 70}, {0, 5}}).merged(); !slices.Equal(got, Scope{{0, 5}, {10, 50}, {60, 70}}) {
		t.Errorf("merged to %v", got)
	}
	if got, _ := s.While("b"); !slices.Equal(got, Scope{{20, 40}}) {
		t.Errorf("b during %v", got)
	}
	if _, ok := s.While("c"); ok {
		t.Error("a refused fault was there")
	}
}

// A fault that comes twice ends twice.
func TestScopeOfARepeatedFault(t *testing.T) {
	h := history.New(history.Header{})
	for i, phase := range []history.Phase{history.Start, history.End, history.Start, history.End} {
		h.Nemesis(int64(i)*10, "pause", "nap", phase, "")
	}
	s := NewSubject(h, Facts{})
	if got, _ := s.While("nap"); !slices.Equal(got, Scope{{0, 10}, {20, 30}}) {
		t.Errorf("naps during %v", got)
	}
	if after, _ := s.After("nap"); after[0].From != 30 {
		t.Errorf("after the naps: %v", after)
	}
}

func TestReadModifyWrites(t *testing.T) {
	h := history.New(history.Header{Model: history.Siblings})
	c, k := h.AddClient("c"), h.AddKey("k")
	type part struct {
		outcome history.Outcome
		add     bool
		remove  bool
	}
	now := int64(0)
	rmw := func(get history.Outcome, put *part) {
		g := h.Invoke(now, c, history.Get, k)
		h.SetGroup(g, g)
		end := func(id history.OpID, o history.Outcome, at int64) {
			switch {
			case o == history.Fail:
				h.Fail(at, id, "")
			case o == history.Info:
				h.Info(at, id, "")
			case id == g:
				h.OkGet(at, id, nil)
			default:
				h.OkPut(at, id)
			}
		}
		end(g, get, now+10)
		if put != nil {
			p := h.Invoke(now+20, c, history.Put, k)
			h.SetGroup(p, g)
			item := history.CartItem{Item: h.AddItem("x"), Tag: h.AddTag("t")}
			if put.add {
				h.SetCart(p, []history.CartItem{item}, nil)
			} else if put.remove {
				h.SetCart(p, nil, []int32{item.Tag})
			}
			end(p, put.outcome, now+50)
		}
		now += 100
	}
	rmw(history.Ok, &part{outcome: history.Ok})
	rmw(history.Ok, &part{outcome: history.Ok, add: true})
	rmw(history.Ok, &part{outcome: history.Info, add: true})
	rmw(history.Ok, &part{outcome: history.Ok, remove: true})
	rmw(history.Fail, nil)
	rmw(history.Info, nil)
	rmw(history.Ok, nil) // there was nothing to write: no operation of its own
	m := Measure(h, Facts{}, Everything())
	for k, want := range map[Kind]Counts{
		Get: {Total: 7, Ok: 5, Fail: 1, Info: 1}, Put: {Total: 4, Ok: 3, Info: 1}, RMW: {Total: 3, Ok: 1, Fail: 1, Info: 1},
		CartAdd: {Total: 2, Ok: 1, Info: 1}, CartRemove: {Total: 1, Ok: 1},
	} {
		if m.By[k] != want {
			t.Errorf("%v: %+v, want %+v", k, m.By[k], want)
		}
	}
	if m.Operations != (Counts{Total: 11, Ok: 8, Fail: 1, Info: 2}) {
		t.Errorf("operations %+v", m.Operations)
	}
	first := Measure(h, Facts{}, Between(0, 100))
	if first.By[RMW].Total != 1 || first.By[CartAdd].Total != 0 || first.By[Get].Total != 1 {
		t.Errorf("in the time of the first: %+v", first.By)
	}
	if d := m.Latency[RMW]; d.Count() != 1 || d.Max() != 50 {
		t.Errorf("a read-modify-write took %d", d.Max())
	}
}

func TestFinalGetsAreNotMeasured(t *testing.T) {
	h := record(t, siblings, "put:a[0,10] get:a[20,30] fin:a[40,90]")
	m := Measure(h, Facts{}, Everything())
	if m.Operations.Total != 2 || m.Latency[Get].Max() != 10 || m.Siblings.Count() != 1 {
		t.Errorf("%+v, latency up to %d", m.Operations, m.Latency[Get].Max())
	}
}

// What was there before the first client came is judged, not measured.
func TestPreloadedPutsAreNotMeasured(t *testing.T) {
	h := history.New(history.Header{Model: history.Register})
	c, k := h.AddClient("preload"), h.AddKey("k")
	a := h.Invoke(0, c, history.Put, k)
	h.SetPreloaded(a)
	h.OkPut(0, a)
	get := h.Invoke(10, h.AddClient("ann"), history.Get, k)
	h.OkGet(15, get, nil)
	m := Measure(h, Facts{}, Everything())
	if m.Operations.Total != 1 || m.By[Put].Total != 0 || m.StaleGets != 1 {
		t.Errorf("%+v, %d stale", m.Operations, m.StaleGets)
	}
}

func TestDivergence(t *testing.T) {
	r := judgeText(t, siblings, "divergence",
		base+"get:b,c[60,70] get:b,c[75,78] put:d/b,c[80,90] get:d[100,110] key2.put:x[0,10] key2.put:y[0,10] key2.get:x,y[20,30]")
	for name, want := range map[string]int64{"gets": 6, "sibling_reads": 3, "siblings_max": 2, "gets_of_1": 3, "gets_of_2": 3,
		"false_siblings": 0, "keys": 2, "open_at_end": 1, "reconciled_max_ns": 40} {
		if got := r.Number(name); got != want {
			t.Errorf("%s = %d, want %d", name, got, want)
		}
	}
	if want := "50.00 % of gets returned several versions (2 keys, up to 2), reconciled within 40 ns, 1 not reconciled when last seen"; r.Verdict != Measured || r.Summary != want {
		t.Errorf("%v: %s", r.Verdict, r.Summary)
	}
	if r := judgeText(t, siblings, "divergence", base+"get:b,c[60,70] put:d/b,c[80,90] get:b,d[100,110]"); r.Number("false_siblings") != 1 {
		t.Errorf("false siblings: %+v", r.Numbers)
	}
}

func TestStaleness(t *testing.T) {
	r := judgeText(t, register, "staleness", "put:1[0,10] put:2[20,30] put:3[40,50] get:1[70,80] get:3[90,95]")
	for name, want := range map[string]int64{"gets": 2, "stale_reads": 1, "version_lag_max": 2, "staleness_max_ns": 40} {
		if got := r.Number(name); got != want {
			t.Errorf("%s = %d, want %d", name, got, want)
		}
	}
	if want := "50.00 % of 2 gets stale, by up to 2 versions and 40 ns"; r.Summary != want {
		t.Errorf("summary %q", r.Summary)
	}
}

func TestLatencyAndAvailability(t *testing.T) {
	text := "put:a[0,10] put:b[20,50] get:b[60,62] get:[63,64! get:[65,?)"
	r := judgeText(t, register, "latency", text)
	for name, want := range map[string]int64{"put_count": 2, "put_mean_ns": 20, "put_p50_ns": 10, "put_p9999_ns": 30, "put_max_ns": 30, "get_count": 1, "get_p50_ns": 2} {
		if got := r.Number(name); got != want {
			t.Errorf("%s = %d, want %d", name, got, want)
		}
	}
	r = judgeText(t, register, "availability", text)
	for name, want := range map[string]int64{"total": 5, "ok": 3, "fail": 1, "info": 1, "get_total": 3, "get_ok": 1, "put_ok": 2} {
		if got := r.Number(name); got != want {
			t.Errorf("%s = %d, want %d", name, got, want)
		}
	}
}

func TestKindsParse(t *testing.T) {
	for k := range Kind(Kinds) {
		if got, ok := ParseKind(k.String()); !ok || got != k {
			t.Errorf("ParseKind(%v) = %v, %v", k, got, ok)
		}
	}
	if _, ok := ParseKind("scan"); ok {
		t.Error("there is no scan")
	}
}
