package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Expectation is one claim about a run: a quantity compared with a value or
// with another quantity, such as
//
//	availability(put) while cut >= 99.9%
//	p99(get) after cut <= p99(get) before cut
//
// There is no arithmetic and no "and": one line is one claim is one test.
type Expectation struct {
	Left  Quantity
	Cmp   Comparison
	Right Operand
}

// Comparison is how two values are compared.
type Comparison string

// The comparisons.
const (
	Equals    Comparison = "=="
	Differs   Comparison = "!="
	Less      Comparison = "<"
	AtMost    Comparison = "<="
	Greater   Comparison = ">"
	AtLeast   Comparison = ">="
	notEquals            = "=" // refused with a hint
)

// Operand is what a quantity is compared with: another one, or a value.
type Operand struct {
	Quantity *Quantity // nil: Value
	Value    float64   // in the unit of the left side: nanoseconds, 0 to 1, bytes, or a number
	Text     string    // the value as written
}

// Quantity is something that a run has a number for.
type Quantity struct {
	Kind  QuantityKind
	Name  string // of the counter, statistic (p99), share or outcome
	Arg   string // in parentheses: node, workload, distribution, operation, fault or check; "" for none
	Scope Scope
}

// QuantityKind is a kind of quantity.
type QuantityKind uint8

// The kinds of quantities.
const (
	QuantityCounter QuantityKind = iota // hints_stored, hints_stored(n3)
	QuantityStat                        // p99(get), mean(siblings), max(load)
	QuantityShare                       // availability(put), stale_reads, sibling_reads
	QuantityCount                       // ok(get), fail(put), info(put)
	QuantityEffects                     // effects(cut)
	QuantityVerdict                     // invalid(linearizable), unknown(linearizable)
	QuantityHeal                        // heal_to_convergence
	QuantityMetric                      // messages_per_operation, see MetricNames
)

// Unit is what a quantity is measured in.
type Unit uint8

// The units.
const (
	UnitNumber   Unit = iota
	UnitDuration      // nanoseconds
	UnitShare         // 0 to 1
	UnitBytes
)

// Scope is the part of a run that a quantity is taken over.
type Scope struct {
	Kind     ScopeKind
	Name     string   // While, Before, After: a fault; In: a phase
	From, To Duration // Between
}

// ScopeKind is a way of naming a part of a run.
type ScopeKind uint8

// The kinds of scopes.
const (
	ScopeAll     ScopeKind = iota // the whole run, without warm-up
	ScopeWhile                    // from the start of a fault to its end
	ScopeBefore                   // up to the start of a fault
	ScopeAfter                    // from the end of a fault
	ScopeIn                       // warmup, load or quiesce
	ScopeBetween                  // from one time to another
)

var scopeWords = [...]string{"", "while", "before", "after", "in", "between"}

// Unit returns what the quantity is measured in.
func (q Quantity) Unit() Unit {
	switch q.Kind {
	case QuantityShare, QuantityVerdict:
		return UnitShare
	case QuantityHeal:
		return UnitDuration
	case QuantityMetric:
		m, _ := metricOf(q.Name)
		return m.Unit
	case QuantityStat:
		return distributionUnits[q.Arg]
	case QuantityCounter:
		if strings.Contains(q.Name, "bytes") {
			return UnitBytes
		}
	}
	return UnitNumber
}

// distributionUnits are the distributions that statistics are taken of.
var distributionUnits = map[string]Unit{
	"get": UnitDuration, "put": UnitDuration, "delete": UnitDuration, "rmw": UnitDuration,
	"cart-add": UnitDuration, "cart-remove": UnitDuration, "staleness": UnitDuration, "hint_age": UnitDuration,
	"siblings": UnitNumber, "version_lag": UnitNumber, "clock_entries": UnitNumber, "load": UnitNumber,
}

// Percentile returns 0.99 for p99, and false for other statistics.
func (q Quantity) Percentile() (float64, bool) {
	digits, isP := strings.CutPrefix(q.Name, "p")
	p, err := strconv.ParseFloat(digits, 64)
	if q.Kind != QuantityStat || !isP || err != nil {
		return 0, false
	}
	return float64(p / 100), true
}

// String returns the quantity as it is written.
func (q Quantity) String() string { return q.bare() + q.Scope.String() }

// bare is the quantity without its scope.
func (q Quantity) bare() string {
	if q.Arg == "" {
		return q.Name
	}
	return q.Name + "(" + q.Arg + ")"
}

// String returns the scope with a leading blank, "" for the whole run.
func (s Scope) String() string {
	switch s.Kind {
	case ScopeAll:
		return ""
	case ScopeBetween:
		return " between " + s.From.String() + " and " + s.To.String()
	}
	return " " + scopeWords[s.Kind] + " " + s.Name
}

// String returns the claim as ParseExpectation reads it.
func (x Expectation) String() string {
	right := x.Right.Text
	if x.Right.Quantity != nil {
		right = x.Right.Quantity.String()
	}
	return x.Left.String() + " " + string(x.Cmp) + " " + right
}

// Quantities knows the numbers of a run, in the units of Quantity.Unit. It
// returns an error where there is none: no such operation in the scope, a
// fault that never began.
type Quantities interface {
	Measure(q Quantity) (float64, error)
}

// Eval tells whether the claim holds, and what was measured.
func (x Expectation) Eval(q Quantities) (ok bool, got string, err error) {
	left, err := q.Measure(x.Left)
	if err != nil {
		return false, "", fmt.Errorf("%v: %w", x.Left, err)
	}
	got = formatUnit(left, x.Left.Unit())
	right := x.Right.Value
	if x.Right.Quantity != nil {
		if right, err = q.Measure(*x.Right.Quantity); err != nil {
			return false, got, fmt.Errorf("%v: %w", *x.Right.Quantity, err)
		}
		got += " against " + formatUnit(right, x.Left.Unit())
	}
	return x.Cmp.holds(left, right), got, nil
}

func (c Comparison) holds(a, b float64) bool {
	switch c {
	case Equals:
		return a == b
	case Differs:
		return a != b
	case Less:
		return a < b
	case AtMost:
		return a <= b
	case Greater:
		return a > b
	case AtLeast:
		return a >= b
	}
	panic("scenarios: comparison " + string(c))
}

// formatUnit writes a measured value for a person.
func formatUnit(v float64, u Unit) string {
	switch u {
	case UnitDuration:
		return Duration(v).String() // range: times of a run are at most a year
	case UnitShare:
		return strconv.FormatFloat(float64(v*100), 'f', -1, 32) + "%"
	case UnitBytes:
		return Bytes(v).String() // range: counted in an int64
	}
	return strconv.FormatFloat(v, 'f', -1, 32)
}

func (x *Expectation) decodeYAML(d *decoder, n *yaml.Node, path string) {
	text, ok := d.word(n, path, "a claim such as availability(put) >= 99.9%")
	if !ok {
		return
	}
	claim, err := ParseExpectation(text)
	if err != nil {
		d.failClaim(n, path, err)
		return
	}
	*x = claim
}

// failClaim reports a mistake in a claim at its own column.
func (d *decoder) failClaim(n *yaml.Node, path string, err error) {
	at := *n
	if e, ok := err.(*claimError); ok && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		at.Column += e.column - 1
		if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			at.Column++
		}
	}
	if o := d.origin[n]; o != nil {
		d.origin[&at] = o
	}
	message, hint := unwrapHint(err)
	d.fail(&at, path, hint, "%s", message)
}

func (x Expectation) encodeYAML() *yaml.Node { return scalarNode(x.String()) }
