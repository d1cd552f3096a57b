package world

import (
	"fmt"
	"strings"
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/merkle"
	"dynamosim/scenarios"
)

// behind is a cluster of three in which one node takes d writes that the others do not see, nothing but anti-entropy can tell them, and 400
// other keys that all hold.
func behind(t *testing.T, d, branching, depth int) *World {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, `version: 1
duration: 40s
quiesce: 45s
cluster: {nodes: 3, n: 3, r: 1, w: 1, quorum: strict, handoff: false, read_repair: false, ring: {ranges: 30}, anti_entropy: {every: 20s, branching: %d, depth: %d}}
workloads: [{name: kv, clients: 1, ops: {get: 1}, count: 1, keys: {count: 400}}]
faults: [{name: alone, at: 1s, until: 30s, partition: {isolate: n1}}]
operations:
`, branching, depth)
	for i := range d {
		fmt.Fprintf(&text, "  - {id: w%d, at: %dms, client: c%d, via: n1, put: new-%d}\n", i, 2000+i, i%10, i)
	}
	plan, problems := scenarios.Load("behind.yaml", []byte(strings.TrimSuffix(text.String(), "operations:\n")), nil, scenarios.Vocabulary{}, scenarios.LoadOptions{})
	if plan == nil {
		t.Fatal(scenarios.FormatAll(problems))
	}
	w, err := New(plan, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for w.Step(1 << 15) {
	}
	return w
}

// leaves are the leaves in which a key differs, by range.
func (w *World) leaves(keys []dynamo.KeyID) [][]uint64 {
	r := w.place.Ring
	list := make([][]uint64, r.Ranges())
	for _, key := range keys {
		p := w.shared.Keys.Position(key)
		i := r.RangeOf(p)
		of := merkle.Range{After: merkle.Position(r.Range(i).After), Upto: merkle.Position(r.Range(i).Upto)}
		list[i] = append(list[i], w.config.Tree.LeafOf(of, merkle.Position(p)))
	}
	return list
}

// On a running cluster the hashes and the lists that carry them are the exact integers of the closed form for the leaves that differ: one root a
// range and exchange, and, for each of the two nodes that are behind, b*(D_0+...+D_(h-1)) hashes below (Dynamo §4.7).
func TestHashesOfARunFollowTheClosedForm(t *testing.T) {
	for _, c := range []struct{ d, branching, depth int }{{0, 2, 10}, {1, 2, 10}, {10, 2, 10}, {100, 2, 10}, {100, 16, 2}, {30, 3, 3}} {
		t.Run(fmt.Sprintf("d=%d b=%d h=%d", c.d, c.branching, c.depth), func(t *testing.T) {
			w := behind(t, c.d, c.branching, c.depth)
			r := w.Result()
			if !r.Converged {
				t.Fatal("the cluster has not converged")
			}
			var keys []dynamo.KeyID
			for i := range c.d {
				keys = append(keys, w.shared.Keys.Intern(fmt.Sprintf("new-%d", i)))
			}
			hashes, lists := 0, 0
			for _, differing := range w.leaves(keys) {
				h, l := w.config.Tree.Cost(differing)
				hashes += 2 * (h - 1)
				lists += 2 * l
			}
			for counter, want := range map[string]int64{ // order: each is judged alone
				"hashes_sent":           r.Counter("exchanges")*int64(w.place.Ring.Ranges()) + int64(hashes),
				"hash_lists_sent":       int64(lists),
				"keys_differing":        int64(2 * c.d),
				"keys_moved":            int64(2 * c.d),
				"versions_synchronised": int64(2 * c.d),
			} {
				if got := r.Counter(counter); got != want {
					t.Errorf("%s: %d, want %d", counter, got, want)
				}
			}
			if r.Counter("exchanges") < 8 || r.Counter("anti_entropy_bytes") < 8*r.Counter("hashes_sent") {
				t.Errorf("%d exchanges, %d bytes", r.Counter("exchanges"), r.Counter("anti_entropy_bytes"))
			}
		})
	}
}

// A wiped disk holds nothing when its node comes back, and all that belongs on it after a cycle.
func TestWipe(t *testing.T) {
	text := `version: 1
duration: 40s
quiesce: 30s
cluster: {nodes: 4, n: 3, handoff: false, read_repair: false, anti_entropy: {every: 5s}}
workloads: [{name: kv, clients: 2, ops: {rmw: 1}, until: 5s, think: 20ms, keys: {count: 50}}]
faults: [{name: gone, at: 6s, for: 1ms, wipe: {nodes: n2}}, {name: late, at: 39500ms, for: 499ms, wipe: {nodes: n3}}]
`
	plan, problems := scenarios.Load("wipe.yaml", []byte(text), nil, scenarios.Vocabulary{}, scenarios.LoadOptions{})
	if plan == nil {
		t.Fatal(scenarios.FormatAll(problems))
	}
	w, err := New(plan, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for w.Now() < 4_900_000_000 && w.Step(1) {
	}
	held := w.records(w.hosts[1])
	for w.Now() < 6_000_500_000 && w.Step(1) {
	}
	if got := w.records(w.hosts[1]); held == 0 || got != 0 {
		t.Errorf("%d records before, %d after", held, got)
	}
	for w.Step(1 << 15) {
	}
	r := w.Result()
	if got := w.records(w.hosts[1]); got != held {
		t.Errorf("%d records at the end, %d before", got, held)
	}
	if f := r.Faults[0]; f.Effects != held || f.Text != fmt.Sprintf("wipe {nodes: n2}; n2: %d records gone", held) {
		t.Errorf("effects %d of %d: %s", f.Effects, held, f.Text)
	}
	if !r.Converged || r.ConvergedIn == 0 {
		t.Errorf("converged: %v, %d ns after the heal, at which n3 was empty", r.Converged, r.ConvergedIn)
	}
}
