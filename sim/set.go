package sim

import "math/bits"

// Set is a set of processes as bits by ProcID. nil is the set of all; a set
// that is not nil has exactly its bits.
type Set []uint64

// NewSet returns the set of the given processes, never nil.
func NewSet(members ...ProcID) Set {
	s := make(Set, 1)
	for _, p := range members {
		s = s.With(p)
	}
	return s
}

// With returns the set with p added; it may reuse the memory of s.
func (s Set) With(p ProcID) Set {
	for int(p)/64 >= len(s) {
		s = append(s, 0)
	}
	s[p/64] |= 1 << (p % 64)
	return s
}

// Has tells whether p is in the set.
func (s Set) Has(p ProcID) bool {
	if s == nil {
		return true
	}
	return int(p)/64 < len(s) && s[p/64]>>(p%64)&1 != 0
}

// linkSets finds those of some numbered pairs of sets that have a link: its
// sender in the first set, its receiver in the second. Each process has one bit
// a pair for either role, so that a link's pairs are the bits that its ends
// share, and ten thousand processes need no table of their links.
type linkSets struct {
	pairs     [][2]Set
	words     int // of 64 pairs
	processes int
	from, to  []uint64 // words for each process
}

func (l *linkSets) reset() {
	clear(l.pairs)
	l.pairs, l.words, l.processes, l.from, l.to = l.pairs[:0], 0, 0, l.from[:0], l.to[:0]
}

// set gives pair number i, which is at most one beyond the last.
func (l *linkSets) set(i int, from, to Set) {
	if i == len(l.pairs) {
		l.pairs = append(l.pairs, [2]Set{})
	}
	l.pairs[i] = [2]Set{from, to}
	if i/64 >= l.words {
		l.rebuild()
		return
	}
	for p := range l.processes {
		l.mark(i, p)
	}
}

// add makes room for one more process.
func (l *linkSets) add() {
	for range l.words {
		l.from, l.to = append(l.from, 0), append(l.to, 0)
	}
	l.processes++
	for i := range l.pairs {
		l.mark(i, l.processes-1)
	}
}

// rebuild makes room for another word of pairs.
func (l *linkSets) rebuild() {
	n := l.processes
	l.words, l.processes, l.from, l.to = l.words+1, 0, l.from[:0], l.to[:0]
	for range n {
		l.add()
	}
}

// mark sets the bits of pair i for process p.
func (l *linkSets) mark(i, p int) {
	at, bit := p*l.words+i/64, uint64(1)<<(i%64)
	l.from[at] &^= bit
	l.to[at] &^= bit
	if l.pairs[i][0].Has(ProcID(p)) {
		l.from[at] |= bit
	}
	if l.pairs[i][1].Has(ProcID(p)) {
		l.to[at] |= bit
	}
}

// match returns the bits of the pairs 64w..64w+63 that have a link.
func (l *linkSets) match(from, to ProcID, w int) uint64 {
	return l.from[int(from)*l.words+w] & l.to[int(to)*l.words+w]
}

// last returns the highest pair that has a link, or -1.
func (l *linkSets) last(from, to ProcID) int {
	for w := l.words - 1; w >= 0; w-- {
		if m := l.match(from, to, w); m != 0 {
			return w*64 + bits.Len64(m) - 1
		}
	}
	return -1
}
