package membership

import (
	"cmp"
	"math"
	"slices"
)

// What is what a change says of its node. The numbers are stored on disks and never reused.
type What uint8

// The changes.
const (
	Join    What = 1 // the node belongs to the ring
	Leave   What = 2 // it no longer does
	Drained What = 3 // it has handed over all it held and may be switched off; said by itself, after its leave
)

func (w What) String() string {
	switch w {
	case Join:
		return "join"
	case Leave:
		return "leave"
	case Drained:
		return "drained"
	}
	return "?"
}

// Token is a place on the ring, Hi*2^64 + Lo.
type Token struct{ Hi, Lo uint64 }

// Change is one entry of the history of a ring's members. It is immutable.
type Change struct {
	Node     int32 // whom it is about
	What     What
	Counter  uint64  // orders changes: one above the highest that the issuer knew; 0: a founder
	Issuer   int32   // who took the command
	Time     int64   // the issuer's time of day in nanoseconds; shown, never compared
	Tokens   []Token // join: the node's places on the ring, sorted; none where tokens are dealt out (§6.2, strategy 3)
	Capacity float64 // join: its share of the work, in units of an ordinary node
	Zone     int32   // join: its datacenter
}

// Compare is the order of changes. Only equal changes compare as equal.
func (c *Change) Compare(d *Change) int {
	if c.Counter != d.Counter { // nearly always: the rest is not looked at
		return cmp.Compare(c.Counter, d.Counter)
	}
	if c.Issuer != d.Issuer || c.Node != d.Node {
		return cmp.Or(cmp.Compare(c.Issuer, d.Issuer), cmp.Compare(c.Node, d.Node))
	}
	return cmp.Or(
		cmp.Compare(c.What, d.What),
		cmp.Compare(c.Time, d.Time),
		cmp.Compare(math.Float64bits(c.Capacity), math.Float64bits(d.Capacity)),
		cmp.Compare(c.Zone, d.Zone),
		slices.CompareFunc(c.Tokens, d.Tokens, Token.Compare),
	)
}

// Compare orders tokens from zero upwards.
func (t Token) Compare(u Token) int { return cmp.Or(cmp.Compare(t.Hi, u.Hi), cmp.Compare(t.Lo, u.Lo)) }

// SortTokens sorts tokens and returns them.
func SortTokens(list []Token) []Token {
	slices.SortStableFunc(list, Token.Compare)
	return list
}

// WireSize is the length of the change on the wire in bytes.
func (c *Change) WireSize() int64 { return changeSize + int64(len(c.Tokens))*tokenSize }

// hash covers the whole content.
func (c *Change) hash(h uint64) uint64 {
	h = fold(h^c.Counter, uint64(uint32(c.Issuer))<<32|uint64(uint32(c.Node))^0x9e3779b97f4a7c15)
	h = fold(h^uint64(c.What)<<32^uint64(uint32(c.Zone)), uint64(c.Time)^0xd1b54a32d192ed03)
	h = fold(h^math.Float64bits(c.Capacity), uint64(len(c.Tokens))^0x2545f4914f6cdd1d)
	for _, t := range c.Tokens {
		h = fold(h^t.Hi, t.Lo^0x8cb92ba72f3d8dd7)
	}
	return h
}
