package scenarios

import (
	"sort"

	"dynamosim/sim/rng"
)

// faultCheck is the place of one fault, for those who report what is wrong
// with it.
type faultCheck struct {
	*decoder
	s    *Scenario
	path string // of the kind
}

// fail reports an error at a field of the kind, "" for the kind itself.
func (c *faultCheck) fail(field, hint, format string, args ...any) {
	c.failAt(c.at(field), hint, format, args...)
}

// warn reports a warning at a field of the kind.
func (c *faultCheck) warn(field, format string, args ...any) {
	c.warnAt(Warning, c.at(field), "", format, args...)
}

func (c *faultCheck) at(field string) string {
	if field == "" {
		return c.path
	}
	return join(c.path, field)
}

// share warns of a share that changes nothing.
func (c *faultCheck) share(field string, s Share) {
	if s.Chance == rng.Never {
		c.warn(field, "a share of 0 changes nothing")
	}
}

// checkKind reports what is wrong with the selectors of a kind, and then with
// the kind itself.
func (d *decoder) checkKind(s *Scenario, path string, kind FaultKind) {
	before := d.errors()
	kind.eachSelector(func(below string, sel *Selector, clients bool) {
		if sel.Given() {
			d.checkSelector(s, join(path, below), *sel, clients)
		}
	})
	if d.errors() == before {
		kind.check(&faultCheck{d, s, path})
	}
}

// faultPath returns the path of the i-th fault of a list.
func (d *decoder) faultPath(list, name string, i int) string {
	if path := join(list, name); d.given(path) {
		return path
	}
	return at(list, i)
}

// checkFaults reports what is wrong with faults and nemesis. It gives faults
// without a name theirs.
func (d *decoder) checkFaults(s *Scenario) {
	nameFaults(s.Faults)
	for i := range s.Faults {
		f := &s.Faults[i]
		path := d.faultPath("faults", f.Name, i)
		d.checkTrigger(s, f, path)
		d.checkEnd(s, f, path)
		d.checkKind(s, join(path, f.Kind.Kind()), f.Kind)
		d.checkCopy(f, path)
	}
	if d.errors() == 0 {
		d.checkConflicts(s)
	}
	if s.Nemesis != nil {
		d.checkNemesis(s, s.Nemesis)
	}
}

// checkCopy reports an old copy that is not old.
func (d *decoder) checkCopy(f *Fault, path string) {
	if k, ok := f.Kind.(*Rollback); ok && f.At >= 0 && k.To >= f.At {
		d.failAt(join(path, "rollback.to"), "a time before "+f.At.String(), "fault %s would restore a copy of %v at %v", quote(f.Name), k.To, f.At)
	}
}

// checkTrigger reports a fault that does not begin in exactly one way.
func (d *decoder) checkTrigger(s *Scenario, f *Fault, path string) {
	var given []string
	if f.At >= 0 {
		given = append(given, "at")
	}
	if f.After != nil {
		given = append(given, "after")
		d.checkAfter(s, f.After, join(path, "after"))
	}
	if f.When != nil {
		given = append(given, "when")
		d.checkSelector(s, join(path, "when.node"), f.When.Node, false)
	}
	switch {
	case len(given) == 0:
		d.failAt(path, "at: 10s; or after an operation, or when a node is at a point", "fault %s never begins", quote(f.Name))
	case len(given) > 1:
		d.failAt(join(path, given[1]), "one of at, after and when", "fault %s begins in two ways, %s and %s", quote(f.Name), given[0], given[1])
	case f.At >= s.Duration && f.Enabled:
		d.warnAt(Warning, join(path, "at"), "the scenario's duration is "+s.Duration.String(), "fault %s never begins: all faults heal before", quote(f.Name))
	}
}

// checkAfter reports a fault that waits for an operation that is not there.
func (d *decoder) checkAfter(s *Scenario, a *After, path string) {
	var ids []string
	for i := range s.Operations {
		if s.Operations[i].ID == a.Op {
			return
		}
		ids = append(ids, s.Operations[i].ID)
	}
	sort.Strings(ids)
	d.failAt(path, suggest(a.Op, ids), "no operation %s", quote(a.Op))
}

// checkEnd reports an end that cannot be.
func (d *decoder) checkEnd(s *Scenario, f *Fault, path string) {
	switch {
	case f.Kind.Instant() && f.For != 0:
		d.failAt(join(path, "for"), "leave it out", "%s is over at once", f.Kind.Kind())
	case f.Kind.Instant() && f.Until >= 0:
		d.failAt(join(path, "until"), "leave it out", "%s is over at once", f.Kind.Kind())
	case f.For != 0 && f.Until >= 0:
		d.failAt(join(path, "until"), "one of for and until", "fault %s ends in two ways", quote(f.Name))
	case f.Until >= 0 && f.At >= 0 && f.Until <= f.At:
		d.failAt(join(path, "until"), "until is a time of the run, for is a span", "fault %s would end at %v, before it begins", quote(f.Name), f.Until)
	case f.For == Forever && s.Liveness == LivenessAll:
		d.failAt(join(path, "for"), "liveness: core, or none", "a fault that lasts forever leaves nodes that are never back")
	}
}
