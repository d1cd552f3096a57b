package scenarios

import (
	"slices"
	"strconv"
	"strings"
)

// script is what the operations of a scenario are, for the checks.
type script struct {
	*decoder
	s    *Scenario
	byID map[string]*Operation
	ids  []string
}

// checkOperations reports scripted operations that cannot be carried out.
func (d *decoder) checkOperations(s *Scenario) {
	x := script{d, s, map[string]*Operation{}, nil}
	for i := range s.Operations {
		o := &s.Operations[i]
		x.byID[o.ID] = o
		x.ids = append(x.ids, o.ID)
	}
	for i := range s.Operations {
		if d.full() {
			return
		}
		x.operation(&s.Operations[i])
	}
	x.circles()
}

func (x *script) operation(o *Operation) {
	path := join("operations", o.ID)
	if slices.Contains(reservedNames, o.ID) {
		x.failAt(path+".id", "another id", "%s has a meaning of its own", quote(o.ID))
	}
	if !x.oneKind(o, path) {
		return
	}
	x.moment(o, path)
	x.who(o, path)
	x.what(o, path)
	x.checkQuorum(path, o.N, o.R, o.W, &x.s.Cluster)
	if o.Want != nil {
		x.want(o, path+".want")
	}
}

// oneKind tells whether an operation is exactly one of the six.
func (x *script) oneKind(o *Operation, path string) bool {
	var kinds []string
	for _, k := range []struct{ key, value string }{{"get", o.Get}, {"put", o.Put}, {"delete", o.Delete}, {"rmw", o.RMW},
		{"cart-add", o.CartAdd}, {"cart-remove", o.CartRemove}} {
		if k.value != "" {
			kinds = append(kinds, k.key)
		}
	}
	switch len(kinds) {
	case 0:
		x.failAt(path, "such as put: cart", "operation %s does nothing", quote(o.ID))
	case 1:
		return true
	default:
		x.failAt(join(path, kinds[1]), "write another operation", "operation %s is a %s already", quote(o.ID), kinds[0])
	}
	return false
}

// moment reports an operation that does not begin in exactly one way.
func (x *script) moment(o *Operation, path string) {
	switch {
	case o.At >= 0 && o.After != nil:
		x.failAt(path+".after", "write either one", "operation %s begins in two ways, at and after", quote(o.ID))
	case o.At < 0 && o.After == nil:
		x.failAt(path, "at: 1s, or after: another operation", "operation %s never begins", quote(o.ID))
	case o.After != nil && x.byID[o.After.Op] == nil:
		x.failAt(path+".after", suggest(o.After.Op, x.ids), "no operation %s", quote(o.After.Op))
	case o.At >= x.s.Duration:
		x.warnAt(Warning, path+".at", "the duration is "+x.s.Duration.String(), "operation %s never begins", quote(o.ID))
	}
}

// who reports clients and nodes that cannot be meant.
func (x *script) who(o *Operation, path string) {
	if o.Via != "" && x.s.Cluster.NodeIndex(o.Via) < 0 {
		x.failAt(path+".via", suggest(o.Via, x.s.Cluster.Nodes), "no node %s", quote(o.Via))
	}
	name, number, numbered := strings.Cut(o.Client, "/")
	for i := range x.s.Workloads {
		w := &x.s.Workloads[i]
		k, _ := strconv.Atoi(number)
		switch {
		case w.Name != name:
		case !numbered || w.Enabled:
			x.failAt(path+".client", "another name, or enabled: false for the workload", "%s could be a client of workload %s", quote(o.Client), quote(w.Name))
		case k > w.Clients:
			x.failAt(path+".client", "from "+name+"/1 to "+name+"/"+strconv.Itoa(w.Clients), "workload %s has no client %s", quote(w.Name), quote(o.Client))
		}
	}
}

// what reports values and contexts that do not belong to the operation.
func (x *script) what(o *Operation, path string) {
	kind, key := o.Kind()
	if (kind == OpGet || kind == OpDelete) && o.Value != "" {
		x.failAt(path+".value", "leave it out", "a %s has no value", kind)
	}
	if kind == OpGet && x.given(path+".context") {
		x.failAt(path+".context", "leave it out", "a get has no context: it returns one")
	}
	x.versions(o.Context.IDs, key, o.ID, path+".context", true)
}

