package dynamo_test

import (
	"slices"
	"strings"
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
)

// The paper's claims about interface, placement and versions, each as a test on a workbench cluster; those about quorums, handoff, failures
// and recovery are in the files after this one. Deviations are stated where they are:
//
//   - §4.1 keeps the context with the object so that a put's context can be verified. The node trusts its clients and verifies nothing.
//   - §4.2 says "larger than"; a key at a token's own position belongs to that token, as the ranges (A,B] say.
//   - §4.4's plain clocks are a mode; by default each version has a dot. Clocks are truncated where a cluster says so.
//   - §4.6 lets D delete a hint after delivery; the node always does.

// run performs the workbench's commands, see perform.
func (b *bench) run(t testing.TB, commands ...string) {
	t.Helper()
	for _, c := range commands {
		if err := b.perform(c); err != nil {
			t.Fatalf("%s: %v", c, err)
		}
	}
}

// begin sends a request and lets nothing happen yet.
func (b *bench) begin(command string) { b.post(strings.Fields(command)) }

// catch lets things happen until a message of a kind is under way between two nodes, and takes it off the network.
func (b *bench) catch(t testing.TB, from, to string, kind dynamo.Kind) letter {
	t.Helper()
	for {
		i := slices.IndexFunc(b.queue, func(l letter) bool { return b.name(l.from) == from && b.name(l.to) == to && l.m.Kind == kind })
		if i >= 0 {
			l := b.queue[i]
			b.queue = slices.Delete(b.queue, i, i+1)
			return l
		}
		if !b.step() {
			t.Fatalf("no %v went from %s to %s:\n%s", kind, from, to, strings.Join(b.lines, "\n"))
		}
	}
}

// arrive delivers a message that was caught, and what follows.
func (b *bench) arrive(l letter) {
	b.deliver(l)
	b.settle()
}

// names lists the values of a set: "v1|v2".
func (b *bench) names(s *vclock.Set) string {
	var list []string
	for i := 0; s != nil && i < len(s.Versions); i++ {
		list = append(list, b.values[s.Versions[i].Value.ID])
	}
	return strings.Join(list, "|")
}

// stored lists what nodes hold of key k as their own: "a:v1|v2 b:v1".
func (b *bench) stored() string {
	var list []string
	for _, h := range b.hosts {
		if set := h.node.Stored(0); h.up && set != nil {
			list = append(list, b.name(h.id)+":"+b.names(set))
		}
	}
	return strings.Join(list, " ")
}

// hinted lists the hints of key k: "d(b):v1" is one that d keeps for b.
func (b *bench) hinted() string {
	var list []string
	for _, h := range b.hosts {
		h.node.EachHint(func(home dynamo.NodeID, key dynamo.KeyID, s *vclock.Set) {
			if h.up && key == 0 {
				list = append(list, b.name(h.id)+"("+b.name(home)+"):"+b.names(s))
			}
		})
	}
	return strings.Join(list, " ")
}

// reply is what a client was told: "ok", "ok v1|v2", "timeout", "" for nothing yet.
func (b *bench) reply(label string) string {
	var list []string
	for _, m := range b.replies[label] {
		list = append(list, strings.TrimSpace(m.Status.String()+" "+b.names(m.Set)))
	}
	return strings.Join(list, ", ")
}

// went counts the messages of a kind that were under way between two nodes so far, "*" for any.
func (b *bench) went(from, to string, kind dynamo.Kind) int {
	n := 0
	for _, line := range b.lines {
		f := strings.Fields(line)
		if len(f) > 3 && f[1] == "->" && (from == "*" || f[0] == from) && (to == "*" || f[2] == to) && f[3] == kind.String() {
			n++
		}
	}
	return n
}

