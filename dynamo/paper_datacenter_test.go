package dynamo_test

import (
	"testing"

	"dynamosim/dynamo"
)

// Several datacenters (§4.6).

// newZones makes a cluster in which the homes of key "k" are a, b, c, ... in two datacenters: those in west, and all others.
func newZones(t *testing.T, names, west string, change func(*dynamo.Config)) *bench {
	b := newBench(t, names, change)
	b.shared.Zones = make([]int32, len(names))
	for _, name := range west {
		b.shared.Zones[b.host(string(name)).id] = 1
	}
	return b
}

// R and W count replicas wherever they are, in the coordinator's datacenter, or in each one.
func TestDatacenterQuorums(t *testing.T) {
	for _, c := range []struct {
		why  string
		how  dynamo.DatacenterQuorum
		n    int
		cut  []string // commands before the put at a
		want string
	}{
		{"two anywhere", dynamo.Anywhere, 6, []string{"down b", "down c"}, "ok"},
		{"two at home: b is", dynamo.LocalQuorum, 6, []string{"down c", "down d", "down e", "down f"}, "ok"},
		{"two at home: the answers of d, e and f do not count", dynamo.LocalQuorum, 6, []string{"down b", "down c"}, "timeout"},
		{"two in each", dynamo.EachDatacenter, 6, []string{"down c", "down f"}, "ok"},
		{"two in each: one in the west is not enough", dynamo.EachDatacenter, 6, []string{"down e", "down f"}, "timeout"},
		{"two in each: one at home is not enough", dynamo.EachDatacenter, 6, []string{"down b", "down c"}, "timeout"},
		{"the west holds one home of four: it has to answer", dynamo.EachDatacenter, 4, nil, "ok"},
		{"the west holds one home of four, which is down", dynamo.EachDatacenter, 4, []string{"down d"}, "timeout"},
	} {
		b := newZones(t, "abcdef", "def", func(cfg *dynamo.Config) { cfg.N, cfg.Sloppy, cfg.DatacenterQuorum = c.n, false, c.how })
		b.run(t, c.cut...)
		b.run(t, "put v1 at a", "advance 1s")
		expect(t, c.why+", put", b.reply("v1"), c.want)
		b.run(t, "get g at a", "advance 1s")
		want := c.want
		if want == "ok" {
			want = "ok v1"
		} else {
			want = "unavailable" // the put has found out who is down
		}
		expect(t, c.why+", get", b.reply("g"), want)
	}
}

// A coordinator in a datacenter without any home of the key counts replicas anywhere.
func TestLocalQuorumOfAStrangerCountsAnywhere(t *testing.T) {
	b := newZones(t, "abcd", "d", func(cfg *dynamo.Config) {
		cfg.Sloppy, cfg.DatacenterQuorum, cfg.ReadBy = false, dynamo.LocalQuorum, dynamo.Any
	})
	b.run(t, "put v1 at a", "get g at d")
	expect(t, "a get through d", b.reply("g"), "ok v1")
	if b.went("d", "*", dynamo.ForwardGet) != 0 {
		t.Error("d did not coordinate")
	}
}

// With quorums counted in datacenters a home is stood in for by a node of its own datacenter where there is one (§4.6), since an answer from
// elsewhere would not count there; a home and its stand-in are one copy.
func TestStandInsComeFromTheSameDatacenter(t *testing.T) {
	for how, want := range map[dynamo.DatacenterQuorum]string{dynamo.Anywhere: "c(b):v1", dynamo.LocalQuorum: "d(b):v1"} {
		b := newZones(t, "abcd", "c", func(cfg *dynamo.Config) { cfg.N, cfg.DatacenterQuorum = 2, how })
		b.run(t, "down b", "put v1 at a", "advance 150ms")
		expect(t, "the hint", b.hinted(), want)
		expect(t, "the put", b.reply("v1"), "ok")
	}
	b := newZones(t, "abcd", "cd", func(cfg *dynamo.Config) { cfg.N, cfg.DatacenterQuorum = 2, dynamo.LocalQuorum })
	b.run(t, "down b", "put v1 at a", "advance 150ms")
	expect(t, "the hint, from elsewhere at need", b.hinted(), "c(b):v1")
	expect(t, "which does not count at home", b.reply("v1"), "timeout")
}
