package analysis

import (
	"encoding/binary"
	"slices"
)

// packed holds very many whole numbers in rising order in about a byte or two
// each: how far each is above the one before, and how often it occurs. They can
// be merged, and answer as exactly as a list of them does.
type packed struct {
	count int64
	bytes []byte
	marks []mark // every so many runs
	last  int64
	runsN int
}

// mark is where to begin to look.
type mark struct {
	value int64 // of the run before it
	rank  int64 // values before it
	at    int   // in bytes
}

// markEvery is how many runs there are from one mark to the next.
const markEvery = 256

// append adds a value above all before it, that occurs n times.
func (p *packed) append(v, n int64) {
	if p.runsN%markEvery == 0 {
		p.marks = append(p.marks, mark{value: p.last, rank: p.count, at: len(p.bytes)})
	}
	step, several := uint64(v-p.last)<<1, uint64(0)
	if n > 1 {
		several = 1
	}
	p.bytes = binary.AppendUvarint(p.bytes, step|several)
	if n > 1 {
		p.bytes = binary.AppendUvarint(p.bytes, uint64(n-2))
	}
	p.last, p.count, p.runsN = v, p.count+n, p.runsN+1
}

// reader goes through the runs from a mark on.
type packedReader struct {
	p     *packed
	at    int
	value int64
	n     int64 // of the run at hand
}

func (r *packedReader) next() bool {
	if r.at >= len(r.p.bytes) {
		return false
	}
	word, k := binary.Uvarint(r.p.bytes[r.at:])
	r.at += k
	r.value += int64(word >> 1)
	r.n = 1
	if word&1 != 0 {
		more, k := binary.Uvarint(r.p.bytes[r.at:])
		r.at += k
		r.n = int64(more) + 2
	}
	return true
}

func (p *packed) runs(yield func(v, n int64) bool) {
	for r := (packedReader{p: p}); r.next(); {
		if !yield(r.value, r.n) {
			return
		}
	}
}

// at returns the value of a rank, which counts from 0.
func (p *packed) at(rank int64) int64 {
	i, found := slices.BinarySearchFunc(p.marks, rank, func(m mark, rank int64) int { return int(min(1, max(-1, m.rank-rank))) })
	if !found {
		i--
	}
	r := packedReader{p: p, at: p.marks[i].at, value: p.marks[i].value}
	for passed := p.marks[i].rank; passed <= rank && r.next(); {
		passed += r.n
	}
	return r.value
}

// atMost counts the values that do not exceed v.
func (p *packed) atMost(v int64) (n int64) {
	i, _ := slices.BinarySearchFunc(p.marks, v, func(m mark, v int64) int { return int(min(1, max(-1, m.value-v))) })
	i = max(0, i-1)
	n = p.marks[i].rank
	for r := (packedReader{p: p, at: p.marks[i].at, value: p.marks[i].value}); r.next() && r.value <= v; {
		n += r.n
	}
	return n
}

// mergeRuns puts the values of two distributions together, none of which is
// negative.
func mergeRuns(a, b *Distribution) *packed {
	p := new(packed)
	next := runPuller(b)
	v, n, more := next()
	for w, times := range a.runs {
		for more && v < w {
			p.append(v, n)
			v, n, more = next()
		}
		if more && v == w {
			times += n
			v, n, more = next()
		}
		p.append(w, times)
	}
	for more {
		p.append(v, n)
		v, n, more = next()
	}
	return p
}

// runPuller gives the runs of a distribution one by one.
func runPuller(d *Distribution) func() (v, n int64, more bool) {
	if d.packed != nil {
		r := packedReader{p: d.packed}
		return func() (int64, int64, bool) { more := r.next(); return r.value, r.n, more }
	}
	rest := d.sorted
	return func() (v, n int64, more bool) {
		if len(rest) == 0 {
			return 0, 0, false
		}
		v = rest[0]
		for n < int64(len(rest)) && rest[n] == v {
			n++
		}
		rest = rest[n:]
		return v, n, true
	}
}
