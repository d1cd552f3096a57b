package scenarios

import (
	"sort"
	"strconv"

	"dynamosim/sim/rng"
)

// purposePick keys the draws of random picks.
const purposePick = 2

// picker draws what selectors leave to chance. A pick ranks the candidates by
// one draw each, keyed by the path of the selector, the candidate's name and
// the occurrence, and takes the first of them: a candidate that goes away
// moves no other's rank.
type picker struct {
	seed       uint64 // class seed of the plan
	occurrence uint64 // of a nemesis fault; else 0
	cluster    *Cluster
}

// rank sorts names by their draws.
func (p picker) rank(path string, names []string) []string {
	return p.rankFor(purposePick, rng.Hash(path), names)
}

// fewPicks is up to how many are found without sorting all, which takes seconds where ten thousand nodes crash by the hundred.
const fewPicks = 4

// first are the first n of rank.
func (p picker) first(path string, names []string, n int) []string {
	if n < 1 || n > fewPicks || len(names) < n {
		return p.rank(path, names)[:n]
	}
	key := rng.Hash(path)
	var least [fewPicks]struct {
		name string
		draw uint64
	}
	found := 0
	for _, name := range names {
		draw := rng.Draw2(p.seed, purposePick, key, rng.Hash(name), p.occurrence)
		if found == n && draw >= least[n-1].draw {
			continue
		}
		found = min(found+1, n)
		i := found - 1
		for ; i > 0 && least[i-1].draw > draw; i-- {
			least[i] = least[i-1]
		}
		least[i].name, least[i].draw = name, draw
	}
	out := make([]string, n)
	for i := range out {
		out[i] = least[i].name
	}
	return out
}

func (p picker) rankFor(purpose, key uint64, names []string) []string {
	type ranked struct {
		name string
		draw uint64
	}
	list := make([]ranked, len(names))
	for i, n := range names {
		list[i] = ranked{n, rng.Draw2(p.seed, purpose, key, rng.Hash(n), p.occurrence)}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].draw < list[j].draw })
	out := make([]string, len(names))
	for i, r := range list {
		out[i] = r.name
	}
	return out
}

// draw replaces what is random by names. What the cluster cannot give (two
// nodes of one) stays as it is; the checks report it.
func (p picker) draw(s Selector, path string) Selector {
	switch s.Form {
	case SelectUnion:
		return p.drawUnion(s, path)
	case SelectAnyOf:
		i := p.option(s.Of, path)
		return p.draw(s.Of[i], path+".any_of["+strconv.Itoa(i)+"]")
	case SelectAnyDatacenter:
		if names := datacenterNames(p.cluster); len(names) > 0 {
			return Select(p.first(path, names, 1)...)
		}
	case SelectOne, SelectTwo, SelectMinority, SelectMajority:
		names := p.candidates(s)
		if n := pickSize(s.Form, len(names)); n > 0 && n <= len(names) {
			return Select(p.inOrder(p.first(path, names, n))...)
		}
	}
	return s
}

// drawUnion draws the parts of a list, and takes lists within it apart.
func (p picker) drawUnion(s Selector, path string) Selector {
	if !s.Random() {
		return s
	}
	out := Selector{Form: SelectUnion}
	for i, part := range s.Of {
		part = p.draw(part, path+"["+strconv.Itoa(i)+"]")
		if part.Form == SelectUnion {
			out.Of = append(out.Of, part.Of...)
		} else {
			out.Of = append(out.Of, part)
		}
	}
	return out
}

// option draws one of several selectors. Equal ones are told apart by how many
// came before, so that naming one twice makes it twice as likely.
func (p picker) option(options []Selector, path string) int {
	seen := map[string]int{}
	best, least := 0, uint64(0)
	for i, o := range options {
		text := o.String()
		name := rng.Mix(rng.Hash(text), uint64(seen[text]))
		seen[text]++
		if u := rng.Draw2(p.seed, purposePick, rng.Hash(path), name, p.occurrence); i == 0 || u < least {
			best, least = i, u
		}
	}
	return best
}

// candidates returns the nodes that a pick chooses among.
func (p picker) candidates(s Selector) []string {
	if s.Name != "" {
		return p.cluster.NodesOf(s.Name)
	}
	return p.cluster.Nodes
}

// inOrder sorts nodes into the order of the cluster.
func (p picker) inOrder(names []string) []string {
	chosen := make(map[string]bool, len(names))
	for _, n := range names {
		chosen[n] = true
	}
	out := make([]string, 0, len(names))
	for _, n := range p.cluster.Nodes {
		if chosen[n] {
			out = append(out, n)
		}
	}
	return out
}

// pickSize returns how many of n nodes a pick takes.
func pickSize(form SelectorForm, n int) int {
	switch form {
	case SelectOne:
		return 1
	case SelectTwo:
		return 2
	case SelectMinority:
		return (n - 1) / 2
	}
	return n/2 + 1
}

func datacenterNames(c *Cluster) []string {
	var names []string
	for _, dc := range c.Datacenters {
		names = append(names, dc.Name)
	}
	return names
}
