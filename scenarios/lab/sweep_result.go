package lab

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"dynamosim/scenarios"
)

// SweepResult is what the runs of a sweep come to. It depends on the runs alone: not on the number of jobs or shards, nor on how often the
// sweep was stopped and gone on with.
type SweepResult struct {
	sweepHeader
	Done   int // runs that were run
	Failed int // of them that fail the sweep
	Known  int // failures that are known

	Suites  []*Suite
	Groups  []*FailureGroup          // by signature, the most frequent first
	Gone    []scenarios.KnownFailure // known failures that a whole sweep has not seen
	News    []CorpusNews             // of the corpus
	Faults  []KindCoverage
	Acted   []MechanismCoverage
	Verdict Verdict
	Exit    int
	Reasons []string

	records  []*RunRecord
	codes    map[int]int // records by exit code, known ones left out
	counters map[string]int
	kinds    map[string]*KindCoverage
	overlaps Overlaps
}

// Suite is one scenario in one setting.
type Suite struct {
	Scenario, Setting string
	Runs, Failed      int
	Cases             []*SuiteCase // its checks and expectations, in their order
	first             *RunRecord
}

// Name is the scenario and its setting.
func (s *Suite) Name() string { return strings.TrimSpace(s.Scenario + " " + s.Setting) }

// SuiteCase is one check or expectation over the runs of a suite.
type SuiteCase struct {
	Name    string
	Want    string // of a check
	Runs    int
	Invalid int          // a check's verdicts; of an expectation, how often it failed
	Unknown int          // a check's verdicts
	Unmet   []*RunRecord // runs in which it was not as wanted
}

// FailureGroup is the failures of one signature.
type FailureGroup struct {
	Signature string
	Known     string
	Count     int
	Shortest  *RunRecord // by events; kept with its plan
	Seeds     []string   // the first few

	Shrunk *Shrunk // nil: it was not shrunk
}

// KindCoverage is how faults of a kind fared in a sweep.
type KindCoverage struct {
	Kind                              string
	Runs, Drawn, Began, EffectiveRuns int
}

// MechanismCoverage is in how many runs a mechanism acted.
type MechanismCoverage struct {
	Name, Counter string
	Runs          int
}

func newSweepResult(h sweepHeader) *SweepResult {
	return &SweepResult{sweepHeader: h, codes: map[int]int{}, counters: map[string]int{}, kinds: map[string]*KindCoverage{}}
}

// add takes the next run.
func (r *SweepResult) add(run *RunRecord) {
	r.records = append(r.records, run)
	r.Done++
	if run.fails() {
		r.Failed++
		r.codes[run.ExitCode]++
	} else if run.Known != "" {
		r.Known++
	}
	r.addToSuite(run)
	r.addToGroup(run)
	for _, c := range run.Counters {
		r.counters[c.Name]++
	}
	var effective []string
	for _, f := range run.Faults {
		if f.Effective > 0 {
			effective = append(effective, f.Kind)
		}
	}
	r.overlaps.add(effective, run.Overlaps)
	for _, f := range run.Faults {
		k := r.kinds[f.Kind]
		if k == nil {
			k = &KindCoverage{Kind: f.Kind}
			r.kinds[f.Kind] = k
		}
		k.Runs++
		k.Drawn += f.Drawn
		k.Began += f.Began
		k.EffectiveRuns += count(f.Effective > 0)
	}
}

func (r *SweepResult) addToSuite(run *RunRecord) {
	i := slices.IndexFunc(r.Suites, func(s *Suite) bool { return s.Scenario == run.Scenario && s.Setting == run.Setting })
	if i < 0 {
		i = len(r.Suites)
		r.Suites = append(r.Suites, &Suite{Scenario: run.Scenario, Setting: run.Setting, first: run})
	}
	s := r.Suites[i]
	s.Runs++
	s.Failed += count(run.fails())
	for _, c := range run.Checks {
		x := s.of(c.Name)
		x.Want = c.Want
		x.Runs++
		x.Invalid += count(c.Verdict == "invalid")
		x.Unknown += count(c.Verdict == "unknown")
		if !c.Met {
			x.Unmet = append(x.Unmet, run)
		}
	}
	for _, c := range run.Claims {
		x := s.of(c.Text)
		x.Runs++
		if !c.Holds {
			x.Invalid++
			x.Unmet = append(x.Unmet, run)
		}
	}
	if len(run.Checks) == 0 && run.fails() {
		x := s.of("it runs")
		x.Invalid++
		x.Unmet = append(x.Unmet, run)
	}
}

func (s *Suite) of(name string) *SuiteCase {
	i := slices.IndexFunc(s.Cases, func(c *SuiteCase) bool { return c.Name == name })
	if i < 0 {
		i = len(s.Cases)
		s.Cases = append(s.Cases, &SuiteCase{Name: name})
	}
	return s.Cases[i]
}

