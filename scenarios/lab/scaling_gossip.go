package lab

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat"

	"dynamosim/scenarios/world"
)

// gossipGrowth is the page about how news of the members spreads, and what that costs.
func gossipGrowth() *Scaling {
	return &Scaling{
		Name:  "gossip",
		Title: "Gossip and the size of a cluster",
		About: "traffic of a node, and the time until all know, for whole maps and for digests",
		run:   runGossipGrowth,
	}
}

// gossipMap is what nodes tell each other of the members.
type gossipMap struct {
	name, payload, ring string
}

// The maps: that of the paper, of nodes and their tokens; that of strategy 3, which deals out ranges by a rule and so need not tell of them; and the
// hash of either.
var gossipMaps = []gossipMap{
	{"whole map, 16 tokens a node", "full", "strategy: 1, tokens: 16"},
	{"whole map, no tokens (strategy 3)", "full", "strategy: 3"},
	{"digest", "digest", "strategy: 1, tokens: 16"},
}

// gossipLinks are links in bit/s, of which gossip may take gossipShare.
var gossipLinks = []struct {
	name string
	bits float64
}{{"100 Mbit/s", 1e8}, {"1 Gbit/s", 1e9}, {"10 Gbit/s", 1e10}}

const (
	gossipShare  = .01
	headlineLink = 1 // of gossipLinks
)

var trafficSizes = []int{10, 30, 100, 300, 1000, 3000, 10_000}

// traffic is how many bytes a node sends in a second while nothing changes.
func (a *measuring) traffic(m *gossipMap, nodes int) (float64, error) {
	a.tell(fmt.Sprintf("traffic of %d nodes, %s", nodes, m.name), 1, 1)
	text, _, _ := gossipCluster(nodes, 0, 0, m.payload, m.ring, 1)
	seconds := 10
	if nodes > 1000 {
		seconds = 2
	}
	text = strings.Replace(text, "duration: 2s", fmt.Sprintf("duration: %ds", seconds), 1)
	w, err := a.build(nil, text, 1, world.Options{})
	if err != nil {
		return 0, err
	}
	w.RunUntil(0)
	before := gossipBytes(w)
	w.RunUntil(int64(seconds) * 1e9)
	return float64(gossipBytes(w)-before) / float64(nodes*seconds), a.ctx.Err()
}

// gossipBytes is what gossip has sent so far.
func gossipBytes(w *world.World) (sum int64) {
	for _, t := range w.Traffic() {
		if partOf(t.Kind) == partGossip {
			sum += t.Bytes
		}
	}
	return sum
}

// gossipTrafficCurve is a map's traffic by size.
type gossipTrafficCurve struct {
	*gossipMap
	nodes []int
	rate  []float64 // bytes/s
}

func (a *measuring) trafficCurves() ([]gossipTrafficCurve, error) {
	most, _ := largestOf(a.Effort)
	var curves []gossipTrafficCurve
	for i := range gossipMaps {
		c := gossipTrafficCurve{gossipMap: &gossipMaps[i]}
		for _, n := range trafficSizes {
			if n > most {
				continue
			}
			rate, err := a.traffic(c.gossipMap, n)
			if err != nil {
				return nil, err
			}
			c.nodes, c.rate = append(c.nodes, n), append(c.rate, rate)
		}
		curves = append(curves, c)
	}
	return curves, nil
}

// crossing is the first size at which a node sends more than so many bytes/s: between two measured sizes, as the straight line through them has it,
// or beyond the last as the line through the last two does. measured is false then. 0: never, as far as that tells.
func (c *gossipTrafficCurve) crossing(limit float64) (n int, measured bool) {
	last := len(c.nodes) - 1
	if last < 1 {
		return 0, false
	}
	i := 1
	for i < last && c.rate[i] <= limit {
		i++
	}
	slope := (c.rate[i] - c.rate[i-1]) / float64(c.nodes[i]-c.nodes[i-1])
	if slope <= 1e-9 {
		return 0, false
	}
	at := float64(c.nodes[i]) + (limit-c.rate[i])/slope
	return int(math.Floor(at)) + 1, c.rate[last] > limit
}

func runGossipGrowth(a *measuring) ([]ScalingSection, error) {
	curves, err := a.trafficCurves()
	if err != nil {
		return nil, err
	}
	crossings, sizes, err := a.crossings(curves)
	if err != nil {
		return nil, err
	}
	changes, err := a.changeCost()
	if err != nil {
		return nil, err
	}
	times, err := a.spreadTimes()
	if err != nil {
		return nil, err
	}
	return []ScalingSection{gossipPreface(sizes, times), trafficSection(curves), crossings, changes, times.section(), {Title: "What is left out", Text: textGossipLeftOut}}, nil
}

