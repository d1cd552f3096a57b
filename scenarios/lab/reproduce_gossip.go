package lab

import (
	"fmt"
	"math"
	"strings"

	"dynamosim/dynamo"
	"dynamosim/dynamo/membership"
	"dynamosim/scenarios/world"
	"dynamosim/sim/rng"
)

// gossip is how long news of the members takes to reach all nodes.
func gossip() *Study {
	return &Study{
		Name:  "gossip",
		Title: "Gossip until all nodes know",
		Source: "Dynamo §4.8 has the protocol and no numbers. The reference is an independent simulation of push-pull gossip in which each node contacts a uniform other one once a second, at a phase of its own, " +
			"given to ±.02 s. Rounds in step would take longer, about log₃ n + log₂ ln n of them",
		Method: "A cluster of n nodes, all up, 1 ms apart, without seed nodes. An administrator tells a random node at a random instant that another one leaves; the node that leaves keeps its data and so stays a peer. " +
			"Measured is the time until the last of the n has received a message that says so.",
		Rule: "the mean within .02 s, what the reference is given to, and 3.3 standard errors; bytes are only shown",
		run:  runGossip,
	}
}

// gossipSizes are the clusters, how many leaves each world has, how many s lie between two of them, and the reference's mean time in s.
var gossipSizes = []struct {
	nodes, leaves, gap int
	want               float64
}{{10, 8, 5, 2.12}, {30, 25, 6, 3.27}, {100, 50, 7, 4.37}, {300, 50, 8, 5.29}, {1000, 50, 9, 6.25}}

const gossipRepeats = 2000

// gossipCluster is a cluster in which nobody asks for anything.
func gossipCluster(nodes, leaves, gap int, payload, ring string, seed uint64) (text string, times []int64, issuers []int32) {
	var b strings.Builder
	fmt.Fprintf(&b, `version: 1
name: gossip
duration: %ds
quiesce: 0s
final_reads: false
cluster:
  nodes: %d
  n: 1
  r: 1
  w: 1
  gossip: {payload: %s}
  ring: {%s}
  transfer: false
  disk: {read: 0s, write: 0s, sync: 0s}
%snetwork: {same-dc: {latency: 1ms}}
limits: {events: 500000000}
`, 2+gap*leaves, nodes, payload, ring, nothingElse)
	if leaves > 0 {
		b.WriteString("faults:\n")
	}
	for k := range leaves {
		at := int64(2+gap*k)*1e9 + int64(rng.Below(rng.Draw(seed, 1, uint64(k), 0), 1e9))
		issuer := leaves + int(rng.Below(rng.Draw(seed, 2, uint64(k), 0), uint64(nodes-leaves))) // nodes below leaves leave
		fmt.Fprintf(&b, "  - {name: leave-%d, at: %dns, leave: {nodes: n%d, via: n%d}}\n", k+1, at, k+1, issuer+1)
		times, issuers = append(times, at), append(issuers, int32(issuer))
	}
	return b.String(), times, issuers
}

// gossipWatch notes how many leaves each node knows of.
type gossipWatch struct {
	nodes, known int
	level        []int
	reached      []int   // by leave: how many nodes know of it
	done         []int64 // when the last one heard of it
}

func (g *gossipWatch) hear(at int64, node int32, level int) {
	for k := g.level[node]; k < level; k++ {
		if g.reached[k]++; g.reached[k] == g.nodes {
			g.done[k] = at
		}
	}
	g.level[node] = max(g.level[node], level)
}

// levelOf is how many leaves a view knows of. What nodes with digests send last has the changes alone that the other one lacks.
func (g *gossipWatch) levelOf(v *membership.View) int {
	changes := v.Changes()
	if len(changes) >= g.nodes {
		return g.nodes - len(v.Members())
	}
	level := 0
	for i := range changes {
		level = max(level, int(changes[i].Node)+1) // the k-th to leave is node k
	}
	return level
}

// oneToken is the ring of the smallest whole map of nodes and tokens.
const oneToken = "strategy: 1, tokens: 1"

