package shrink

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"dynamosim/scenarios"
)

// duration ends the run earlier, leaves it less time to settle, and does without the final reads.
func (s *search) duration() bool {
	return s.pass(func() []change {
		p := s.trial.Plan
		var changes []change
		add := func(what, value string, path ...string) {
			changes = append(changes, change{what, func(t *tree) bool { t.set(value, path...); return true }})
		}
		if p.Warmup > 0 {
			changes = append(changes, change{"no warm-up", func(t *tree) bool { return t.drop("warmup") }})
		}
		if p.FinalReads {
			add("no final reads", "false", "final_reads")
		}
		for _, q := range quiets {
			if p.Quiesce == scenarios.Auto || p.Quiesce > q {
				add("less time to settle", q.String(), "quiesce")
			}
		}
		last := s.lastMoment()
		ends := []scenarios.Duration{last + scenarios.Second, last + 10*scenarios.Second}
		if s.generates() {
			ends = append(ends, p.Duration/2, p.Duration*3/4)
		}
		for _, d := range ends {
			if d < p.Duration && d > 0 {
				add("a shorter run", d.String(), "duration")
			}
		}
		return changes
	})
}

// quiets are times to settle, the simplest first.
var quiets = []scenarios.Duration{0, scenarios.Second, 5 * scenarios.Second, 20 * scenarios.Second, 60 * scenarios.Second}

// lastMoment is when the last scripted operation or fault begins; the whole run where load is generated.
func (s *search) lastMoment() (last scenarios.Duration) {
	if s.generates() {
		return s.trial.Plan.Duration / 4
	}
	for i := range s.trial.Plan.Operations {
		last = max(last, s.trial.Plan.Operations[i].At)
	}
	for i := range s.trial.Plan.Faults {
		last = max(last, s.trial.Plan.Faults[i].At)
	}
	return last
}

// switches are the mechanisms of the cluster that can be switched off, as paths.
func switches() (list [][]string) {
	for _, row := range scenarios.SchemaDocs() {
		if row.Type == "map, true or false" && strings.HasPrefix(row.Path, "cluster.") && !strings.ContainsAny(row.Path, "[") && !slices.Contains(meanings, row.Path) {
			list = append(list, strings.Split(row.Path, "."))
		}
	}
	return list
}

// meanings are switches that change what is promised, and are left alone.
var meanings = []string{"cluster.versioning.tombstones"}

// isOn tells whether a mechanism acts in a plan.
func isOn(all *tree, path []string) bool {
	n := all.at(path...)
	return n != nil && (n.Kind == yaml.MappingNode && value(n, "enabled") == "true" || n.Kind == yaml.ScalarNode && n.Value == "true")
}

// mechanisms switches mechanisms off: all at once, or one by one.
func (s *search) mechanisms() bool {
	return s.pass(func() []change {
		all := parseTree(s.trial.Plan.YAMLAll())
		var on [][]string
		for _, path := range switches() {
			if isOn(all, path) {
				on = append(on, path)
			}
		}
		if len(on) == 0 {
			return nil
		}
		changes := []change{{"all mechanisms off", func(t *tree) bool {
			for _, path := range on {
				t.set("false", path...)
			}
			return true
		}}}
		for _, path := range on {
			changes = append(changes, switchOff(path))
		}
		return changes
	})
}

func switchOff(path []string) change {
	return change{pathText(path[1:]) + " off", func(t *tree) bool { t.set("false", path...); return true }}
}

// classes are the kinds of links.
var classes = []string{"same-dc", "cross-dc", "client"}

// kept are settings that other passes choose, or that say what the plan is: they are not put back to their defaults.
func kept(path []string) bool {
	whole := pathText(path)
	switch path[0] {
	case "version", "name", "plan", "seed", "about", "checks", "expect", "invariants", "duration", "quiesce", "final_reads", "operations", "limits":
		return true
	}
	if path[0] == "network" && len(path) > 1 && (len(path) == 2 && slices.Contains(classes, path[1]) || path[len(path)-1] == "latency") {
		return true
	}
	return whole == "cluster" || whole == "network" || whole == "cluster.nodes" || whole == "workloads" || whole == "faults" || whole == "cluster.datacenters"
}

