package ring

// Range is the slice (After, Upto] of the ring. After == Upto is the whole ring.
type Range struct{ After, Upto Position }

// Contains reports whether position p lies in the range.
func (r Range) Contains(p Position) bool {
	if r.After.Less(r.Upto) {
		return r.After.Less(p) && !r.Upto.Less(p)
	}
	return r.After.Less(p) || !r.Upto.Less(p)
}

// Share returns what part of the ring the range is, in (0, 1].
func (r Range) Share() float64 {
	if r.After == r.Upto {
		return 1
	}
	return r.After.Distance(r.Upto).Float()
}

// String writes the range as the paper does: (A, B].
func (r Range) String() string { return "(" + r.After.String() + ", " + r.Upto.String() + "]" }
