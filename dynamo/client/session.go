package client

import (
	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
)

// Session keeps, for each key that the client used, the context of its last get or acknowledged put: what the next put is told to
// supersede (§4.1). The context is opaque to the application. The zero Session knows nothing yet.
type Session struct {
	cells []Seen // a power of two: open addressing with linear probing, no deletion
	used  int
}

// Seen is what a client knows of one key. It refers to what the answer carried, and copies nothing.
type Seen struct {
	set     *vclock.Set
	body    *dynamo.Body
	version uint64       // that the put made; 0: it was a get
	cell    dynamo.KeyID // the key plus one; 0: an empty cell
	fastest dynamo.NodeID
}

// Context is the context of the key, empty as long as nothing is known.
func (s *Seen) Context() vclock.Clock { return contextOf(s.set, s.body) }

// Dots are the versions beside the context: the put itself.
func (s *Seen) Dots() []vclock.Dot { return dotsOf(s.body) }

// Fastest is the replica that answered the get first (§5), NoNode where nothing is known.
func (s *Seen) Fastest() dynamo.NodeID { return s.fastest }

// AppendVersions appends the ids of the versions that the context stands for: what the get returned, or the put itself.
func (s *Seen) AppendVersions(list []uint64) []uint64 {
	if s.version != 0 {
		return append(list, s.version)
	}
	if s.set != nil {
		for i := range s.set.Versions {
			list = append(list, s.set.Versions[i].Value.ID)
		}
	}
	return list
}

// Seen gives what is known of a key: nothing yet is an empty context.
func (s *Session) Seen(key dynamo.KeyID) Seen {
	if len(s.cells) > 0 {
		if c := s.find(key); c.cell != 0 {
			return *c
		}
	}
	return Seen{fastest: dynamo.NoNode}
}

// learn takes over what a successful request tells: a get, or the put of a version.
func (s *Session) learn(memory *Memory, key dynamo.KeyID, version uint64, r *Result) {
	if r.Outcome != OK || version != 0 && r.Beside() {
		return
	}
	if len(s.cells) == 0 {
		s.grow(memory)
	}
	c := s.find(key)
	if c.cell == 0 {
		if s.used++; 4*s.used > 3*len(s.cells) {
			s.grow(memory)
			c = s.find(key)
		}
	}
	*c = Seen{set: r.Set, body: r.body, version: version, cell: key + 1, fastest: r.Fastest}
}

// find gives the cell of a key, or the empty one where it belongs.
func (s *Session) find(key dynamo.KeyID) *Seen {
	mask := uint32(len(s.cells) - 1)
	for i := uint32(uint64(uint32(key)) * 0x9e3779b97f4a7c15 >> 32); ; i++ {
		if c := &s.cells[i&mask]; c.cell == 0 || c.cell == key+1 {
			return c
		}
	}
}

func (s *Session) grow(memory *Memory) {
	old := s.cells
	s.cells = memory.take(max(leastCells, 2*len(old)))
	for i := range old {
		if c := &old[i]; c.cell != 0 {
			*s.find(c.cell - 1) = *c
		}
	}
	memory.give(old)
}
