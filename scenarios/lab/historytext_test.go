package lab

import (
	"bytes"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// split is a history with everything that its text shows.
func split() *history.History {
	h := history.New(history.Header{Model: history.Siblings, Scenario: "split", Seed: "1"})
	ann, bob := h.AddClient("ann"), h.AddClient("b\x1bob")
	k, other := h.AddKey("k"), h.AddKey("other")
	node := h.AddNode("n1")
	put := h.Invoke(1e9, ann, history.Put, k)
	h.SetValue(put, "milk", 4)
	h.OkPut(1.0012e9, put)
	h.Nemesis(2e9, "partition", "cut", history.Start, "partition {isolate: n1}")
	lost := h.Invoke(3e9, bob, history.Delete, k)
	h.SetContext(lost, []history.OpID{put})
	h.Info(4e9, lost, "timeout")
	refused := h.Invoke(4e9, ann, history.Put, other)
	h.Fail(4e9, refused, "overloaded")
	get := h.Invoke(5e9, ann, history.Get, k)
	h.OkGet(5e9+490e3, get, []history.OpID{put, lost})
	open := h.Invoke(6e9, ann, history.Get, other)
	_ = open
	h.Nemesis(7e9, "partition", "cut", history.End, "")
	h.MarkPhase(8e9, history.Heal)
	h.MarkPhase(9e9, history.Quiet)
	h.AddState(9e9, node, history.Home, k, []history.OpID{put})
	final := h.Invoke(9e9, h.AddClient("final"), history.Get, k)
	h.SetFinal(final)
	h.OkGet(9e9+1e6, final, []history.OpID{put})
	return h
}

func TestHistoryText(t *testing.T) {
	var b bytes.Buffer
	if err := WriteHistoryText(split(), &b, ""); err != nil {
		t.Fatal(err)
	}
	want := `     invoked      took  client   operation                               outcome
     1.000 s   1.20 ms  ann      put k = ann.1 {milk}                    ok
     2.000 s  ── cut begins: partition {isolate: n1}
     3.000 s    1.00 s  b\x1bob  delete k = b\x1bob.1 over ann.1 {milk}  info: timeout
     4.000 s      0 ns  ann      put other = ann.2                       fail: overloaded
     5.000 s    490 µs  ann      get k                                   ok ann.1 {milk}, b\x1bob.1
     6.000 s         –  ann      get other                               info: it never ended
     7.000 s  ── cut ends
     8.000 s  ── heal: all faults end, clients stop
     9.000 s  ── quiet: what is left is read from all homes
     9.000 s   1.00 ms  final    final get k                             ok ann.1 {milk}
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHistoryTextOfAKeyShowsWhatNodesHold(t *testing.T) {
	var b bytes.Buffer
	if err := WriteHistoryText(split(), &b, "k"); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); strings.Contains(got, "other") || !strings.Contains(got, "── n1 (home) holds ann.1 {milk}\n     9.000 s   1.00 ms  final") {
		t.Errorf("got\n%s", got)
	}
}

// What concerns one key is a history again.
func TestHistoryOfAKeyCanBeRead(t *testing.T) {
	var b bytes.Buffer
	if err := WriteHistory(split(), &b, "k"); err != nil {
		t.Fatal(err)
	}
	h, err := history.Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	if h.Keys() != 1 || h.Len() != 4 || len(h.Events()) != 4 || h.States() != 1 {
		t.Errorf("%d keys, %d operations, %d events, %d states", h.Keys(), h.Len(), len(h.Events()), h.States())
	}
}

func TestUnknownKeyIsRefused(t *testing.T) {
	h := split()
	if err := KnowsKey(h, "k"); err != nil {
		t.Error(err)
	}
	if err := KnowsKey(h, "othr"); err == nil || !strings.Contains(err.Error(), "did you mean other?") {
		t.Errorf("got %v", err)
	}
}
