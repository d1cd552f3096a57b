package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"dynamosim/analysis"
)

// RunRecord is a line of runs.jsonl: what a sweep keeps of one run. All of it is a function of the run's plan.
type RunRecord struct {
	Index      int               `json:"index"`
	Scenario   string            `json:"scenario"`
	Case       string            `json:"case,omitempty"`
	Setting    string            `json:"setting,omitempty"` // the case and the values of the axes
	Set        []string          `json:"set,omitempty"`
	Seed       string            `json:"seed"`
	Verdict    Verdict           `json:"verdict"`
	ExitCode   int               `json:"exit_code"`
	Signature  string            `json:"signature,omitempty"` // of a failure; free of seed, key, node and time
	Known      string            `json:"known,omitempty"`     // the note of a known failure
	Reasons    []string          `json:"reasons,omitempty"`
	Digest     string            `json:"digest,omitempty"`
	PlanSHA256 string            `json:"plan_sha256,omitempty"`
	Events     uint64            `json:"events"`
	VirtualNS  int64             `json:"virtual_ns"`
	Operations operationCounts   `json:"operations"`
	Checks     []CheckRecord     `json:"checks,omitempty"`
	Claims     []ClaimRecord     `json:"claims,omitempty"`
	Counters   []CounterRecord   `json:"counters,omitempty"` // those that are not 0
	Metrics    []MetricRecord    `json:"metrics,omitempty"`  // those that there was something to measure by
	Faults     []FaultKindRecord `json:"faults,omitempty"`
	Overlaps   []string          `json:"overlaps,omitempty"` // kinds of faults that were on at once and took effect, as crash+loss
}

// CheckRecord is what a check said.
type CheckRecord struct {
	Name    string `json:"name"`
	Verdict string `json:"verdict"`
	Want    string `json:"want"`
	Met     bool   `json:"met"`
}

// ClaimRecord is an expectation.
type ClaimRecord struct {
	Text  string `json:"text"`
	Holds bool   `json:"holds"`
}

// CounterRecord is a counter.
type CounterRecord struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

// MetricRecord is a metric of the registry, in its unit.
type MetricRecord struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// FaultKindRecord says how faults of a kind fared.
type FaultKindRecord struct {
	Kind      string `json:"kind"`
	Drawn     int    `json:"drawn"` // of them by the nemesis
	Began     int    `json:"began"`
	Effective int    `json:"effective"` // had an effect
}

// command runs it again.
func (r *RunRecord) command() string {
	words := []string{"dynamosim", "run", shownSource(r.Scenario)}
	if r.Case != "" {
		words = append(words, "--case", r.Case)
	}
	for _, set := range r.Set {
		words = append(words, "--set", set)
	}
	words = append(words, "--seed", r.Seed)
	for i, w := range words {
		words[i] = Quote(w)
	}
	return strings.Join(words, " ")
}

// line is the record as a line of runs.jsonl.
func (r *RunRecord) line() []byte { return append(appendValue(nil, r), '\n') }

func parseRecord(line []byte) (*RunRecord, error) {
	r := &RunRecord{}
	if err := json.Unmarshal(line, r); err != nil {
		return nil, err
	}
	return r, nil
}

// recordOf is what a sweep keeps of a run that came to its end, or of its error.
func (s *Sweep) recordOf(u unit, report *Report, err error) *RunRecord {
	r := &RunRecord{Index: u.index, Scenario: u.source, Case: u.cell.Case, Setting: u.cell.String(), Set: append(append([]string{}, s.Set...), u.cell.Set...), Seed: strconv.FormatUint(u.seed, 10)}
	if err != nil {
		r.fail(err)
		return r
	}
	r.Verdict, r.ExitCode, r.Reasons = report.Verdict, report.ExitCode, report.Reasons
	r.Digest, r.PlanSHA256 = report.Result.Digest, report.PlanSHA256()
	r.Events, r.VirtualNS, r.Operations = report.Result.Events, report.Result.End, report.counts()
	for i := range report.Checks {
		c := &report.Checks[i]
		if c.Verdict != analysis.Measured && c.Verdict != analysis.NotApplicable {
			r.Checks = append(r.Checks, CheckRecord{c.Name(), c.Verdict.String(), c.Want.String(), c.Met() == analysis.Valid})
		}
	}
	for _, c := range report.Expectations {
		r.Claims = append(r.Claims, ClaimRecord{c.Text, c.Holds})
	}
	for _, c := range report.Result.Counters {
		if c.Total != 0 {
			r.Counters = append(r.Counters, CounterRecord{c.Name, c.Total})
		}
	}
	for _, m := range report.measured() {
		if m.Pool != analysis.PoolRatios || !strings.HasPrefix(m.Name, "invalid_") { // which the checks say
			r.Metrics = append(r.Metrics, MetricRecord{m.Name, m.value})
		}
	}
	r.addFaults(report)
	if r.ExitCode != ExitPass {
		r.Signature = report.Signature()
	}
	return r
}

