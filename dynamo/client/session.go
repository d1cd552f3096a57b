package client

import (
	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
)

// Session keeps, for each key that the client used, the context of its last get or acknowledged put: what the next put is told to
// supersede (§4.1). The context is opaque to the application.
type Session struct {
	last map[dynamo.KeyID]Seen // looked up, never ranged over
}

// Seen is what a client knows of one key.
type Seen struct {
	Context  vclock.Clock
	Dots     []vclock.Dot  // versions beside the context: the put itself
	Versions []uint64      // ids of the versions that the context stands for: what the get returned, or the put itself; valid until the next success
	Fastest  dynamo.NodeID // the replica that answered the get first (§5)
}

// Seen gives what is known of a key: nothing yet is an empty context.
func (s *Session) Seen(key dynamo.KeyID) Seen {
	if seen, ok := s.last[key]; ok {
		return seen
	}
	return Seen{Fastest: dynamo.NoNode}
}

// learn takes over what a successful request tells.
func (s *Session) learn(q *Request, r *Result) {
	if r.Outcome != OK {
		return
	}
	if s.last == nil {
		s.last = make(map[dynamo.KeyID]Seen)
	}
	old := s.last[q.Key]
	seen := Seen{Context: r.Context, Dots: r.Dots, Versions: old.Versions[:0], Fastest: r.Fastest}
	if q.Kind == dynamo.Put {
		seen.Versions = append(seen.Versions, q.Value.ID)
	} else if r.Set != nil {
		for i := range r.Set.Versions {
			seen.Versions = append(seen.Versions, r.Set.Versions[i].Value.ID)
		}
	}
	s.last[q.Key] = seen
}
