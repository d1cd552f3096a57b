package ring

// Load is what part of the key space a node is responsible for.
type Load struct {
	Node    int32
	Primary float64 // as first of the preference list; adds up to 1 over all nodes
	Homes   float64 // as one of the first n; adds up to n
}

// Loads returns the load of every node, in increasing order of nodes, if the first
// n of each preference list are homes.
func (r *Ring) Loads(n int) []Load {
	loads := make([]Load, len(r.nodes))
	at := make(map[int32]int, len(r.nodes))
	for i, node := range r.nodes {
		loads[i].Node = node
		at[node] = i
	}
	n = min(n, len(r.nodes))
	for i := range r.Ranges() {
		share := r.Range(i).Share()
		for k, node := range r.Prefer(i, n)[:n] {
			if k == 0 {
				loads[at[node]].Primary += share
			}
			loads[at[node]].Homes += share
		}
	}
	return loads
}
