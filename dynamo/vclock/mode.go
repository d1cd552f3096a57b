package vclock

import "fmt"

// Mode is how a cluster versions its keys. The numbers are part of file formats
// and never change.
type Mode uint8

// The modes; see the package documentation for what each promises.
const (
	Dotted        Mode = 1
	Riak          Mode = 2
	Paper         Mode = 3
	LastWriteWins Mode = 4
	ABD           Mode = 5
)

// String returns the mode's name as scenarios write it.
func (m Mode) String() string {
	switch m {
	case Dotted:
		return "dotted"
	case Riak:
		return "riak"
	case Paper:
		return "paper"
	case LastWriteWins:
		return "last-write-wins"
	case ABD:
		return "abd"
	}
	return fmt.Sprintf("Mode(%d)", uint8(m))
}

// ParseMode is the inverse of String.
func ParseMode(name string) (Mode, error) {
	for _, m := range []Mode{Dotted, Riak, Paper, LastWriteWins, ABD} {
		if m.String() == name {
			return m, nil
		}
	}
	return 0, fmt.Errorf("vclock: no versioning mode %q", name)
}

// Merge returns what two replicas know together: x itself where that is the
// result (also if x and y are equal), else y itself where that is, else a new
// set. It is commutative and idempotent and, except in mode Riak, associative.
func (m Mode) Merge(a *Arena, x, y *Set) *Set {
	switch {
	case x == y, y == nil:
		return x
	case x == nil:
		return y
	}
	switch m {
	case Dotted:
		return mergeDotted(a, x, y)
	case Riak:
		return mergeRiak(a, x, y)
	case Paper:
		return mergePaper(a, x, y)
	case LastWriteWins:
		return mergeLast(x, y)
	case ABD:
		return mergeABD(x, y)
	}
	panic(fmt.Sprintf("vclock: merge in unknown mode %d", m))
}

// PutStats tells what a put did to the versions that its coordinator held.
type PutStats struct {
	// Superseded is how many held versions the new one replaced.
	Superseded int
	// FalseDominations is how many of those the put's context had not covered, so
	// that its client never saw what it replaced. Only mode Paper has them.
	FalseDominations int
}

// Put returns set s with version v added by its coordinator: v, which was put
// with this context, and those of s that it does not supersede. v has its dot and
// stamp; its clock is made here if it is nil (Dotted, Riak: the context; Paper: the
// context with the dot). The result is s itself where v loses (LastWriteWins, ABD)
// or s already holds what supersedes it.
func (m Mode) Put(a *Arena, s *Set, context Clock, v Version) (*Set, PutStats) {
	switch m {
	case Dotted:
		return putDotted(a, s, context, &v)
	case Riak:
		return putRiak(a, s, context, v)
	case Paper:
		return putPaper(a, s, context, v)
	case LastWriteWins:
		return putLast(a, s, v)
	case ABD:
		return putABD(a, s, v)
	}
	panic(fmt.Sprintf("vclock: put in unknown mode %d", m))
}
