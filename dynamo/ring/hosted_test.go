package ring

import (
	"slices"
	"testing"
)

// A node hosts the ranges whose preference list begins with it among the first N (§4.3), and those only.
func TestHostedIsTheInverseOfPreference(t *testing.T) {
	r := New([]Token{{Share(.1), 7}, {Share(.2), 3}, {Share(.5), 7}, {Share(.6), 9}, {Share(.9), 5}}, Options{})
	for _, n := range []int{1, 2, 3, 9, 2} {
		for _, node := range []int32{3, 5, 7, 9} {
			var want []int32
			for i := range r.Ranges() {
				if list := r.Preference(i); slices.Contains(list[:min(n, len(list))], node) {
					want = append(want, int32(i))
				}
			}
			if got := r.Hosted(node, n); !slices.Equal(got, want) {
				t.Errorf("N=%d, node %d: %v, want %v", n, node, got, want)
			}
		}
	}
	if got := r.Hosted(4, 3); got != nil {
		t.Errorf("a stranger hosts %v", got)
	}
}
