package vclock

// Hash returns a number that equal sets share and different ones hardly ever do:
// the leaf of a Merkle tree (§4.7). It depends on dots, values, stamps and the
// context's counters, not on the order of versions and entries, nor on machine
// or run. A set without versions hashes to 0, like nil: a key whose last tombstone
// was buried is, to a Merkle tree, a key that never was.
//
// It is computed once: a set is sent many times.
func (s *Set) Hash() uint64 {
	if s != nil && s.hash != 0 {
		return s.hash
	}
	return s.computeHash()
}

func (s *Set) computeHash() uint64 {
	context, versions := s.parts()
	if len(versions) == 0 {
		return 0
	}
	var sum uint64
	for i := range context {
		e := &context[i]
		sum += chain(chain(contextSalt, uint64(e.Actor)), e.Counter)
	}
	for i := range versions {
		sum += versions[i].hash()
	}
	s.hash = mix(sum)
	return s.hash
}

// Salts keep an entry and a version of the same numbers apart. Being part of what
// is compared between nodes, they never change.
const (
	contextSalt = 0x9e3779b97f4a7c15
	versionSalt = 0xd1b54a32d192ed03
)

func (v *Version) hash() uint64 {
	h := chain(versionSalt, uint64(v.Dot.Actor))
	h = chain(h, v.Dot.Counter)
	h = chain(h, v.Value.ID)
	h = chain(h, uint64(v.Stamp.Wall))
	flag := uint64(0)
	if v.Tombstone {
		flag = 1
	}
	return chain(h, uint64(v.Stamp.Node)<<1|flag)
}

// chain hashes one more number into h.
func chain(h, x uint64) uint64 { return mix(h ^ mix(x+contextSalt)) }

// mix is the finaliser of MurmurHash3 (Appleby, public domain).
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
