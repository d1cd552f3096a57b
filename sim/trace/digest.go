package trace

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// Digest is the running 128-bit hash of a sequence of words: everything that
// happened in a run. The zero value is ready to use.
//
// It consists of two lanes. Two words at a time enter both; each lane becomes
// the folded 128-bit product of factors that hold both lanes and both words,
// in another way than the other lane's. It tells apart runs that differ by
// accident; it is no defence against someone who looks for a collision.
type Digest struct{ a, b uint64 }

// The odd constants of wyhash's default secret.
const (
	secret1 = 0xa0761d6478bd642f
	secret2 = 0xe7037ed1a0b428db
	secret3 = 0x8ebc6af09c88c6e3
	secret4 = 0x589965cc75374cc3
	padding = 0x1d8e4e27c47d124f // takes the place of a missing second word
)

// Add1 adds a word.
func (d *Digest) Add1(v uint64) { d.Add2(v, padding) }

// Add2 adds two words.
func (d *Digest) Add2(v, w uint64) { *d = d.With(v, w) }

// With returns what d is after Add2: of several in a row, only the last one need
// be written to memory.
func (d Digest) With(v, w uint64) Digest {
	hiA, loA := bits.Mul64(d.a^v^secret1, d.b^w^secret2)
	hiB, loB := bits.Mul64(d.b+v+secret3, d.a+w+secret4)
	return Digest{hiA ^ loA, hiB ^ loB}
}

// Add3 adds three words.
func (d *Digest) Add3(v, w, x uint64) {
	d.Add2(v, w)
	d.Add2(x, padding)
}

// Add4 adds four words.
func (d *Digest) Add4(v, w, x, y uint64) {
	d.Add2(v, w)
	d.Add2(x, y)
}

// Add5 adds five words.
func (d *Digest) Add5(v, w, x, y, z uint64) {
	d.Add2(v, w)
	d.Add2(x, y)
	d.Add2(z, padding)
}

// Add6 adds six words.
func (d *Digest) Add6(u, v, w, x, y, z uint64) {
	d.Add2(u, v)
	d.Add2(w, x)
	d.Add2(y, z)
}

// AddString adds a text: its bytes, eight to a word, each word with the length
// of the text.
func (d *Digest) AddString(s string) {
	length := uint64(len(s)) ^ secret4
	for len(s) > 8 {
		d.Add2(length, littleEndian(s[:8]))
		s = s[8:]
	}
	d.Add2(length, littleEndian(s))
}

func littleEndian(s string) (word uint64) {
	for i := len(s) - 1; i >= 0; i-- {
		word = word<<8 | uint64(s[i])
	}
	return word
}

// Sum returns the digest of what was added so far, to which more can be added.
func (d *Digest) Sum() (sum [16]byte) {
	last := *d
	last.Add2(secret3, secret1) // the last words have only gone through one product
	binary.BigEndian.PutUint64(sum[:8], last.a)
	binary.BigEndian.PutUint64(sum[8:], last.b)
	return sum
}

// String returns Sum as 32 hexadecimal digits.
func (d *Digest) String() string {
	sum := d.Sum()
	return hex.EncodeToString(sum[:])
}

// Reset makes d the digest of nothing.
func (d *Digest) Reset() { *d = Digest{} }
