package lab

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"dynamosim/analysis"
	"dynamosim/analysis/history"
	"dynamosim/scenarios"
)

// Target is a way of failing, as a smaller scenario must keep it: a check that is invalid with a witness of some shape, an expectation that
// does not hold, or a crash of the node's code.
type Target struct {
	Check string // "": none
	Shape string // of its witness; "": it has none
	Claim string // text of an expectation, or of what the scenario says of an operation or a moment; "": none
	Crash string // "": none

	Invariant string // that was broken inside the nodes; "": none

	client, key string // of an operation that the witness must have; "": any will do
	f           history.Func
}

// String names it, as a signature without kinds of faults does.
func (t Target) String() string {
	switch {
	case t.Crash != "":
		return "crash/" + t.Crash
	case t.Invariant != "":
		return "invariant/" + t.Invariant
	case t.Check == "":
		return t.Claim
	case t.Shape == "":
		return t.Check
	}
	return t.Check + "/" + t.Shape
}

// TargetOptions choose among the ways in which a run fails.
type TargetOptions struct {
	Check     string // a check that is invalid, whether or not that is wanted; "": what fails the run, else the first check that is invalid
	Operation int    // line of the history at which an operation of the witness was invoked; -1: any
}

// FindTarget says how a run failed.
func FindTarget(r *Report, o TargetOptions) (Target, error) {
	if o.Check != "" {
		if _, ok := analysis.FindCheck(o.Check); !ok {
			return Target{}, &BadInput{Unknown("check", o.Check, checkNames())}
		}
	}
	for i := range r.Result.Invariants {
		if v := &r.Result.Invariants[i]; v.Broken > 0 && o.Check == "" && o.Operation < 0 {
			return Target{Invariant: v.Name}, nil
		}
	}
	for _, unmet := range []bool{true, false} {
		for i := range r.Checks {
			c := &r.Checks[i]
			if c.Verdict != analysis.Invalid || o.Check != "" && c.Check != o.Check || unmet && c.Met() != analysis.Invalid {
				continue
			}
			if t, ok := targetOf(r, c, o.Operation); ok {
				return t, nil
			}
		}
		for _, c := range r.Expectations {
			if unmet && o.Check == "" && o.Operation < 0 && !c.Holds {
				return Target{Claim: c.Text}, nil
			}
		}
	}
	return Target{}, nothingFails(r, o)
}

// targetOf takes the shape of a witness, of one that has the operation if there is one.
func targetOf(r *Report, c *analysis.Result, operation int) (Target, bool) {
	t := Target{Check: c.Check}
	if len(c.Evidence) == 0 {
		return t, operation < 0
	}
	for _, e := range c.Evidence {
		if operation < 0 || slices.Contains(e.Operations, operation) {
			t.Shape = e.Kind
			if operation >= 0 {
				t.witness(r.Result.History, operation)
			}
			return t, true
		}
	}
	return t, false
}

// witness remembers what an operation is, so that it is known again in a smaller run.
func (t *Target) witness(h *history.History, line int) {
	for i := range h.Len() {
		if o := h.Op(history.OpID(i)); int(o.InvokeIndex) == line {
			t.client, t.key, t.f = h.ClientName(o.Client), h.KeyName(o.Key), o.Func
		}
	}
}

func nothingFails(r *Report, o TargetOptions) error {
	found := "nothing fails"
	if o.Check != "" {
		for i := range r.Checks {
			if r.Checks[i].Check == o.Check {
				found = fmt.Sprintf("%s is %s", o.Check, r.Checks[i].Verdict)
			}
		}
	}
	if o.Operation >= 0 {
		found = fmt.Sprintf("no check that is invalid shows operation %d as evidence", o.Operation)
	}
	text := fmt.Sprintf("%s, seed %d: error: %s", r.Plan.Name, seedOf(r.Plan), found)
	var invalid []string
	for i := range r.Checks {
		if r.Checks[i].Verdict == analysis.Invalid && !slices.Contains(invalid, r.Checks[i].Check) {
			invalid = append(invalid, r.Checks[i].Check)
		}
	}
	if len(invalid) > 0 {
		text += "\n  what is invalid: " + strings.Join(invalid, ", ")
	} else {
		text += "\n  `dynamosim sweep` looks for seeds that fail"
	}
	return &BadInput{text}
}

// holds tells whether a run fails in this way, and says in words what became of it.
func (t *Target) holds(r *Report, err error) (bool, string) {
	var crash *Crash
	switch {
	case errors.As(err, &crash):
		return t.Crash != "" && crashText(crash) == t.Crash, firstLine(err.Error())
	case err != nil:
		return false, firstLine(err.Error())
	case t.Crash != "":
		return false, "it does not crash"
	case t.Invariant != "":
		return t.broken(r)
	case t.Check == "":
		return t.claimed(r)
	}
	return t.checked(r)
}

