package dynamo_test

import (
	"fmt"
	"testing"
	"time"

	"dynamosim/dynamo"
	library "dynamosim/dynamo/client"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
	"dynamosim/internal/seeded"

	"pgregory.net/rapid"
)

// Whatever the order of messages, disk completions, crashes and time: see oracle_test.go for what must hold after each step, and at the end.

// rounds is how often a property is checked, in hundreds.
const rounds = 10

// inStorms checks a property of clusters that a storm has passed over.
func inStorms(t *testing.T, property func(t *rapid.T)) {
	seeded.Rounds(t, rounds, property)
}

// With sloppy quorums, crashes with and without loss of power, lost, doubled and overtaking messages and cut links: in mode dotted with every
// write synced, no acknowledged version disappears without one that supersedes it (Dynamo §3.3: an add to the cart is never forgotten).
func TestNothingAcknowledgedIsLost(t *testing.T) {
	var seen roughness
	inStorms(t, func(t *rapid.T) {
		s := newStorm(anyOf(t, "nodes", []int{3, 4, 5}), 4, anyConfig(t))
		s.rage(t)
		s.conclude(t)
		seen.add(s)
	})
	seen.check(t)
}

// roughness is what happened in storms, so that a property cannot hold because nothing did.
type roughness struct {
	acked, others int
	marks         [256]int64
}

func (r *roughness) add(s *storm) {
	for i := range s.truth.versions {
		if s.truth.versions[i].acked {
			r.acked++
		} else {
			r.others++
		}
	}
	for _, h := range s.hosts {
		for m, n := range h.total {
			r.marks[m] += n
		}
	}
}

func (r *roughness) check(t *testing.T) {
	if r.acked < 100 || r.others < 100 {
		t.Errorf("%d puts were acknowledged, %d were not", r.acked, r.others)
	}
	for _, m := range []dynamo.Mark{dynamo.MarkForwarded, dynamo.MarkSloppy, dynamo.MarkSuperseded, dynamo.MarkReadRepair, dynamo.MarkHintStored,
		dynamo.MarkHintSuperseded, dynamo.MarkHintDelivered, dynamo.MarkSuspected, dynamo.MarkUnsuspected, dynamo.MarkTornTail,
		dynamo.MarkUnreachable, dynamo.MarkLateReply, dynamo.MarkDuplicate} {
		if r.marks[m] == 0 {
			t.Errorf("%s: never", dynamo.Marks()[m-1].Counter)
		}
	}
}

// With strict quorums and R+W>N a get returns whatever was acknowledged before it began, or what supersedes it (Dynamo §4.5: "a
// quorum-like system").
func TestStrictQuorumsReadWhatWasAcknowledged(t *testing.T) {
	inStorms(t, func(t *rapid.T) {
		cfg := anyConfig(t)
		cfg.Sloppy, cfg.N = false, 3
		cfg.R = 1 + rapid.IntRange(0, 2).Draw(t, "R")
		cfg.W = 4 - cfg.R
		s := newStorm(anyOf(t, "nodes", []int{3, 5}), 4, cfg)
		s.truth.regular = true
		s.rage(t)
		s.conclude(t)
	})
}

// Where writes are acknowledged before they are synced, or whole disks are lost, acknowledged versions may go. Never does a dot name two
// versions, nor a replica go back while it runs, nor a hint go unaccounted for, and replicas agree in the end.
func TestIdentitiesSurviveTheLossOfDisks(t *testing.T) {
	inStorms(t, func(t *rapid.T) {
		cfg := anyConfig(t)
		cfg.Sync = anyOf(t, "sync", []storage.Policy{storage.Each, storage.Group, storage.Periodic, storage.Never})
		cfg.SyncPeriod = 5e7
		s := newStorm(anyOf(t, "nodes", []int{3, 4}), 4, cfg)
		s.truth.exact, s.wipes = false, true
		s.rage(t)
		s.conclude(t)
	})
}

// The same with the paper's plain clocks and with timestamps, which do lose versions.
func TestReplicasAgreeInAllModes(t *testing.T) {
	inStorms(t, func(t *rapid.T) {
		cfg := anyConfig(t)
		cfg.Mode = anyOf(t, "mode", []vclock.Mode{vclock.Paper, vclock.LastWriteWins})
		s := newStorm(anyOf(t, "nodes", []int{3, 4}), 4, cfg)
		s.truth.exact = false
		s.rage(t)
		s.conclude(t)
	})
}

// anyConfig draws how large quorums are and how patient nodes are.
func anyConfig(t *rapid.T) dynamo.Config {
	cfg := calm()
	cfg.N = anyOf(t, "N", []int{1, 2, 3, 3})
	cfg.R = 1 + rapid.IntRange(0, cfg.N-1).Draw(t, "R")
	cfg.W = 1 + rapid.IntRange(0, cfg.N-1).Draw(t, "W")
	cfg.HandoffEvery = anyOf(t, "handoff every", []int64{1e8, 1e9})
	cfg.WriteBy = anyOf(t, "write by", []dynamo.Routing{dynamo.Contacted, dynamo.First, dynamo.Fastest})
	cfg.SuspectAfter = anyOf(t, "suspect after", []int{1, 1, 2})
	return cfg
}

