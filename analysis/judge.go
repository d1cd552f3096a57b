package analysis

import (
	"fmt"
	"slices"

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

	lean *Check // evidence is made as small as this check allows; nil: it is taken as it comes
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
	Away        []int32                   // nodes that need not come back, nor agree with the others
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
	for {
		j := s.beginAll(opts)
		if s.eachPart(j.add) {
			return j.results()
		}
	}
}

// beginAll begins the checks that are asked for.
func (s *Subject) beginAll(opts Options) *judgings {
	all := &judgings{whole: views{s}, named: opts.Checks != nil}
	model := s.Model
	if opts.Model != nil {
		model = *opts.Model
	}
	requests := opts.Checks
	if !all.named {
		for _, c := range Checks() {
			if !c.OnRequest {
				requests = append(requests, Request{Check: c.Name})
			}
		}
	}
	for _, r := range requests {
		if r.MaxSteps == 0 {
			r.MaxSteps = opts.MaxSteps
		}
		r.Thorough = r.Thorough || opts.Thorough
		under := model
		if r.Model != nil {
			under = *r.Model
		}
		all.begin(r, under)
	}
	return all
}

// judgings are checks under way together.
type judgings struct {
	whole views
	named bool // they were asked for by name
	list  []begun
	load  []*measuring // of the views that are in parts
}

// begun is a check under way, or one that does not apply.
type begun struct {
	judging
	check  string
	model  history.Model
	absent *Result
}

// begin begins a check; if it does not apply, that is the result if it was
// asked for by name.
func (j *judgings) begin(r Request, model history.Model) {
	view := j.whole.under(model)
	c, ok := FindCheck(r.Check)
	reason := fmt.Sprintf("there is no check %q", r.Check)
	if ok {
		reason = c.missing(view)
	}
	switch {
	case reason == "":
		if c.Lean {
			r.lean = &c
		}
		j.list = append(j.list, begun{judging: c.begin(view, r), check: c.Name, model: model})
		j.measure(view)
	case j.named:
		absent := Result{Check: r.Check, Verdict: NotApplicable, Want: r.Want, Reason: reason, Summary: reason}
		j.list = append(j.list, begun{absent: &absent})
	}
}

// measure measures the load of a view that is in parts on the way.
func (j *judgings) measure(view *Subject) {
	if !view.inParts() || slices.ContainsFunc(j.load, func(m *measuring) bool { return m.s == view }) {
		return
	}
	j.load = append(j.load, &measuring{s: view, scope: view.Load(), edges: VisibilityEdges()})
	for _, x := range view.expected {
		j.load = append(j.load, &measuring{s: view, scope: x.scope, edges: x.edges})
	}
}

func (j *judgings) add(part *Subject) {
	parts := views{part}
	for i := range j.list {
		if b := &j.list[i]; b.absent == nil {
			view := parts.under(b.model)
			view.forget()
			b.add(view)
		}
	}
	for _, m := range j.load {
		m.add(parts.under(m.s.Model))
	}
}

func (j *judgings) results() (all []Result) {
	for _, m := range j.load {
		m.finish()
	}
	for i := range j.list {
		b := &j.list[i]
		if b.absent != nil {
			all = append(all, *b.absent)
			continue
		}
		results := b.judging.results()
		if !j.named && results[0].Vacuous != "" {
			continue
		}
		for i := range results {
			results[i].Check = b.check
		}
		all = append(all, results...)
	}
	return all
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
	other.Model, other.fresh, other.held, other.plain, other.passes, other.expected = model, nil, nil, nil, nil, nil
	return &other
}
