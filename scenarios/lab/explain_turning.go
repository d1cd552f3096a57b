package lab

import (
	"dynamosim/analysis/history"
)

// Counterfactual is a fault that stood between, and whether the violation is there without it.
type Counterfactual struct {
	Name, Text string
	Shown      bool // without the fault the violation is there all the same
}

// Turning is the turning point of a run.
type Turning struct{}

type retrial struct {
	e     *Explanation
	t     *teller
	model history.Model
	opts  *ExplainOptions
	quiet RunOptions
}

func (r *retrial) run() error { return nil }
