package history_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"dynamosim/analysis/history"
)

// A client with several operations open has a process for each; a process
// whose operation is unknown is never used again.
func TestProcesses(t *testing.T) {
	h := history.New(history.Header{})
	ann, bob, k := h.AddClient("ann"), h.AddClient("bob"), h.AddKey("k")
	a := h.Invoke(0, ann, history.Get, k)
	b := h.Invoke(1, bob, history.Get, k)
	c := h.Invoke(2, ann, history.Get, k)
	h.OkGet(3, a, nil)
	d := h.Invoke(4, ann, history.Get, k)
	h.Info(5, d, "timeout")
	e := h.Invoke(6, ann, history.Get, k)
	h.Fail(7, b, "refused")
	f := h.Invoke(8, bob, history.Get, k)
	for op, want := range map[history.OpID]int32{a: 0, b: 1, c: 2, d: 0, e: 3, f: 1} {
		if got := h.Op(op).Process; got != want {
			t.Errorf("operation %d runs as process %d, want %d", op, got, want)
		}
	}
	if n := h.Op(e).Number; n != 4 || h.VersionName(e) != "ann.4" {
		t.Errorf("the fourth operation of ann has number %d, name %q", n, h.VersionName(e))
	}
}

func TestMisusePanics(t *testing.T) {
	for name, misuse := range map[string]func(h *history.History, op history.OpID){
		"time falls": func(h *history.History, op history.OpID) { h.OkGet(9, op, nil) },
		"ends twice": func(h *history.History, op history.OpID) { h.OkGet(11, op, nil); h.Fail(12, op, "") },
		"late context": func(h *history.History, op history.OpID) {
			h.Invoke(11, h.AddClient("late"), history.Put, 0)
			h.SetContext(op, nil)
		},
		"no phase":           func(h *history.History, op history.OpID) { h.MarkPhase(11, history.Start) },
		"ends after unknown": func(h *history.History, op history.OpID) { h.Info(11, op, ""); h.OkGet(12, op, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			h := history.New(history.Header{})
			op := h.Invoke(10, h.AddClient("ann"), history.Get, h.AddKey("k"))
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			misuse(h, op)
		})
	}
}

func TestNamesAreInterned(t *testing.T) {
	h := history.New(history.Header{})
	if a, b, c := h.AddKey("x"), h.AddKey("y"), h.AddKey("x"); a != 0 || b != 1 || c != 0 || h.Keys() != 2 {
		t.Errorf("numbers %d %d %d of %d keys", a, b, c, h.Keys())
	}
	if k, ok := h.FindKey("y"); !ok || k != 1 {
		t.Errorf("FindKey(y) = %d, %v", k, ok)
	}
}

// Runs of versions never straddle chunks, and long ones fit too.
func TestLongSpans(t *testing.T) {
	h := history.New(history.Header{})
	c, k := h.AddClient("ann"), h.AddKey("k")
	lengths := []int{700, 700, 5000, 1, 1024, 300, 20000, 2}
	for i, n := range lengths {
		versions := make([]history.OpID, n)
		for j := range versions {
			versions[j] = history.OpID(i*100000 + j)
		}
		h.OkGet(int64(i), h.Invoke(int64(i), c, history.Get, k), versions)
	}
	for i, n := range lengths {
		v := h.Versions(history.OpID(i))
		if len(v) != n || v[0] != history.OpID(i*100000) || v[n-1] != history.OpID(i*100000+n-1) {
			t.Errorf("run %d of %d versions reads back wrongly", i, n)
		}
	}
}

// Memory of a long run of versions is reused for short ones after Reset.
func TestShortSpansInALongChunk(t *testing.T) {
	h := history.New(history.Header{})
	c, k := h.AddClient("ann"), h.AddKey("k")
	h.OkGet(0, h.Invoke(0, c, history.Get, k), make([]history.OpID, 5000))
	h.Reset(history.Header{})
	c, k = h.AddClient("ann"), h.AddKey("k")
	for i := range 1000 {
		h.OkGet(0, h.Invoke(0, c, history.Get, k), []history.OpID{history.OpID(i), 1, 2})
	}
	for i := range 1000 {
		if v := h.Versions(history.OpID(i)); len(v) != 3 || v[0] != history.OpID(i) {
			t.Fatalf("operation %d returned %v", i, v)
		}
	}
}

