package scenarios

import "slices"

// Faults may overlap, and most overlaps have a meaning (see [Fault]). What is
// refused here are scripted faults that cannot begin, since another scripted
// one has made that impossible by then: as far as the text tells, that is for
// faults with a time and with nodes by name.

// downtime is a time in which a fault keeps a node from running.
type downtime struct {
	fault       *Fault
	node        string
	from, until Duration
}

// checkConflicts reports scripted faults that contradict others.
func (d *decoder) checkConflicts(s *Scenario) {
	downs := downtimes(s)
	for i := range s.Faults {
		f := &s.Faults[i]
		if !scripted(f) {
			continue
		}
		path := join(d.faultPath("faults", f.Name, i), f.Kind.Kind())
		switch k := f.Kind.(type) {
		case *Restart:
			d.checkRestart(s, f, k, path, downs)
		case *Join:
			d.checkVia(f, k.Via, path, downs)
			for _, node := range k.Nodes {
				if is, since := memberAt(s, node, f); is {
					d.failAt(join(path, "nodes"), "a node joins that is no member by then, such as "+freshName(s), "%s is a member already, %s", quote(node), since)
				}
			}
		case *Leave:
			d.checkVia(f, k.Via, path, downs)
			for _, node := range members(&s.Cluster, k.Nodes) {
				if is, since := memberAt(s, node, f); !is {
					d.failAt(join(path, "nodes"), "let it join before it leaves", "%s is no member by then, %s", quote(node), since)
				}
			}
		case *Replace:
			d.checkVia(f, k.Via, path, downs)
			if is, since := memberAt(s, k.Node, f); !is {
				d.failAt(join(path, "node"), "one that is a member is replaced", "%s is no member by then, %s", quote(k.Node), since)
			}
			if is, since := memberAt(s, k.By, f); is {
				d.failAt(join(path, "by"), "a node takes its place that is no member by then, such as "+freshName(s), "%s is a member already, %s", quote(k.By), since)
			}
		}
	}
}

// scripted tells whether a person has written when a fault begins.
func scripted(f *Fault) bool { return f.Enabled && !f.Drawn && f.At >= 0 && f.Kind != nil }

// downtimes lists when scripted faults keep named nodes down without a break.
func downtimes(s *Scenario) (list []downtime) {
	for i := range s.Faults {
		f := &s.Faults[i]
		if !scripted(f) {
			continue
		}
		switch f.Kind.(type) {
		case *Crash, *PowerLoss, *Stop, *Wipe, *Rollback:
		default:
			continue
		}
		until := s.Duration
		switch {
		case f.For > 0:
			until = f.At + f.For
		case f.Until >= 0:
			until = f.Until
		}
		for _, node := range members(&s.Cluster, *f.Kind.Down()) {
			list = append(list, downtime{f, node, f.At, until})
		}
	}
	return list
}

// downAtTime finds what keeps a node down at a moment, nil for nothing.
func downAtTime(downs []downtime, node string, at Duration) *downtime {
	for i := range downs {
		if w := &downs[i]; w.node == node && w.from < at && at < w.until {
			return w
		}
	}
	return nil
}

// checkRestart reports a restart of nodes none of which is up.
func (d *decoder) checkRestart(s *Scenario, f *Fault, k *Restart, path string, downs []downtime) {
	var last *downtime
	nodes := members(&s.Cluster, k.Nodes)
	for _, node := range nodes {
		if last = downAtTime(downs, node, f.At); last == nil {
			return
		}
	}
	if last != nil {
		d.failAt(join(path, "nodes"), "such as at: "+(last.until+Second).String()+", or name a node that is up", "%s is down at %v: %s lasts from %v to %v",
			quote(last.node), f.At, quote(last.fault.Name), last.from, last.until)
	}
}

// checkVia reports a command for a node that is down.
func (d *decoder) checkVia(f *Fault, via, path string, downs []downtime) {
	if w := downAtTime(downs, via, f.At); w != nil {
		d.failAt(join(path, "via"), "tell a node that is up, or none by name", "%s is down at %v: %s lasts from %v to %v", quote(via), f.At, quote(w.fault.Name), w.from, w.until)
	}
}

// memberAt tells whether a node is a member when a fault begins, as far as the
// faults say that have a time, and since when. Where one without a time is
// about the node, nothing is wrong whatever is said: is is what suits f.
func memberAt(s *Scenario, node string, f *Fault) (is bool, since string) {
	is, since = slices.Contains(s.Cluster.Nodes, node), "from the beginning"
	if !is {
		since = "and never was"
	}
	last := Duration(-1)
	for i := range s.Faults {
		o := &s.Faults[i]
		if o == f || !o.Enabled || o.Kind == nil {
			continue
		}
		in, out := memberships(s, o)
		joins, leaves := slices.Contains(in, node), slices.Contains(out, node)
		switch {
		case !joins && !leaves:
		case o.At < 0 || o.Drawn || o.At == f.At:
			joining, _ := memberships(s, f)
			return !slices.Contains(joining, node), ""
		case o.At < f.At && o.At > last:
			last, is, since = o.At, joins, "since "+quote(o.Name)+" at "+o.At.String()
		}
	}
	return is, since
}

// memberships lists the nodes that a fault brings in and takes out.
func memberships(s *Scenario, f *Fault) (in, out []string) {
	switch k := f.Kind.(type) {
	case *Join:
		return k.Nodes, nil
	case *Leave:
		return nil, members(&s.Cluster, k.Nodes)
	case *Replace:
		return []string{k.By}, []string{k.Node}
	}
	return nil, nil
}

// freshName is a name that no node has.
func freshName(s *Scenario) string {
	return numbered("n", len(s.Cluster.AllNodes())+1)[len(s.Cluster.AllNodes())]
}
