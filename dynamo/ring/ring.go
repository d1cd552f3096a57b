package ring

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
)

// Token is one position of a node on the ring: a virtual node (§4.2).
type Token struct {
	At   Position
	Node int32
}

// Options say how a ring is read. The zero value is strategies 1 and 3 in one zone.
type Options struct {
	// Ranges, if not 0, cuts the ring into so many equal ranges and lets tokens only
	// order the nodes (strategy 2): a range goes to the nodes clockwise from its end.
	// If 0, each token ends a range.
	Ranges int
	// Spread spans preference lists over the zones that ZoneOf tells.
	Spread bool
	ZoneOf func(node int32) int32
}

// Ring maps positions to ranges and ranges to nodes. It never changes, but it
// computes preference lists when first asked: one goroutine at a time.
type Ring struct {
	tokens []Token // sorted by position
	seats  []int32 // for each token, the index of its node in nodes
	nodes  []int32 // sorted
	zones  []int32 // for each node, its dense zone number; nil without Spread
	counts []int32 // nodes per zone
	upto   []Position
	first  []int32 // for each range, the token from which its list goes clockwise
	lists  [][]int32
	bucket []int32 // by leading bits of a position, the first range that may hold it
	shift  uint
	walk   walker
	hosted hosted
}

// New builds a ring from tokens in any order; it keeps no reference to them. Tokens
// at one position end one range and come in the order of their nodes. A ring without tokens has no ranges and no nodes.
func New(tokens []Token, opts Options) *Ring {
	r := &Ring{tokens: slices.Clone(tokens)}
	slices.SortStableFunc(r.tokens, func(s, t Token) int {
		if c := s.At.Compare(t.At); c != 0 {
			return c
		}
		return cmp.Compare(s.Node, t.Node)
	})
	r.seatNodes()
	if opts.Spread {
		r.numberZones(opts.ZoneOf)
	}
	if len(tokens) == 0 {
		return r
	}
	r.cut(opts.Ranges)
	r.lists = make([][]int32, len(r.upto))
	r.index()
	r.walk.prepare(len(r.nodes), len(r.counts))
	return r
}

// seatNodes finds the nodes and tells for each token which of them it is.
func (r *Ring) seatNodes() {
	r.nodes = make([]int32, len(r.tokens))
	for i, t := range r.tokens {
		r.nodes[i] = t.Node
	}
	slices.Sort(r.nodes)
	r.nodes = slices.Clip(slices.Compact(r.nodes))
	r.seats = make([]int32, len(r.tokens))
	for i, t := range r.tokens {
		seat, _ := slices.BinarySearch(r.nodes, t.Node)
		r.seats[i] = int32(seat)
	}
}

// numberZones gives the zones of the nodes dense numbers.
func (r *Ring) numberZones(zoneOf func(node int32) int32) {
	r.zones = make([]int32, len(r.nodes))
	for i, n := range r.nodes {
		r.zones[i] = zoneOf(n)
	}
	names := slices.Clone(r.zones)
	slices.Sort(names)
	names = slices.Compact(names)
	r.counts = make([]int32, len(names))
	for i, z := range r.zones {
		number, _ := slices.BinarySearch(names, z)
		r.zones[i] = int32(number)
		r.counts[number]++
	}
}

// cut fixes where ranges end and where their preference lists begin.
func (r *Ring) cut(equal int) {
	if equal == 0 {
		r.upto = make([]Position, 0, len(r.tokens))
		r.first = make([]int32, 0, len(r.tokens))
		for i, t := range r.tokens {
			if i == 0 || r.tokens[i-1].At != t.At {
				r.upto = append(r.upto, t.At)
				r.first = append(r.first, int32(i))
			}
		}
		return
	}
	r.upto = make([]Position, equal)
	r.first = make([]int32, equal)
	for i := range r.upto {
		r.upto[i] = fraction(uint64(i), uint64(equal))
		r.first[i] = r.tokenFrom(r.upto[i])
	}
}

// tokenFrom returns the first token at p or clockwise of it.
func (r *Ring) tokenFrom(p Position) int32 {
	i, _ := slices.BinarySearchFunc(r.tokens, p, func(t Token, p Position) int { return t.At.Compare(p) })
	return int32(i % len(r.tokens))
}

// index builds the table of RangeOf: with about as many buckets as ranges, the
// search within one is over few ranges.
func (r *Ring) index() {
	width := min(bits.Len(uint(len(r.upto)-1))+1, 24)
	r.shift = uint(64 - width)
	r.bucket = make([]int32, 1<<width+1)
	next := 0
	for b := range r.bucket[:1<<width] {
		low := Position{Hi: uint64(b) << r.shift}
		for next < len(r.upto) && r.upto[next].Less(low) {
			next++
		}
		r.bucket[b] = int32(next)
	}
	r.bucket[1<<width] = int32(len(r.upto))
}

// RangeOf returns the index of the range that position p lies in. The ring must
// not be empty.
func (r *Ring) RangeOf(p Position) int {
	b := p.Hi >> r.shift
	lo, hi := int(r.bucket[b]), int(r.bucket[b+1])
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if r.upto[mid].Less(p) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(r.upto) {
		return 0
	}
	return lo
}

// Ranges returns how many ranges the ring has. They are numbered clockwise; range
// 0 is the one that holds position zero.
func (r *Ring) Ranges() int { return len(r.upto) }

// Range returns the i-th range.
func (r *Ring) Range(i int) Range {
	before := i - 1
	if i == 0 {
		before = len(r.upto) - 1
	}
	return Range{After: r.upto[before], Upto: r.upto[i]}
}

// Nodes returns all nodes that have a token, in increasing order. The slice is
// shared and must not be changed.
func (r *Ring) Nodes() []int32 { return r.nodes }

// Tokens returns all tokens, clockwise from zero. The slice is shared and must not
// be changed.
func (r *Ring) Tokens() []Token { return r.tokens }

// String tells the ring's size.
func (r *Ring) String() string {
	return fmt.Sprintf("ring of %d nodes, %d tokens, %d ranges", len(r.nodes), len(r.tokens), len(r.upto))
}
