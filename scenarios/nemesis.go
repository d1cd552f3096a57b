package scenarios

import (
	"strconv"

	"gopkg.in/yaml.v3"

	"dynamosim/sim/rng"
)

// Nemesis draws faults. What it draws is part of the plan: faults at fixed
// times with fixed targets.
type Nemesis struct {
	From    Duration       `yaml:"from" absent:"-1" derived:"warmup" doc:"no fault begins before"`
	Until   Duration       `yaml:"until" absent:"-1" derived:"duration" doc:"every fault has ended by then"`
	MaxDown int            `yaml:"max_down" default:"1" range:"0..10000" doc:"nodes down or paused at once, at most; what would exceed it is lowered to fewer nodes or refused, and counted"`
	Swarm   *Swarm         `yaml:"swarm" doc:"switches kinds of faults, and mechanisms, off at random, each seed others"`
	Faults  []NemesisFault `yaml:"faults" need:"" doc:"kinds of faults, each with its own rhythm"`
}

// NemesisFault is one entry of a nemesis: a fault that occurs again and again.
// As decoded it holds one example; every occurrence draws its own values.
type NemesisFault struct {
	Name    string `yaml:"name" format:"name" fixed:"" derived:"random-, the kind and its number, such as random-crash-1" doc:"its occurrences are NAME-1, NAME-2, and so on; draws are keyed by it"`
	Enabled bool   `yaml:"enabled" default:"true" fixed:"" doc:"false: it stays away, and no other entry's draws move"`
	Every   Span   `yaml:"every" need:"" range:"1ns.." doc:"time from one beginning to the next: a duration, a range drawn per occurrence, or a distribution"`
	For     Span   `yaml:"for" range:"1ns.." doc:"how long an occurrence lasts; kinds that are over at once have none"`

	// Kind is what it does.
	Kind FaultKind `yaml:"-"`

	node *yaml.Node // the text, from which occurrences are drawn
	path string
	d    *decoder
}

// Span is a duration that is drawn once per occurrence, also from a
// distribution.
type Span struct{ Duration }

// purposeSpan keys the samples of spans that are distributions.
const purposeSpan = 3

func (x *Span) decodeYAML(d *decoder, n *yaml.Node, path string) {
	if n.Kind != yaml.MappingNode {
		d.scalar(n, path, &x.Duration, d.field)
		return
	}
	var dist Dist
	d.decode(n, path, &dist)
	u := rng.Draw2(d.seed, purposeSpan, rng.Hash(path), uint64(d.nested), d.occurrence)
	x.Duration = Duration(min(dist.Sample(u), int64(Year)))
}

func (x Span) encodeYAML() *yaml.Node { return plainNode(x.Duration.String()) }

func (x *NemesisFault) decodeYAML(d *decoder, n *yaml.Node, path string) {
	x.node, x.path, x.d = n, path, d
	before := len(d.drawn)
	x.Kind = d.withKind(n, path, structOf(x))
	d.drawn = d.drawn[:before] // an example; occurrences draw for themselves
}

func (x NemesisFault) encodeYAML() *yaml.Node { return clean(x.node) }

// nemesisPrefix begins the names of entries without one.
const nemesisPrefix = "random-"

// nemesisNames returns the names by which the entries of a nemesis are
// addressed.
func nemesisNames(list *yaml.Node) []string { return kindNames(list, nemesisPrefix) }

// nameEntries fills in the names of entries that have none.
func nameEntries(entries []NemesisFault) {
	count := map[string]int{}
	for i := range entries {
		e := &entries[i]
		if e.Kind == nil {
			continue
		}
		count[e.Kind.Kind()]++
		if e.Name == "" {
			e.Name = nemesisPrefix + e.Kind.Kind() + "-" + strconv.Itoa(count[e.Kind.Kind()])
		}
	}
}

// bounds returns the times between which faults may be.
func (n *Nemesis) bounds(s *Scenario) (from, until Duration) {
	from, until = s.Warmup, s.Duration
	if n.From >= 0 {
		from = n.From
	}
	if n.Until >= 0 {
		until = min(n.Until, s.Duration)
	}
	return from, until
}

// checkNemesis reports what is wrong with a nemesis.
func (d *decoder) checkNemesis(s *Scenario, n *Nemesis) {
	nameEntries(n.Faults)
	if from, until := n.bounds(s); from >= until {
		d.failAt("nemesis", "until is duration, unless given", "the nemesis has no time: from %v until %v", from, until)
	}
	if n.Swarm != nil && n.Swarm.Share.Chance == rng.Never {
		d.warnAt(Warning, "nemesis.swarm.share", "such as 70%", "a swarm with a share of 0 switches everything off")
	}
	if len(n.Faults) == 0 {
		d.failAt("nemesis.faults", "such as {every: 20s, for: 5s, crash: {nodes: one}}", "a nemesis needs faults")
	}
	names := map[string]bool{}
	for i := range n.Faults {
		names[n.Faults[i].Name] = true
		d.checkEntry(s, n, &n.Faults[i])
	}
	for i := range s.Faults {
		d.checkClash(names, s.Faults[i].Name, i)
	}
}

// maxEntryName leaves room for the number of an occurrence in its name.
const maxEntryName = 56

// checkEntry reports what is wrong with one entry.
func (d *decoder) checkEntry(s *Scenario, n *Nemesis, e *NemesisFault) {
	switch {
	case len(e.Name) > maxEntryName:
		d.failAt(join(e.path, "name"), "at most 56 characters", "the name is too long: the number of an occurrence follows it")
	case e.Kind.Instant() && e.For.Duration != 0:
		d.failAt(join(e.path, "for"), "leave it out", "%s is over at once", e.Kind.Kind())
	case !e.Kind.Instant() && !d.given(join(e.path, "for")):
		d.failAt(e.path, "such as for: 5s", "%s: an occurrence needs \"for\"", e.path)
	case e.Kind.Down() != nil && n.MaxDown == 0 && e.Enabled:
		d.warnAt(Warning, e.path, "raise nemesis.max_down", "max_down is 0, so that %s never happens", e.Kind.Kind())
	}
	d.checkKind(s, join(e.path, e.Kind.Kind()), e.Kind)
}

// checkClash reports a scripted fault that is called like an occurrence.
func (d *decoder) checkClash(entries map[string]bool, name string, i int) {
	for end := len(name) - 1; end > 0; end-- {
		if name[end] == '-' {
			if entries[name[:end]] && isCount(name[end+1:]) {
				d.failAt(d.faultPath("faults", name, i), "give it another name", "%s is the name of an occurrence of the nemesis", quote(name))
			}
			return
		}
	}
}