// versions reports ids that are no operations on the key; only puts make
// versions, but a get may be named for all that it returned.
func (x *script) versions(ids []string, key, self, path string, gets bool) {
	for i, id := range ids {
		where := path
		if x.given(at(path, i)) {
			where = at(path, i)
		}
		other := x.byID[id]
		if other == nil {
			x.failAt(where, suggest(id, x.ids), "no operation %s", quote(id))
			continue
		}
		kind, otherKey := other.Kind()
		switch {
		case id == self:
			x.failAt(where, "an earlier operation", "operation %s cannot come before itself", quote(id))
		case otherKey != key:
			x.failAt(where, "an operation on "+quote(key), "operation %s is on another key, %s", quote(id), quote(otherKey))
		case kind == OpGet && !gets:
			x.failAt(where, "the id of a put", "%s is a get and makes no version", quote(id))
		}
	}
}

// want reports wants that the operation cannot meet.
func (x *script) want(o *Operation, path string) {
	kind, key := o.Kind()
	if o.Want.Returns != nil && kind != OpGet {
		x.failAt(path+".returns", "it is of a get", "a %s returns no versions", kind)
	}
	x.versions(o.Want.Returns, key, "", path+".returns", false)
	x.clock(o.Want.Clock, path+".clock")
	if c := o.Want.Coordinator; c != "" && x.s.Cluster.NodeIndex(c) < 0 {
		x.failAt(path+".coordinator", suggest(c, x.s.Cluster.Nodes), "no node %s", quote(c))
	}
}

// clock reports entries of nodes that are not there.
func (x *script) clock(entries []ClockEntry, path string) {
	for _, e := range entries {
		if x.s.Cluster.NodeIndex(e.Node) < 0 {
			x.failAt(join(path, e.Node), suggest(e.Node, x.s.Cluster.Nodes), "no node %s", quote(e.Node))
		}
	}
}

// circles reports operations that wait for each other.
func (x *script) circles() {
	const unknown, waiting, done = 0, 1, 2
	state := map[string]int{}
	for _, id := range x.ids {
		var way []string
		for id != "" && state[id] == unknown {
			state[id] = waiting
			way = append(way, id)
			if o := x.byID[id]; o != nil && o.After != nil {
				id = o.After.Op
			} else {
				id = ""
			}
		}
		if id != "" && state[id] == waiting {
			circle := way[slices.Index(way, id):]
			x.failAt(join("operations", id)+".after", strings.Join(circle, " after ")+" after "+id, "operation %s waits for itself", quote(id))
		}
		for _, w := range way {
			state[w] = done
		}
	}
}

// checkState reports state checks about what is not there.
func (d *decoder) checkState(s *Scenario) {
	x := script{d, s, map[string]*Operation{}, nil}
	for i := range s.Operations {
		x.byID[s.Operations[i].ID] = &s.Operations[i]
		x.ids = append(x.ids, s.Operations[i].ID)
	}
	for i := range s.State {
		x.state(&s.State[i], at("state", i))
	}
}

func (x *script) state(c *StateCheck, path string) {
	if c.Node != "" && x.s.Cluster.NodeIndex(c.Node) < 0 {
		x.failAt(path+".node", suggest(c.Node, x.s.Cluster.Nodes), "no node %s", quote(c.Node))
	}
	ofKey := c.Versions != nil || c.Clock != nil || c.Holders != nil
	switch {
	case ofKey && c.Key == "":
		x.failAt(path, "add key: ..", "versions, clock and holders are of a key")
	case !ofKey && c.Members == nil && c.Ranges == nil && c.Hints < 0:
		x.failAt(path, "versions, clock, holders, members, ranges or hints", "nothing is asked about this state")
	case c.Holders != nil && c.Node != "":
		x.failAt(path+".holders", "leave out node", "holders are looked for on all nodes")
	}
	if c.Key != "" {
		x.versions(c.Versions, c.Key, "", path+".versions", false)
	}
	x.ranges(c, path+".ranges")
	x.clock(c.Clock, path+".clock")
}
