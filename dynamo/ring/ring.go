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
	cuts
	owners []int32 // by token: its node
	nodes  []int32 // sorted
	zones  []int32 // by node: its dense zone number; nil without Spread
	counts []int32 // nodes per zone
	lists  lists
	walk   walker
	hosted hosted
}

// cuts are where tokens lie and ranges end. Rings whose tokens lie alike share them.
type cuts struct {
	at     []Position // of the tokens, sorted
	upto   []Position
	first  []int32 // for each range, the token from which its list goes clockwise
	bucket []int32 // by leading bits of a position, the first range that may hold it
	shift  uint
}

// New builds a ring from tokens in any order; it keeps no reference to them. Tokens
// at one position end one range and come in the order of their nodes. A ring without tokens has no ranges and no nodes.
func New(tokens []Token, opts Options) *Ring {
	tokens = slices.Clone(tokens)
	slices.SortStableFunc(tokens, func(s, t Token) int {
		if c := s.At.Compare(t.At); c != 0 {
			return c
		}
		return cmp.Compare(s.Node, t.Node)
	})
	r := &Ring{owners: make([]int32, len(tokens))}
	r.at = make([]Position, len(tokens))
	for i, t := range tokens {
		r.at[i], r.owners[i] = t.At, t.Node
	}
	r.nodes = slices.Clone(r.owners)
	slices.Sort(r.nodes)
	r.nodes = slices.Clip(slices.Compact(r.nodes))
	if opts.Spread {
		r.numberZones(opts.ZoneOf)
	}
	if len(tokens) == 0 {
		return r
	}
	r.cut(opts.Ranges)
	r.index()
	r.prepare()
	return r
}

// prepare makes room for preference lists.
func (r *Ring) prepare() {
	r.lists.prepare(len(r.upto))
	r.walk.prepare(r.numbers(), len(r.counts))
}

// numbers is one more than the highest number of a node.
func (r *Ring) numbers() int { return int(r.nodes[len(r.nodes)-1]) + 1 }

// numberZones gives the zones of the nodes dense numbers.
func (r *Ring) numberZones(zoneOf func(node int32) int32) {
	names := make([]int32, len(r.nodes))
	for i, n := range r.nodes {
		names[i] = zoneOf(n)
	}
	zones := slices.Clone(names)
	slices.Sort(names)
	names = slices.Compact(names)
	r.counts = make([]int32, len(names))
	r.zones = []int32{}
	for i, n := range r.nodes {
		number, _ := slices.BinarySearch(names, zones[i])
		r.zones = append(r.zones, make([]int32, int(n)+1-len(r.zones))...)
		r.zones[n] = int32(number)
		r.counts[number]++
	}
}

// cut fixes where ranges end and where their preference lists begin.
func (r *Ring) cut(equal int) {
	if equal == 0 {
		r.first = make([]int32, 0, len(r.at))
		for i, at := range r.at {
			if i == 0 || r.at[i-1] != at {
				r.first = append(r.first, int32(i))
			}
		}
		if r.upto = r.at; len(r.first) < len(r.at) {
			r.upto = slices.Compact(slices.Clone(r.at))
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
	i, _ := slices.BinarySearchFunc(r.at, p, Position.Compare)
	return int32(i % len(r.at))
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

// Tokens lists all tokens, clockwise from zero.
func (r *Ring) Tokens() []Token {
	tokens := make([]Token, len(r.at))
	for i, at := range r.at {
		tokens[i] = Token{At: at, Node: r.owners[i]}
	}
	return tokens
}

// String tells the ring's size.
func (r *Ring) String() string {
	return fmt.Sprintf("ring of %d nodes, %d tokens, %d ranges", len(r.nodes), len(r.at), len(r.upto))
}