// settings are changes that take a setting away: what is not said has its default.
func (s *search) settings() (changes []change) {
	off := map[string]bool{}
	for _, path := range switches() {
		off[pathText(path)] = true
	}
	var walk func(n *yaml.Node, path []string)
	walk = func(n *yaml.Node, path []string) {
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			at := append(slices.Clone(path), n.Content[i].Value)
			child := n.Content[i+1]
			if off[pathText(at)] && child.Value == "false" {
				continue
			}
			if !kept(at) {
				changes = append(changes, change{"without " + pathText(at), func(t *tree) bool { return t.drop(at...) }})
			}
			if child.Kind == yaml.MappingNode && !off[pathText(at)] && at[0] != "plan" && at[0] != "checks" && lookup(child, "dist") == nil {
				walk(child, at)
			}
		}
	}
	walk(s.tree.root, nil)
	return changes
}

// defaults takes settings away, anywhere.
func (s *search) defaults() bool {
	return s.pass(func() []change {
		changes := s.settings()
		for _, list := range []string{"workloads", "operations"} {
			for i, item := range s.tree.list(list) {
				for k := 0; k+1 < len(item.Content); k += 2 {
					key := item.Content[k].Value
					if raises(s.trial.Plan, item, key) || slices.Contains([]string{"id", "name", "at", "client", "number", "via", "enabled", "clients", "count"}, key) {
						continue
					}
					changes = append(changes, change{list + ": without " + key, func(t *tree) bool { return remove(t.list(list)[i], key) }})
				}
			}
		}
		if links := s.tree.at("network", "links"); links != nil {
			for i := range links.Content {
				changes = append(changes, change{"fewer links", func(t *tree) bool {
					n := t.at("network", "links")
					n.Content = slices.Delete(n.Content, i, i+1)
					return true
				}})
			}
		}
		return changes
	})
}

// raises tells whether a request asks for more than the cluster does: without that it would be promised less.
func raises(p *scenarios.Scenario, item *yaml.Node, key string) bool {
	usual := map[string]int{"n": p.Cluster.N, "r": p.Cluster.R, "w": p.Cluster.W}
	n, err := strconv.Atoi(value(item, key))
	return err == nil && usual[key] > 0 && n > usual[key]
}

// latencies makes constants of distributions.
func (s *search) latencies() bool {
	any := s.pass(func() []change {
		var changes []change
		for _, class := range classes {
			now := s.tree.at("network", class, "latency")
			if now == nil && (class != "same-dc" || s.tree.at("network", "preset") != nil) || now != nil && now.Kind == yaml.ScalarNode {
				continue
			}
			for _, l := range []string{"1ms", "50ms"} {
				changes = append(changes, change{class + " latency " + l, func(t *tree) bool { t.set(l, "network", class, "latency"); return true }})
			}
		}
		return changes
	})
	return s.pass(func() []change { return s.constants() }) || any
}

// constants are changes that put a constant in the place of a distribution, wherever one is.
func (s *search) constants() (changes []change) {
	var walk func(n *yaml.Node, path []string)
	walk = func(n *yaml.Node, path []string) {
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			at := append(slices.Clone(path), n.Content[i].Value)
			child := n.Content[i+1]
			if lookup(child, "dist") == nil {
				walk(child, at)
				continue
			}
			for _, d := range []string{"1ms", "10ms", "100ms"} {
				changes = append(changes, change{pathText(at) + " " + d, func(t *tree) bool { t.set(d, at...); return true }})
			}
		}
	}
	for _, key := range []string{"cluster", "network"} {
		if n := s.tree.at(key); n != nil {
			walk(n, []string{key})
		}
	}
	return changes
}

