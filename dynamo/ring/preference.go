package ring

// prefix is how many entries of a preference list are worked out at the least:
// the homes and as many again to stand in for them, for the usual N.
const prefix = 8

// Preference returns all nodes in the order in which they are to store range i,
// each once: the range's homes first. The slice is shared and must not be changed.
// It is worked out when first asked for; [Ring.Prefer] costs less.
func (r *Ring) Preference(i int) []int32 { return r.Prefer(i, len(r.nodes)) }

// Listed is as much of a range's preference list as was worked out so far, which
// is mostly all that [Ring.Prefer] is asked for.
func (r *Ring) Listed(i int) []int32 { return r.lists.of(i) }

// Prefer returns at least the first n entries of the preference list of range i
// (all of it, if there are fewer): Prefer(i, N)[:N] are the homes. The slice is
// shared and must not be changed.
func (r *Ring) Prefer(i, n int) []int32 {
	if list := r.lists.of(i); n <= len(list) {
		return list
	}
	return r.prolong(i, n)
}

// prolong works out more of a list than is known of it, if there is more.
func (r *Ring) prolong(i, n int) []int32 {
	list := r.lists.of(i)
	if len(list) == len(r.nodes) {
		return list
	}
	n = min(max(n, prefix, 2*len(list)), len(r.nodes))
	list = make([]int32, 0, n)
	if r.zones == nil {
		list = r.clockwise(list, int(r.first[i]), n)
	} else {
		list = r.spread(list, int(r.first[i]), n)
	}
	r.lists.set(i, list)
	return list
}

// walker is the scratch memory of a walk along the ring.
type walker struct {
	round  uint32
	listed []uint32 // by node: the round in which it was met
	left   []int32  // by zone: its nodes not yet listed
	used   []uint32 // by zone: the spreading round that took one of its nodes
	queue  []int32  // nodes met but not listed yet, in order
}

func (w *walker) prepare(nodes, zones int) {
	w.listed = make([]uint32, nodes)
	w.left = make([]int32, zones)
	w.used = make([]uint32, zones)
}

// begin makes all nodes unmet.
func (w *walker) begin() {
	if w.round++; w.round == 0 {
		clear(w.listed)
		w.round = 1
	}
}

// meet reports whether this is the first token of the node in this walk.
func (w *walker) meet(node int32) bool {
	if w.listed[node] == w.round {
		return false
	}
	w.listed[node] = w.round
	return true
}

// clockwise appends nodes in ring order until the list has n.
func (r *Ring) clockwise(list []int32, token, n int) []int32 {
	r.walk.begin()
	for len(list) < n {
		if node := r.owners[token]; r.walk.meet(node) {
			list = append(list, node)
		}
		if token++; token == len(r.owners) {
			token = 0
		}
	}
	return list
}

// spread appends nodes round by round until the list has n: a round takes one node
// of each zone that has any left.
func (r *Ring) spread(list []int32, token, n int) []int32 {
	w := &r.walk
	w.begin()
	w.queue = w.queue[:0]
	copy(w.left, r.counts)
	clear(w.used)
	for round := uint32(1); len(list) < n; round++ {
		for open := w.open(); open > 0 && len(list) < n; open-- {
			var node int32
			node, token = r.nextOf(token, round)
			zone := r.zones[node]
			w.used[zone] = round
			w.left[zone]--
			list = append(list, node)
		}
	}
	return list
}

// open returns how many zones have nodes left.
func (w *walker) open() int {
	n := 0
	for _, left := range w.left {
		if left > 0 {
			n++
		}
	}
	return n
}

// nextOf returns the next node, clockwise from where the list began, whose zone
// this round has not used, and the token up to which the ring has been walked.
func (r *Ring) nextOf(token int, round uint32) (node int32, next int) {
	w := &r.walk
	for i, node := range w.queue {
		if w.used[r.zones[node]] != round {
			w.queue = append(w.queue[:i], w.queue[i+1:]...)
			return node, token
		}
	}
	for {
		node := r.owners[token]
		if token++; token == len(r.owners) {
			token = 0
		}
		if !w.meet(node) {
			continue
		}
		if w.used[r.zones[node]] != round {
			return node, token
		}
		w.queue = append(w.queue, node)
	}
}
