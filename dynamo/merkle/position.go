package merkle

import "math/bits"

// Position is a place on the ring, a number of 128 bits: Hi*2^64 + Lo.
type Position struct{ Hi, Lo uint64 }

// less orders positions from zero upwards.
func (p Position) less(q Position) bool { return p.Hi < q.Hi || p.Hi == q.Hi && p.Lo < q.Lo }

// plus goes clockwise.
func (p Position) plus(q Position) Position {
	lo, carry := bits.Add64(p.Lo, q.Lo, 0)
	hi, _ := bits.Add64(p.Hi, q.Hi, carry)
	return Position{hi, lo}
}

// minus is how far it is clockwise from q to p.
func (p Position) minus(q Position) Position {
	lo, borrow := bits.Sub64(p.Lo, q.Lo, 0)
	hi, _ := bits.Sub64(p.Hi, q.Hi, borrow)
	return Position{hi, lo}
}

// Range is the slice (After, Upto] of the ring. After == Upto is the whole ring.
type Range struct{ After, Upto Position }

// Contains reports whether p lies in the range.
func (r Range) Contains(p Position) bool {
	if r.After.less(r.Upto) {
		return r.After.less(p) && !r.Upto.less(p)
	}
	return r.After.less(p) || !r.Upto.less(p)
}

// cut is the end of the i-th of so many equal parts of the range, rounded down: After + floor(i*width/parts), for 0 <= i <= parts < 2^63.
func (r Range) cut(i, parts uint64) Position {
	width, whole := r.Upto.minus(r.After), uint64(0)
	if r.After == r.Upto {
		whole = i // the width is 2^128
	}
	hiHi, hiLo := bits.Mul64(i, width.Hi)
	loHi, low := bits.Mul64(i, width.Lo)
	mid, carry := bits.Add64(hiLo, loHi, 0)
	high := hiHi + carry + whole
	hi, rest := bits.Div64(high%parts, mid, parts)
	lo, _ := bits.Div64(rest, low, parts)
	return r.After.plus(Position{hi, lo})
}
