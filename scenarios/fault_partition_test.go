package scenarios

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// cutSet lists the directed links of cuts, so that two ways of saying the same
// compare equal.
func cutSet(cuts []Cut) map[[2]string]bool {
	links := map[[2]string]bool{}
	for _, c := range cuts {
		for _, from := range c.From {
			for _, to := range c.To {
				if from != to {
					links[[2]string{from, to}] = true
				}
			}
		}
	}
	return links
}

func partitionCuts(t testing.TB, text string) []Cut {
	t.Helper()
	cuts, err := fault(t, text).(*Partition).Cuts(town{})
	if err != nil {
		t.Fatal(err)
	}
	return cuts
}

func TestPartitionCuts(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"partition {groups: [[e1, e2], [e3, w1, w2]]}", []string{"e1 e2 > e3 w1 w2", "e3 w1 w2 > e1 e2"}},
		{"partition {groups: [[e1], [w1]]}", []string{"e1 > w1 e2 e3 w2", "w1 > e1 e2 e3 w2", "e2 e3 w2 > e1 w1"}},
		{"partition {groups: [[west, shop/1]]}", []string{"w1 w2 shop/1 > e1 e2 e3", "e1 e2 e3 > w1 w2 shop/1"}},
		{"partition {between: [e1, [e2, w1]]}", []string{"e1 > e2 w1", "e2 w1 > e1"}},
		{"partition {between: [shop, west], one_way: true}", []string{"shop/1 shop/2 shop/3 > w1 w2"}},
		{"partition {isolate: [e3, w1]}", []string{"e1 e2 w2 > e3 w1", "e3 w1 > e1 e2 w2"}},
		{"partition {isolate: coordinator of cart, direction: in}", []string{"e1 e3 w1 w2 > e2"}},
		{"partition {isolate: ann, direction: out}", []string{"ann > e1 e2 e3 w1 w2"}},
		{"partition {ring: [e1, w1, e2, w2, e3]}", []string{"e1 > e2 w2", "w1 > w2 e3", "e2 > e3 e1", "w2 > e1 w1", "e3 > w1 e2"}},
	} {
		if got := cutTexts(partitionCuts(t, c.text)); !slices.Equal(got, c.want) {
			t.Errorf("%s cuts %q, want %q", c.text, got, c.want)
		}
	}
}

// A node that the run puts into two groups stays in the first.
func TestGroupsThatTheRunOverlaps(t *testing.T) {
	got := cutTexts(partitionCuts(t, "partition {groups: [[replicas of cart], [neighbours of w1]]}"))
	want := []string{"e1 e2 w1 > w2 e3", "w2 > e1 e2 w1 e3", "e3 > e1 e2 w1 w2"}
	if !slices.Equal(got, want) {
		t.Errorf("cut %q, want %q", got, want)
	}
}

func TestPartitionsThatCannotBeCut(t *testing.T) {
	for text, want := range map[string]string{
		"partition {shape: halves}":          "never drawn",
		"partition {isolate: one}":           "never drawn",
		"partition {groups: [[n9]]}":         `"n9"`,
		"partition {between: [e1, two]}":     "never drawn",
		"partition {isolate: replicas of x}": "nobody is meant",
	} {
		if cuts, err := fault(t, text).(*Partition).Cuts(town{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want an error about %s", text, cuts, err, want)
		}
	}
	if cuts := partitionCuts(t, "partition {isolate: all}"); len(cuts) != 0 {
		t.Errorf("isolating everybody cuts %v", cuts)
	}
}

// flat is a Topology of nodes only.
type flat struct {
	town
	nodes []string
}

func (f flat) Nodes() []string          { return f.nodes }
func (f flat) Datacenter(string) string { return "" }

// drawnShape draws a shape for n nodes and returns what it cuts.
func drawnShape(t *rapid.T, shape PartitionShape, n int) (*Partition, map[[2]string]bool, []string) {
	c := &Cluster{Nodes: numbered("n", n)}
	p := &Partition{Shape: shape, Direction: DirectionBoth}
	p.drawShape(picker{seed: rapid.Uint64().Draw(t, "seed"), cluster: c}, "p")
	cuts, err := p.Cuts(flat{nodes: c.Nodes})
	if err != nil {
		t.Fatal(err)
	}
	return p, cutSet(cuts), c.Nodes
}

// sees returns the nodes that a node reaches both ways, itself included.
func sees(node string, nodes []string, cut map[[2]string]bool) []string {
	var seen []string
	for _, other := range nodes {
		if !cut[[2]string{node, other}] && !cut[[2]string{other, node}] {
			seen = append(seen, other)
		}
	}
	return seen
}

// components returns the sizes of the parts that see each other, sorted.
func components(nodes []string, cut map[[2]string]bool) []int {
	var sizes []int
	for _, n := range nodes {
		if part := sees(n, nodes, cut); part[0] == n {
			sizes = append(sizes, len(part))
		}
	}
	slices.Sort(sizes)
	return sizes
}

func TestShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 40).Draw(t, "nodes")
		for shape, small := range map[PartitionShape]int{
			ShapeOne: 1, ShapeHalves: n / 2, ShapeMajority: (n - 1) / 2, ShapeMinorityThird: (n - 1) / 3,
		} {
			p, cut, nodes := drawnShape(t, shape, n)
			if got := components(nodes, cut); len(got) != 2 || got[0] != small || got[1] != n-small {
				t.Fatalf("%s of %d nodes: %s has parts of %v", shape, n, p, got)
			}
		}
	})
}

