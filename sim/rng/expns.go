package rng

import "math/bits"

// ln2Q64 is ln 2 as a fraction of 2^64.
const ln2Q64 = 0xb17217f7d1cf79ac

// expNs returns the value of an exponential variable with the given mean at
// the probability u/2^64: -ln(1-u/2^64)*mean, with integers only. It is within
// 2^-50 of the exact multiple of the mean, rises with u, and is cut to Limit.
func expNs(u uint64, mean int64) int64 {
	hi, lo := bits.Mul64(negLogQ58(-u), uint64(mean))
	if hi >= 1<<56 {
		return Limit
	}
	return int64(hi<<6 | lo>>58)
}

// negLogQ58 returns -ln(w/2^64) as a fraction of 2^58, where w = 0 stands for
// 2^64.
//
// The word is 2^(63-lz) * (1+i/256) * (1+q): the logarithms of the first two
// factors are tabulated, that of the third is a series of five terms.
func negLogQ58(w uint64) uint64 {
	if w == 0 {
		return 0
	}
	lz := bits.LeadingZeros64(w)
	m := w << lz
	i := m >> 55 & 0xff
	q := m << 9 / (256 + i)
	// Kept below the next entry, so that the result is monotone in w.
	frac := lnQ64[i] + min(log1pQ64(q), lnQ64[i+1]-lnQ64[i])
	return uint64(lz+1)*(ln2Q64>>6) - frac>>6
}

// log1pQ64 returns ln(1+q) for q < 2^-8, both as fractions of 2^64, too large
// by less than 2^-50.
func log1pQ64(q uint64) uint64 {
	const third, fifth = 0x5555555555555555, 0x3333333333333333
	h := 1<<62 - mulHi(q, fifth)
	h = third - mulHi(q, h)
	h = 1<<63 - mulHi(q, h)
	return q - mulHi(q, mulHi(q, h))
}

func mulHi(x, y uint64) uint64 {
	hi, _ := bits.Mul64(x, y)
	return hi
}
