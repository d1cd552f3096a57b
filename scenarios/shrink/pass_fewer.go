package shrink

import (
	"fmt"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"dynamosim/scenarios"
)

// fewer takes items of a list away: half of them at once, then quarters, down to single ones (the chunks of Zeller and Hildebrandt's delta
// debugging, 2002).
func (s *search) fewer(key, what string, take func(t *tree, from, to int)) (any bool) {
	n := len(s.tree.list(key))
	if s.once(func() []change {
		return []change{{"no " + what + "s", func(t *tree) bool { return n > 0 && cut(t, 0, n, take) }}}
	}) {
		return true
	}
	for size := (n + 1) / 2; size >= 1 && !s.stopped(); size /= 2 {
		list := func() []change {
			n := len(s.tree.list(key))
			var changes []change
			for from := 0; from < n; from += size {
				to := min(from+size, n)
				changes = append(changes, change{fmt.Sprintf("%d of %d %ss", n-(to-from), n, what), func(t *tree) bool { return cut(t, from, to, take) }})
			}
			return changes
		}
		any = s.pass(list) || any
	}
	return any
}

func cut(t *tree, from, to int, take func(t *tree, from, to int)) bool {
	take(t, from, to)
	return true
}

// faults takes faults away.
func (s *search) faults() bool {
	return s.fewer("faults", "fault", func(t *tree, from, to int) {
		t.setList("faults", slices.Delete(t.list("faults"), from, to))
	})
}

// operations takes scripted operations away.
func (s *search) operations() bool { return s.fewer("operations", "operation", takeOperations) }

func takeOperations(t *tree, from, to int) {
	items := t.list("operations")
	gone := map[string]bool{}
	for _, o := range items[from:to] {
		gone[value(o, "id")] = true
	}
	items = slices.Delete(items, from, to)
	for _, o := range items {
		forgetContext(o, gone)
	}
	t.setList("operations", items)
}

// forgetContext takes versions that are not written any more out of what an operation supersedes.
func forgetContext(o *yaml.Node, gone map[string]bool) {
	c := lookup(o, "context")
	switch {
	case c == nil:
	case c.Kind == yaml.ScalarNode && gone[c.Value]:
		put(o, "context", text("none"))
	case c.Kind == yaml.SequenceNode:
		c.Content = slices.DeleteFunc(c.Content, func(id *yaml.Node) bool { return gone[id.Value] })
		if len(c.Content) == 0 {
			put(o, "context", text("none"))
		}
	}
}

// workloads takes workloads away, and makes those that stay smaller.
func (s *search) workloads() bool {
	any := s.fewer("workloads", "workload", func(t *tree, from, to int) {
		t.setList("workloads", slices.Delete(t.list("workloads"), from, to))
	})
	return s.pass(func() []change {
		var changes []change
		for i, w := range s.trial.Plan.Workloads {
			last := lastClient(s.trial.Plan, &w)
			if w.Enabled {
				last = 1
			}
			for _, n := range smaller(w.Clients, last) {
				changes = append(changes, setItem("workloads", i, "clients", n))
			}
			for _, n := range smaller(w.Keys.Count, 1) {
				changes = append(changes, setKeys(i, "count", strconv.Itoa(n)))
			}
			if w.Keys.Preload {
				changes = append(changes, setKeys(i, "preload", "false"))
			}
			if w.Enabled && w.Count == scenarios.None {
				changes = append(changes, setItem("workloads", i, "count", 1000))
			}
			if w.Enabled && w.Count > 1 {
				for _, n := range smaller(w.Count, 1) {
					changes = append(changes, setItem("workloads", i, "count", n))
				}
			}
		}
		return changes
	}) || any
}

// lastClient is the number of the last client of a workload that scripted operations name, at least 1.
func lastClient(p *scenarios.Scenario, w *scenarios.Workload) int {
	last := 1
	for i := range p.Operations {
		for k := last + 1; k <= w.Clients; k++ {
			if p.Operations[i].Client == w.Name+"/"+strconv.Itoa(k) {
				last = k
			}
		}
	}
	return last
}

