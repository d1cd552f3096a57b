package ring

import "slices"

// hosted is the inverse of preference lists, for one number of homes.
type hosted struct {
	homes  int
	ranges [][]int32 // by seat
}

// Hosted returns the ranges of which a node is one of the first n in the preference list, clockwise: those that it stores (§4.3). The slice is
// shared and must not be changed. All nodes' are worked out when the first is asked for, with another n anew.
func (r *Ring) Hosted(node int32, n int) []int32 {
	seat, ok := slices.BinarySearch(r.nodes, node)
	if !ok {
		return nil
	}
	if r.hosted.homes != n || r.hosted.ranges == nil {
		r.hosted = hosted{n, make([][]int32, len(r.nodes))}
		for i := range r.upto {
			r.host(int32(i), r.Prefer(i, n), n)
		}
	}
	return r.hosted.ranges[seat]
}

// host notes who stores a range.
func (r *Ring) host(i int32, list []int32, n int) {
	for _, home := range list[:min(n, len(list))] {
		seat, _ := slices.BinarySearch(r.nodes, home)
		r.hosted.ranges[seat] = append(r.hosted.ranges[seat], i)
	}
}
