package trace

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func exported() []Record {
	return []Record{
		{Ordinal: 1, Time: 1000, Kind: Boot, Proc: 0, Peer: None},
		{Ordinal: 2, Time: 2500, Kind: Invoke, Proc: 2, Peer: None, Key: "cart", Text: "put v1"},
		{Ordinal: 2, Time: 2500, Kind: Send, Proc: 2, Peer: 0, Lineage: 7, Message: "put", Key: "cart"},
		{Ordinal: 3, Time: 4000, Kind: Deliver, Proc: 0, Peer: 2, Lineage: 7, Message: "put", Key: "cart"},
		{Ordinal: 3, Time: 4000, Kind: Send, Proc: 0, Peer: 1, Lineage: 8, Message: "replicate", Key: "cart"},
		{Ordinal: 4, Time: 4500, Kind: FaultStart, Proc: None, Peer: None, Text: `cut: "both"`, Arg1: 3},
		{Ordinal: 5, Time: 5000, Kind: Drop, Proc: 0, Peer: 1, Message: "replicate", Mark: "cut"},
		{Ordinal: 6, Time: 6000, Kind: Mark, Proc: 0, Peer: None, Mark: "puts_coordinated", Key: "cart"},
		{Ordinal: 7, Time: 7000, Kind: Send, Proc: 0, Peer: 2, Lineage: 9, Message: "put-reply"},
		{Ordinal: 8, Time: 9000, Kind: Deliver, Proc: 2, Peer: 0, Lineage: 9, Message: "put-reply"},
		{Ordinal: 8, Time: 9000, Kind: Complete, Proc: 2, Peer: None, Key: "cart", Text: "put ok"},
		{Ordinal: 9, Time: 9500, Kind: FaultEnd, Proc: None, Peer: None, Text: "cut", Arg1: 3},
	}
}

func exportNames(p int32) string { return [...]string{"n1", "n 2", "ann"}[p] }

// An independent reader: JSON, with every arrow's end after its beginning, and every span ended.
func TestPerfettoIsReadBack(t *testing.T) {
	var b strings.Builder
	w := NewPerfetto(&b, exportNames)
	for _, r := range exported() {
		w.Record(&r)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var file struct {
		TraceEvents []struct {
			Ph, Cat, Name, ID string
			Pid               int
			Ts                float64
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &file); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	flows, spans, named := map[string]float64{}, map[string]int{}, map[int]bool{}
	ends := 0
	for _, e := range file.TraceEvents {
		switch e.Ph {
		case "M":
			named[e.Pid] = true
		case "s":
			flows[e.ID] = e.Ts
		case "f":
			if from, ok := flows[e.ID]; !ok || from >= e.Ts {
				t.Errorf("arrow %s ends at %v and began at %v", e.ID, e.Ts, from)
			}
			ends++
		case "b":
			spans[e.Cat+e.ID]++
		case "e":
			spans[e.Cat+e.ID]--
		}
		if !named[e.Pid] {
			t.Errorf("process %d has no name yet", e.Pid)
		}
	}
	for id, n := range spans {
		if n != 0 {
			t.Errorf("span %s is open", id)
		}
	}
	if ends != 2 || len(spans) != 2 || !strings.Contains(b.String(), `{"ph":"b","pid":2,"tid":1,"ts":2.500,"cat":"operation"`) {
		t.Errorf("%d arrows, %d spans in\n%s", ends, len(spans), b.String())
	}
}

// ShiViz reads a log with its pattern; clocks that compare make the picture.
func TestShiVizIsReadBack(t *testing.T) {
	var b strings.Builder
	w := NewShiViz(&b, exportNames)
	for _, r := range exported() {
		w.Record(&r)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	pattern := regexp.MustCompile(strings.NewReplacer("?<", "?P<", "{.*}", `\{.*\}`).Replace(ShiVizPattern))
	found := pattern.FindAllStringSubmatch(b.String(), -1)
	if len(found) != 10 {
		t.Fatalf("%d events in\n%s", len(found), b.String())
	}
	own := map[string]int{}
	for i, f := range found {
		var clock map[string]int
		if err := json.Unmarshal([]byte(f[3]), &clock); err != nil {
			t.Fatal(err)
		}
		host := f[2]
		if own[host]++; clock[host] != own[host] {
			t.Errorf("event %d of %s: its own entry is %d, want %d", i, host, clock[host], own[host])
		}
	}
	for _, want := range []string{"0.000004 deliver ann put cart\nn1 {\"n1\":2, \"ann\":2}", "0.000009 deliver n1 put-reply\nann {\"n1\":6, \"ann\":3}"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, fmt.Errorf("full") }

func TestExportsTellOfFailures(t *testing.T) {
	for name, w := range map[string]writer{"perfetto": NewPerfetto(failingWriter{}, exportNames), "shiviz": NewShiViz(failingWriter{}, exportNames)} {
		for range 2000 {
			for _, r := range exported() {
				w.Record(&r)
			}
		}
		if err := w.Close(); err == nil || !strings.Contains(err.Error(), "full") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