func (r *SweepResult) addToGroup(run *RunRecord) {
	if run.ExitCode == ExitPass {
		return
	}
	i := slices.IndexFunc(r.Groups, func(g *FailureGroup) bool { return g.Signature == run.Signature })
	if i < 0 {
		i = len(r.Groups)
		r.Groups = append(r.Groups, &FailureGroup{Signature: run.Signature, Known: run.Known, Shortest: run})
	}
	g := r.Groups[i]
	g.Count++
	if run.Events < g.Shortest.Events {
		g.Shortest = run
	}
	if len(g.Seeds) < 5 {
		g.Seeds = append(g.Seeds, run.Seed)
	}
}

// NotRun is how many runs there are no records of.
func (r *SweepResult) NotRun() int { return r.Here - r.Done }

// conclude draws the verdict.
func (r *SweepResult) conclude() {
	slices.SortStableFunc(r.Groups, func(a, b *FailureGroup) int { return b.Count - a.Count })
	r.cover()
	r.Verdict, r.Exit, r.Reasons, r.Gone = Passed, ExitPass, nil, nil
	if r.Failed > 0 {
		r.Reasons = append(r.Reasons, fmt.Sprintf("%d of %s failed", r.Failed, counted(int64(r.Done), "run", "runs")))
	}
	codes := map[int]int{}
	for code, n := range r.codes {
		codes[code] = n
	}
	if r.NotRun() == 0 && r.Shard == (Shard{}).String() {
		r.concludeWhole(codes)
	}
	for _, s := range severity {
		if codes[s.code] > 0 {
			r.Verdict, r.Exit = s.verdict, s.code
			return
		}
	}
}

// concludeWhole looks for what only a whole sweep can tell.
func (r *SweepResult) concludeWhole(codes map[int]int) {
	for _, s := range r.Suites {
		for _, c := range s.Cases {
			if c.Want == "sometimes" && c.Invalid == 0 {
				codes[ExitFail]++
				r.Reasons = append(r.Reasons, fmt.Sprintf("%s: check %s was to be invalid sometimes, and never was", s.Name(), c.Name))
			}
		}
	}
	for _, k := range r.KnownList {
		if !slices.ContainsFunc(r.Groups, func(g *FailureGroup) bool { return g.Signature == k.Signature }) {
			r.Gone = append(r.Gone, k)
		}
	}
	for _, c := range r.Claims {
		for _, broken := range r.broken(c) {
			codes[ExitFail]++
			r.Reasons = append(r.Reasons, broken)
		}
	}
	for _, k := range r.Faults {
		if k.Drawn > 0 && k.EffectiveRuns == 0 {
			codes[ExitVacuous]++
			r.Reasons = append(r.Reasons, fmt.Sprintf("drawn faults of kind %s never had an effect", k.Kind))
		}
	}
}

// broken says of each cell in which a claim over its seeds is false what was found.
func (r *SweepResult) broken(c sweepClaim) (list []string) {
	claim, err := scenarios.ParseSweepClaim(c.Text)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", c.Source, err)} // a journal from elsewhere
	}
	for _, s := range r.Suites {
		if s.Scenario != c.Source {
			continue
		}
		count := 0
		for _, x := range s.Cases {
			if x.Want != "" && x.Name == claim.Check && claim.Verdict == "invalid" {
				count = x.Invalid
			} else if x.Want != "" && x.Name == claim.Check {
				count = x.Unknown
			}
		}
		if !claim.Holds(count, s.Runs) {
			list = append(list, fmt.Sprintf("%s: expected %s, got %d of %s", s.Name(), c.Text, count, counted(int64(s.Runs), "run", "runs")))
		}
	}
	return list
}

// cover fills the matrix of kinds of faults and of mechanisms.
func (r *SweepResult) cover() {
	r.Faults, r.Acted = nil, nil
	for _, k := range r.kinds {
		r.Faults = append(r.Faults, *k)
	}
	slices.SortStableFunc(r.Faults, func(a, b KindCoverage) int { return strings.Compare(a.Kind, b.Kind) })
	for _, m := range Mechanisms() {
		r.Acted = append(r.Acted, MechanismCoverage{m.Name, m.Counter, r.counters[m.Counter]})
	}
}

// neverBound is the largest probability that something has in a run which happened in none of n, with 95 % confidence.
func neverBound(n int) float64 {
	if n == 0 {
		return 1
	}
	return 1 - math.Pow(.05, 1/float64(n))
}

// Again is the command that runs the shortest failure of the group again.
func (g *FailureGroup) Again() string { return g.Shortest.command() }
