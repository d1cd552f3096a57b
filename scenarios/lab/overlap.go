package lab

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dynamosim/scenarios"
)

// Overlaps counts the runs in which faults of two kinds were on at once and both took effect: what a sweep has tried of what can come together.
// The zero Overlaps has seen no run.
type Overlaps struct {
	runs  map[string]int // by kind: runs in which it took effect
	pairs map[string]int // by pair, as overlapsOf writes it
}

// effectiveOf lists the kinds of faults of a run that took effect.
func effectiveOf(r *Report) (kinds []string) {
	for _, f := range r.Result.Faults {
		if f.Effects > 0 && !slices.Contains(kinds, f.Kind) {
			kinds = append(kinds, f.Kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// overlapsOf lists the pairs of kinds of faults that took effect and were on at one moment, as "crash+loss".
func overlapsOf(r *Report) (pairs []string) {
	faults := r.Result.Faults
	for i := range faults {
		a := &faults[i]
		for j := range faults[:i] {
			b := &faults[j]
			if a.Kind == b.Kind || a.Effects == 0 || b.Effects == 0 || a.Start > b.End || b.Start > a.End {
				continue
			}
			if pair := pairOf(a.Kind, b.Kind); !slices.Contains(pairs, pair) {
				pairs = append(pairs, pair)
			}
		}
	}
	slices.Sort(pairs)
	return pairs
}

func pairOf(a, b string) string { return min(a, b) + "+" + max(a, b) }

// Add takes what a run has tried.
func (o *Overlaps) Add(r *Report) { o.add(effectiveOf(r), overlapsOf(r)) }

func (o *Overlaps) add(kinds, pairs []string) {
	if o.runs == nil {
		o.runs, o.pairs = map[string]int{}, map[string]int{}
	}
	for _, k := range kinds {
		o.runs[k]++
	}
	for _, p := range pairs {
		o.pairs[p]++
	}
}

// Missing lists the kinds, and the pairs of kinds, that never took effect though they can; those of two kinds that are over at once cannot.
func (o *Overlaps) Missing() (missing []string) {
	kinds := scenarios.FaultKinds()
	for i := range kinds {
		if o.runs[kinds[i].Name] == 0 {
			missing = append(missing, kinds[i].Name)
		}
	}
	for i := range kinds {
		for j := range kinds[:i] {
			if pair := pairOf(kinds[i].Name, kinds[j].Name); canOverlap(&kinds[i], &kinds[j]) && o.pairs[pair] == 0 {
				missing = append(missing, pair)
			}
		}
	}
	slices.Sort(missing)
	return missing
}

func canOverlap(a, b *scenarios.FaultDoc) bool { return !a.New().Instant() || !b.New().Instant() }

// Text is the matrix: in how many runs a kind took effect, and in how many each two at once.
func (o *Overlaps) Text() string {
	var b strings.Builder
	kinds := scenarios.FaultKinds()
	width := 0
	for i := range kinds {
		width = max(width, len(kinds[i].Name))
	}
	fmt.Fprintf(&b, "%*s  %5s", width+3, "", "runs")
	for j := range kinds[:len(kinds)-1] {
		fmt.Fprintf(&b, " %4d", j+1)
	}
	for i := range kinds {
		fmt.Fprintf(&b, "\n%2d %-*s  %5d", i+1, width, kinds[i].Name, o.runs[kinds[i].Name])
		for j := range kinds[:i] {
			cell := "·" // cannot be at once
			if canOverlap(&kinds[i], &kinds[j]) {
				cell = strconv.Itoa(o.pairs[pairOf(kinds[i].Name, kinds[j].Name)])
			}
			fmt.Fprintf(&b, " %4s", cell)
		}
	}
	return b.String() + "\n"
}
