package history_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

var models = []history.Model{history.Siblings, history.Register, history.LastWriteWins}

func TestRoundTripByteForByte(t *testing.T) {
	for _, m := range models {
		for seed := range uint64(60) {
			text := write(t, sample(m, seed, 120))
			if again := write(t, read(t, text)); again != text {
				t.Fatalf("%v, seed %d: written, read and written again differ:\n%s", m, seed, firstDifference(text, again))
			}
		}
	}
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] + "\n" + y[i]
		}
	}
	return "one is longer"
}

// What a checker can ask of a recorded history it can ask of the read one,
// with the same answers.
func TestReadHoldsTheSameFacts(t *testing.T) {
	for _, m := range models {
		a := sample(m, 7, 300)
		b := read(t, write(t, a))
		if a.Len() != b.Len() || a.States() != b.States() || len(a.Events()) != len(b.Events()) || a.End() != b.End() {
			t.Fatalf("%v: %d operations, %d states, %d events until %d; read %d, %d, %d until %d", m,
				a.Len(), a.States(), len(a.Events()), a.End(), b.Len(), b.States(), len(b.Events()), b.End())
		}
		for i := range a.Len() {
			compareOperation(t, a, b, history.OpID(i))
		}
		for i := range a.States() {
			x, v := a.State(i)
			y, w := b.State(i)
			if x.Time != y.Time || x.Index != y.Index || x.Role != y.Role || a.NodeName(x.Node) != b.NodeName(y.Node) ||
				a.KeyName(x.Key) != b.KeyName(y.Key) || !slices.Equal(v, w) {
				t.Errorf("%v: state %d: %v %v, read %v %v", m, i, x, v, y, w)
			}
		}
	}
}

func compareOperation(t *testing.T, a, b *history.History, id history.OpID) {
	t.Helper()
	x, y := a.Op(id), b.Op(id)
	same := x.Func == y.Func && x.Outcome == y.Outcome && x.Invoke == y.Invoke && x.Return == y.Return &&
		x.InvokeIndex == y.InvokeIndex && x.ReturnIndex == y.ReturnIndex && x.Process == y.Process &&
		x.Number == y.Number && x.Group == y.Group && x.Final() == y.Final() && x.Preloaded() == y.Preloaded() && a.Size(id) == b.Size(id) &&
		a.ClientName(x.Client) == b.ClientName(y.Client) && a.KeyName(x.Key) == b.KeyName(y.Key) &&
		a.Value(id) == b.Value(id) && a.Reason(id) == b.Reason(id) && a.VersionName(id) == b.VersionName(id) &&
		slices.Equal(a.Context(id), b.Context(id)) && slices.Equal(a.Versions(id), b.Versions(id)) &&
		slices.Equal(a.Values(id), b.Values(id)) && a.IsCart(id) == b.IsCart(id) &&
		len(a.Adds(id)) == len(b.Adds(id)) && len(a.Removes(id)) == len(b.Removes(id)) && len(a.Items(id)) == len(b.Items(id))
	s, n, ok := a.StampOf(id)
	s2, n2, ok2 := b.StampOf(id)
	if !same || s != s2 || ok != ok2 || ok && n != n2 {
		t.Errorf("operation %d differs:\n%s\n%s", id, a.AppendInvoke(nil, id), b.AppendInvoke(nil, id))
	}
}

// Every line is JSON to the standard library too, with the fields that the
// format promises.
func TestLinesAreJSON(t *testing.T) {
	in := bufio.NewScanner(strings.NewReader(write(t, sample(history.Siblings, 3, 200))))
	for number := -1; in.Scan(); number++ {
		var line struct {
			Index *int   `json:"index"`
			Time  *int64 `json:"time_ns"`
			Type  string `json:"type"`
		}
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", in.Text(), err)
		}
		if number >= 0 && (line.Index == nil || *line.Index != number || line.Time == nil || line.Type == "") {
			t.Fatalf("line of event %d: %s", number, in.Text())
		}
	}
}

