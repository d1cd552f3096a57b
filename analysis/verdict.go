package analysis

import "fmt"

// Verdict is what a checker says about a history.
type Verdict uint8

const (
	Valid         Verdict = 1 // the promise was kept
	Invalid       Verdict = 2 // the promise was broken: there is Evidence
	Unknown       Verdict = 3 // the checker gave up within its budget, or lacked a fact: there is a Reason
	Measured      Verdict = 4 // there is no promise, only numbers
	NotApplicable Verdict = 5 // the history cannot answer: there is a Reason
)

var verdictNames = [...]string{Valid: "valid", Invalid: "invalid", Unknown: "unknown", Measured: "measured",
	NotApplicable: "not applicable"}

// String returns the verdict in words, as it stands in results.
func (v Verdict) String() string { return verdictNames[v] }

// MarshalText makes a verdict its name in JSON.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// worse returns the verdict on two keys, given those on each: invalid before
// unknown before valid.
func (v Verdict) worse(o Verdict) Verdict {
	rank := [...]int{Invalid: 3, Unknown: 2, Valid: 1, Measured: 0, NotApplicable: 0}
	if rank[o] > rank[v] {
		return o
	}
	return v
}

// Want is what a scenario expects of a check.
type Want uint8

const (
	WantReport    Want = 0 // show the verdict, whatever it is
	WantValid     Want = 1
	WantInvalid   Want = 2
	WantSometimes Want = 3 // a sweep needs at least one invalid seed; one run needs nothing
)

var wantNames = [...]string{WantReport: "report", WantValid: "valid", WantInvalid: "invalid", WantSometimes: "sometimes"}

// String returns the name used in scenarios.
func (w Want) String() string { return wantNames[w] }

// MarshalText makes a want its name in JSON.
func (w Want) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// ParseWant is the inverse of Want.String.
func ParseWant(name string) (Want, error) {
	for w, n := range wantNames {
		if n == name {
			return Want(w), nil
		}
	}
	return 0, fmt.Errorf("unknown want %q: it is one of valid, invalid, sometimes, report", name)
}

// Evidence shows why a verdict is invalid: the smallest set of operations that
// the checker could find, and a sentence about them.
type Evidence struct {
	Kind       string `json:"kind"`       // shape of the anomaly: stale-read, lost-write, ...
	Key        string `json:"key"`        // empty where no single key is concerned
	Operations []int  `json:"operations"` // indexes of their invocations in the history, rising
	Text       string `json:"text"`       // one readable sentence
}

// Number is one of the figures that a checker counted.
type Number struct {
	Name  string // of the result's field: acknowledged, lost, heal_to_convergence_ns, ...
	Value int64
}

// Result is the verdict of one check on one history.
type Result struct {
	Check    string // name of the check
	As       string // model, where the check is also judged under another one than the history's; else empty
	Verdict  Verdict
	Want     Want
	Reason   string // why unknown or not applicable, or why the want was softened
	Vacuous  string // why the check had nothing to show; empty if it had
	Summary  string // the numbers in words: "0 of 2401 acknowledged writes"
	Evidence []Evidence
	Numbers  []Number
}

// Name is the check's name, with the model where it is judged twice:
// "linearizable", "linearizable as register".
func (r *Result) Name() string {
	if r.As == "" {
		return r.Check
	}
	return r.Check + " as " + r.As
}

// Number returns the figure of this name, 0 if there is none.
func (r *Result) Number(name string) int64 {
	for _, n := range r.Numbers {
		if n.Name == name {
			return n.Value
		}
	}
	return 0
}

func (r *Result) count(name string, value int64) {
	r.Numbers = append(r.Numbers, Number{Name: name, Value: value})
}

// Met says whether the result is what was wanted: Valid if it is, Invalid if
// it is not, Unknown if the checker could not tell. A report is always met,
// and so is "sometimes", which one run cannot refute.
func (r *Result) Met() Verdict {
	switch {
	case r.Want == WantReport || r.Want == WantSometimes && r.Verdict != Unknown:
		return Valid
	case r.Verdict == Unknown:
		return Unknown
	case r.Want == WantValid && r.Verdict == Valid, r.Want == WantInvalid && r.Verdict == Invalid:
		return Valid
	}
	return Invalid
}
