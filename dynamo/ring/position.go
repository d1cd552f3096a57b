package ring

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// Position is a place on the ring, a number of 128 bits: Hi*2^64 + Lo. The ring
// wraps: clockwise means upwards, and zero follows the largest position.
type Position struct{ Hi, Lo uint64 }

// KeyPosition returns where a key lies: its MD5, most significant byte first.
func KeyPosition(key string) Position {
	h := sum(key)
	return Position{Hi: binary.BigEndian.Uint64(h[:8]), Lo: binary.BigEndian.Uint64(h[8:])}
}

// Share returns the position at the share f of the way around the ring, exactly:
// f*2^128 for f in [0, 1). It panics for other f.
func Share(f float64) Position {
	if !(f >= 0 && f < 1) {
		panic(fmt.Sprintf("ring: share %v of the ring is not in [0, 1)", f))
	}
	scaled := float64(f * (1 << 32) * (1 << 32)) // powers of two: exact
	hi := uint64(scaled)                         // range: f < 1
	rest := float64((scaled - float64(hi)) * (1 << 32) * (1 << 32))
	return Position{Hi: hi, Lo: uint64(rest)} // range: what is left of scaled is below 1
}

// Compare orders positions from zero upwards.
func (p Position) Compare(q Position) int {
	switch {
	case p.Less(q):
		return -1
	case p == q:
		return 0
	}
	return 1
}

// Less reports whether p comes before q, counted from zero.
func (p Position) Less(q Position) bool { return p.Hi < q.Hi || p.Hi == q.Hi && p.Lo < q.Lo }

// Distance returns how far it is clockwise from p to q, in [0, 2^128).
func (p Position) Distance(q Position) Position {
	lo, borrow := bits.Sub64(q.Lo, p.Lo, 0)
	hi, _ := bits.Sub64(q.Hi, p.Hi, borrow)
	return Position{Hi: hi, Lo: lo}
}

// Float returns the position as a share of the ring, in [0, 1], rounded.
func (p Position) Float() float64 {
	return float64(float64(p.Hi)*0x1p-64) + float64(float64(p.Lo)*0x1p-128)
}

// String writes the position as MD5 sums are written: 32 hexadecimal digits.
func (p Position) String() string { return fmt.Sprintf("%016x%016x", p.Hi, p.Lo) }

// fraction returns floor(i/n * 2^128) for 0 <= i < n.
func fraction(i, n uint64) Position {
	hi, rem := bits.Div64(i, 0, n)
	lo, _ := bits.Div64(rem, 0, n)
	return Position{Hi: hi, Lo: lo}
}
