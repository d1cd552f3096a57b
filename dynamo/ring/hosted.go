package ring

import "slices"

// hosted is the inverse of preference lists, for one number of homes.
type hosted struct {
	homes  int
	ranges [][]int32 // by node; nil: not worked out
}

// Hosted returns the ranges of which a node is one of the first n in the preference list, clockwise: those that it stores (§4.3). The slice is
// shared and must not be changed. All nodes' are worked out when the first is asked for, with another n anew.
func (r *Ring) Hosted(node int32, n int) []int32 {
	if _, ok := slices.BinarySearch(r.nodes, node); !ok {
		return nil
	}
	if r.hosted.homes != n || r.hosted.ranges == nil {
		r.hosted = hosted{n, make([][]int32, r.numbers())}
		for i := range r.upto {
			for _, home := range r.homes(i, n) {
				r.hosted.ranges[home] = append(r.hosted.ranges[home], int32(i))
			}
		}
	}
	return r.hosted.ranges[node]
}

// homes are the first n of a preference list, all of it if there are fewer.
func (r *Ring) homes(i, n int) []int32 {
	list := r.Prefer(i, n)
	return list[:min(n, len(list))]
}

// adjusted is the inverse of the lists of a ring that differs from r in those of some ranges, which are sorted.
func (h *hosted) adjusted(r, other *Ring, differ []int32) hosted {
	now := hosted{h.homes, make([][]int32, other.numbers())}
	copy(now.ranges, h.ranges)
	for _, i := range differ {
		before, after := r.homes(int(i), h.homes), other.homes(int(i), h.homes)
		for _, node := range before {
			if !slices.Contains(after, node) && int(node) < len(now.ranges) {
				now.ranges[node] = without(now.ranges[node], i)
			}
		}
		for _, node := range after {
			if !slices.Contains(before, node) {
				now.ranges[node] = with(now.ranges[node], i)
			}
		}
	}
	return now
}

// without copies a sorted list without one of its members.
func without(list []int32, x int32) []int32 {
	at, _ := slices.BinarySearch(list, x)
	return slices.Concat(list[:at], list[at+1:])
}

// with copies a sorted list with one more.
func with(list []int32, x int32) []int32 {
	at, _ := slices.BinarySearch(list, x)
	return slices.Concat(list[:at], []int32{x}, list[at:])
}
