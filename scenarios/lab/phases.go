package lab

import (
	"slices"

	"dynamosim/analysis"
)

// phase is a part of a run, and what was measured in it.
type phase struct {
	name string
	*analysis.Measures
}

// phases are the parts of a run in which anything was asked: the warm-up, the load, of that the calm and the time of each fault, and what came
// after the heal. Faults that the nemesis drew go by their kind.
func (r *Report) phases() []phase {
	if r.subject == nil {
		return nil
	}
	var all []phase
	r.eachPhase(func(name string, scope analysis.Scope) {
		m := r.Measures
		if name != "load" {
			m = r.subject.Measure(scope)
		}
		if m.Operations.Total > 0 {
			all = append(all, phase{name, m})
		}
	})
	return all
}

// eachPhase calls add for all parts of the run.
func (r *Report) eachPhase(add func(name string, scope analysis.Scope)) {
	add("warm-up", r.subject.Warmup())
	add("load", r.subject.Load())
	var faults []string
	for i := range r.Result.Faults {
		f := &r.Result.Faults[i]
		name := f.Name
		if f.Drawn {
			name = f.Kind
		}
		if f.Began && !slices.Contains(faults, name) {
			faults = append(faults, name)
		}
	}
	if len(faults) > 0 {
		add("no fault", r.subject.Calm())
	}
	for _, name := range faults {
		if scope, ok := r.subject.While(name); ok {
			add("while "+name, scope)
		}
	}
	add("settling", r.subject.Quiesce())
}