func TestWriteFormat(t *testing.T) {
	h := history.New(history.Header{Model: history.Siblings, Scenario: "fig", Seed: "7"})
	ann, cart, n3 := h.AddClient("ann"), h.AddKey("cart"), h.AddNode("n3")
	d1 := h.Invoke(1000, ann, history.Put, cart)
	h.SetVersion(d1, "d1")
	h.SetValue(d1, "milk", 4)
	h.OkPut(2100, d1)
	g := h.Invoke(2200, ann, history.Get, cart)
	h.SetGroup(g, g)
	h.OkGet(2900, g, []history.OpID{d1})
	p := h.Invoke(3000, ann, history.Delete, cart)
	h.SetGroup(p, g)
	h.SetContext(p, []history.OpID{d1})
	h.Info(4000, p, "timeout")
	h.MarkPhase(5000, history.Quiet)
	h.AddState(5000, n3, history.Hint, cart, []history.OpID{d1, p})
	want := `{"format":1,"kind":"history","model":"siblings","scenario":"fig","seed":"7"}
{"index":0,"time_ns":1000,"process":0,"client":"ann","type":"invoke","f":"put","key":"cart","version":"d1","value":"milk","context":[]}
{"index":1,"time_ns":2100,"process":0,"type":"ok","f":"put","key":"cart","version":"d1"}
{"index":2,"time_ns":2200,"process":0,"client":"ann","type":"invoke","f":"get","key":"cart","op":2}
{"index":3,"time_ns":2900,"process":0,"type":"ok","f":"get","key":"cart","versions":["d1"],"values":["milk"]}
{"index":4,"time_ns":3000,"process":0,"client":"ann","type":"invoke","f":"delete","key":"cart","version":"ann.3","context":["d1"],"op":2}
{"index":5,"time_ns":4000,"process":0,"type":"info","f":"delete","key":"cart","version":"ann.3","error":"timeout"}
{"index":6,"time_ns":5000,"process":"nemesis","type":"info","f":"quiet","phase":"quiet"}
{"index":7,"time_ns":5000,"process":"world","type":"info","f":"state","node":"n3","role":"hint","key":"cart","versions":["d1","ann.3"]}
`
	if got := write(t, h); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var b strings.Builder
	if err := h.WriteState(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(want, "\n")
	if got, want := b.String(), strings.Replace(lines[0], `"history"`, `"state"`, 1)+lines[8]; got != want {
		t.Errorf("state.jsonl: got\n%s\nwant\n%s", got, want)
	}
}

type brokenPipe struct{}

var errBroken = errors.New("broken pipe")

func (brokenPipe) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteReportsErrors(t *testing.T) {
	h := sample(history.Siblings, 1, 2000)
	if err := h.Write(brokenPipe{}); !errors.Is(err, errBroken) {
		t.Errorf("Write: %v", err)
	}
	if err := h.WriteState(brokenPipe{}); !errors.Is(err, errBroken) {
		t.Errorf("WriteState: %v", err)
	}
}

// The examples of the interface: names of their own, nothing but the fields
// shown, spaces after colons.
func TestReadForeign(t *testing.T) {
	h := read(t, `{"format": 1, "kind": "history", "model": "siblings", "scenario": "…", "seed": 7}
{"index": 0, "time_ns": 1000, "process": 3, "type": "invoke", "f": "put", "key": "k1", "version": "v17", "value": "…", "context": []}
{"index": 1, "time_ns": 2100, "process": 3, "type": "ok", "f": "put", "key": "k1", "version": "v17", "note": {"elsewhere": [1, 2.5e3, null, true]}}
{"index": 2, "time_ns": 2200, "process": 4, "type": "invoke", "f": "get", "key": "k1"}
{"index": 3, "time_ns": 2900, "process": 4, "type": "ok", "f": "get", "key": "k1", "versions": ["v17"], "values": ["…"]}
{"index": 14, "time_ns": 3000, "process": "nemesis", "type": "info", "f": "partition", "value": [["a"], ["b"]]}`)
	if h.Len() != 2 || h.VersionName(0) != "v17" || h.Value(0) != "…" || h.ClientName(h.Op(1).Client) != "4" || h.Seed != "7" {
		t.Errorf("read %d operations, version %q, value %q, client %q", h.Len(), h.VersionName(0), h.Value(0), h.ClientName(h.Op(1).Client))
	}
	if e := h.Events()[0]; e.Kind != "partition" || e.Text != `[["a"], ["b"]]` || e.Index != 14 {
		t.Errorf("event %+v", e)
	}
	if v := h.Versions(1); len(v) != 1 || v[0] != 0 {
		t.Errorf("the get returned %v", v)
	}
}

// A get may be first to show a version that is written later: that is for the
// checkers to condemn, the reader only has to name it.
func TestReadVersionFromTheFuture(t *testing.T) {
	h := read(t, `{"format":1,"kind":"history","model":"siblings"}
{"index":0,"time_ns":0,"process":0,"type":"invoke","f":"get","key":"k"}
{"index":1,"time_ns":1,"process":0,"type":"ok","f":"get","key":"k","versions":["later","never"],"values":["x","y"]}
{"index":2,"time_ns":2,"process":0,"type":"invoke","f":"put","key":"k","version":"next","value":"z","context":["later","never"]}
{"index":3,"time_ns":3,"process":0,"type":"ok","f":"put","key":"k","version":"next"}
{"index":4,"time_ns":4,"process":0,"type":"invoke","f":"put","key":"k","version":"later","value":"x","context":["next"]}
`)
	later := history.OpID(2)
	if v := h.Versions(0); len(v) != 2 || v[0] != later || v[1].Written() || h.VersionName(v[1]) != "never" {
		t.Errorf("the get returned %v", v)
	}
	if c := h.Context(1); len(c) != 2 || c[0] != later || c[1].Written() {
		t.Errorf("context %v", c)
	}
	if _, altered := h.Altered(0); altered {
		t.Error("the value returned is the value written")
	}
}

func TestAlteredValue(t *testing.T) {
	h := read(t, `{"format":1,"kind":"history","model":"register"}
{"index":0,"time_ns":0,"process":0,"type":"invoke","f":"put","key":"k","version":"a","value":"milk"}
{"index":1,"time_ns":1,"process":0,"type":"ok","f":"put","key":"k","version":"a"}
{"index":2,"time_ns":2,"process":0,"type":"invoke","f":"get","key":"k"}
{"index":3,"time_ns":3,"process":0,"type":"ok","f":"get","key":"k","versions":["a"],"values":["mold"]}
`)
	if v, altered := h.Altered(1); !altered || v != 0 {
		t.Errorf("Altered = %v, %v", v, altered)
	}
	if text := write(t, h); !strings.Contains(text, `"values":["mold"]`) || write(t, read(t, text)) != text {
		t.Errorf("the altered value is not kept:\n%s", text)
	}
}

// A put that does not tell its value has none that a get could alter.
func TestUntoldValueIsNotAltered(t *testing.T) {
	text := `{"format":1,"kind":"history","model":"register","scenario":"","seed":""}
{"index":0,"time_ns":0,"process":0,"type":"invoke","f":"put","key":"k","version":"a"}
{"index":1,"time_ns":1,"process":0,"type":"ok","f":"put","key":"k","version":"a"}
{"index":2,"time_ns":2,"process":0,"type":"invoke","f":"get","key":"k"}
{"index":3,"time_ns":3,"process":0,"type":"ok","f":"get","key":"k","versions":["a"],"values":["milk"]}
`
	h := read(t, text)
	if _, altered := h.Altered(1); altered {
		t.Error("altered from nothing")
	}
	if again := write(t, h); again != text {
		t.Errorf("written as\n%s", again)
	}
}

// Strings are escaped so that the standard library reads them back, and as it
// would write them.
func TestStringsAreEscaped(t *testing.T) {
	for _, s := range []string{"", "plain", "\"\\/", "a\nb\tc\rd", "\x00\x1f\x7f", "é€😀\u2028", "bad \xff\xc3(", "end\\"} {
		h := history.New(history.Header{Scenario: s})
		line := strings.SplitN(write(t, h), "\n", 2)[0]
		var header struct{ Scenario string }
		if err := json.Unmarshal([]byte(line), &header); err != nil {
			t.Fatalf("%q: %v in %s", s, err, line)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); header.Scenario != want && !strings.Contains(s, "\xff\xc3") {
			t.Errorf("%q reads back as %q", s, header.Scenario)
		}
	}
	h := history.New(history.Header{Scenario: "a\nb\tc\rd\x01\"\\"})
	if want := `"scenario":"a\nb\tc\rd\u0001\"\\"`; !strings.Contains(write(t, h), want) {
		t.Errorf("written as %s, want %s", write(t, h), want)
	}
}

// Names of nodes break ties in their natural order: n2 before n10.
func TestStampNodesByName(t *testing.T) {
	h := read(t, `{"format":1,"kind":"history","model":"last-write-wins"}
{"index":0,"time_ns":0,"process":0,"type":"invoke","f":"put","key":"k","version":"a","value":""}
{"index":1,"time_ns":1,"process":0,"type":"ok","f":"put","key":"k","version":"a","ts":5,"node":"n10"}
{"index":2,"time_ns":2,"process":0,"type":"invoke","f":"put","key":"k","version":"b","value":""}
{"index":3,"time_ns":2,"process":0,"type":"ok","f":"put","key":"k","version":"b","ts":5,"node":"n2"}
{"index":4,"time_ns":2,"process":1,"type":"invoke","f":"put","key":"k","version":"c","value":""}
{"index":5,"time_ns":2,"process":2,"type":"invoke","f":"get","key":"k"}
{"index":6,"time_ns":3,"process":2,"type":"ok","f":"get","key":"k","versions":["c"],"values":[""],"ts":[5],"node":["n3"]}
`)
	var rank [3]int32
	for v := range rank {
		_, n, ok := h.StampOf(history.OpID(v))
		if !ok {
			t.Fatalf("version %d has no stamp", v)
		}
		rank[v] = n
	}
	if rank != [3]int32{2, 0, 1} {
		t.Errorf("n10, n2, n3 rank %v", rank)
	}
	if text := write(t, h); write(t, read(t, text)) != text {
		t.Error("names of nodes do not survive the round trip")
	}
}

func TestReadAsOverridesTheModel(t *testing.T) {
	text := write(t, sample(history.Register, 4, 50))
	h, err := history.ReadAs(strings.NewReader(text), history.Siblings)
	if err != nil || h.Model != history.Siblings {
		t.Errorf("model %v, %v", h.Model, err)
	}
}

func TestResetIsNew(t *testing.T) {
	h := sample(history.LastWriteWins, 1, 400)
	h.Reset(history.Header{Model: history.Siblings, Scenario: "sample", Seed: "2"})
	if h.Len() != 0 || h.Keys() != 0 || h.Clients() != 0 || h.States() != 0 || len(h.Events()) != 0 {
		t.Fatal("something is left after Reset")
	}
	g := h.Invoke(0, h.AddClient("ann"), history.Get, h.AddKey("k"))
	h.OkGet(1, g, nil)
	fresh := history.New(history.Header{Model: history.Siblings, Scenario: "sample", Seed: "2"})
	g = fresh.Invoke(0, fresh.AddClient("ann"), history.Get, fresh.AddKey("k"))
	fresh.OkGet(1, g, nil)
	if a, b := write(t, h), write(t, fresh); a != b {
		t.Errorf("reused and fresh histories differ:\n%s\n%s", a, b)
	}
}
