package shrink

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Options are what a search needs to know of the world. Try and Record are called by several goroutines at once; both are functions of the
// text.
type Options struct {
	Try      func(text []byte) Trial
	Record   func(text []byte) (*Record, error) // runs a plan and notes what its clients began
	Jobs     int                                // trials side by side
	Progress func(Progress)                     // called by one goroutine at a time; nil: never
	Title    string                             // first line of the comments
	About    string                             // of the scenario that comes out; "": as it is
	Name     string                             // of it; "": as it is
}

// Result is the smallest plan that was found.
type Result struct {
	Text  []byte // a scenario with comments
	Trial Trial
	From  Size
	Tried int  // changes
	Taken int  // of them
	Whole bool // nothing more can be taken away; false where the search was stopped
}

// ErrPasses means that the plan to begin with does not fail.
var ErrPasses = errors.New("the plan does not fail")

// Run makes the plan of a text smaller, until nothing can be taken away or the context ends.
func Run(ctx context.Context, text []byte, o Options) (*Result, error) {
	s := &search{Options: o, ctx: ctx, known: map[[sha256.Size]byte]verdict{}, been: map[[sha256.Size]byte]bool{}}
	first := o.Try(text)
	if !first.Fails || first.Plan == nil {
		return nil, fmt.Errorf("%w: %s", ErrPasses, first.Outcome)
	}
	s.take(first)
	s.tell("as it is")
	for s.rounds(); s.polish(); s.rounds() {
	}
	whole := !s.stopped()
	final, comments := s.finish()
	return &Result{Text: final, Trial: comments, From: first.Size, Tried: s.tried, Taken: s.taken, Whole: whole}, nil
}

// rounds tries every kind of change until none is possible. It comes to an end since no plan is taken twice.
func (s *search) rounds() {
	for !s.stopped() && s.round() {
	}
}

// round tries every kind of change. It tells whether any was possible.
func (s *search) round() (any bool) {
	for _, pass := range []func() bool{
		s.script, s.faults, s.operations, s.duration, s.workloads, s.clients, s.keys, s.nodes, s.mechanisms, s.simplerOperations, s.faultFields,
		s.defaults, s.latencies, s.ownDraws, s.times,
	} {
		if s.stopped() {
			return any
		}
		if pass() {
			any = true
		}
	}
	return any
}

// finish makes a scenario of the plan, with comments, and makes sure that it still fails.
func (s *search) finish() ([]byte, Trial) {
	p := *s.trial.Plan
	p.Plan = nil
	if s.About != "" {
		p.About = s.About
	}
	if s.Name != "" {
		p.Name = s.Name
	}
	trial := s.Try(p.YAML())
	if !trial.Fails { // a plan has more room than a scenario
		trial = s.trial
	} else {
		trial.Plan = &p
	}
	return s.comment(parseTree(trial.Plan.YAML()), &trial), trial
}
