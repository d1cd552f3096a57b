package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"dynamosim/scenarios"
)

// Sweep is many runs: scenarios × cells × seeds. A cell is one of the scenario's cases with one value of each axis.
type Sweep struct {
	Sources []string // scenarios, as for Open
	Seeds   []uint64 // none: what each scenario says under sweep
	Axes    []Axis   // none: as the scenario says
	Cases   []string // names; "all" is the scenario as it is and each of its cases; none: as the scenario says
	Set     []string // overrides of every run, path=value
	Shard   Shard
}

// sweepClaim is a claim over the seeds of each cell of a scenario.
type sweepClaim struct {
	Source string `json:"scenario"`
	Text   string `json:"claim"`
}

// Axis is a setting and the values that it takes.
type Axis struct {
	Path   string
	Values []string
}

// Shard is a part of a sweep: of every Of runs the one at place I, from 1. The zero Shard is all of it.
type Shard struct{ I, Of int }

// String is i/k.
func (s Shard) String() string {
	if s.Of <= 1 {
		return "1/1"
	}
	return fmt.Sprintf("%d/%d", s.I, s.Of)
}

// has tells whether a run belongs to the shard.
func (s Shard) has(index int) bool { return s.Of <= 1 || index%s.Of == s.I-1 }

// ParseShard reads i/k, with 1 ≤ i ≤ k.
func ParseShard(text string) (Shard, error) {
	i, k, found := strings.Cut(text, "/")
	a, errA := strconv.Atoi(i)
	b, errB := strconv.Atoi(k)
	if !found || errA != nil || errB != nil || a < 1 || b < a {
		return Shard{}, fmt.Errorf("%q is no shard: shards are 1/16 to 16/16, or auto", Clean(text))
	}
	return Shard{a, b}, nil
}

// ParseAxis reads path=value,value,...; a comma inside brackets or braces is part of a value.
func ParseAxis(text string) (Axis, error) {
	path, list, found := strings.Cut(text, "=")
	if !found || path == "" || list == "" {
		return Axis{}, fmt.Errorf("%q is no axis\n  an axis is a path and its values, such as --axis cluster.r=1,2,3", Clean(text))
	}
	a := Axis{Path: path}
	depth, from := 0, 0
	for i, r := range list + "," {
		switch {
		case strings.ContainsRune("[{", r):
			depth++
		case strings.ContainsRune("]}", r):
			depth--
		case r == ',' && depth == 0:
			a.Values = append(a.Values, strings.TrimSpace((list + ",")[from:i]))
			from = i + 1
		}
	}
	return a, nil
}

// Cell is one setting of a scenario.
type Cell struct {
	Case string   `json:"case,omitempty"`
	Set  []string `json:"set,omitempty"` // of the axes
}

// String names the cell, "" for the scenario as it is.
func (c Cell) String() string {
	parts := c.Set
	if c.Case != "" {
		parts = append([]string{c.Case}, parts...)
	}
	return strings.Join(parts, " ")
}

// unit is one run of a sweep.
type unit struct {
	index  int // in the whole sweep
	source string
	cell   Cell
	seed   uint64
}

// LeftOut is a cell that cannot be, such as R=3 with N=2, or that the scenario does not want.
type LeftOut struct {
	Source string `json:"scenario"`
	Cell   Cell   `json:"cell"`
	Why    string `json:"why"`
}

// layout is what a sweep comes to: its runs in their order, the cells that are left out, and the claims over seeds.
type layout struct {
	units  []unit
	left   []LeftOut
	claims []sweepClaim

	fromCorpus int                        // how many of units, which come first
	first      map[string]map[uint64]bool // seeds of these, by what they run
}

// layOut lists the runs of the whole sweep.
func (s *Sweep) layOut(corpus []CorpusEntry) (*layout, error) {
	l := &layout{first: map[string]map[uint64]bool{}}
	l.units, l.left = s.corpusUnits(corpus)
	l.fromCorpus = len(l.units)
	for i := range l.units {
		u := &l.units[i]
		if l.first[u.key()] == nil {
			l.first[u.key()] = map[uint64]bool{}
		}
		l.first[u.key()][u.seed] = true
	}
	for _, source := range s.Sources {
		if err := s.layOutSource(l, source); err != nil {
			return nil, err
		}
	}
	if len(l.units) == 0 {
		return nil, &BadInput{"error: there is nothing to run: no value of the axes gives a scenario that can be"}
	}
	return l, nil
}

