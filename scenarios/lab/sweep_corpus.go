package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

// CorpusEntry is a run that has failed once: what a corpus of regressions remembers of it, a line of JSON each.
type CorpusEntry struct {
	Scenario   string   `json:"scenario"`
	Case       string   `json:"case,omitempty"`
	Set        []string `json:"set,omitempty"` // overrides, those of the axes included
	Seed       string   `json:"seed"`
	PlanSHA256 string   `json:"plan_sha256,omitempty"`
	Signature  string   `json:"signature"` // begins with the check
}

// Bounds of a corpus.
const (
	corpusMost = 1000 // entries
	corpusLike = 10   // entries of one scenario with one signature
)

// corpusError is what is wrong with a corpus.
func corpusError(file, format string, args ...any) error {
	return &BadInput{fmt.Sprintf("--corpus %s: error: %s", Quote(file), fmt.Sprintf(format, args...))}
}

// ReadCorpus reads a corpus. One that does not exist yet is empty.
func ReadCorpus(file string) ([]CorpusEntry, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("--corpus %s: %w", Quote(file), reasonOf(err))
	}
	return parseCorpus(file, text)
}

func parseCorpus(file string, text []byte) (list []CorpusEntry, err error) {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		var e CorpusEntry
		if err := d.Decode(&e); err != nil {
			return nil, corpusError(file, "line %d: %v", n, err)
		}
		if _, err := strconv.ParseUint(e.Seed, 10, 64); err != nil || e.Scenario == "" {
			return nil, corpusError(file, "line %d: an entry needs a scenario and a seed, such as {\"scenario\":\"@chaos\",\"seed\":\"7\",\"signature\":\"\"}", n)
		}
		if list = append(list, e); len(list) > corpusMost {
			return nil, corpusError(file, "more than %d entries", corpusMost)
		}
	}
	return list, nil
}

// words are the scenario with its settings and seed.
func (e *CorpusEntry) words() []string {
	words := []string{e.Scenario}
	if e.Case != "" {
		words = append(words, e.Case)
	}
	return append(append(words, e.Set...), "seed", e.Seed)
}

// is tells whether the entry is of a run.
func (e *CorpusEntry) is(r *RunRecord) bool {
	return e.Scenario == r.Scenario && e.Case == r.Case && slices.Equal(e.Set, r.Set) && e.Seed == r.Seed
}

// update puts the failures of a sweep into a corpus, as far as there is room, and what is known of its runs.
func updateCorpus(list []CorpusEntry, records []*RunRecord) []CorpusEntry {
	list = slices.Clone(list)
	like := map[string]int{}
	for i := range list {
		like[list[i].Scenario+"\x00"+list[i].Signature]++
	}
	for _, r := range records {
		if r.ExitCode == ExitPass || r.ExitCode == ExitInternal || r.ExitCode == ExitBadInput {
			continue
		}
		e := CorpusEntry{r.Scenario, r.Case, r.Set, r.Seed, r.PlanSHA256, r.Signature}
		kind := e.Scenario + "\x00" + e.Signature
		if i := slices.IndexFunc(list, func(e CorpusEntry) bool { return e.is(r) }); i >= 0 {
			list[i] = e // it still fails, perhaps in another way
		} else if len(list) < corpusMost && like[kind] < corpusLike {
			list = append(list, e)
			like[kind]++
		}
	}
	return list
}

// writeCorpus writes a corpus, whole or not at all.
func writeCorpus(file string, list []CorpusEntry) error {
	var b bytes.Buffer
	for i := range list {
		b.Write(append(appendValue(nil, list[i]), '\n'))
	}
	return writeWhole(file, b.Bytes())
}

// corpusUnits are the runs of a corpus that belong to the scenarios of a sweep, and those that cannot be run any more.
func (s *Sweep) corpusUnits(list []CorpusEntry) (units []unit, left []LeftOut) {
	for _, e := range list {
		if !slices.Contains(s.Sources, e.Scenario) || len(e.Set) < len(s.Set) || !slices.Equal(e.Set[:len(s.Set)], s.Set) {
			continue
		}
		seed, _ := strconv.ParseUint(e.Seed, 10, 64)
		cell := Cell{e.Case, e.Set[len(s.Set):]}
		if _, err := s.open(e.Scenario, cell, seed); err != nil {
			left = append(left, LeftOut{e.Scenario, cell, "of the corpus, seed " + e.Seed + ": " + firstLine(err.Error())})
			continue
		}
		units = append(units, unit{len(units), e.Scenario, cell, seed})
	}
	return units, left
}

// key is what a run is but for its seed.
func (u *unit) key() string {
	return u.source + "\x00" + u.cell.Case + "\x00" + strings.Join(u.cell.Set, "\x00")
}

// CorpusNews is what a sweep found out about a run that has failed before.
type CorpusNews struct {
	Entry CorpusEntry
	Now   string // "passes now", "fails in another way", "fails again"
	Moved bool   // its plan is another one than it was
}

// news compares the runs of a sweep with what a corpus remembers of them.
func (r *SweepResult) news(list []CorpusEntry) (all []CorpusNews) {
	for _, e := range list {
		for _, run := range r.records[:min(len(r.records), r.FromCorpus)] {
			if !e.is(run) {
				continue
			}
			n := CorpusNews{e, "fails again", e.PlanSHA256 != "" && run.PlanSHA256 != "" && e.PlanSHA256 != run.PlanSHA256}
			switch {
			case run.ExitCode == ExitPass:
				n.Now = "passes now"
			case run.Signature != e.Signature:
				n.Now = "fails in another way: " + run.Signature
			}
			all = append(all, n)
		}
	}
	return all
}
