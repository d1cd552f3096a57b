package lab

import (
	"fmt"
	"math"
	"strings"

	"dynamosim/scenarios/world"
	"dynamosim/sim/rng"
)

// merkle is what it costs two replicas to find the keys in which they differ.
func merkleCost() *Study {
	return &Study{
		Name:  "merkle",
		Title: "Cost of comparing Merkle trees",
		Source: "the closed form for a complete tree with b children a node and height h, L = bʰ leaves, of which d at random differ: at depth j, D_j = bʲ(1 − C(L−L/bʲ,d)/C(L,d)) nodes differ, so 1 + b·ΣD_j hashes go one way, " +
			"in ΣD_j lists and one message with the root (Dynamo §4.7)",
		Method: "Two replicas, parted by the network while one of them takes d puts whose keys lie in leaves of one range that are drawn at random, each in another; afterwards nothing but anti-entropy can tell the other one. " +
			"Counted are the hashes that the nodes sent, less the roots of ranges that were equal, and the lists.",
		Rule: "within 3.5 standard errors; exactly where one leaf differs",
		run:  runMerkle,
	}
}

const (
	merkleRuns = 200
	merkleRun  = `version: 1
name: merkle
duration: 12s
quiesce: 12s
final_reads: false
cluster:
  nodes: 2
  n: 2
  r: 1
  w: 1
  quorum: strict
  handoff: false
  read_repair: false
  gossip: false
  failure_detection: {kind: none}
  anti_entropy: {every: 10s, branching: %d, depth: %d}
  per_node: {n1: {tokens: [0]}, n2: {tokens: [0.5]}}
  ring: {strategy: 1, positions: {%s}}
faults: [{name: apart, at: 500ms, until: 11s, partition: {isolate: n1}}]
operations:
`
)

// merkleCluster is a run in which d leaves of the range from 0 to half of the ring differ.
func merkleCluster(branching, depth, d int, seed uint64) string {
	leaves := int(math.Pow(float64(branching), float64(depth)))
	order := make([]int, leaves)
	for i := range order {
		order[i] = i
	}
	var places []string
	var puts strings.Builder
	for i := range d {
		k := i + int(rng.Below(rng.Draw(seed, 1, uint64(i), 0), uint64(leaves-i)))
		order[i], order[k] = order[k], order[i]
		places = append(places, fmt.Sprintf("k%d: %.15f", i, (float64(order[i])+.5)/float64(leaves)/2))
		fmt.Fprintf(&puts, "  - {id: p%d, at: %dms, client: c, via: n1, put: k%d}\n", i, 1000+i*20, i)
	}
	return fmt.Sprintf(merkleRun, branching, depth, strings.Join(places, ", ")) + puts.String()
}

// merkleForm is the closed form: hashes one way, and messages with that of the root.
func merkleForm(branching, depth, d int) (hashes, messages float64) {
	leaves := math.Pow(float64(branching), float64(depth))
	sum := 0.0
	for j := range depth {
		width := math.Pow(float64(branching), float64(j))
		none := 1.0 // C(L-L/b^j, d) / C(L, d)
		for i := range d {
			none *= max(0, leaves-leaves/width-float64(i)) / (leaves - float64(i))
		}
		sum += width * (1 - none)
	}
	return 1 + float64(branching)*sum, 1 + sum
}

func runMerkle(a *measuring) (*Reproduction, error) {
	r := &Reproduction{Study: a.Study, Axes: [2]string{"leaves that differ", "count"}}
	f := &Figure{Name: a.Name, Title: a.Title, X: "leaves that differ", Y: "hashes sent one way", LogX: true}
	var messages []Reading
	for k, shape := range [][2]int{{2, 10}, {16, 2}} {
		most := []int{100, 30}[k] // more leaves of the lower tree would leave none of its 16 nodes out
		name := fmt.Sprintf("b=%d h=%d", shape[0], shape[1])
		measured, form := Curve{Name: name + ", simulated", Style: OnlyPoints, Color: k}, Curve{Name: name + ", closed form", Style: Predicted, Color: k}
		for _, d := range []int{1, 10, most} {
			hashes, lists, err := a.merkleCounts(name, shape, d)
			if err != nil {
				return nil, err
			}
			wantHashes, wantMessages := merkleForm(shape[0], shape[1], d)
			x := float64(d)
			r.Readings = append(r.Readings, Reading{Series: "hashes, " + name, X: x, Published: math.NaN(), Reference: wantHashes, Ours: hashes, Agrees: withinErrors(hashes, wantHashes, 1e-9)})
			messages = append(messages, Reading{Series: "messages, " + name, X: x, Published: math.NaN(), Reference: wantMessages, Ours: lists, Agrees: withinErrors(lists, wantMessages, 1e-9)})
			measured.Points = append(measured.Points, CurvePoint{x, hashes.Mean, hashes.Low, hashes.High})
		}
		for d := 1; d <= most; d++ {
			y, _ := merkleForm(shape[0], shape[1], d)
			form.Points = append(form.Points, CurvePoint{X: float64(d), Y: y})
		}
		f.Curves = append(f.Curves, measured, form)
	}
	r.Readings = append(r.Readings, messages...)
	r.Figures = []*Figure{f}
	return r, nil
}

// merkleCounts measures hashes and messages over many draws of leaves.
func (a *measuring) merkleCounts(name string, shape [2]int, d int) (hashes, messages Estimate, err error) {
	runs := a.of(merkleRuns)
	sent, lists := make([]float64, runs), make([]float64, runs)
	memory := make([]*world.World, workers())
	err = a.each(fmt.Sprintf("%s, %d leaves", name, d), runs, func(worker, i int) error {
		w, result, err := a.simulate(memory[worker], merkleCluster(shape[0], shape[1], d, uint64(i)+1), uint64(i)+1, world.Options{})
		if err != nil {
			return err
		}
		memory[worker] = w
		if got := result.Counter("keys_moved"); got != int64(d) {
			return fmt.Errorf("%s: %d keys were moved, %d differ", name, got, d)
		}
		const ranges = 2
		sent[i] = float64(result.Counter("hashes_sent") - ranges*result.Counter("exchanges") + 1)
		lists[i] = float64(result.Counter("hash_lists_sent") + 1)
		return nil
	})
	return estimate(sent), estimate(lists), err
}
