package rng

import "math/bits"

// The odd constants of Mix: the first two of wyhash's default secret. They
// keep a zero argument from turning the product into zero.
const (
	mixA = 0xa0761d6478bd642f
	mixB = 0xe7037ed1a0b428db
)

// Mix combines two words into one: the 128-bit product of both, each xored
// with an odd constant, folded to 64 bits (the step of wyhash and of
// rapidhash). The arguments are not interchangeable.
func Mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^mixA, b^mixB)
	return hi ^ lo
}

// Hash is the 64-bit hash of a name: FNV-1a followed by the finaliser of
// SplitMix64, because the high bits of FNV-1a alone hardly depend on the last
// characters. It is part of the format: it never changes.
func Hash(s string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return finalise(h)
}

// finalise is the output function of SplitMix64: a bijection of 64-bit words
// in which every input bit reaches every output bit.
func finalise(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Draw is the keyed draw: 64 uniform bits that depend on nothing but the seed,
// what the number is for, the entity it is drawn for (the hash of its name)
// and the lineage of the event that asks.
func Draw(seed, purpose, entity, lineage uint64) uint64 {
	return Mix(Mix(seed, purpose), Mix(entity, lineage))
}

// Draw2 is Draw for something between two entities, such as a message from one
// process to another. The order of the entities matters.
func Draw2(seed, purpose, e1, e2, lineage uint64) uint64 {
	return Mix(Mix(seed, purpose), Mix(Mix(e1, e2), lineage))
}

// A Key is what all draws for a purpose have in common: the part of them that
// depends on neither entity nor lineage, computed once.
type Key uint64

// NewKey is the key of the draws for a purpose.
func NewKey(seed, purpose uint64) Key { return Key(Mix(seed, purpose)) }

// Draw is what Draw gives for the key's seed and purpose.
func (k Key) Draw(entity, lineage uint64) uint64 { return Mix(uint64(k), Mix(entity, lineage)) }

// Draw2 is what Draw2 gives for the key's seed and purpose.
func (k Key) Draw2(e1, e2, lineage uint64) uint64 {
	return Mix(uint64(k), Mix(Mix(e1, e2), lineage))
}

// Below maps 64 uniform bits onto [0,n): the high word of u*n. It is monotone
// in u, and each result has a share of the 2^64 inputs that is off by at most
// one input. Below(u, 0) is 0.
func Below(u, n uint64) uint64 {
	hi, _ := bits.Mul64(u, n)
	return hi
}
