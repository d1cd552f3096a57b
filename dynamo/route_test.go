package dynamo

import (
	"fmt"
	"testing"

	"dynamosim/dynamo/membership"
)

// However many of the nodes at the head of a preference list are believed to be down, the node finds the next one that is up, although it does not look
// at the whole list.
func TestPreferenceReachesPastSuspects(t *testing.T) {
	const nodes, down, wanted = 40, 20, 3
	shared := &Shared{Keys: NewKeys(nil), Placing: Placing{Strategy: 1}}
	var founders []membership.Change
	for i := range int32(nodes) {
		c := join(i, 0)
		c.Tokens = []membership.Token{{Hi: uint64(i+1) << 56}}
		founders = append(founders, c)
		shared.Names = append(shared.Names, fmt.Sprintf("n%d", i))
	}
	n := New(0, &Config{N: wanted, Sloppy: true, Fallbacks: -1}, shared)
	n.place = shared.Place(membership.New(founders...))
	n.env = partnerEnv{}
	key := shared.Keys.Intern("cart")
	whole := &Shared{Keys: shared.Keys, Names: shared.Names, Placing: shared.Placing} // so that shared has not worked out the list before
	all := whole.Place(membership.New(founders...)).Preference(key, nodes)
	n.id = NodeID(all[nodes-1])
	for _, id := range all[:down] {
		p := n.peers.at(NodeID(id))
		n.distrust(p)
		p.suspected = true
		n.peers.suspected = append(n.peers.suspected, NodeID(id))
	}
	list := n.preference(key, wanted, 0)
	if got := n.firstUp(list, wanted); got != NodeID(all[down]) {
		t.Errorf("the first that is up is n%d, want n%d", got, all[down])
	}
	for k := range wanted {
		if id := NodeID(all[down+k]); !n.mayCoordinate(id, list, wanted) {
			t.Errorf("n%d, number %d of those that are up, may not coordinate", id, k+1)
		}
	}
	if n.mayCoordinate(NodeID(all[0]), list, wanted) || n.mayCoordinate(NoNode, list, wanted) {
		t.Error("a node that is down, or none, may coordinate")
	}
}