// rage lets events happen that are drawn.
func (s *storm) rage(t *rapid.T) {
	for range anyOf(t, "steps", []int{20, 60, 120, 240}) {
		s.anyEvent(t)
		s.check(t)
	}
}

func (s *storm) check(t *rapid.T) {
	if len(s.found) > 0 {
		t.Fatalf("%s, after\n%s", s.found[0], s.story())
	}
}

// anyOf draws one of a list, each as often as the others.
func anyOf[T any](t *rapid.T, label string, list []T) T {
	return rapid.SampledFrom(list).Draw(t, label)
}

// happenings are the kinds of events, each as often as it is listed.
var happenings = []string{
	"request", "request", "request", "request", "request", "request", "letter", "letter", "letter", "letter", "letter", "letter", "letter", "letter", "disk", "disk",
	"disk", "disk", "disk", "lose", "double", "double", "time", "time", "settle", "settle", "pass", "crash", "power", "boot", "cut", "mend",
}

func (s *storm) anyEvent(t *rapid.T) {
	happening := anyOf(t, "event", happenings)
	switch happening {
	case "request":
		s.anyRequest(t)
	case "letter", "lose", "double":
		s.anyLetter(t, happening)
	case "disk":
		h := anyOf(t, "disk", s.hosts)
		for range rapid.IntRange(1, 4).Draw(t, "operations") {
			h.disk.complete(h)
		}
	case "time":
		s.tick()
	case "settle":
		s.settle()
	case "pass":
		s.pass(anyOf(t, "time", []time.Duration{100e6, 400e6, 2e9}))
	case "mend":
		clear(s.cut)
		s.tell(func() string { return "no link is cut" })
	case "cut":
		link := [2]dynamo.NodeID{anyOf(t, "from", s.hosts).id, anyOf(t, "to", s.hosts).id}
		s.cut[link] = !s.cut[link]
		cut := s.cut[link]
		s.tell(func() string { return fmt.Sprintf("link %v cut: %v", link, cut) })
	default:
		s.anyCrash(t, happening)
	}
}

// anyLetter delivers a message, most often the oldest, or loses or doubles it.
func (s *storm) anyLetter(t *rapid.T, fate string) {
	if len(s.letters) == 0 {
		return
	}
	i := max(0, rapid.IntRange(-len(s.letters), len(s.letters)-1).Draw(t, "letter"))
	switch fate {
	case "lose":
		s.tellLetter("lost", s.letters[i])
		s.letters = append(s.letters[:i], s.letters[i+1:]...)
	case "double":
		s.tellLetter("doubled", s.letters[i])
		s.double(i)
	default:
		s.deliver(i)
	}
}

func (s *storm) anyCrash(t *rapid.T, how string) {
	h := anyOf(t, "host", s.hosts)
	s.tell(func() string { return fmt.Sprintf("%s of %d", how, h.id) })
	switch {
	case how == "boot" && !h.up:
		h.boot()
	case how == "crash" && h.up:
		h.crash(false, 0)
	case how == "power" && h.up && s.wipes && rapid.IntRange(0, 3).Draw(t, "wipe") == 0 && s.knownElsewhere(h):
		h.wipe()
	case how == "power" && h.up:
		h.crash(true, rapid.IntRange(0, 40).Draw(t, "keep"))
	}
}

// anyRequest begins a get, a put or a delete; in the context that its client saw last, in one that anybody saw at any time, or in none.
func (s *storm) anyRequest(t *rapid.T) {
	u := anyOf(t, "user", s.users)
	if u.lib.Busy() {
		return
	}
	key := rapid.IntRange(0, len(s.keys)-1).Draw(t, "key")
	via := anyOf(t, "via", s.hosts).id
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if kind < 4 {
		u.get(key, via, false)
		return
	}
	h := handed{key: key}
	if kind < 7 {
		h = u.last[key]
	} else if all := s.truth.handed; kind < 9 && len(all) > 0 {
		h = anyOf(t, "context", all)
	}
	u.put(h, kind == 6, via, dynamo.NodeID(preference(s.shared, s.keys[key])[rapid.IntRange(0, s.cfg.N-1).Draw(t, "prefer")]))
}

// conclude heals everything, reads every key from all its homes, and compares what they hold then.
func (s *storm) conclude(t *rapid.T) {
	s.heal()
	s.check(t)
	u := s.users[0]
	for key := range s.keys {
		u.get(key, dynamo.NoNode, true)
		s.pass(5e9)
		if u.outcome != library.OK {
			t.Fatalf("the final get of key %d ended with outcome %d", key, u.outcome)
		}
		s.check(t)
		s.homesAgree(t, key)
	}
}

// homesAgree: a get from all homes repairs them (Dynamo §5).
func (s *storm) homesAgree(t *rapid.T, key int) {
	homes := preference(s.shared, s.keys[key])[:s.cfg.N]
	first := s.hosts[homes[0]].node.Stored(s.keys[key])
	for _, home := range homes[1:] {
		if set := s.hosts[home].node.Stored(s.keys[key]); !set.Equal(first) {
			t.Fatalf("after a repair node %d holds %v of key %d, node %d holds %v", homes[0], numbersOf(first), key, home, numbersOf(set))
		}
	}
}
