package dynamo

import (
	"testing"

	"pgregory.net/rapid"

	"dynamosim/dynamo/ring"
)

// What is left of an awaited range when another one has come is what lies in the one and not in the other.
func TestWhatIsLeftOfARange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		position := func(name string) ring.Position { return ring.Position{Hi: rapid.Uint64Range(0, 7).Draw(t, name)} }
		a := awaited{Range: ring.Range{After: position("after"), Upto: position("upto")}, from: 3, until: 9}
		come := ring.Range{After: position("come after"), Upto: position("come upto")}
		left := a.appendBeyond(nil, come)
		for at := range uint64(8) {
			p, covered := ring.Position{Hi: at}, 0
			for _, l := range left {
				if l.from != 3 || l.until != 9 {
					t.Fatalf("%v forgot for whom, or until when", l)
				}
				if l.Contains(p) {
					covered++
				}
			}
			if want := a.Contains(p) && !come.Contains(p); (covered == 1) != want || covered > 1 {
				t.Fatalf("%d lies in %d of %v, what is left of %v without %v", at, covered, left, a.Range, come)
			}
		}
	})
}

// What is on disk of transfers reads back as it was written, without the tasks that are over.
func TestRecordOfTransfersReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		position := func() ring.Position {
			return ring.Position{Hi: rapid.Uint64().Draw(t, "hi"), Lo: rapid.Uint64().Draw(t, "lo")}
		}
		ranges := func() (list []ring.Range) {
			for range rapid.IntRange(0, 3).Draw(t, "ranges") {
				list = append(list, ring.Range{After: position(), Upto: position()})
			}
			return list
		}
		var x transfers
		for range rapid.IntRange(0, 3).Draw(t, "tasks") {
			x.tasks = append(x.tasks, task{to: NodeID(rapid.IntRange(0, 9).Draw(t, "to")), leaves: rapid.Bool().Draw(t, "leaves"), ranges: ranges()})
		}
		for _, r := range ranges() {
			x.awaited = append(x.awaited, awaited{Range: r, from: NodeID(rapid.IntRange(0, 9).Draw(t, "from"))})
		}
		var n Node
		text := appendGiven(nil, &x)
		n.recallGiven(text)
		if again := appendGiven(nil, &n.transfers); string(again) != string(text) {
			t.Fatalf("%x reads back as %x", text, again)
		}
		k := 0
		for i := range x.tasks {
			if len(x.tasks[i].ranges) == 0 {
				continue
			}
			if got := &n.transfers.tasks[k]; got.to != x.tasks[i].to || got.leaves != x.tasks[i].leaves || len(got.ranges) != len(x.tasks[i].ranges) {
				t.Fatalf("task %d reads back as %+v", i, got)
			}
			k++
		}
	})
}
