package lab

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// maxSeeds bounds a list of seeds.
const maxSeeds = 100_000_000

// ParseSeeds reads a list of seeds: A..B with both ends, A+COUNT, numbers with commas between, or @FILE with a seed a line. one reads a
// single seed as the command line does.
func ParseSeeds(text string, one func(string) (uint64, error)) ([]uint64, error) {
	if file, ok := strings.CutPrefix(text, "@"); ok {
		return seedFile(file, one)
	}
	var seeds []uint64
	for part := range strings.SplitSeq(text, ",") {
		more, err := seedRange(strings.TrimSpace(part), one)
		if err != nil {
			return nil, err
		}
		if seeds = append(seeds, more...); len(seeds) > maxSeeds {
			return nil, fmt.Errorf("more than %d seeds", maxSeeds)
		}
	}
	return seeds, nil
}

func seedRange(text string, one func(string) (uint64, error)) ([]uint64, error) {
	from, count := text, uint64(1)
	if a, b, ok := strings.Cut(text, ".."); ok {
		first, err := one(a)
		if err != nil {
			return nil, err
		}
		last, err := one(b)
		if err != nil {
			return nil, err
		}
		if last < first {
			return nil, fmt.Errorf("%s ends before it begins", text)
		}
		from, count = a, last-first+1
	} else if a, b, ok := strings.Cut(text, "+"); ok {
		n, err := strconv.ParseUint(b, 10, 64)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("%q is no number of seeds: A+COUNT, such as 1000+50", Clean(b))
		}
		from, count = a, n
	}
	first, err := one(from)
	if err != nil {
		return nil, err
	}
	if count > maxSeeds || count == 0 {
		return nil, fmt.Errorf("more than %d seeds", maxSeeds)
	}
	seeds := make([]uint64, count)
	for i := range seeds {
		seeds[i] = first + uint64(i)
	}
	return seeds, nil
}

func seedFile(name string, one func(string) (uint64, error)) ([]uint64, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, reasonOf(err))
	}
	defer file.Close()
	var seeds []uint64
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		seed, err := one(text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		seeds = append(seeds, seed)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(seeds) == 0 {
		return nil, fmt.Errorf("%s has no seeds", name)
	}
	return seeds, nil
}