// Jepsen's majorities ring: every node sees a majority, no two the same, and
// whom a node sees sees it.
func TestMajoritiesRing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 40).Draw(t, "nodes")
		p, cut, nodes := drawnShape(t, ShapeMajoritiesRing, n)
		views := map[string]bool{}
		for _, node := range nodes {
			seen := sees(node, nodes, cut)
			if len(seen) <= n/2 || len(seen) > n/2+2 {
				t.Fatalf("%s: %s sees %v", p, node, seen)
			}
			views[strings.Join(seen, " ")] = true
		}
		if len(views) != n {
			t.Fatalf("%s: %d nodes have %d views", p, n, len(views))
		}
		for link := range cut {
			if !cut[[2]string{link[1], link[0]}] {
				t.Fatalf("%s: %v is cut one way", p, link)
			}
		}
	})
}

// Jepsen's bridge: two sides do not reach each other, one node reaches all.
func TestBridge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 40).Draw(t, "nodes")
		p, cut, nodes := drawnShape(t, ShapeBridge, n)
		bridges := 0
		for _, node := range nodes {
			switch seen := len(sees(node, nodes, cut)); {
			case seen == n:
				bridges++
			case seen != n/2+1 && seen != (n-1)/2+1:
				t.Fatalf("%s: %s sees %d of %d", p, node, seen, n)
			}
		}
		if bridges != 1 {
			t.Fatalf("%s has %d bridges", p, bridges)
		}
	})
}

// A shape that needs more nodes stays a shape.
func TestShapesThatDoNotFit(t *testing.T) {
	for shape, nodes := range map[PartitionShape]int{ShapeHalves: 1, ShapeOne: 1, ShapeMajority: 2, ShapeBridge: 2, ShapeMajoritiesRing: 3, ShapeMinorityThird: 3} {
		p := &Partition{Shape: shape}
		p.drawShape(picker{cluster: &Cluster{Nodes: numbered("n", nodes)}}, "p")
		if p.Shape != shape || p.forms()[0] != "shape" {
			t.Errorf("%s of %d nodes is drawn as %s", shape, nodes, p)
		}
		_, list := Load("t.yaml", []byte("version: 1\ncluster: {nodes: "+string(rune('0'+nodes))+", n: 1, r: 1, w: 1}\nfaults: [{at: 1s, partition: {shape: "+string(shape)+"}}]"), nil, Vocabulary{}, LoadOptions{})
		if !strings.Contains(FormatAll(list), "needs at least") {
			t.Errorf("%s of %d nodes is accepted: %s", shape, nodes, FormatAll(list))
		}
	}
}

func TestShapesKeepTheirDirection(t *testing.T) {
	p := &Partition{Shape: ShapeOne, Direction: DirectionOut}
	c := &Cluster{Nodes: numbered("n", 5)}
	p.drawShape(picker{seed: 4, cluster: c}, "p")
	cuts, err := p.Cuts(flat{nodes: c.Nodes})
	if err != nil || len(cuts) != 1 || len(cuts[0].From) != 1 || len(cuts[0].To) != 4 {
		t.Errorf("%s cuts %v, %v", p, cuts, err)
	}
	b := &Partition{Shape: ShapeBridge, OneWay: true}
	b.drawShape(picker{seed: 4, cluster: c}, "p")
	if cuts, err = b.Cuts(flat{nodes: c.Nodes}); err != nil || len(cuts) != 1 {
		t.Errorf("%s cuts %v, %v", b, cuts, err)
	}
}