// smaller are numbers to try in the place of one: the least, the half, one less.
func smaller(n, least int) []int {
	if n <= least {
		return nil
	}
	list := []int{least}
	for _, x := range []int{n / 2, n - 1} {
		if x > list[len(list)-1] {
			list = append(list, x)
		}
	}
	return list
}

func setItem(list string, i int, key string, n int) change {
	return change{fmt.Sprintf("%s[%d].%s %d", list, i, key, n), func(t *tree) bool {
		put(t.list(list)[i], key, scalar(strconv.Itoa(n)))
		return true
	}}
}

func setKeys(i int, key, value string) change {
	return change{fmt.Sprintf("workloads[%d].keys.%s %s", i, key, value), func(t *tree) bool {
		keys := &tree{t.list("workloads")[i]}
		keys.set(value, "keys", key)
		return true
	}}
}

// clients gives the operations of one client to another.
func (s *search) clients() bool {
	return s.merge("client", func(o *scenarios.Operation) string { return o.Client }, func(o *yaml.Node, from, to string) {
		if value(o, "client") == from {
			put(o, "client", text(to))
		}
	})
}

// operationKeys are the keys of a scripted operation that name what it is about.
var operationKinds = []scenarios.OpKind{scenarios.OpGet, scenarios.OpPut, scenarios.OpDelete, scenarios.OpRMW, scenarios.OpCartAdd, scenarios.OpCartRemove}

// keys lets the operations on one key go to another.
func (s *search) keys() bool {
	return s.merge("key", func(o *scenarios.Operation) string { _, key := o.Kind(); return key }, func(o *yaml.Node, from, to string) {
		for _, kind := range operationKinds {
			if value(o, string(kind)) == from {
				put(o, string(kind), text(to))
			}
		}
	})
}

// most is how many names are few enough to try all pairs of them.
const most = 12

// merge makes one of two names.
func (s *search) merge(what string, of func(*scenarios.Operation) string, rename func(o *yaml.Node, from, to string)) bool {
	return s.pass(func() []change {
		var list []string
		for i := range s.trial.Plan.Operations {
			if name := of(&s.trial.Plan.Operations[i]); !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
		if len(list) > most {
			return nil
		}
		var changes []change
		for _, from := range list {
			for _, to := range list {
				if from == to {
					continue
				}
				changes = append(changes, change{"one " + what + " less", func(t *tree) bool {
					for _, o := range t.list("operations") {
						rename(o, from, to)
					}
					return true
				}})
			}
		}
		return changes
	})
}

// nodes takes nodes away.
func (s *search) nodes() bool {
	return s.pass(func() []change {
		cluster := &s.trial.Plan.Cluster
		var changes []change
		for _, dc := range cluster.Datacenters {
			changes = append(changes, change{"a smaller datacenter " + dc.Name, func(t *tree) bool {
				forgetNode(t, dc.Name+"-"+strconv.Itoa(dc.Nodes))
				if dc.Nodes == 1 {
					forget(t.root, dc.Name)
					return t.drop("cluster", "datacenters", dc.Name)
				}
				t.set(strconv.Itoa(dc.Nodes-1), "cluster", "datacenters", dc.Name)
				return true
			}})
		}
		if len(cluster.Datacenters) > 0 {
			return changes
		}
		for i := len(cluster.Nodes) - 1; i >= 0; i-- {
			name := cluster.Nodes[i]
			changes = append(changes, change{"without node " + name, func(t *tree) bool {
				left := slices.DeleteFunc(slices.Clone([]string(cluster.Nodes)), func(n string) bool { return n == name })
				forgetNode(t, name)
				t.set("0", "cluster", "nodes")
				put(t.at("cluster"), "nodes", names(left))
				return len(left) > 0
			}})
		}
		return changes
	})
}

// forgetNode takes a node out of everything that names it.
func forgetNode(t *tree, name string) {
	for _, key := range []string{"faults", "operations", "workloads", "network", "cluster"} {
		if n := t.at(key); n != nil {
			forget(n, name)
		}
	}
}