// trafficSection shows what a node sends while nothing changes.
func trafficSection(curves []gossipTrafficCurve) ScalingSection {
	t := ScalingTable{Columns: []string{"nodes>"}}
	f := &Figure{Name: "gossip-traffic", Title: "Gossip that a node sends while nothing changes", X: "nodes", Y: "kB/s", LogX: true, LogY: true}
	for _, c := range curves {
		t.Columns = append(t.Columns, c.name+", bytes/s>")
		if c.payload == "full" {
			t.Columns = append(t.Columns, "share of "+gossipLinks[headlineLink].name+">")
		}
	}
	for i, n := range curves[0].nodes {
		row := []any{int64(n)}
		for _, c := range curves {
			row = append(row, c.rate[i])
			if c.payload == "full" {
				row = append(row, percentText(8*c.rate[i]/gossipLinks[headlineLink].bits))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	for k, c := range curves {
		curve := Curve{Name: c.name, Color: k}
		for i, n := range c.nodes {
			y := c.rate[i] / 1000
			curve.Points = append(curve.Points, CurvePoint{float64(n), y, y, y})
		}
		f.Curves = append(f.Curves, curve)
	}
	low, high := float64(curves[0].nodes[0]), float64(curves[0].nodes[len(curves[0].nodes)-1])
	for k, l := range gossipLinks {
		y := gossipShare * l.bits / 8 / 1000
		f.Curves = append(f.Curves, Curve{Name: "1 % of " + l.name, Style: Predicted, Color: 3 + k, Points: []CurvePoint{{X: low, Y: y}, {X: high, Y: y}}})
	}
	return ScalingSection{Title: "Traffic while nothing changes", Text: textTraffic, Tables: []ScalingTable{t}, Figures: []*Figure{f}}
}

// percentText is a share with two digits.
func percentText(share float64) string {
	v := 100 * share
	return fmt.Sprintf("%.*f %%", min(6, max(1, 1-int(math.Floor(math.Log10(v))))), v)
}

// crossings finds the sizes at which whole maps take more than the share of each link, and runs those sizes where they can be run. It tells the
// sizes of the first map, by link.
func (a *measuring) crossings(curves []gossipTrafficCurve) (ScalingSection, []int, error) {
	most, _ := largestOf(a.Effort)
	t := ScalingTable{Columns: []string{"", "link", "1 % of it, bytes/s>", "nodes>", "one node fewer sends, bytes/s>", "so many send, bytes/s>", ""}}
	var sizes []int
	for i := range curves {
		if curves[i].payload != "full" {
			continue
		}
		for _, l := range gossipLinks {
			limit := gossipShare * l.bits / 8
			n, measured := curves[i].crossing(limit)
			row := []any{curves[i].name, l.name, limit, int64(n), math.NaN(), math.NaN(), "by the line through the last two sizes"}
			if measured && n <= most {
				below, err := a.traffic(curves[i].gossipMap, n-1)
				if err != nil {
					return ScalingSection{}, nil, err
				}
				above, err := a.traffic(curves[i].gossipMap, n)
				if err != nil {
					return ScalingSection{}, nil, err
				}
				row[4], row[5], row[6] = below, above, "confirmed by these two runs"
				if below > limit || above <= limit {
					row[6] = "NOT confirmed by these two runs"
				}
			}
			if i == 0 {
				sizes = append(sizes, n)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return ScalingSection{Title: "The size at which whole maps take more than 1 % of a link", Text: textCrossing, Tables: []ScalingTable{t}}, sizes, nil
}

// changeCost measures how many bytes news of a leave takes where contacts begin with digests.
func (a *measuring) changeCost() (ScalingSection, error) {
	most, _ := largestOf(a.Effort)
	t := ScalingTable{Columns: []string{"nodes>", "a change, bytes a node>", "the same in whole maps>", "changes>"}}
	for _, n := range []int{10, 30, 100, 300, 1000} {
		if n > most {
			continue
		}
		const gap = 10
		leaves := min(20, n-2)
		a.tell(fmt.Sprintf("cost of a change, %d nodes", n), 1, 1)
		text, _, _ := gossipCluster(n, leaves, gap, "digest", oneToken, 1)
		w, err := a.build(nil, text, 1, world.Options{})
		if err != nil {
			return ScalingSection{}, err
		}
		w.RunUntil(0)
		before := gossipBytes(w)
		w.RunUntil(2e9)
		idle := float64(gossipBytes(w)-before) / 2
		before = gossipBytes(w)
		w.RunUntil(int64(2+gap*leaves) * 1e9)
		if err := a.ctx.Err(); err != nil {
			return ScalingSection{}, err
		}
		each := (float64(gossipBytes(w)-before) - idle*float64(gap*leaves)) / float64(n*leaves)
		t.Rows = append(t.Rows, []any{int64(n), each, each / mapBytes(n, 1), int64(leaves)})
	}
	return ScalingSection{Title: "What a change costs with digests", Text: textChange, Tables: []ScalingTable{t}}, nil
}

// mapBytes is the size of the message that carries the whole map of so many nodes: a header, a length, and for each node the change that made it a
// member, with its tokens.
func mapBytes(nodes, tokens int) float64 { return float64(48 + 4 + nodes*(41+16*tokens)) }

// spreadSizes are the clusters, how many leaves each world has, how many s lie between two of them, and how often it is measured at all: with whole
// maps, and a quarter of that with digests, which only have to be as fast. Study gossip of reproduce measures whole maps of up to 1,000 nodes more often.
var spreadSizes = []struct{ nodes, leaves, gap, repeats int }{
	{10, 8, 5, 2000}, {30, 25, 6, 2000}, {100, 50, 7, 2000}, {300, 50, 8, 500}, {1000, 25, 9, 250}, {3000, 20, 11, 40}, {10_000, 10, 13, 20},
}

// spreadTime is how long a size took.
type spreadTime struct {
	nodes     int
	reference float64 // NaN: none
	whole     Estimate
	digest    Estimate
}

type spreadTimes []spreadTime

func (a *measuring) spreadTimes() (spreadTimes, error) {
	most, _ := largestOf(a.Effort)
	var times spreadTimes
	for _, size := range spreadSizes {
		if size.nodes > most {
			continue
		}
		s := spreadTime{nodes: size.nodes, reference: math.NaN()}
		for _, r := range gossipSizes {
			if r.nodes == size.nodes {
				s.reference = r.want
			}
		}
		for _, payload := range []string{"full", "digest"} {
			repeats := size.repeats
			if payload == "digest" {
				repeats /= 4
			}
			all := make([][]float64, max(1, (a.of(repeats)+size.leaves-1)/size.leaves))
			memory := make([]*world.World, workers())
			if err := a.each(fmt.Sprintf("time to spread, %d nodes, payload %s", size.nodes, payload), len(all), func(worker, i int) (err error) {
				memory[worker], all[i], err = a.spread(memory[worker], size.nodes, size.leaves, size.gap, payload, uint64(i)+1)
				return err
			}); err != nil {
				return nil, err
			}
			var list []float64
			for _, some := range all {
				list = append(list, some...)
			}
			if payload == "full" {
				s.whole = estimate(list)
			} else {
				s.digest = estimate(list)
			}
		}
		times = append(times, s)
	}
	return times, nil
}

// within tells how many of the times with a reference are so close to it, and how many there are.
func (s spreadTimes) within(share float64) (close, all int) {
	for i := range s {
		for _, e := range []Estimate{s[i].whole, s[i].digest} {
			if math.IsNaN(s[i].reference) {
				continue
			}
			if all++; math.Abs(e.Mean/s[i].reference-1) <= share {
				close++
			}
		}
	}
	return close, all
}

// line is the straight line through the times of whole maps by the logarithm to base 10 of the number of nodes, from a hundred nodes on.
func (s spreadTimes) line() (at1, each10 float64) {
	var x, y []float64
	for i := range s {
		if s[i].nodes >= 100 {
			x, y = append(x, math.Log10(float64(s[i].nodes))), append(y, s[i].whole.Mean)
		}
	}
	if len(x) < 2 {
		return math.NaN(), math.NaN()
	}
	return stat.LinearRegression(x, y, nil, false)
}

func (s spreadTimes) section() ScalingSection {
	t := ScalingTable{Columns: []string{"nodes>", "reference, s>", "whole maps, s>", "by the reference>", "of>", "digests, s>", "by the reference>", "of>"}}
	f := &Figure{Name: "gossip-spread", Title: "Time until all nodes know of a change", X: "nodes", Y: "s, mean", LogX: true, High: 2}
	whole, digest := Curve{Name: "whole maps, with 95 % intervals", Color: 0}, Curve{Name: "digests, with 95 % intervals", Color: 1, Style: OnlyPoints}
	reference := Curve{Name: "reference", Color: -1, Style: Published}
	for i := range s {
		x := float64(s[i].nodes)
		off := func(e Estimate) string {
			if math.IsNaN(s[i].reference) {
				return "–"
			}
			return fmt.Sprintf("%+.1f %%", 100*(e.Mean/s[i].reference-1))
		}
		f.High = max(f.High, math.Ceil(s[i].whole.High), math.Ceil(s[i].digest.High))
		t.Rows = append(t.Rows, []any{int64(s[i].nodes), s[i].reference, s[i].whole, off(s[i].whole), int64(s[i].whole.N), s[i].digest, off(s[i].digest), int64(s[i].digest.N)})
		whole.Points = append(whole.Points, CurvePoint{x, s[i].whole.Mean, s[i].whole.Low, s[i].whole.High})
		digest.Points = append(digest.Points, CurvePoint{x, s[i].digest.Mean, s[i].digest.Low, s[i].digest.High})
		if !math.IsNaN(s[i].reference) {
			reference.Points = append(reference.Points, CurvePoint{X: x, Y: s[i].reference, Low: s[i].reference, High: s[i].reference})
		}
	}
	f.Curves = []Curve{whole, digest, reference}
	if at1, each10 := s.line(); !math.IsNaN(each10) {
		last := float64(s[len(s)-1].nodes)
		f.Curves = append(f.Curves, Curve{Name: "straight line through whole maps from 100 nodes on", Color: 2, Style: Predicted,
			Points: []CurvePoint{{X: 100, Y: at1 + 2*each10}, {X: last, Y: at1 + math.Log10(last)*each10}}})
	}
	return ScalingSection{Title: "Time until all know", Text: s.text(), Tables: []ScalingTable{t}, Figures: []*Figure{f}}
}
