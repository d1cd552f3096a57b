package ring

import (
	"fmt"
	"math/rand/v2"

	"pgregory.net/rapid"
)

// members returns n equal nodes, numbered from 0, in zones taken in turn.
func members(n, zones int) []Member {
	out := make([]Member, n)
	for i := range out {
		out[i] = Member{Node: int32(i), Name: fmt.Sprintf("n%d", i), Capacity: 1, Zone: int32(i % zones)}
	}
	return out
}

// source is the random numbers of a test: bits of a node's i-th token, and of a
// shuffle's i-th step.
type source struct{ *rand.Rand }

func newSource(seed uint64) source { return source{rand.New(rand.NewPCG(seed, 8))} }

func (s source) token(int32, int) (hi, lo uint64) { return s.Uint64(), s.Uint64() }

func (s source) step(int) uint64 { return s.Uint64() }

// build makes a ring of one of the paper's three strategies: t tokens a node, or q
// ranges, or both.
func build(strategy int, nodes []Member, t, q int, s source, opts Options) *Ring {
	switch strategy {
	case 1:
		return New(RandomTokens(nodes, t, s.token), opts)
	case 2:
		opts.Ranges = q
		return New(RandomTokens(nodes, t, s.token), opts)
	case 3:
		return New(EqualRanges(nodes, q, s.step), opts)
	}
	panic("there are three strategies")
}

// drawRing draws a ring of any strategy or of tokens thrown together, and its zones.
func drawRing(t *rapid.T) (*Ring, Options) {
	nodes := members(rapid.IntRange(1, 12).Draw(t, "nodes"), rapid.IntRange(1, 4).Draw(t, "zones"))
	for i := range nodes {
		nodes[i].Node = nodes[i].Node*7 + 3
		nodes[i].Zone = int32(rapid.IntRange(-1, 2).Draw(t, "zone"))
	}
	opts := Options{Spread: rapid.Bool().Draw(t, "spread")}
	opts.ZoneOf = func(node int32) int32 { return nodes[node/7].Zone }
	s := newSource(rapid.Uint64().Draw(t, "seed"))
	if strategy := rapid.IntRange(0, 3).Draw(t, "strategy"); strategy > 0 {
		perNode, q := rapid.IntRange(1, 5).Draw(t, "tokens"), rapid.IntRange(1, 40).Draw(t, "ranges")
		if strategy == 2 {
			opts.Ranges = q
		}
		return build(strategy, nodes, perNode, q, s, opts), opts
	}
	tokens := make([]Token, rapid.IntRange(1, 20).Draw(t, "tokens"))
	for i := range tokens {
		node := rapid.IntRange(0, len(nodes)-1).Draw(t, "node")
		tokens[i] = Token{drawPosition(t, "at"), nodes[node].Node}
	}
	return New(tokens, opts), opts
}
