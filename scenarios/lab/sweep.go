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
	Seeds   []uint64
	Axes    []Axis
	Cases   []string // names; "all" is the scenario as it is and each of its cases; none: the scenario as it is
	Set     []string // overrides of every run, path=value
	Shard   Shard
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
		return Axis{}, fmt.Errorf("%q is no axis: an axis is a path and its values, such as cluster.r=1,2,3", Clean(text))
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
	Case string
	Set  []string // of the axes
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

// LeftOut is a cell that cannot be, such as R=3 with N=2.
type LeftOut struct {
	Source string
	Cell   Cell
	Why    string
}

// units lists the runs of the whole sweep in their order, and the cells that cannot be.
func (s *Sweep) units() (all []unit, left []LeftOut, err error) {
	for _, source := range s.Sources {
		cells, err := s.cells(source)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range cells {
			if _, err := s.open(source, c, s.Seeds[0]); err != nil {
				if len(c.Set) == 0 {
					return nil, nil, err
				}
				left = append(left, LeftOut{source, c, firstLine(err.Error())})
				continue
			}
			for _, seed := range s.Seeds {
				all = append(all, unit{len(all), source, c, seed})
			}
		}
	}
	if len(all) == 0 {
		return nil, left, &BadInput{"error: there is nothing to run: no value of the axes gives a scenario that can be"}
	}
	return all, left, nil
}

// cells are the settings of a scenario, cases first.
func (s *Sweep) cells(source string) ([]Cell, error) {
	plan, _, err := Open(source, OpenOptions{Set: s.Set})
	if err != nil {
		return nil, err
	}
	cells := []Cell{{}}
	if len(s.Cases) > 0 {
		cells = nil
	}
	for _, name := range s.Cases {
		if name == "all" {
			cells = append(cells, Cell{})
			for _, c := range plan.Cases {
				cells = append(cells, Cell{Case: c.Name})
			}
			continue
		}
		cells = append(cells, Cell{Case: name})
	}
	for _, a := range s.Axes {
		var wider []Cell
		for _, c := range cells {
			for _, v := range a.Values {
				wider = append(wider, Cell{c.Case, append(append([]string{}, c.Set...), a.Path+"="+v)})
			}
		}
		cells = wider
	}
	return cells, nil
}

func (s *Sweep) open(source string, c Cell, seed uint64) (*scenarios.Scenario, error) {
	plan, _, err := Open(source, OpenOptions{Seed: &seed, Case: c.Case, Set: append(append([]string{}, s.Set...), c.Set...)})
	return plan, err
}

// identity is what must be the same for two folders to hold parts of one sweep: everything that decides what is run, but for the shard.
func (s *Sweep) identity(all []unit) (string, error) {
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
	fmt.Fprintf(h, "%s\n", Program())
	return hex.EncodeToString(h.Sum(nil)), nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