// recordPair records a put and a get by one client.
func recordPair(h *history.History, t int64) {
	p := h.Invoke(t, 0, history.Put, 0)
	h.SetValue(p, "", 100)
	if p >= 2 {
		h.SetContext(p, []history.OpID{p - 2})
	}
	h.OkPut(t, p)
	g := h.Invoke(t, 0, history.Get, 0)
	h.OkGet(t, g, []history.OpID{p})
}

func TestRecordingDoesNotAllocate(t *testing.T) {
	h := history.New(history.Header{})
	h.AddClient("ann")
	h.AddKey("k")
	for range 100_000 {
		recordPair(h, 1)
	}
	h.Reset(history.Header{})
	h.AddClient("ann")
	h.AddKey("k")
	if allocs := testing.AllocsPerRun(1000, func() { recordPair(h, 1) }); allocs != 0 {
		t.Errorf("%v allocations for two operations in memory that is there already", allocs)
	}
}

func BenchmarkRecord(b *testing.B) {
	h := history.New(history.Header{})
	h.AddClient("ann")
	h.AddKey("k")
	b.ReportAllocs()
	for range b.N {
		if h.Len() > 400_000 {
			h.Reset(history.Header{})
			h.AddClient("ann")
			h.AddKey("k")
		}
		recordPair(h, 1)
	}
}

// A million operations, gets and puts with one version each, take less than
// 120 MB, none of it in pieces as small as an operation.
func TestHistoriesAreCompact(t *testing.T) {
	const n = 50_000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	h := history.New(history.Header{Model: history.Siblings})
	c, k := h.AddClient("c"), h.AddKey("k")
	versions := []history.OpID{0}
	for i := range int64(n / 2) {
		get := h.Invoke(i, c, history.Get, k)
		h.OkGet(i, get, versions)
		put := h.Invoke(i, c, history.Put, k)
		h.SetContext(put, versions)
		h.SetValue(put, "", 100)
		h.OkPut(i, put)
		versions[0] = put
	}
	runtime.ReadMemStats(&after)
	if bytes := (after.TotalAlloc - before.TotalAlloc) / n; bytes > 120 {
		t.Errorf("%d bytes for an operation", bytes)
	}
	if allocs := after.Mallocs - before.Mallocs; allocs > n/100 {
		t.Errorf("%d allocations for %d operations", allocs, n)
	}
	runtime.KeepAlive(h)
}

// A client goes on as the process that became free last; one whose operation ended in info is never used again.
func TestProcessesInTurn(t *testing.T) {
	h := history.New(history.Header{})
	c, k := h.AddClient("c"), h.AddKey("k")
	var free, seen []int32 // a stack of processes; all that there are
	var open []history.OpID
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		if len(open) > 0 && random.IntN(2) == 0 {
			i := random.IntN(len(open))
			id := open[i]
			open = slices.Delete(open, i, i+1)
			if random.IntN(8) == 0 {
				h.Info(0, id, "no answer")
				continue
			}
			free = append(free, h.Op(id).Process)
			h.OkGet(0, id, nil)
			continue
		}
		id := h.Invoke(0, c, history.Get, k)
		open = append(open, id)
		got := h.Op(id).Process
		if len(free) == 0 {
			if slices.Contains(seen, got) {
				t.Fatalf("operation %d goes to process %d, which is not free", id, got)
			}
			seen = append(seen, got)
			continue
		}
		if want := free[len(free)-1]; got != want {
			t.Fatalf("operation %d goes to process %d, want %d", id, got, want)
		}
		free = free[:len(free)-1]
	}
	if len(seen) < 20 {
		t.Errorf("only %d processes", len(seen))
	}
}
