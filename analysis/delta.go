package analysis

import (
	"cmp"
	"fmt"
	"slices"

	"dynamosim/analysis/history"
)

func deltaCheck() Check {
	return Check{
		Name: "delta",
		Doc: "by how much every get would have to begin earlier for the history to be linearizable as a register, in virtual time: " +
			"0 if it is",
		Source:  "Golab, Li and Shah 2011, Analyzing Consistency Properties for Fun and Profit",
		Models:  []history.Model{history.Register, history.LastWriteWins},
		Measure: true, OnRequest: true,
		begin: func(*Subject, Request) judging { return new(deltaMeter) },
	}
}

// deltaMeter finds the deltas of keys.
type deltaMeter struct {
	test                  deltaTest
	worst                 int64
	worstKey              string
	late, unbounded, left int
}

func (m *deltaMeter) add(s *Subject) {
	for key := range int32(s.History.Keys()) {
		switch delta, verdict := m.test.of(s, key); {
		case verdict == Unknown:
			m.left++
		case verdict == Invalid:
			m.unbounded++
		case delta > 0:
			m.late++
			if delta > m.worst {
				m.worst, m.worstKey = delta, s.History.KeyName(key)
			}
		}
	}
}

func (m *deltaMeter) results() []Result {
	result := Result{Verdict: Measured}
	result.count("delta_ns", m.worst)
	result.count("keys_above_0", int64(m.late))
	result.count("keys_unbounded", int64(m.unbounded))
	result.count("keys_left_out", int64(m.left))
	result.Summary = "0 ns"
	if m.worst > 0 {
		result.Summary = fmt.Sprintf("%s, on %s; above 0 on %s", duration(m.worst), m.worstKey, count(m.late, "key"))
	}
	if m.unbounded > 0 {
		result.Summary += fmt.Sprintf("; no delta is enough on %s, where gets returned what had not been written", count(m.unbounded, "key"))
	}
	if m.left > 0 {
		result.Summary += fmt.Sprintf("; %s with deletions left out", count(m.left, "key"))
	}
	return []Result{result}
}

// deltaTest finds the least shift of gets that makes the zones of a key
// (zones.go) compatible. Shifting changes only the greatest begin of a
// cluster, and more never hurts, so it is found by bisection.
type deltaTest struct {
	zones []deltaZone
	order []int32 // clusters by f
	all   []int64 // f of forward zones
	ends  []int64 // s of those
}

// deltaZone is a cluster in virtual time, ns.
type deltaZone struct {
	f, write, read int64 // least end, begin of the write, latest begin of a get
	used           bool
}

// s is the greatest begin of the cluster with its gets shifted.
func (z *deltaZone) s(shift int64) int64 {
	if z.read == minTime {
		return z.write
	}
	return max(z.write, z.read-shift)
}

const (
	minTime = -1 << 62
	maxTime = 1 << 62
)

// of returns the delta of a key. It is Invalid if none is enough, and Unknown
// if finding nothing may be a deletion's doing.
func (d *deltaTest) of(s *Subject, key int32) (delta int64, v Verdict) {
	switch {
	case s.traits[key]&keySuspect != 0:
		return 0, Invalid
	case s.traits[key]&keyDeletes != 0:
		return 0, Unknown
	}
	most := d.gather(s, key)
	if d.fits(0) {
		return 0, Valid
	}
	for low := int64(0); most-low > 1; { // low does not fit, most does
		if middle := low + (most-low)/2; d.fits(middle) {
			most = middle
		} else {
			low = middle
		}
	}
	return most, Valid
}

// gather builds the clusters and returns a shift that is always enough.
func (d *deltaTest) gather(s *Subject, key int32) (most int64) {
	rows, h := s.rowsOf(key), s.History
	n := len(rows)
	d.zones = slices.Grow(d.zones[:0], n+1)[:n+1]
	for p := range rows {
		z := deltaZone{f: maxTime, read: minTime, used: rows[p].is(rowWrites) && !rows[p].is(rowFailed)}
		if z.used {
			z.write = h.Op(rows[p].id).Invoke
			if rows[p].end != never {
				z.f = h.Op(rows[p].id).Return
			}
		}
		d.zones[p] = z
	}
	d.zones[n] = deltaZone{f: minTime, write: minTime, read: minTime, used: true}
	for p := range rows {
		if !rows[p].is(rowReads) {
			continue
		}
		c := n
		if set := s.set(key, int32(p)); len(set) > 0 {
			c = int(set[0])
		}
		z, o := &d.zones[c], h.Op(rows[p].id)
		z.f, z.read = min(z.f, o.Return), max(z.read, o.Invoke)
		most = max(most, o.Invoke)
	}
	d.sort()
	return most + 1
}

func (d *deltaTest) sort() {
	d.order = d.order[:0]
	for i := range d.zones {
		if d.zones[i].used {
			d.order = append(d.order, int32(i))
		}
	}
	slices.SortFunc(d.order, func(a, b int32) int { return cmp.Compare(d.zones[a].f, d.zones[b].f) })
}

// fits is the zone test with gets shifted.
func (d *deltaTest) fits(shift int64) bool {
	d.all, d.ends = d.all[:0], d.ends[:0]
	reach := int64(minTime) // s of the last forward zone
	for _, i := range d.order {
		z := &d.zones[i]
		if s := z.s(shift); z.f < s {
			if z.f < reach {
				return false
			}
			reach = s
			d.all, d.ends = append(d.all, z.f), append(d.ends, s)
		}
	}
	for _, i := range d.order {
		z := &d.zones[i]
		s := z.s(shift)
		if z.f < s {
			continue
		}
		if n, _ := slices.BinarySearch(d.all, s); n > 0 && z.f < d.ends[n-1] {
			return false
		}
	}
	return true
}
