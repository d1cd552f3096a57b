package lab

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
)

// Profiled is the workload whose profile the page about performance shows.
const Profiled = "healthy-100"

// Profile runs a workload of the benchmark, a few times where it is short, and writes a profile of where its processor time goes, as
// `go tool pprof` reads it.
func Profile(name string, quick bool, w io.Writer) error {
	s, err := newSuite(quick)
	if err != nil {
		return err
	}
	if _, err := s.choose([]string{name}); err != nil {
		return err
	}
	if _, err := s.find(name).measure(); err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(w); err != nil {
		return fmt.Errorf("profile of %s: %w", name, err)
	}
	defer pprof.StopCPUProfile()
	const enough = 3e9
	for began := cpuTime(); cpuTime()-began < enough; {
		if _, err := s.find(name).measure(); err != nil {
			return err
		}
	}
	return nil
}

// RoomShare is how much of the time was spent in the functions of a package.
type RoomShare struct {
	Room  string
	Share float64 // 0..1
}

// ReadProfile sums up by package what `go tool pprof -top` prints of a profile, the largest first. The Go runtime and the standard library
// count as one package each.
func ReadProfile(text string) ([]RoomShare, error) {
	sums := map[string]float64{}
	_, list, found := strings.Cut(text, "cum%\n")
	if !found {
		return nil, fmt.Errorf("reading a profile: no line ends in cum%%, as the heading of `go tool pprof -top` does")
	}
	for line := range strings.Lines(list) {
		const columns = 5
		fields := strings.Fields(line)
		if len(fields) <= columns {
			continue
		}
		share, err := strconv.ParseFloat(strings.TrimSuffix(fields[1], "%"), 64)
		if err != nil {
			return nil, fmt.Errorf("reading a profile: %q: %w", strings.TrimSpace(line), err)
		}
		sums[room(fields[columns])] += share / 100
	}
	var shares []RoomShare
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		shares = append(shares, RoomShare{name, sums[name]})
	}
	slices.SortStableFunc(shares, func(a, b RoomShare) int { return cmp.Compare(b.Share, a.Share) })
	return shares, nil
}

// room is the package of a function: dynamosim/sim.(*System[…]).due is of dynamosim/sim.
func room(function string) string {
	function, _, _ = strings.Cut(function, "[")
	function, _, _ = strings.Cut(function, "(")
	slash := strings.LastIndex(function, "/") + 1
	name, _, _ := strings.Cut(function[slash:], ".")
	name = function[:slash] + name
	first, _, _ := strings.Cut(name, "/")
	switch {
	case first == "dynamosim" || strings.Contains(first, "."):
		return name
	case first == "runtime" || strings.HasPrefix(name, "internal/runtime") || !strings.Contains(function, "."):
		return "Go runtime"
	}
	return "Go standard library"
}