// spread measures the leaves of one world, in s.
func (a *measuring) spread(old *world.World, nodes, leaves, gap int, payload string, seed uint64) (*world.World, []float64, error) {
	text, times, issuers := gossipCluster(nodes, leaves, gap, payload, oneToken, seed)
	g := &gossipWatch{nodes: nodes, level: make([]int, nodes), reached: make([]int, leaves), done: make([]int64, leaves)}
	w, _, err := a.simulate(old, text, seed, world.Options{Watch: func(at int64, _, to int32, m *dynamo.Message) {
		for g.known < leaves && at >= times[g.known] {
			g.known++
			g.hear(times[g.known-1], issuers[g.known-1], g.known)
		}
		if v := m.View(); v != nil {
			g.hear(at, to, g.levelOf(v))
		}
	}})
	if err != nil {
		return nil, nil, err
	}
	var spread []float64
	for k, done := range g.done {
		if done == 0 {
			return nil, nil, fmt.Errorf("%d nodes: leave %d reached %d of them", nodes, k+1, g.reached[k])
		}
		spread = append(spread, float64(done-times[k])/1e9)
	}
	return w, spread, nil
}

func runGossip(a *measuring) (*Reproduction, error) {
	r := &Reproduction{Study: a.Study, Axes: [2]string{"nodes", "s until all know"}}
	f := &Figure{Name: a.Name, Title: a.Title, X: "nodes", Y: "s until all know, mean", LogX: true}
	measured, reference := Curve{Name: "simulated, with 95 % intervals", Color: 0}, Curve{Name: "reference", Style: Predicted, Color: 1}
	for _, size := range gossipSizes {
		if a.Effort >= Least && size.nodes > 100 {
			continue
		}
		memory := make([]*world.World, workers())
		all := make([][]float64, max(2, (a.of(gossipRepeats)+size.leaves-1)/size.leaves))
		if err := a.each(fmt.Sprintf("%d nodes", size.nodes), len(all), func(worker, i int) (err error) {
			memory[worker], all[i], err = a.spread(memory[worker], size.nodes, size.leaves, size.gap, "full", uint64(i)+1)
			return err
		}); err != nil {
			return nil, err
		}
		var times []float64
		for _, list := range all {
			times = append(times, list...)
		}
		ours := estimate(times)
		n := float64(size.nodes)
		r.Readings = append(r.Readings, Reading{Series: "mean, s", X: n, Published: math.NaN(), Reference: size.want, Ours: ours,
			Agrees: math.Abs(ours.Mean-size.want) <= .02+3.3*ours.half()/normal95})
		measured.Points = append(measured.Points, CurvePoint{n, ours.Mean, ours.Low, ours.High})
		reference.Points = append(reference.Points, CurvePoint{X: n, Y: size.want})
	}
	f.Curves = append(f.Curves, measured, reference)
	r.Figures = append(r.Figures, f)
	return r, a.gossipTraffic(r)
}

// gossipTraffic measures the bytes that a node sends a second, with whole maps as in the paper and with digests, while nothing changes.
func (a *measuring) gossipTraffic(r *Reproduction) error {
	const seconds = 60
	for _, payload := range []string{"full", "digest"} {
		for _, nodes := range []int{10, 100, 1000} {
			text, _, _ := gossipCluster(nodes, 0, 0, payload, oneToken, 1)
			text = strings.Replace(text, "duration: 2s", fmt.Sprintf("duration: %ds", seconds), 1)
			_, result, err := a.simulate(nil, text, 1, world.Options{})
			if err != nil {
				return err
			}
			rate := float64(result.Counter("message_bytes")) / float64(nodes) / seconds
			r.Readings = append(r.Readings, Reading{Series: "bytes/s that a node sends, payload " + payload, X: float64(nodes), Published: math.NaN(), Reference: math.NaN(), Ours: exactly(rate, 1), Shown: true})
		}
	}
	r.Notes = append(r.Notes, "On a link of 1 Gbit/s the whole map of 1,000 members takes a node about a thousandth of the link; it grows with the square of the cluster as a whole, which is why §6.6 doubts it for tens of thousands of nodes. docs/gossip.md has digests beside it, and the sizes at which it takes 1 % of a link.")
	return nil
}
