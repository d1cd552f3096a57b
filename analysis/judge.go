package analysis

import (
	"fmt"

	"dynamosim/analysis/history"
)

// DefaultSteps is how many steps a search may take per key before its verdict
// is unknown. Steps are counted, not timed, so that unknown repeats.
const DefaultSteps = 1_000_000

// Request asks for one check.
type Request struct {
	Check    string
	Want     Want
	Model    *history.Model // nil is the history's
	MaxSteps int            // per key; 0 is DefaultSteps
	Within   int64          // bound in ns where the check has one (convergence); 0 is Facts.Bound
	Strict   bool           // cart: a removed item that resurfaces is invalid
	K        int            // k-atomicity: the largest k that is tried; 0 is 3
	Thorough bool           // linearizable: Porcupine judges as many whole keys as it can, not a sample
}

func (r Request) steps() int {
	if r.MaxSteps > 0 {
		return r.MaxSteps
	}
	return DefaultSteps
}

// Options say how to judge. The zero value judges everything that the history
// can answer, wanting nothing.
type Options struct {
	Checks   []Request // in order; nil is every check that applies
	Model    *history.Model
	MaxSteps int  // default of Request.MaxSteps
	Thorough bool // all requests are
	Facts    Facts
}

// Facts are what a run knows of itself and its history does not tell. The zero
// value knows nothing, as of a file from elsewhere.
type Facts struct {
	Warmup      int64                     // ns; before it nothing is measured
	Converged   int64                     // ns; from then on all homes were equal; 0 is not known
	Bound       int64                     // ns from the heal to convergence, as computed for this cluster; 0 is none
	Grace       int64                     // ns after which a tombstone counts as absent; 0 is never
	Homes       func(key int32) []int32   // nodes that a key belongs on, numbered as in the history; nil is the home lines
	Lenient     string                    // why convergence is only reported, e.g. "anti-entropy is off"; "" demands it
	Collected   func(v history.OpID) bool // whether a tombstone is past its grace; nil derives it from Grace
	Unreachable []int32                   // keys that lost every copy to faults that destroy data
	W           int                       // nodes that have synced a write when it is acknowledged; 0 is not known
	Destroyed   []Destruction             // faults that destroyed synced data
	Audit       *Audit                    // of copies at each acknowledgement; nil: nobody counted them
	Hints       []HintAccount             // at moments of the run, in order; the last is its end
	HintWindow  bool                      // hints expire
}

// Judge runs checks over a history. Checks asked for by name that the history
// cannot answer are not applicable, with the reason; of the others those are
// left out. The results depend on nothing but the arguments.
func Judge(h *history.History, opts Options) []Result {
	return NewSubject(h, opts.Facts).Judge(opts)
}

// Judge runs checks over a subject, whose facts it has; those of the options
// do not count.
func (s *Subject) Judge(opts Options) []Result {
	model := s.Model
	if opts.Model != nil {
		model = *opts.Model
	}
	named := opts.Checks != nil
	requests := opts.Checks
	if !named {
		for _, c := range Checks() {
			if !c.OnRequest {
				requests = append(requests, Request{Check: c.Name})
			}
		}
	}
	var all []Result
	views := views{s}
	for _, r := range requests {
		view := views.under(model)
		if r.Model != nil {
			view = views.under(*r.Model)
		}
		all = append(all, judgeOne(view, r, opts, named)...)
	}
	return all
}

// judgeOne runs one check; if it does not apply it says so if asked by name.
func judgeOne(s *Subject, r Request, opts Options, named bool) []Result {
	if r.MaxSteps == 0 {
		r.MaxSteps = opts.MaxSteps
	}
	r.Thorough = r.Thorough || opts.Thorough
	c, ok := FindCheck(r.Check)
	reason := fmt.Sprintf("there is no check %q", r.Check)
	if ok {
		reason = c.missing(s)
	}
	if reason == "" {
		results := c.Judge(s, r)
		if !named && results[0].Vacuous != "" {
			return nil
		}
		for i := range results {
			results[i].Check = c.Name
			if c.Lean && results[i].As == "" {
				s.leanResult(&c, r, &results[i])
			}
		}
		return results
	}
	if !named {
		return nil
	}
	return []Result{{Check: r.Check, Verdict: NotApplicable, Want: r.Want, Reason: reason, Summary: reason}}
}

// views are a subject under the models asked for, each made once.
type views []*Subject

func (v *views) under(model history.Model) *Subject {
	for _, s := range *v {
		if s.Model == model {
			return s
		}
	}
	other := (*v)[0].as(model)
	*v = append(*v, other)
	return other
}

// as returns the subject under another model, sharing what does not depend on
// it.
func (s *Subject) as(model history.Model) *Subject {
	other := *s
	other.load = nil
	other.Model, other.fresh, other.held, other.plain = model, nil, nil, nil
	return &other
}
