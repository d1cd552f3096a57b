package shrink

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"dynamosim/scenarios"
)

// script writes out what generated load did as scripted operations, and gives those that begin after something a time of their own. The
// boldest choice of operations comes first: those in which the failure shows, then those on the same keys, then all.
func (s *search) script() bool {
	if !s.generates() && !s.follows() {
		return false
	}
	record, err := s.Record(s.text)
	if err != nil {
		return false
	}
	end, keys := scenarios.Duration(0), map[string]bool{}
	for _, c := range record.Calls {
		if c.Witness {
			end, keys[c.Key] = max(end, c.At), true
		}
	}
	var choices []func(c *Call) bool
	if s.generates() && end > 0 {
		choices = append(choices,
			func(c *Call) bool { return c.Witness },
			func(c *Call) bool { return keys[c.Key] && c.At <= end },
			func(c *Call) bool { return keys[c.Key] },
			func(c *Call) bool { return c.At <= end })
	}
	choices = append(choices, func(*Call) bool { return true })
	plan := s.trial.Plan
	return s.once(func() []change {
		var list []change
		for _, keep := range choices {
			list = append(list, change{"operations instead of workloads", func(t *tree) bool { return rewrite(t, plan, record, keep) }})
		}
		return list
	})
}

// once takes the first change of a list that is possible, and no other.
func (s *search) once(list func() []change) bool {
	changes := list()
	i, trial := s.first(changes, 0)
	if i < 0 {
		return false
	}
	s.take(trial)
	s.taken++
	s.tell(changes[i].what)
	return true
}

// generates tells whether any load is generated.
func (s *search) generates() bool {
	return slices.ContainsFunc(s.trial.Plan.Workloads, func(w scenarios.Workload) bool { return w.Enabled })
}

// follows tells whether anything begins after an operation.
func (s *search) follows() bool {
	return slices.ContainsFunc(s.trial.Plan.Operations, func(o scenarios.Operation) bool { return o.After != nil }) ||
		slices.ContainsFunc(s.trial.Plan.Faults, func(f scenarios.Fault) bool { return f.After != nil || f.Until >= 0 })
}

// rewrite puts the operations of a run in the place of what made them.
func rewrite(t *tree, plan *scenarios.Scenario, record *Record, keep func(*Call) bool) bool {
	old := t.list("operations")
	var items []*yaml.Node
	for i := range record.Calls {
		c := &record.Calls[i]
		switch {
		case !keep(c):
		case c.Script >= 0 && c.Script < len(old):
			item := old[c.Script]
			if remove(item, "after") {
				put(item, "at", scalar(c.At.String()))
			}
			items = append(items, item)
		case c.Workload >= 0 && c.Kind != "":
			items = append(items, operation(c, &plan.Workloads[c.Workload], &plan.Cluster))
		}
	}
	t.setList("operations", items)
	for _, w := range t.list("workloads") {
		put(w, "enabled", scalar("false"))
	}
	for _, f := range t.list("faults") {
		if began, ok := record.Faults[value(f, "name")]; ok && remove(f, "after") {
			put(f, "at", scalar(began.String()))
		}
		fixEnd(f)
	}
	return len(items) > 0
}

// fixEnd says how long a fault lasts in the place of until when.
func fixEnd(f *yaml.Node) {
	at, begins := duration(f, "at")
	until, ends := duration(f, "until")
	if begins && ends && until > at {
		remove(f, "until")
		put(f, "for", scalar((until - at).String()))
	}
}

// operation scripts a call of a generated workload.
func operation(c *Call, w *scenarios.Workload, cluster *scenarios.Cluster) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	put(n, "id", text(strings.ReplaceAll(c.Client, "/", "-")+"."+strconv.FormatInt(c.Number, 10)))
	put(n, "at", scalar(c.At.String()))
	put(n, "client", text(c.Client))
	kind := c.Kind
	if c.Fresh && kind == scenarios.OpPut {
		kind = scenarios.OpRMW // what it is: a get, and a put with its context
	}
	put(n, string(kind), text(c.Key))
	if c.Item != "" {
		put(n, "value", text(c.Item))
	}
	if c.Blind {
		put(n, "context", text("none"))
	}
	for _, q := range []struct {
		key        string
		own, usual int
	}{{"n", w.N, cluster.N}, {"r", w.R, cluster.R}, {"w", w.W, cluster.W}} {
		if q.own != q.usual {
			put(n, q.key, scalar(strconv.Itoa(q.own)))
		}
	}
	if w.Timeout != cluster.Timeouts.Client {
		put(n, "timeout", scalar(w.Timeout.String()))
	}
	put(n, "number", scalar(strconv.FormatInt(c.Number, 10)))
	return n
}