func (r *RunRecord) addFaults(report *Report) {
	for _, f := range report.Result.Faults {
		i := slices.IndexFunc(r.Faults, func(k FaultKindRecord) bool { return k.Kind == f.Kind })
		if i < 0 {
			i = len(r.Faults)
			r.Faults = append(r.Faults, FaultKindRecord{Kind: f.Kind})
		}
		k := &r.Faults[i]
		k.Drawn += count(f.Drawn)
		k.Began += count(f.Began)
		k.Effective += count(f.Effects > 0)
	}
	r.Overlaps = overlapsOf(report)
	slices.SortStableFunc(r.Faults, func(a, b FaultKindRecord) int { return strings.Compare(a.Kind, b.Kind) })
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fail records a run that has no report: a crash of the simulated node is a failure, anything else an error of the host.
func (r *RunRecord) fail(err error) {
	var crash *Crash
	var bad *BadInput
	switch {
	case errors.As(err, &crash):
		r.Verdict, r.ExitCode, r.Signature = Failed, ExitFail, "crash/"+withoutNumbers(fmt.Sprint(crash.Value))
		r.Events, r.VirtualNS = crash.Event, crash.Now
	case errors.As(err, &bad):
		r.Verdict, r.ExitCode, r.Signature = BadScenario, ExitBadInput, "bad-scenario"
	default:
		r.Verdict, r.ExitCode, r.Signature = Internal, ExitInternal, "internal"
	}
	r.Reasons = []string{firstLine(err.Error())}
}

// Signature says how a run failed, free of seed, key, node and time: the check, the shape of its witness, and the kinds of faults that had
// an effect. Two runs with equal signatures probably fail for one reason. "" for a run that passes.
func (r *Report) Signature() string {
	with := faultKinds(r)
	if r.Verdict == Nondeterministic {
		return "nondeterministic"
	}
	for i := range r.Result.Invariants {
		if v := &r.Result.Invariants[i]; v.Broken > 0 {
			return "invariant/" + v.Name + with
		}
	}
	for i := range r.Checks {
		c := &r.Checks[i]
		if r.spec(c.Check) == nil || c.Met() == analysis.Valid {
			continue
		}
		shape := c.Verdict.String()
		if len(c.Evidence) > 0 {
			shape = c.Evidence[0].Kind
		}
		return c.Check + "/" + shape + with
	}
	for _, c := range r.Expectations {
		if !c.Holds {
			return "expect/" + withoutNumbers(c.Text) + with
		}
	}
	if len(r.Reasons) == 0 {
		return ""
	}
	return string(r.Verdict) + "/" + withoutNumbers(r.Reasons[0]) + with
}

// faultKinds are the kinds of faults that had an effect, as a signature ends with them.
func faultKinds(r *Report) string {
	var kinds []string
	for _, f := range r.Result.Faults {
		if f.Effects > 0 && !slices.Contains(kinds, f.Kind) {
			kinds = append(kinds, f.Kind)
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	slices.Sort(kinds)
	return "/" + strings.Join(kinds, "+")
}

var numbers = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)

func withoutNumbers(text string) string { return numbers.ReplaceAllString(firstLine(text), "N") }

// slug is a signature as the name of a folder.
func slug(signature string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(signature) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
			dash = false
		case !dash && b.Len() > 0:
			b.WriteByte('-')
			dash = true
		}
		if b.Len() >= 80 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