func crashText(c *Crash) string { return withoutNumbers(fmt.Sprint(c.Value)) }

func (t *Target) broken(r *Report) (bool, string) {
	for i := range r.Result.Invariants {
		if v := &r.Result.Invariants[i]; v.Name == t.Invariant && v.Broken > 0 {
			return true, fmt.Sprintf("invariant %s is broken\n%s", v.Name, breachText(&v.First))
		}
	}
	return false, "invariant " + t.Invariant + " holds"
}

func (t *Target) claimed(r *Report) (bool, string) {
	for _, c := range r.Expectations {
		if c.Text == t.Claim {
			return !c.Holds && r.Result.History.Len() > 0, fmt.Sprintf("%s, got %s", c.Text, c.Got)
		}
	}
	return false, "nothing is said of " + t.Claim
}

func (t *Target) checked(r *Report) (bool, string) {
	words := t.Check + " is not judged"
	for i := range r.Checks {
		c := &r.Checks[i]
		if c.Check != t.Check {
			continue
		}
		words = fmt.Sprintf("%s is %s", c.Name(), c.Verdict)
		if c.Verdict != analysis.Invalid {
			continue
		}
		if t.Shape == "" && len(c.Evidence) == 0 {
			return true, words
		}
		for _, e := range c.Evidence {
			if e.Kind == t.Shape && t.shows(r.Result.History, e.Operations) {
				return true, words + " (" + e.Kind + ")\n" + e.Text
			}
		}
		if len(c.Evidence) > 0 {
			words += " in another way (" + c.Evidence[0].Kind + ")"
		}
	}
	return false, words
}

// shows tells whether an operation like the one that was asked for is among those of a witness.
func (t *Target) shows(h *history.History, lines []int) bool {
	if t.client == "" {
		return true
	}
	for i := range h.Len() {
		o := h.Op(history.OpID(i))
		if o.Func == t.f && slices.Contains(lines, int(o.InvokeIndex)) && h.KeyName(o.Key) == t.key && h.ClientName(o.Client) == t.client {
			return true
		}
	}
	return false
}

// witnesses are the lines of the history at which the operations of the witness were invoked.
func (t *Target) witnesses(r *Report) map[int32]bool {
	lines := map[int32]bool{}
	for i := range r.Checks {
		c := &r.Checks[i]
		if c.Check != t.Check || c.Verdict != analysis.Invalid {
			continue
		}
		for _, e := range c.Evidence {
			if e.Kind == t.Shape && len(lines) == 0 {
				for _, line := range e.Operations {
					lines[int32(line)] = true
				}
			}
		}
	}
	return lines
}

// only gives a plan nothing to say but the target: other checks, expectations and wants go, and so does what describes it.
func (t *Target) only(plan *scenarios.Scenario) *scenarios.Scenario {
	p := *plan
	p.About, p.Description, p.Paper, p.Tags, p.Requires = "", "", nil, nil, nil
	p.Invariants = nil
	if t.Invariant != "" {
		p.Invariants = scenarios.Invariants{t.Invariant}
	}
	p.Expect = slices.DeleteFunc(slices.Clone(p.Expect), func(e scenarios.Expectation) bool { return e.String() != t.Claim })
	if len(p.Expect) == 0 {
		p.Expect = nil
	}
	p.Checks = reported(p.Checks)
	if t.Crash != "" || t.Invariant != "" {
		p.Checks = []scenarios.CheckSpec{}
	}
	if t.Check != "" {
		spec := scenarios.CheckSpec{Name: t.Check, Want: scenarios.WantReport, Unknown: scenarios.UnknownAllow, Named: true}
		for _, c := range plan.Checks {
			if c.Name == t.Check {
				spec = c
			}
		}
		p.Checks = []scenarios.CheckSpec{spec}
	}
	if len(p.Expect) > 0 || t.Claim == "" {
		p.Operations, p.State = withoutWants(p.Operations), nil
	}
	return &p
}

// reported are checks of which nothing is wanted.
func reported(list []scenarios.CheckSpec) []scenarios.CheckSpec {
	list = slices.Clone(list)
	for i := range list {
		list[i].Want, list[i].Unknown = scenarios.WantReport, scenarios.UnknownAllow
	}
	return list
}

func withoutWants(list []scenarios.Operation) []scenarios.Operation {
	list = slices.Clone(list)
	for i := range list {
		list[i].Want = nil
	}
	return list
}
