package merkle

// List is the hashes of neighbouring nodes of one level of a tree: the root's, or those of all children of one node. It is never changed.
type List struct {
	Range  Range
	Level  int
	First  uint64
	Hashes []uint64
}

// Leaf is a leaf of the tree over a range.
type Leaf struct {
	Range Range
	Index uint64
}

// Root is the list that opens a comparison.
func (x *Index) Root(r Range) List { return List{Range: r, Hashes: []uint64{x.Hash(r)}} }

// Answer is what comes of lists: lists to send back, and leaves that differ, whose keys are to be compared.
type Answer struct {
	Lists  []List
	Leaves []Leaf
}

// Hashes is how many hashes the lists carry.
func (a *Answer) Hashes() int {
	n := 0
	for i := range a.Lists {
		n += len(a.Lists[i].Hashes)
	}
	return n
}

// Answer compares a list with the tree of this index and adds what is to be said about each node that differs: the hashes of its children, or
// that it is a leaf. False: there is no such list in a tree of this shape. The work grows with the nodes that differ, not with the tree.
func (x *Index) Answer(s Shape, in *List, to *Answer) bool {
	if !s.fits(in.Level, in.First, len(in.Hashes)) {
		return false
	}
	var room [256]uint64
	own := x.hashes(room[:0], s, in.Range, in.Level, in.First, len(in.Hashes))
	for i, theirs := range in.Hashes {
		if own[i] == theirs {
			continue
		}
		index := in.First + uint64(i)
		if in.Level == s.Depth {
			to.Leaves = append(to.Leaves, Leaf{in.Range, index})
			continue
		}
		to.Lists = append(to.Lists, x.children(s, in.Range, in.Level, index))
	}
	return true
}

// children is the list of a node's children.
func (x *Index) children(s Shape, r Range, level int, index uint64) List {
	first := index * uint64(s.Branching)
	return List{r, level + 1, first, x.hashes(make([]uint64, 0, s.Branching), s, r, level+1, first, s.Branching)}
}

// Bucket calls f for every key in a leaf, in the order of Each, with its hash; keys that no tree counts are left out.
func (x *Index) Bucket(s Shape, l Leaf, f func(slot int32, hash uint64)) {
	slice, ok := s.Slice(l.Range, s.Depth, l.Index)
	if !ok {
		return
	}
	x.Each(slice, func(_ Position, slot int32) bool {
		if h := x.hash(slot); h != 0 {
			f(slot, h)
		}
		return true
	})
}

// KeyHash is the hash of one key as trees count it, 0 for one that they do not.
func (x *Index) KeyHash(slot int32) uint64 {
	if !x.Has(slot) {
		return 0
	}
	return x.hash(slot)
}