func (s *Sweep) layOutSource(l *layout, source string) error {
	plan, _, err := Open(source, OpenOptions{Set: s.Set})
	if err != nil {
		return err
	}
	seeds := s.Seeds
	if len(seeds) == 0 {
		if seeds, err = ParseSeeds(plan.Sweep.Seeds, decimalSeed); err != nil {
			return &BadInput{fmt.Sprintf("%s: error: sweep.seeds: %v", source, err)}
		}
	}
	for _, c := range plan.Sweep.Expect {
		l.claims = append(l.claims, sweepClaim{source, c.String()})
	}
	where, err := scenarios.ParseWhere(plan.Sweep.Where)
	if err != nil {
		return &BadInput{fmt.Sprintf("%s: error: sweep.where: %v", source, err)}
	}
	for _, c := range s.cells(plan) {
		cell, err := s.open(source, c, seeds[0])
		switch {
		case err != nil && len(c.Set) == 0:
			return err
		case err != nil:
			l.left = append(l.left, LeftOut{source, c, firstLine(err.Error())})
			continue
		case !where.Holds(cell):
			l.left = append(l.left, LeftOut{source, c, "not " + plan.Sweep.Where})
			continue
		}
		u := unit{0, source, c, 0}
		first := l.first[u.key()]
		for _, seed := range seeds {
			if !first[seed] {
				l.units = append(l.units, unit{len(l.units), source, c, seed})
			}
		}
	}
	return nil
}

// decimalSeed reads a seed as a scenario writes it.
func decimalSeed(text string) (uint64, error) {
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no seed", Clean(text))
	}
	return seed, nil
}

// cells are the settings of a scenario, cases first.
func (s *Sweep) cells(plan *scenarios.Scenario) []Cell {
	names, axes := s.Cases, s.Axes
	if len(names) == 0 {
		names = plan.Sweep.Cases
	}
	if len(axes) == 0 {
		for _, a := range plan.Sweep.Axes {
			axis := Axis{Path: a.Path}
			for _, v := range a.Values {
				axis.Values = append(axis.Values, string(v))
			}
			axes = append(axes, axis)
		}
	}
	cells := []Cell{{}}
	if len(names) > 0 {
		cells = nil
	}
	for _, name := range names {
		if name == "all" {
			cells = append(cells, Cell{})
			for _, c := range plan.Cases {
				cells = append(cells, Cell{Case: c.Name})
			}
			continue
		}
		cells = append(cells, Cell{Case: name})
	}
	for _, a := range axes {
		var wider []Cell
		for _, c := range cells {
			for _, v := range a.Values {
				wider = append(wider, Cell{c.Case, append(append([]string{}, c.Set...), a.Path+"="+v)})
			}
		}
		cells = wider
	}
	return cells
}

func (s *Sweep) open(source string, c Cell, seed uint64) (*scenarios.Scenario, error) {
	plan, _, err := Open(source, OpenOptions{Seed: &seed, Case: c.Case, Set: append(append([]string{}, s.Set...), c.Set...)})
	return plan, err
}

// identity is what must be the same for two folders to hold parts of one sweep: everything that decides what is run, but for the shard.
func (s *Sweep) identity(all []unit, known []scenarios.KnownFailure, corpus []CorpusEntry) (string, error) {
	h := sha256.New()
	for _, source := range s.Sources {
		plan, _, err := Open(source, OpenOptions{Set: s.Set})
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %s %q\n", source, plan.Origin.SHA256, s.Set)
	}
	for _, u := range all {
		fmt.Fprintf(h, "%d %q %q %d\n", u.index, u.source, u.cell, u.seed)
	}
	fmt.Fprintf(h, "%q %q %s\n", known, corpus, Program())
	return hex.EncodeToString(h.Sum(nil)), nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
