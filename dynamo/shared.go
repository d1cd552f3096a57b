package dynamo

import (
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
)

// KeyID stands for a key inside one world, so that a key's name is hashed once and never compared again. The numbers say nothing:
// whatever leaves a node (disk, wire size, digest, draws) uses the name.
type KeyID int32

// NoKey is the id of no key.
const NoKey KeyID = -1

// Shared holds what the nodes of one world may share without learning anything that they could not compute alone: memos of pure
// functions (key to position, view of the members to ring and preference lists) and the memory that immutable values live in.
type Shared struct {
	Keys    *Keys
	Arena   *vclock.Arena
	Names   []string // of the nodes, by NodeID
	Zones   []int32  // the datacenter of each node; nil: there is one
	Placing Placing
	Formed  *membership.View    // what the nodes of a cluster know that was formed before time began; nil: nothing
	Cold    []membership.Change // of a cluster that starts cold: how each of its first nodes joins (§4.8), by NodeID

	known    known
	learned  learned
	moved    moved
	dealings dealings

	Bodies Bodies // of messages

	dots    []vclock.Dot // the rest of a chunk, for dotList
	forms   forms
	lists   vclock.Chunks[dotChunk]
	scratch scratch
	decoded []*vclock.Set // by KeyID: the last one that was read from a disk, see Node.decode
}

// Reuse makes the memory that the nodes of old took for sets, bodies and the like memory of s. Nothing of that world may be used any more.
func (s *Shared) Reuse(old *Shared) {
	s.Arena, s.Bodies, s.lists, s.scratch = old.Arena, old.Bodies, old.lists, old.scratch
	s.Arena.Reset()
	s.Bodies.Reset()
	s.lists.Reset()
	s.scratch.out = Message{}
	s.forms = old.forms.emptied()
	s.decoded = old.decoded[:0]
	clear(old.decoded)
}

// scratch is memory that a handler uses and leaves. Handlers never overlap, so one serves all nodes, and stays in the processor's cache.
type scratch struct {
	out       Message
	payload   []byte // of a record
	batch     []byte // of records, see storage.Config
	keyBytes  []byte
	repairing []int32
	drawn     []int // in increasing order
}

// decodedOf is where the last set of a key that was read from a disk is kept. It is valid until the next call.
func (s *Shared) decodedOf(key KeyID) **vclock.Set {
	for int(key) >= len(s.decoded) {
		s.decoded = append(s.decoded, nil)
	}
	return &s.decoded[key]
}

type dotChunk [256]vclock.Dot

// dotList gives an immutable list of one dot.
func (s *Shared) dotList(d vclock.Dot) []vclock.Dot {
	if len(s.dots) == 0 {
		s.dots = s.lists.Next()[:]
	}
	list := s.dots[:1:1]
	s.dots = s.dots[1:]
	list[0] = d
	return list
}

// Keys interns key names.
type Keys struct {
	ids    map[string]KeyID // looked up, never ranged over
	known  []knownKey       // by KeyID
	names  []string         // by KeyID
	places []ring.Position  // by KeyID
	pinned map[string]ring.Position
}

// knownKey is what every message about a key needs of its name, and every write. The bytes are not to be changed.
type knownKey struct {
	hash uint64
	name []byte
}

// NewKeys returns an empty table. Pinned keys have a position given by the scenario in place of their MD5, as the figures of the paper need it.
func NewKeys(pinned map[string]ring.Position) *Keys {
	return &Keys{ids: make(map[string]KeyID), pinned: pinned}
}

// Intern gives the id of a key, a new one where the name is new.
func (k *Keys) Intern(name string) KeyID {
	if id, ok := k.ids[name]; ok {
		return id
	}
	return k.add(name)
}

// InternBytes is Intern without a copy for names that are known.
func (k *Keys) InternBytes(name []byte) KeyID {
	if id, ok := k.ids[string(name)]; ok {
		return id
	}
	return k.add(string(name))
}

func (k *Keys) add(name string) KeyID {
	id := KeyID(len(k.known))
	k.ids[name] = id
	k.known = append(k.known, knownKey{hashName(name), []byte(name)})
	k.names = append(k.names, name)
	k.places = append(k.places, k.place(name))
	return id
}

// Len is the number of keys known; ids run from 0 to Len()-1.
func (k *Keys) Len() int { return len(k.known) }

// Name is the name behind an id; "" for NoKey.
func (k *Keys) Name(id KeyID) string {
	if id == NoKey {
		return ""
	}
	return k.names[id]
}

// bytes is the name behind an id that is not NoKey. It is shared and not to be changed.
func (k *Keys) bytes(id KeyID) []byte { return k.known[id].name }

// noKeyHash stands for the hash of the name where there is no key.
const noKeyHash = 0x6a09e667f3bcc909

// Hash is a 64-bit hash of the key's name, equal in every world.
func (k *Keys) Hash(id KeyID) uint64 {
	if id == NoKey {
		return noKeyHash
	}
	return k.known[id].hash
}

// Position is the key's place on the ring: MD5 of its name (§4.2), or where the scenario pinned it.
func (k *Keys) Position(id KeyID) ring.Position { return k.places[id] }

func (k *Keys) place(name string) ring.Position {
	if p, ok := k.pinned[name]; ok {
		return p
	}
	return ring.KeyPosition(name)
}

// hashName is FNV-1a with 64 bits and a final mix.
func hashName(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h ^= uint64(s[i])
		h *= 1099511628211
	}
	return fold(h^0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9)
}
