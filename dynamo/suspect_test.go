package dynamo

import (
	"testing"

	"pgregory.net/rapid"
)

// In a large cluster a node forgets the peers that it has heard nothing of lately, and no others.
func TestPeersOfLargeClustersAreForgotten(t *testing.T) {
	var table peerTable
	table = table.emptied(50_000)
	for id := NodeID(0); id < 50_000; id += 100 {
		*table.at(id) = peer{}
		table.heardFar.note(id, int64(1+id))
	}
	table.at(700).timeouts, table.at(800).hints, table.at(900).suspected = 1, 1, true
	table.forget(40_000)
	if made := table.records.made; made != 3 || len(table.records.spare) != 497 {
		t.Errorf("%d pages are in use and %d are spare", made, len(table.records.spare))
	}
	for _, id := range []NodeID{700, 800, 900} {
		if *table.at(id) == (peer{}) {
			t.Errorf("peer %d is trusted again", id)
		}
	}
	if *table.at(5) != (peer{}) {
		t.Error("a spare page is not empty")
	}
	cells := len(table.heardFar.cells)
	for id := NodeID(0); len(table.heardFar.cells) == cells; id++ { // until it runs out of room
		table.heardFar.note(id, int64(50_000+id))
	}
	for id := NodeID(40_000); id < 50_000; id += 100 {
		if table.lastHeard(id) != int64(1+id) {
			t.Errorf("peer %d was forgotten", id)
		}
	}
	if table.lastHeard(39_900) != 0 {
		t.Error("a peer that was not heard of lately was not forgotten")
	}
	if table = table.emptied(50_000); table.lastHeard(49_900) != 0 {
		t.Error("an emptied table remembers")
	}
}

// The table says of those that were heard of lately what a map says.
func TestHeardTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table heardTable
		twin := map[NodeID]int64{}
		now := int64(1)
		for range rapid.IntRange(1, 400).Draw(t, "steps") {
			now += rapid.Int64Range(0, 3).Draw(t, "later")
			if rapid.IntRange(0, 20).Draw(t, "forgets") == 0 {
				table.before = max(table.before, now-100)
			}
			id := NodeID(rapid.Int32Range(0, 300).Draw(t, "peer"))
			table.note(id, now)
			twin[id] = now
			other := NodeID(rapid.Int32Range(0, 300).Draw(t, "other"))
			if got, want := table.last(other), twin[other]; got != want && (got != 0 || want >= table.before) {
				t.Fatalf("peer %d was heard of at %d, want %d", other, got, want)
			}
		}
	})
}
