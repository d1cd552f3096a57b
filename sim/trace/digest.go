package trace

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// Digest is the running 128-bit hash of everything that happened. The zero
// value is ready to use.
type Digest struct{ a, b uint64 }

const (
	k1 = 0xa0761d6478bd642f
	k2 = 0xe7037ed1a0b428db
	k3 = 0x8ebc6af09c88c6e3
	k4 = 0x589965cc75374cc3
)

func fold(x, y uint64) uint64 {
	hi, lo := bits.Mul64(x, y)
	return hi ^ lo
}

// Add1 adds one word.
func (d *Digest) Add1(w uint64) { d.Add2(w, 0) }

// Add2 adds two words.
func (d *Digest) Add2(w, x uint64) {
	d.a, d.b = fold(d.a^w^k1, d.b^x^k2), fold(d.b+w+k3, d.a+x+k4)
}

// Add3 adds three words.
func (d *Digest) Add3(w, x, y uint64) { d.Add2(w, x); d.Add1(y) }

// Add4 adds four words.
func (d *Digest) Add4(w, x, y, z uint64) { d.Add2(w, x); d.Add2(y, z) }

// Add5 adds five words.
func (d *Digest) Add5(v, w, x, y, z uint64) { d.Add2(v, w); d.Add3(x, y, z) }

// Add6 adds six words.
func (d *Digest) Add6(u, v, w, x, y, z uint64) { d.Add4(u, v, w, x); d.Add2(y, z) }

// AddString adds a text with its length.
func (d *Digest) AddString(s string) {
	d.Add1(uint64(len(s)))
	for i := 0; i < len(s); i++ {
		d.Add1(uint64(s[i]))
	}
}

// Sum returns the digest.
func (d *Digest) Sum() [16]byte {
	var out [16]byte
	binary.BigEndian.PutUint64(out[:8], d.a)
	binary.BigEndian.PutUint64(out[8:], d.b)
	return out
}

// String returns the digest as 32 hexadecimal digits.
func (d *Digest) String() string {
	sum := d.Sum()
	return hex.EncodeToString(sum[:])
}

// Reset makes d the digest of nothing.
func (d *Digest) Reset() { *d = Digest{} }