// expect compares two descriptions.
func expect(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// "It returns a single object or a list of objects with conflicting versions along with a context" (Dynamo §4.1).
func TestGetReturnsAnObjectOrAllInConflictWithAContext(t *testing.T) {
	b := newBench(t, "abc", nil)
	b.run(t, "get none at a", "put v1 at a", "get one at b", "put v2 at b", "get two at c")
	expect(t, "a key that was never put", b.reply("none"), "ok")
	expect(t, "one version", b.reply("one"), "ok v1")
	expect(t, "two versions", b.reply("two"), "ok v1|v2")
	for _, label := range []string{"one", "two"} {
		m := b.replies[label][0]
		for i := range m.Set.Versions {
			if !m.Context().Covers(m.Set.Versions[i].Dot) {
				t.Errorf("%s: context %v does not cover version %v", label, m.Context(), m.Set.Versions[i].Dot)
			}
		}
	}
}

// A key belongs to the first token clockwise of the MD5 of its name (Dynamo §4.2, §4.3).
func TestKeysArePlacedByMD5(t *testing.T) {
	b := newBench(t, "abcde", nil)
	id := b.shared.Keys.Intern("key1")
	if at, want := b.shared.Keys.Position(id), ring.KeyPosition("key1"); at != want {
		t.Errorf("position %v, want %v", at, want)
	}
	// MD5 c2ad...: 0.7605 of the ring; tokens lie at sixths.
	expect(t, "first home", b.shared.Names[preference(b.shared, id)[0]], "e")
}

// The coordinator stores the key locally and at the N-1 clockwise successors, at distinct nodes (Dynamo §4.3).
func TestKeyIsStoredAtTheCoordinatorAndItsSuccessors(t *testing.T) {
	b := newBench(t, "abcde", nil)
	b.run(t, "put v1 at a")
	expect(t, "stored", b.stored(), "a:v1 b:v1 c:v1")
}

// The preference list has more than N nodes, so as to account for failures, and every node can say who is in it (Dynamo §4.3).
func TestPreferenceListHasMoreThanNNodes(t *testing.T) {
	b := newBench(t, "abcde", nil)
	if list := preference(b.shared, 0); len(list) != 5 || !slices.Equal(list, []int32{0, 1, 2, 3, 4}) {
		t.Errorf("preference list %v", list)
	}
	b.run(t, "put v1 at e", "get g at d")
	if b.went("e", "a", dynamo.ForwardPut) != 1 || b.went("d", "a", dynamo.ForwardGet) != 1 {
		t.Errorf("nodes outside the top N do not know it:\n%s", strings.Join(b.lines, "\n"))
	}
}

// "A put() call may return to its caller before the update has been applied at all the replicas" (Dynamo §4.4).
func TestPutReturnsBeforeAllReplicasHaveIt(t *testing.T) {
	b := newBench(t, "abc", nil)
	b.begin("put v1 at a")
	late := b.catch(t, "a", "c", dynamo.Replicate)
	b.settle()
	expect(t, "reply", b.reply("v1"), "ok")
	expect(t, "stored", b.stored(), "a:v1 b:v1")
	b.arrive(late)
	expect(t, "stored", b.stored(), "a:v1 b:v1 c:v1")
}

// "Each modification's result is a new and immutable version", and a version is an ancestor where its clock says so: it is dropped, also where
// it arrives after its descendant (Dynamo §4.4, syntactic reconciliation).
func TestAncestorsAreDropped(t *testing.T) {
	for _, mode := range []string{"", " paper"} {
		b := clusterOf(t, "cluster abc n=3 r=2 w=2"+mode)
		b.begin("put v1 at a")
		late := b.catch(t, "a", "c", dynamo.Replicate)
		b.settle()
		b.run(t, "put v2 at a context v1")
		expect(t, "stored"+mode, b.stored(), "a:v2 b:v2 c:v2")
		b.arrive(late)
		expect(t, "after the ancestor came"+mode, b.stored(), "a:v2 b:v2 c:v2")
	}
}

// Versions on parallel branches are all kept, a get returns them with the union of their clocks, and a put in that context collapses them
// (Dynamo §4.4).
func TestReconciledBranchesCollapse(t *testing.T) {
	for _, mode := range []string{"", " paper"} {
		b := clusterOf(t, "cluster abc n=3 r=2 w=2"+mode)
		b.run(t, "put v1 at a", "put left at b context v1", "put right at c context v1")
		expect(t, "branches"+mode, b.stored(), "a:left|right b:left|right c:left|right")
		b.run(t, "get both at b")
		expect(t, "get"+mode, b.reply("both"), "ok left|right")
		b.run(t, "put merged at a context both", "get one at c")
		expect(t, "merged"+mode, b.reply("one"), "ok merged")
	}
}

// A client that has seen one branch only leaves the other one alone (Dynamo §4.4).
func TestPutSupersedesWhatItsContextCoversOnly(t *testing.T) {
	b := newBench(t, "abc", nil)
	b.run(t, "put v1 at a", "put left at b context v1", "put right at c context v1", "put new at a context left", "get g at b")
	expect(t, "get", b.reply("g"), "ok new|right")
	b.run(t, "put blind at a", "get h at b")
	if got := b.reply("h"); strings.Count(got, "|") != 2 || !strings.Contains(got, "blind") {
		t.Errorf("a put without a context superseded something: %q", got)
	}
}

// A delete is a put of a version that says so: it supersedes like any other (Dynamo §4.4 has deletes of items only; §4.1 has no delete).
func TestDeleteIsAPut(t *testing.T) {
	b := newBench(t, "abc", nil)
	b.run(t, "put v1 at a", "delete gone at b context v1", "get g at c")
	expect(t, "get", b.reply("g"), "ok gone")
	if v := b.replies["g"][0].Set.Versions; len(v) != 1 || !v[0].Tombstone {
		t.Errorf("versions %+v", v)
	}
}

// With timestamps the version with the largest one wins, whatever arrives last (Dynamo §6, "timestamp based reconciliation").
func TestLargestTimestampWins(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=2 w=2 last-write-wins")
	b.run(t, "skew a 1s", "put ahead at a", "put later at b", "get g at c")
	expect(t, "get", b.reply("g"), "ok ahead")
	expect(t, "stored", b.stored(), "a:ahead b:ahead c:ahead")
}