// simplerOperations makes puts and gets of operations that are both.
func (s *search) simplerOperations() bool {
	return s.pass(func() []change {
		var changes []change
		for i, o := range s.tree.list("operations") {
			for _, kind := range []scenarios.OpKind{scenarios.OpRMW, scenarios.OpDelete} {
				key := value(o, string(kind))
				if key == "" {
					continue
				}
				for _, simpler := range []scenarios.OpKind{scenarios.OpGet, scenarios.OpPut} {
					changes = append(changes, change{"a " + string(simpler) + " instead of a " + string(kind), func(t *tree) bool {
						o := t.list("operations")[i]
						remove(o, string(kind))
						put(o, string(simpler), text(key))
						if simpler == scenarios.OpGet {
							remove(o, "value")
							remove(o, "context")
						}
						return true
					}})
				}
			}
		}
		return changes
	})
}

// ownDraws lets operations draw for themselves in the place of those that a workload generated, if need be by naming the node to contact.
func (s *search) ownDraws() bool {
	return s.pass(func() []change {
		changes := []change{{"draws of their own", func(t *tree) (any bool) {
			for _, o := range t.list("operations") {
				any = remove(o, "number") || any
			}
			return any
		}}}
		for i, o := range s.tree.list("operations") {
			if lookup(o, "number") == nil {
				continue
			}
			changes = append(changes, change{"draws of its own", func(t *tree) bool { return remove(t.list("operations")[i], "number") }})
			if lookup(o, "via") != nil {
				continue
			}
			for _, node := range s.trial.Plan.Cluster.Nodes {
				changes = append(changes, change{"by way of " + node, func(t *tree) bool {
					o := t.list("operations")[i]
					put(o, "via", text(node))
					return remove(o, "number")
				}})
			}
		}
		return changes
	})
}

// faultFields makes the faults that stay simpler: what they say beside their kind, fewer nodes, whole shares.
func (s *search) faultFields() bool {
	return s.pass(func() []change {
		var changes []change
		for i, f := range s.tree.list("faults") {
			at, begins := duration(f, "at")
			if lasts, ends := duration(f, "for"); begins && ends && at+lasts >= s.trial.Plan.Duration {
				changes = append(changes, change{"a fault until the heal", func(t *tree) bool { return remove(t.list("faults")[i], "for") }})
			}
			var walk func(n *yaml.Node, path []int)
			walk = func(n *yaml.Node, path []int) {
				for k, child := range n.Content {
					at := append(slices.Clone(path), k)
					switch {
					case n.Kind == yaml.SequenceNode:
						changes = append(changes, change{"fewer nodes in a fault", func(t *tree) bool { return cutItem(t.list("faults")[i], at) }})
					case k%2 == 1:
						continue
					case slices.Contains([]string{"name", "at", "for", "when"}, child.Value):
						continue
					default:
						changes = append(changes, change{"a fault without " + child.Value, func(t *tree) bool { return cutKey(t.list("faults")[i], at) }})
						if v := n.Content[k+1]; child.Value == "share" && v.Value != "100%" {
							changes = append(changes, change{"a share of 100%", func(t *tree) bool { return setValue(t.list("faults")[i], at, "100%") }})
						}
					}
				}
				for k, child := range n.Content {
					if child.Kind != yaml.ScalarNode {
						walk(child, append(slices.Clone(path), k))
					}
				}
			}
			walk(f, nil)
		}
		return changes
	})
}

// node follows places from a node; the last one is left to the caller.
func follow(n *yaml.Node, path []int) *yaml.Node {
	for _, k := range path[:len(path)-1] {
		n = n.Content[k]
	}
	return n
}

func cutItem(n *yaml.Node, path []int) bool {
	n = follow(n, path)
	k := path[len(path)-1]
	n.Content = slices.Delete(n.Content, k, k+1)
	return len(n.Content) > 0
}

func cutKey(n *yaml.Node, path []int) bool {
	n = follow(n, path)
	k := path[len(path)-1]
	n.Content = slices.Delete(n.Content, k, k+2)
	return true
}

func setValue(n *yaml.Node, path []int, value string) bool {
	n = follow(n, path)
	n.Content[path[len(path)-1]+1] = scalar(value)
	return true
}
