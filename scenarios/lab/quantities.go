package lab

import (
	"errors"
	"fmt"
	"math"

	"dynamosim/analysis"
	"dynamosim/scenarios"
)

// quantities answers what expectations ask of a run.
type quantities struct {
	report  *Report
	subject *analysis.Subject
}

// expectations judges the expectations of a plan, and adds what it says of single operations and moments.
func expectations(plan *scenarios.Scenario, r *Report, subject *analysis.Subject) []Claim {
	q := &quantities{r, subject}
	var claims []Claim
	for _, x := range plan.Expect {
		c := Claim{Text: x.String()}
		ok, got, err := x.Eval(q)
		c.Holds, c.Got = ok, got
		if err != nil {
			c.Got = err.Error()
		}
		claims = append(claims, c)
	}
	for _, c := range r.Result.Claims {
		claims = append(claims, Claim{Text: c.Path + " is " + c.Want, Got: c.Got, Holds: c.OK})
	}
	return claims
}

// Measure gives one number of the run, in the unit of the quantity.
func (q *quantities) Measure(x scenarios.Quantity) (float64, error) {
	switch x.Kind {
	case scenarios.QuantityVerdict:
		return q.verdict(x)
	}
	scope, err := q.scope(x.Scope)
	if err != nil {
		return 0, err
	}
	switch x.Kind {
	case scenarios.QuantityCounter:
		return q.counter(x, scope)
	case scenarios.QuantityEffects:
		return q.effects(x, scope)
	case scenarios.QuantityMetric:
		return q.metric(x, scope)
	}
	m := q.report.Measures
	if x.Scope.Kind != scenarios.ScopeAll {
		m = q.subject.Measure(scope)
	}
	switch x.Kind {
	case scenarios.QuantityStat:
		return q.stat(x, m, scope)
	case scenarios.QuantityShare:
		return q.share(x, m)
	case scenarios.QuantityCount:
		return q.count(x, m)
	}
	if m.HealToConvergence < 0 {
		return 0, errors.New("the homes of some key never came to hold the same versions")
	}
	return float64(m.HealToConvergence), nil
}

// metric is one of the registry, over a part of the run.
func (q *quantities) metric(x scenarios.Quantity, scope analysis.Scope) (float64, error) {
	m, ok := analysis.FindMetric(x.Name)
	if !ok {
		return 0, fmt.Errorf("there is no metric %s", x.Name)
	}
	f := q.report.Findings()
	if x.Scope.Kind != scenarios.ScopeAll {
		f = q.subject.Findings(scope, q.report.Checks, nil)
	}
	value, ok := m.Value(f)
	if !ok {
		return 0, errors.New("nothing of that kind happened")
	}
	return value, nil
}

// scope translates a part of a run.
func (q *quantities) scope(s scenarios.Scope) (analysis.Scope, error) {
	var scope analysis.Scope
	ok := true
	switch s.Kind {
	case scenarios.ScopeAll:
		return q.subject.Load(), nil
	case scenarios.ScopeWhile:
		scope, ok = q.subject.While(s.Name)
	case scenarios.ScopeBefore:
		scope, ok = q.subject.Before(s.Name)
	case scenarios.ScopeAfter:
		scope, ok = q.subject.After(s.Name)
	case scenarios.ScopeBetween:
		return analysis.Between(int64(s.From), int64(s.To)), nil
	case scenarios.ScopeIn:
		switch s.Name {
		case "warmup":
			return q.subject.Warmup(), nil
		case "quiesce":
			return q.subject.Quiesce(), nil
		}
		return q.subject.Load(), nil
	}
	if !ok {
		return nil, fmt.Errorf("fault %s never began", s.Name)
	}
	return scope, nil
}

// verdict is 1 if a check came out as asked, else 0: over many runs, a share.
func (q *quantities) verdict(x scenarios.Quantity) (float64, error) {
	for i := range q.report.Checks {
		c := &q.report.Checks[i]
		if c.Check == x.Arg && c.As == "" {
			if c.Verdict.String() == x.Name {
				return 1, nil
			}
			return 0, nil
		}
	}
	return 0, fmt.Errorf("check %s was not judged", x.Arg)
}

// stat is a statistic of a distribution.
func (q *quantities) stat(x scenarios.Quantity, m *analysis.Measures, scope analysis.Scope) (float64, error) {
	if x.Scope.Kind == scenarios.ScopeAll {
		scope = analysis.Everything()
	}
	d, err := q.distribution(x.Arg, m, scope)
	if err != nil {
		return 0, err
	}
	if d.Count() == 0 {
		return 0, errors.New("nothing of that kind happened")
	}
	if p, ok := x.Percentile(); ok {
		return float64(d.Quantile(int64(math.Round(p * analysis.Whole)))), nil
	}
	switch x.Name {
	case "max":
		return float64(d.Max()), nil
	case "min":
		return float64(d.Min()), nil
	}
	return float64(d.Mean()), nil
}

func (q *quantities) distribution(name string, m *analysis.Measures, scope analysis.Scope) (*analysis.Distribution, error) {
	if k, ok := analysis.ParseKind(name); ok {
		return &m.Latency[k], nil
	}
	switch name {
	case "siblings":
		return &m.Siblings, nil
	case "staleness":
		return &m.Staleness, nil
	case "version_lag":
		return &m.VersionLag, nil
	case "load":
		return q.load(scope)
	}
	return nil, fmt.Errorf("%s is not measured", name)
}

// share is a part of the operations.
func (q *quantities) share(x scenarios.Quantity, m *analysis.Measures) (float64, error) {
	part, whole := 0, m.By[analysis.Get].Ok
	switch x.Name {
	case "availability":
		part, whole = m.Operations.Ok, m.Operations.Total
		if k, ok := analysis.ParseKind(x.Arg); ok {
			part, whole = m.Availability(k)
		}
	case "stale_reads":
		part = m.StaleGets
	case "sibling_reads":
		part = m.SiblingGets
	}
	if whole == 0 {
		return 0, errors.New("nothing of that kind happened")
	}
	return float64(part) / float64(whole), nil
}

// count is how many operations ended in a way.
func (q *quantities) count(x scenarios.Quantity, m *analysis.Measures) (float64, error) {
	c := m.Operations
	if k, ok := analysis.ParseKind(x.Arg); ok {
		c = m.By[k]
	}
	switch x.Name {
	case "ok":
		return float64(c.Ok), nil
	case "fail":
		return float64(c.Fail), nil
	}
	return float64(c.Info), nil
}
