package dynamo

import (
	"testing"

	"dynamosim/dynamo/membership"
)

func join(node int32, counter uint64) membership.Change {
	return membership.Change{Node: node, What: membership.Join, Counter: counter, Issuer: node, Capacity: 1}
}

// What is stored of a view gives the view again: of one that knows the founders, only what is new is stored; of one that does not, all.
func TestStoredViewsAreReadBack(t *testing.T) {
	formed := membership.New(join(0, 0), join(1, 0), join(2, 0))
	leave := membership.Change{Node: 1, What: membership.Leave, Counter: 7, Issuer: 2}
	whole := &Shared{}
	for name, c := range map[string]struct {
		shared  *Shared
		view    *membership.View
		changes int // that are stored
	}{
		"founders":             {&Shared{Formed: formed}, formed, 0},
		"founders and more":    {&Shared{Formed: formed}, formed.With(join(3, 1)).With(leave), 2},
		"some of the founders": {&Shared{Formed: formed}, membership.New(join(0, 0), join(3, 1)), 2},
		"nobody":               {&Shared{Formed: formed}, membership.New(), 0},
		"a cold start":         {whole, formed, 3},
	} {
		stored := c.shared.appendView(nil, c.view)
		got, err := c.shared.decodeView(stored)
		if err != nil || got.Hash() != c.view.Hash() || len(got.Members()) != len(c.view.Members()) {
			t.Errorf("%s: read back %v, %v, want %v", name, got, err, c.view)
		}
		if v, err := membership.Decode(stored[1:]); err != nil || len(v.Changes()) != c.changes {
			t.Errorf("%s: %d bytes are stored, want %d changes", name, len(stored), c.changes)
		}
	}
	for _, bad := range [][]byte{nil, {9, 0, 0, 0, 0}, {viewSinceFounding, 0, 0, 0, 0}, {viewWhole, 1}} {
		if v, err := whole.decodeView(bad); err == nil {
			t.Errorf("%x gave %v", bad, v)
		}
	}
}

// Partners are the peers of the view without the node itself, then the seed nodes that the view does not know; those drawn in one period differ.
func TestPartnersAreDrawnOnceEach(t *testing.T) {
	view := membership.New(join(0, 0), join(2, 0), join(5, 0), join(9, 0))
	n := &Node{id: 5, cfg: &Config{SeedNodes: []NodeID{9, 5, 7}, GossipFanout: 9}, shared: &Shared{}, env: partnerEnv{}}
	n.members.view = view
	n.meetPeers()
	var all []NodeID
	for i := range n.partners() {
		all = append(all, n.partner(i))
	}
	if want := []NodeID{0, 2, 9, 7}; len(all) != len(want) || all[0] != 0 || all[1] != 2 || all[2] != 9 || all[3] != 7 {
		t.Fatalf("partners %v, want %v", all, want)
	}
	for i, at := range n.drawPartners() {
		if at != i {
			t.Errorf("all of them drawn: %d at place %d", at, i)
		}
	}
}

type partnerEnv struct{ Env }

func (partnerEnv) Rand(Purpose) uint64 { return 0xb504f333f9de6484 }
