package lab

import (
	"strings"
	"testing"
)

// Convergence is demanded where anti-entropy is on and what nodes know of the members comes together: where all share a seed node, or were formed as
// one cluster.
func TestConvergenceIsDemandedOfOneRing(t *testing.T) {
	for _, c := range []struct {
		set []string
		why string
	}{
		{nil, ""},
		{[]string{"cluster.anti_entropy=false"}, "anti-entropy is off"},
		{[]string{"cluster.membership.start=cold"}, "share no seed node"},
		{[]string{"cluster.membership.start=cold", "cluster.membership.seed_nodes=a"}, ""},
		{[]string{"cluster.membership.start=cold", "cluster.membership.seed_nodes=a", "cluster.gossip=false"}, "gossip is off"},
		{[]string{"cluster.gossip=false"}, ""},
		{[]string{"cluster.gossip=false", "faults=[{at: 1s, join: {nodes: [n9]}}]"}, "gossip is off"},
		{[]string{"faults=[{at: 1s, join: {nodes: [n9]}}]"}, ""},
	} {
		plan, _, err := Open("@put-get", OpenOptions{Set: append([]string{"cluster.anti_entropy=true"}, c.set...)})
		if err != nil {
			t.Fatal(err)
		}
		if got := lenient(plan); got != c.why && (c.why == "" || !strings.Contains(got, c.why)) {
			t.Errorf("%v: %q, want %q", c.set, got, c.why)
		}
	}
}
