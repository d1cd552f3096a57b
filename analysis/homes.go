package analysis

import (
	"cmp"
	"slices"

	"dynamosim/analysis/history"
)

// holding is what one node holds of one key at the end.
type holding struct {
	node     int32
	role     history.Role
	home     bool           // the key belongs on the node
	versions []history.OpID // without collected tombstones, rising
}

// holdings returns by key what the nodes hold, homes without a state line
// included, in the order of nodes. It is worked out once.
func (s *Subject) holdings() [][]holding {
	if s.held != nil {
		return s.held
	}
	h := s.History
	all := make([][]holding, h.Keys())
	counts, versions := make([]int32, h.Keys()), 0
	for i := range h.States() {
		state, list := h.State(i)
		counts[state.Key]++
		versions += len(list)
	}
	slab, ids := make([]holding, h.States()), make([]history.OpID, 0, versions)
	for key, n := range counts {
		all[key], slab = slab[:0:n], slab[n:]
	}
	for i := range h.States() {
		state, list := h.State(i)
		from := len(ids)
		for _, v := range list {
			if !s.collected(v) {
				ids = append(ids, v)
			}
		}
		g := holding{node: state.Node, role: state.Role, home: state.Role == history.Home, versions: ids[from:len(ids):len(ids)]}
		slices.Sort(g.versions)
		all[state.Key] = append(all[state.Key], g)
	}
	byNode := func(a, b holding) int { return cmp.Or(cmp.Compare(a.node, b.node), cmp.Compare(a.role, b.role)) }
	for key := range all {
		all[key] = s.withHomes(int32(key), all[key])
		if !slices.IsSortedFunc(all[key], byNode) {
			slices.SortStableFunc(all[key], byNode)
		}
	}
	s.held = all
	return all
}

// withHomes marks and adds the homes that the run expects.
func (s *Subject) withHomes(key int32, list []holding) []holding {
	if s.Facts.Homes == nil {
		return list
	}
	homes := s.Facts.Homes(key)
	for i := range list {
		list[i].home = list[i].role != history.Hint && slices.Contains(homes, list[i].node)
	}
	for _, n := range homes {
		if !slices.ContainsFunc(list, func(g holding) bool { return g.home && g.node == n }) {
			list = append(list, holding{node: n, role: history.Home, home: true})
		}
	}
	return list
}

// newestOf returns those of a key's versions that no other of them covers, by
// the rule of the model.
func (s *Subject) newestOf(key int32, versions []history.OpID) []history.OpID {
	if len(versions) < 2 {
		return versions
	}
	var newest []history.OpID
	a := s.ancestryOf(key)
	for _, v := range versions {
		covered := slices.ContainsFunc(versions, func(o history.OpID) bool { return o != v && s.supersedes(a, o, v) })
		if !covered {
			newest = append(newest, v)
		}
	}
	return newest
}

// supersedes reports whether version o leaves no place for v.
func (s *Subject) supersedes(a *ancestry, o, v history.OpID) bool {
	p, ok := s.local(o, a.key)
	q, ok2 := s.local(v, a.key)
	switch {
	case !ok || !ok2:
		return false
	case s.Model == history.LastWriteWins:
		return s.stamped(o) && s.stamped(v) && laterStamp(s.History, o, v)
	case s.Model == history.Register:
		return ended(s.History.Op(v)) < s.History.Op(o).InvokeIndex
	}
	return a.above(p, q)
}

// names lists nodes by name.
func (s *Subject) names(nodes []int32) []string {
	list := make([]string, len(nodes))
	for i, n := range nodes {
		list[i] = s.History.NodeName(n)
	}
	return list
}
