package shrink

import (
	"context"
	"crypto/sha256"
	"strconv"
	"sync"

	"dynamosim/scenarios"
)

// Trial is what became of a plan.
type Trial struct {
	Plan    *scenarios.Scenario // as it was loaded; nil where the text is refused
	Fails   bool                // in the way that is looked for
	Outcome string              // in words: "linearizable is valid"
	Size    Size
}

// Size is how large a plan is.
type Size struct {
	Operations, Clients, Keys, Faults, Nodes int
	Duration                                 scenarios.Duration // until clients stop
	Events                                   uint64
}

// Call is an operation that a client began in a run: all that it takes to script it.
type Call struct {
	At       scenarios.Duration
	Client   string
	Kind     scenarios.OpKind
	Key      string
	Item     string // of a cart operation
	Blind    bool   // a put without any context
	Fresh    bool   // a put or delete after a get of its own
	Workload int    // that generated it; -1: none
	Number   int64  // of a generated one: which of its client's
	Script   int    // place of a scripted one in the plan; -1: none
	Witness  bool   // the failure shows in it
}

// Record is a run with what its clients began and when its faults did.
type Record struct {
	Calls  []Call
	Faults map[string]scenarios.Duration // when each that began did, by name
}

// Progress is how far a search has come.
type Progress struct {
	Tried, Taken int // changes
	Size         Size
	Doing        string
}

// change is one way of making a plan smaller or simpler.
type change struct {
	what string
	edit func(t *tree) bool // false: there is nothing to change
}

// A change may leave a failure that takes some luck, as with latencies that are drawn. While runs are short, other seeds are tried too.
const (
	otherSeeds  = 5
	shortEvents = 10_000
)

// search is a plan that gets smaller.
type search struct {
	Options
	ctx context.Context

	text  []byte
	tree  *tree
	trial Trial

	exact     bool // no other seeds: there are many changes to try
	backwards bool // plans that the search has come from are looked at, too

	tried, taken int
	mutex        sync.Mutex
	known        map[[sha256.Size]byte]verdict
	been         map[[sha256.Size]byte]bool // plans that were taken
	begun        int                        // trials, for progress
}

// verdict is what is remembered of a trial.
type verdict struct {
	fails   bool
	outcome string
	plan    *scenarios.Scenario // nil: the text is refused
}

// stopped tells whether the search is to end.
func (s *search) stopped() bool { return s.ctx.Err() != nil }

// take makes the outcome of a trial the plan to go on from.
func (s *search) take(t Trial) {
	s.trial = t
	s.text = t.Plan.YAML()
	s.tree = parseTree(s.text)
	s.been[sha256.Sum256(s.text)] = true
}

// back tells whether a trial leads to a plan that the search has come from, or stays where it is: it would never end.
func (s *search) back(t Trial) bool { return s.been[sha256.Sum256(t.Plan.YAML())] }

// pass tries the changes that list gives, one after the other, and takes each that leaves the failure. The list is made again after each that
// is taken; the search goes on at the same place of it. It tells whether any was taken.
func (s *search) pass(list func() []change) (any bool) {
	for from := 0; !s.stopped(); {
		changes := list()
		i, trial := s.first(changes, from)
		if i < 0 {
			return any
		}
		s.take(trial)
		s.taken++
		any, from = true, i
		s.tell(changes[i].what)
	}
	return any
}

// first finds the first change of a list, from a place on, after which the plan still fails. Several are tried at once; those after one that
// succeeds are forgotten.
func (s *search) first(changes []change, from int) (int, Trial) {
	var mutex sync.Mutex
	next, best := from, len(changes)
	var found Trial
	var running sync.WaitGroup
	for range min(max(1, s.Jobs), len(changes)-from) {
		running.Go(func() {
			for {
				mutex.Lock()
				i := next
				next++
				mutex.Unlock()
				if i >= len(changes) || s.stopped() {
					return
				}
				mutex.Lock()
				late := i > best
				mutex.Unlock()
				if late {
					return
				}
				trial := s.try(changes[i])
				mutex.Lock()
				if trial.Fails && i < best {
					best, found = i, trial
				}
				mutex.Unlock()
			}
		})
	}
	running.Wait()
	if best == len(changes) {
		s.tried += max(0, len(changes)-from)
		return -1, Trial{}
	}
	s.tried += best - from + 1
	return best, found
}

// try makes a change and runs what comes of it, unless it is known already.
func (s *search) try(c change) Trial {
	t := s.tree.clone()
	if !c.edit(t) {
		return Trial{Outcome: "there is nothing to change"}
	}
	trial := s.run(t)
	if trial.Fails && !s.backwards && s.back(trial) {
		return Trial{Outcome: "it changes nothing"}
	}
	if s.exact || trial.Fails || trial.Plan == nil || s.trial.Size.Events > shortEvents {
		return trial
	}
	for seed := 1; seed <= otherSeeds; seed++ {
		setSeed(t, strconv.Itoa(seed))
		if lucky := s.run(t); lucky.Fails && !s.back(lucky) {
			return lucky
		}
	}
	return trial
}

// setSeed gives a plan another seed.
func setSeed(t *tree, seed string) {
	t.set(seed, "seed")
	if t.at("plan") != nil {
		t.set(seed, "plan", "seed")
	}
}

// run runs a plan, unless it is known what becomes of it.
func (s *search) run(t *tree) Trial {
	text := t.text()
	id := sha256.Sum256(text)
	s.mutex.Lock()
	v, ok := s.known[id]
	s.begun++
	s.mutex.Unlock()
	if ok && !v.fails {
		return Trial{Outcome: v.outcome, Plan: v.plan}
	}
	trial := s.Try(text)
	if s.stopped() {
		return Trial{Outcome: "stopped"} // the run may have been cut short
	}
	s.mutex.Lock()
	s.known[id] = verdict{trial.Fails, trial.Outcome, nil}
	if trial.Plan != nil {
		s.known[id] = verdict{trial.Fails, trial.Outcome, s.trial.Plan} // any: it was not refused
	}
	s.mutex.Unlock()
	return trial
}

func (s *search) tell(what string) {
	if s.Progress != nil {
		s.mutex.Lock()
		tried := s.begun
		s.mutex.Unlock()
		s.Progress(Progress{Tried: tried, Taken: s.taken, Size: s.trial.Size, Doing: what})
	}
}
