package dynamo

import "testing"

// In a large cluster a node forgets the peers that it has heard nothing of lately, and no others.
func TestPeersOfLargeClustersAreForgotten(t *testing.T) {
	var table peerTable
	table = table.emptied(50_000)
	at := func(id NodeID) *peer { return table.at(id) }
	heard := func(id NodeID) *int64 { return table.heardOf(id) }
	for id := NodeID(0); id < 50_000; id += 100 {
		*heard(id) = int64(1 + id)
	}
	at(700).timeouts, at(800).hints, at(900).suspected = 1, 1, true
	table.forget(40_000)
	for id := NodeID(0); id < 50_000; id += 100 {
		i := int(id) / peersAPage
		switch kept := table.far.pages[i] != nil; {
		case id >= 40_000 || id >= 700 && id <= 900:
			if !kept || *heard(id) != int64(1+id) {
				t.Errorf("peer %d was forgotten", id)
			}
		case kept:
			t.Errorf("peer %d was not forgotten", id)
		}
	}
	if made := table.far.made; made > 103 || len(table.far.spare) < 390 {
		t.Errorf("%d pages are in use and %d are spare", made, len(table.far.spare))
	}
	if *heard(5) != 0 || *at(5) != (peer{}) || table.far.made > 104 {
		t.Error("a spare page is not empty")
	}
}
