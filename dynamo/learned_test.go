package dynamo

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"dynamosim/dynamo/membership"
)

// What is recalled is what would be found: whatever views meet in whatever order, the merge, what one has beyond the other, and the storage form
// are those of package membership, and a merge is one of the two where that knows all.
func TestLearnedIsWhatWouldBeFound(t *testing.T) {
	draws := rand.New(rand.NewPCG(1, 2))
	var views []*membership.View
	for range 12 {
		var changes []membership.Change
		for node := range int32(6) {
			if draws.IntN(2) == 0 {
				changes = append(changes, membership.Change{What: membership.Join, Node: node, Counter: uint64(node), Capacity: 1})
			}
		}
		views = append(views, membership.New(changes...))
	}
	s := &Shared{Formed: views[0]}
	for range 5000 {
		a, b := views[draws.IntN(len(views))], views[draws.IntN(len(views))]
		got, want := s.merge(a, b), membership.Merge(a, b)
		if got.Hash() != want.Hash() || (want == a || want == b) && got != want {
			t.Fatalf("%v and %v merge to %v, not %v", a.Changes(), b.Changes(), got.Changes(), want.Changes())
		}
		if got, want := s.beyond(a, b), membership.Beyond(a, b); got.Hash() != want.Hash() || want == a && got != a {
			t.Fatalf("%v has %v beyond %v, not %v", a.Changes(), got.Changes(), b.Changes(), want.Changes())
		}
		if got, want := s.appendStored([]byte("x"), a), s.appendView([]byte("x"), a); !bytes.Equal(got, want) {
			t.Fatalf("%v is stored as %x, not %x", a.Changes(), got, want)
		}
	}
}
