package dynamo

import (
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// forms remembers the storage forms of the sets that were written last. All replicas of a key write the same set, and mostly the same one in memory,
// within moments of each other: so most find it encoded and summed up.
type forms struct {
	recent []form // by the hash of the set; a power of two
}

type form struct {
	set     *vclock.Set
	payload storage.Payload
}

// leastForms is for how many sets there is room in the smallest cluster. As many more are under way as there are nodes.
const leastForms = 16

// of gives the storage form of a set, which is valid until the next call. The bytes of values are accounted, not stored: only their ids and small
// contents are.
func (s *forms) of(set *vclock.Set, nodes int) *storage.Payload {
	if len(s.recent) == 0 {
		s.make(nodes)
	}
	f := &s.recent[set.Hash()&uint64(len(s.recent)-1)]
	if f.set != set || set == nil {
		f.fill(set)
	}
	return &f.payload
}

// emptied remembers none: the memory of sets that are gone is that of others.
func (s *forms) emptied() forms {
	for i := range s.recent {
		s.recent[i].set = nil
	}
	return *s
}

func (s *forms) make(nodes int) {
	size := leastForms
	for size < nodes/2 {
		size *= 2
	}
	s.recent = make([]form, size)
}

func (f *form) fill(set *vclock.Set) {
	b := vclock.AppendSet(f.payload.Bytes[:0], set)
	weight := int64(len(b))
	if set != nil {
		for i := range set.Versions {
			v := &set.Versions[i].Value
			weight += int64(v.Len) - int64(len(v.Content))
		}
	}
	f.set = set
	f.payload.Fill(b, weight)
}
