package scenarios

import (
	"sort"
	"strconv"
)

// maxOccurrences bounds what a nemesis may draw.
const maxOccurrences = 5_000

// occurrence is one fault that an entry of the nemesis draws.
type occurrence struct {
	entry  int // index of the entry
	number int // from 1
	from   Duration
	until  Duration
	kind   FaultKind
}

// drawNemesis draws the faults of a nemesis: seed is the run's. It returns
// them in the order in which they begin, and notes on what the budget lowered
// or refused.
//
// Times, targets and parameters of an occurrence are draws keyed by (plan
// seed, name of the entry, number of the occurrence): other entries and the
// budget have no part in them. Then the budget is applied, in the order in
// which the occurrences begin. What is wrong with a draw is reported where the
// entry was written.
func drawNemesis(n *Nemesis, s *Scenario, seed uint64) ([]Fault, []string) {
	plan := ClassSeed(seed, "plan")
	var all []occurrence
	for i := range n.Faults {
		e := &n.Faults[i]
		if !e.Enabled {
			continue
		}
		list := e.occurrences(n, s, plan)
		if len(all)+len(list) > maxOccurrences {
			e.d.failAt(join(e.path, "every"), "longer times between them, or a shorter run", "the nemesis draws more than %d faults", maxOccurrences)
			return nil, nil
		}
		for _, o := range list {
			o.entry = i
			all = append(all, o)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].from < all[j].from })
	kept, notes := newBudget(n, s, plan).apply(n, all)
	faults := make([]Fault, len(kept))
	for i, o := range kept {
		faults[i] = o.fault(n)
	}
	return faults, notes
}

// fault returns the occurrence as a fault of the plan.
func (o occurrence) fault(n *Nemesis) Fault {
	f := Fault{Name: o.name(n), At: o.from, Until: Unset, Enabled: true, Drawn: true, Kind: o.kind}
	if !o.kind.Instant() {
		f.For = o.until - o.from
	}
	return f
}

// name returns the entry's name and the number of the occurrence.
func (o occurrence) name(n *Nemesis) string {
	return n.Faults[o.entry].Name + "-" + strconv.Itoa(o.number)
}

// occurrences draws all occurrences of an entry, but stops above
// maxOccurrences.
func (e *NemesisFault) occurrences(n *Nemesis, s *Scenario, plan uint64) (list []occurrence) {
	d := e.d
	seed, number, errors := d.seed, d.occurrence, d.errors()
	d.seed = plan
	d.quiet++
	defer func() { d.seed, d.occurrence, d.quiet = seed, number, d.quiet-1 }()
	at, until := n.bounds(s)
	for i := 1; i <= maxOccurrences+1; i++ {
		d.occurrence = uint64(i)
		drawn := e.draw(s)
		if at += max(drawn.Every.Duration, 1); at >= until || d.errors() > errors {
			return list
		}
		list = append(list, occurrence{number: i, from: at, until: min(at+max(drawn.For.Duration, 1), until), kind: drawn.Kind})
	}
	return list
}

// draw draws one occurrence: the decoder knows its number.
func (e *NemesisFault) draw(s *Scenario) *NemesisFault {
	drawn := new(NemesisFault)
	e.d.defaults(structOf(drawn))
	drawn.decodeYAML(e.d, e.node, join("nemesis.faults", e.Name))
	if drawn.Kind == nil {
		return drawn
	}
	e.d.checkKind(s, join(e.path, drawn.Kind.Kind()), drawn.Kind)
	e.d.drawKind(picker{e.d.seed, e.d.occurrence, &s.Cluster}, join("nemesis.faults."+e.Name, drawn.Kind.Kind()), drawn.Kind)
	return drawn
}
