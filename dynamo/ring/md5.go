package ring

import (
	"encoding/binary"
	"math/bits"
)

// MD5 returns the digest of RFC 1321, with which Dynamo places keys (§4.2). It is
// written out here since the standard library's may refuse to work, depending on
// settings of the environment; it protects nothing and nobody.
func MD5(b []byte) [16]byte { return sum(b) }

// sum takes keys as strings too, without copying them to the heap.
func sum[T []byte | string](msg T) [16]byte {
	state := [4]uint32{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}
	var block [64]byte
	n := 0
	for ; n+64 <= len(msg); n += 64 {
		copy(block[:], msg[n:n+64])
		compress(&state, &block)
	}
	block = [64]byte{}
	rest := copy(block[:], msg[n:])
	block[rest] = 0x80
	if rest >= 56 {
		compress(&state, &block)
		block = [64]byte{}
	}
	binary.LittleEndian.PutUint64(block[56:], uint64(len(msg))<<3)
	compress(&state, &block)
	var out [16]byte
	for i, word := range state {
		binary.LittleEndian.PutUint32(out[4*i:], word)
	}
	return out
}

// compress works one block of 64 bytes into the state: four rounds of 16 steps.
func compress(state *[4]uint32, block *[64]byte) {
	var x [16]uint32
	for i := range x {
		x[i] = binary.LittleEndian.Uint32(block[4*i:])
	}
	k := sines()
	a, b, c, d := state[0], state[1], state[2], state[3]
	for i := range 64 {
		var f uint32
		var word int
		switch i >> 4 {
		case 0:
			f, word = d^(b&(c^d)), i
		case 1:
			f, word = c^(d&(b^c)), 5*i+1
		case 2:
			f, word = b^c^d, 3*i+5
		case 3:
			f, word = c^(b|^d), 7*i
		}
		f += a + k[i] + x[word&15]
		a, d, c = d, c, b
		b += bits.RotateLeft32(f, rotation(i))
	}
	state[0] += a
	state[1] += b
	state[2] += c
	state[3] += d
}

// rotation returns by how much step i rotates.
func rotation(i int) int {
	const table = "\x07\x0c\x11\x16\x05\x09\x0e\x14\x04\x0b\x10\x17\x06\x0a\x0f\x15"
	return int(table[i>>4<<2|i&3])
}

// sines returns the constants of the steps, floor(2^32 |sin(i+1)|).
func sines() [64]uint32 {
	return [64]uint32{
		0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
		0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
		0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
		0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
		0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
		0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
		0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
		0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
	}
}
