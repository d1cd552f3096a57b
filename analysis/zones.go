package analysis

import (
	"cmp"
	"math"
	"slices"
)

// The zone test of P. Gibbons and E. Korach, Testing Shared Memories, SIAM J.
// Comput. 26(4), 1997: exact for registers whose values are unique, in
// O(n log n).
//
// The cluster of a version is its write and all reads of it; f is the least
// end among them, s the greatest begin. Of two clusters A must come before B
// if f(A) < s(B). A history is linearizable if and only if no two clusters
// must each come before the other. With f < s a cluster needs the register
// for itself during [f, s] (a forward zone); otherwise it can be placed
// anywhere in [s, f] (a backward zone). So no two forward zones may overlap,
// and no backward zone may lie strictly inside a forward one.

// initially stands for the begin and end of the write of the initial value.
const initially = math.MinInt32

// zone is the cluster of one version. Calls are indexes into the list tested;
// -1 stands for the write of the initial value.
type zone struct {
	f, s     int32 // least end, greatest begin
	ended    int32 // call that attains f
	begun    int32 // call that attains s
	write    int32
	occupied bool
}

func (z *zone) forward() bool { return z.f < z.s }

// zoneTest judges calls on a register. Every read returns one version or none;
// none is the initial value unless asIf names another call for it. It returns
// the zones of two clusters that must each come before the other, or ok.
type zoneTest struct {
	zones   []zone // by call of the write; the last is that of the initial value
	forward []int32
	back    []int32
}

// run tests the calls. asIf, if not nil, gives for every read without a
// version the call of the deletion that it is taken to have seen, or -1.
func (t *zoneTest) run(calls []call, asIf []int32) (a, b *zone) {
	t.gather(calls, asIf)
	t.forward, t.back = t.forward[:0], t.back[:0]
	for i := range t.zones {
		switch z := &t.zones[i]; {
		case !z.occupied:
		case z.forward():
			t.forward = append(t.forward, int32(i))
		default:
			t.back = append(t.back, int32(i))
		}
	}
	slices.SortFunc(t.forward, func(i, j int32) int { return cmp.Compare(t.zones[i].f, t.zones[j].f) })
	for i := 1; i < len(t.forward); i++ {
		a, b := &t.zones[t.forward[i-1]], &t.zones[t.forward[i]]
		if b.f < a.s {
			return a, b
		}
	}
	for _, i := range t.back {
		if a := t.around(&t.zones[i]); a != nil {
			return a, &t.zones[i]
		}
	}
	return nil, nil
}

// around returns the forward zone that strictly encloses a backward zone. As
// forward zones do not overlap, only the last to begin before it can.
func (t *zoneTest) around(b *zone) *zone {
	n, _ := slices.BinarySearchFunc(t.forward, b.s, func(i, s int32) int { return cmp.Compare(t.zones[i].f, s) })
	if n == 0 {
		return nil
	}
	if a := &t.zones[t.forward[n-1]]; b.f < a.s {
		return a
	}
	return nil
}

func (t *zoneTest) gather(calls []call, asIf []int32) {
	t.zones = slices.Grow(t.zones[:0], len(calls)+1)[:len(calls)+1]
	for i := range calls {
		c := &calls[i]
		t.zones[i] = zone{f: c.end, s: c.begin, ended: int32(i), begun: int32(i), write: int32(i), occupied: c.writes}
	}
	t.zones[len(calls)] = zone{f: initially, s: initially, ended: -1, begun: -1, write: -1, occupied: true}
	for i := range calls {
		if c := &calls[i]; !c.writes {
			z := &t.zones[t.cluster(calls, i, asIf)]
			if c.end <= z.f { // equal if the write is unknown: then the read shows it
				z.f, z.ended = c.end, int32(i)
			}
			if c.begin > z.s {
				z.s, z.begun = c.begin, int32(i)
			}
		}
	}
}

// cluster returns the index of the zone that a read belongs to.
func (t *zoneTest) cluster(calls []call, read int, asIf []int32) int {
	if set := calls[read].set; len(set) > 0 {
		return int(set[0])
	}
	if asIf != nil && asIf[read] >= 0 {
		return int(asIf[read])
	}
	return len(calls)
}

// certificate returns an order of the calls, -1 being the initial write, that
// shows a history which passed the test to be linearizable: clusters by their
// lower bound, backward before forward; in a cluster the write, then its reads
// by their begin. Unknown writes that nobody read come last on their own.
func (t *zoneTest) certificate(calls []call, asIf []int32) []int32 {
	members := make([][]int32, len(calls)+1)
	members[len(calls)] = []int32{-1}
	for i := range calls {
		if calls[i].writes {
			members[i] = append([]int32{int32(i)}, members[i]...)
		} else {
			c := t.cluster(calls, i, asIf)
			members[c] = append(members[c], int32(i))
		}
	}
	var clusters []int32
	for i := range t.zones {
		if t.zones[i].occupied {
			clusters = append(clusters, int32(i))
		}
	}
	slices.SortStableFunc(clusters, func(i, j int32) int {
		x, y := &t.zones[i], &t.zones[j]
		return cmp.Or(cmp.Compare(min(x.f, x.s), min(y.f, y.s)), cmp.Compare(direction(x), direction(y)))
	})
	var order []int32
	for _, c := range clusters {
		m := members[c]
		slices.SortStableFunc(m[1:], func(i, j int32) int { return cmp.Compare(calls[i].begin, calls[j].begin) })
		order = append(order, m...)
	}
	return order
}

func direction(z *zone) int {
	if z.forward() {
		return 1
	}
	return 0
}

// witness returns the calls that attain the bounds of two clusters in
// conflict, with the writes of both: at most six, not linearizable alone.
func witness(zones ...*zone) []int32 {
	var calls []int32
	for _, z := range zones {
		calls = append(calls, z.ended, z.begun, z.write)
	}
	slices.Sort(calls)
	calls = slices.Compact(calls)
	if len(calls) > 0 && calls[0] < 0 {
		calls = calls[1:]
	}
	return calls
}
