package shrink

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"dynamosim/scenarios"
)

// polish makes a small plan pleasant to read: operations in the order of time, short names, seed 1. It tells whether anything changed.
func (s *search) polish() (any bool) {
	for _, c := range []change{
		{"puts instead of preloaded keys", writeFirst},
		{"operations in their order", sortOperations},
		{"short names of operations", renameOperations},
		{"short names of clients", renameClients},
		{"short names of faults", renameFaults},
		{"seed 1", firstSeed},
	} {
		any = s.once(func() []change { return []change{c} }) || any
	}
	return any
}

// fewKeys is how many keys are worth a put each, to do without a workload that issues nothing.
const fewKeys = 3

// writeFirst puts the keys that a workload had preloaded, before anything else happens, and does without the workload.
func writeFirst(t *tree) bool {
	var keys []string
	for _, o := range t.list("operations") {
		for _, kind := range operationKinds {
			if key := value(o, string(kind)); key != "" && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	for _, w := range t.list("workloads") {
		if value(w, "enabled") != "false" {
			return false
		}
	}
	if len(keys) == 0 || len(keys) > fewKeys || len(t.list("workloads")) == 0 {
		return false
	}
	m := momentsOf(t)
	m.each(func(i int, gap scenarios.Duration) scenarios.Duration {
		if i == 0 {
			return gap + scenarios.Second
		}
		return gap
	})
	m.apply(t)
	t.setList("workloads", nil)
	var first []*yaml.Node
	for i, key := range keys {
		o := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		put(o, "id", text("old"+strings.Repeat("-"+strconv.Itoa(i+1), min(1, len(keys)-1))))
		put(o, "at", scalar(scenarios.Second.String()))
		put(o, "client", text("zoe")) // one who has seen nothing; perhaps it can be one of the others
		put(o, "put", text(key))
		first = append(first, o)
	}
	t.setList("operations", append(first, t.list("operations")...))
	return true
}

func sortOperations(t *tree) bool {
	items := t.list("operations")
	at := func(n *yaml.Node) scenarios.Duration { d, _ := duration(n, "at"); return d }
	byTime := func(a, b *yaml.Node) int { return int(max(-1, min(1, at(a)-at(b)))) }
	if slices.IsSortedFunc(items, byTime) {
		return false
	}
	slices.SortStableFunc(items, byTime)
	return true
}

// letters begin the names of operations by their kind.
var letters = map[scenarios.OpKind]string{scenarios.OpGet: "r", scenarios.OpPut: "w", scenarios.OpDelete: "d", scenarios.OpRMW: "m", scenarios.OpCartAdd: "add", scenarios.OpCartRemove: "remove"}

// badlyNamed tells whether an operation has the name of a generated one, or a short one of another kind.
func badlyNamed(o *yaml.Node) bool {
	id := value(o, "id")
	letter := strings.TrimRight(id, "0123456789")
	for _, kind := range operationKinds {
		if letters[kind] == letter && letter != id && lookup(o, string(kind)) == nil {
			return true
		}
	}
	return strings.Contains(id, ".")
}

// renameOperations gives operations that were generated names such as w1 and r2.
func renameOperations(t *tree) bool {
	items := t.list("operations")
	if !slices.ContainsFunc(items, badlyNamed) {
		return false
	}
	renamed := map[string]string{}
	counts := map[string]int{}
	for _, o := range items {
		for _, kind := range operationKinds {
			if lookup(o, string(kind)) != nil {
				letter := letters[kind]
				counts[letter]++
				renamed[value(o, "id")] = letter + strconv.Itoa(counts[letter])
			}
		}
	}
	for _, o := range items {
		id := lookup(o, "id")
		id.Value = renamed[id.Value]
		if c := lookup(o, "context"); c != nil {
			for _, ref := range append(slices.Clone(c.Content), c) {
				if name := renamed[ref.Value]; name != "" && ref.Kind == yaml.ScalarNode {
					ref.Value = name
				}
			}
		}
	}
	return true
}

// renameFaults names faults that the nemesis drew by their kinds.
func renameFaults(t *tree) (any bool) {
	for _, f := range t.list("faults") {
		if strings.HasPrefix(value(f, "name"), "random-") {
			any = remove(f, "name") || any
		}
	}
	return any
}

// people are names for clients.
var people = []string{"ann", "bob", "cora", "dan", "eva", "fred", "gina", "hugo"}

// renameClients gives clients of workloads that are gone names of people.
func renameClients(t *tree) bool {
	renamed := map[string]string{}
	var order []string
	for _, o := range t.list("operations") {
		if name := value(o, "client"); renamed[name] == "" {
			order = append(order, name)
			renamed[name] = name
		}
	}
	any := false
	for i, name := range order {
		if strings.ContainsAny(name, "0123456789") && i < len(people) {
			renamed[name], any = people[i], true
		}
	}
	for _, o := range t.list("operations") {
		put(o, "client", text(renamed[value(o, "client")]))
	}
	return any && len(t.list("workloads")) == 0
}

// firstSeed makes the seed 1.
func firstSeed(t *tree) bool {
	if seed := value(t.root, "seed"); seed == "" || seed == "1" {
		return false
	}
	setSeed(t, "1")
	return true
}
