package merkle

import (
	"fmt"
	"math/bits"
)

// Shape is what the trees of a cluster look like. Both sides of a comparison need the same.
type Shape struct {
	Branching int // children of an inner node, 2 to 256
	Depth     int // levels below the root, 1 to 32
}

// MaxLeaves is how many leaves a tree may have.
const MaxLeaves = 1 << 32

// Validate reports what cannot be.
func (s Shape) Validate() error {
	switch {
	case s.Branching < 2 || s.Branching > 256:
		return fmt.Errorf("merkle: %d children a node: allowed are 2 to 256", s.Branching)
	case s.Depth < 1 || s.Depth > 32:
		return fmt.Errorf("merkle: %d levels below the root: allowed are 1 to 32", s.Depth)
	}
	leaves := uint64(1)
	for range s.Depth {
		if leaves *= uint64(s.Branching); leaves > MaxLeaves {
			return fmt.Errorf("merkle: %d^%d leaves are more than 2^32", s.Branching, s.Depth)
		}
	}
	return nil
}

// Width is how many nodes a level has, the root's being level 0.
func (s Shape) Width(level int) uint64 {
	width := uint64(1)
	for range level {
		width *= uint64(s.Branching)
	}
	return width
}

// Leaves is how many leaves a tree has.
func (s Shape) Leaves() uint64 { return s.Width(s.Depth) }

// Slice is the part of the ring that a node of the tree over a range stands for. False: the range is so narrow that the node has none.
func (s Shape) Slice(r Range, level int, index uint64) (Range, bool) {
	if level == 0 {
		return r, true
	}
	width := s.Width(level)
	part := Range{r.cut(index, width), r.cut(index+1, width)}
	return part, part.After != part.Upto
}

// LeafOf is the leaf of the tree over a range in which a position of that range lies.
func (s Shape) LeafOf(r Range, p Position) uint64 {
	leaves := s.Leaves()
	offset := p.minus(r.After)
	low, high := uint64(0), leaves-1
	for low < high {
		mid := low + (high-low)/2
		if end := r.cut(mid+1, leaves).minus(r.After); end.less(offset) || offset == (Position{}) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// Cost is what it takes to find these differing leaves: the hashes sent and the child lists that carry all of them but the root's. Leaves may
// come in any order, and twice.
func (s Shape) Cost(differing []uint64) (hashes, lists int) {
	hashes = 1
	width := s.Leaves()
	seen := make(map[uint64]bool) // looked up, never ranged over
	for level := s.Depth - 1; level >= 0; level-- {
		width /= uint64(s.Branching)
		clear(seen)
		for _, leaf := range differing {
			if node := leaf / (s.Leaves() / width); !seen[node] {
				seen[node] = true
				lists++
			}
		}
	}
	return hashes + lists*s.Branching, lists
}

// hashes appends the hashes of n neighbouring nodes of one level of the tree over a range.
func (x *Index) hashes(to []uint64, s Shape, r Range, level int, first uint64, n int) []uint64 {
	if level == 0 {
		return append(to, x.Hash(r))
	}
	width := s.Width(level)
	end := r.cut(first, width)
	before, _ := x.upto(end, true)
	for i := range uint64(n) {
		start, sum := end, before
		end = r.cut(first+i+1, width)
		if end == start {
			to = append(to, 0)
			continue
		}
		before, _ = x.upto(end, true)
		if end.less(start) {
			sum -= x.total()
		}
		to = append(to, before-sum)
	}
	return to
}

// fits tells whether a level has these nodes.
func (s Shape) fits(level int, first uint64, n int) bool {
	if level < 0 || level > s.Depth || n < 1 || n > s.Branching {
		return false
	}
	end, carry := bits.Add64(first, uint64(n), 0)
	return carry == 0 && end <= s.Width(level)
}
