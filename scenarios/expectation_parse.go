package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// claimError is a mistake in a claim at a column, from 1, in characters.
type claimError struct {
	column int
	hinted
}

func (e *claimError) Error() string { return fmt.Sprintf("column %d: %v", e.column, e.hinted) }

func (e *claimError) Unwrap() error { return e.hinted }

// maxClaim bounds the length of a claim in bytes.
const maxClaim = 500

// ParseExpectation reads a claim such as p99(get) while cut <= 300ms. Errors
// name the column. Names of counters, nodes, faults and checks are taken as
// they are: the scenario checks them.
func ParseExpectation(text string) (Expectation, error) { return parseClaim(text, nil) }

// claimNames are the names that a claim may use; nil accepts any.
type claimNames struct {
	counters  []string // empty: any
	places    []string // nodes and workloads
	faults    []string // names of faults
	kinds     []string // kinds of faults
	checks    []string // empty: any
	operation []string
}

// claimParser reads a claim from left to right.
type claimParser struct {
	text  string
	at    int // byte offset of what comes next
	start int // of the token read last
	names *claimNames
}

// fail returns an error at a byte offset.
func (p *claimParser) fail(offset int, hint, format string, args ...any) error {
	column := len([]rune(p.text[:offset])) + 1
	return &claimError{column, hinted{fmt.Sprintf(format, args...), hint}}
}

func parseClaim(text string, names *claimNames) (x Expectation, err error) {
	p := &claimParser{text: text, names: names}
	if len(text) > maxClaim {
		return x, p.fail(0, "", "a claim has at most %d characters", maxClaim)
	}
	if x.Left, err = p.quantity(); err != nil {
		return x, err
	}
	if x.Cmp, err = p.comparison(); err != nil {
		return x, err
	}
	if x.Right, err = p.operand(x.Left); err != nil {
		return x, err
	}
	if rest := p.next(); rest != "" {
		hint := "one line, one claim"
		if rest == "and" || rest == "or" {
			hint = "write the other claim on a line of its own"
		}
		return x, p.fail(p.start, hint, "more than a claim: %s", quote(rest))
	}
	return x, nil
}

// next reads a token: a word, a value, a sign, or "" at the end.
func (p *claimParser) next() string {
	for p.at < len(p.text) && strings.IndexByte(" \t\n", p.text[p.at]) >= 0 {
		p.at++
	}
	p.start = p.at
	for p.at < len(p.text) && isClaimWord(p.text[p.at]) {
		p.at++
	}
	if p.at > p.start || p.at == len(p.text) {
		return p.text[p.start:p.at]
	}
	for _, sign := range []string{"==", "!=", "<=", ">="} {
		if strings.HasPrefix(p.text[p.at:], sign) {
			p.at += len(sign)
			return sign
		}
	}
	for _, r := range p.text[p.at:] {
		p.at += len(string(r))
		break
	}
	return p.text[p.start:min(p.at, len(p.text))]
}

func isClaimWord(c byte) bool {
	return strings.IndexByte(letters+digits+"_.-%/", c) >= 0
}

// peek returns the next token and stays before it.
func (p *claimParser) peek() string {
	at := p.at
	defer func() { p.at = at }()
	return p.next()
}

var (
	claimShares = []string{"availability", "stale_reads", "sibling_reads"}
	claimCounts = []string{"ok", "fail", "info"}
	claimStats  = []string{"mean", "max", "min"}
	claimOps    = []string{"get", "put", "delete", "rmw", "cart-add", "cart-remove"}
	claimPhases = []string{"warmup", "load", "quiesce"}
)

// scope reads the part of the run, if one is named.
func (p *claimParser) scope() (s Scope, err error) {
	i := slices.Index(scopeWords[1:], p.peek())
	if i < 0 {
		return s, nil
	}
	p.next()
	s.Kind = ScopeKind(i + 1)
	if s.Kind == ScopeBetween {
		return p.between()
	}
	s.Name = p.next()
	known, what := claimPhases, "a phase"
	if s.Kind != ScopeIn {
		known, what = p.known(func(n *claimNames) []string { return append(slices.Clone(n.faults), n.kinds...) }), "a fault"
		if known == nil && p.names != nil {
			return s, p.fail(p.start, "the scenario has none", "%s is not a fault", quote(s.Name))
		}
	}
	switch {
	case s.Name == "" || checkFormat("name", s.Name) != nil:
		return s, p.fail(p.start, "", "%s of a run is missing after %s", what, scopeWords[s.Kind])
	case known != nil && !slices.Contains(known, s.Name):
		return s, p.fail(p.start, suggest(s.Name, known), "%s is not %s", quote(s.Name), what)
	}
	return s, nil
}

// between reads "10s and 20s".
func (p *claimParser) between() (s Scope, err error) {
	s.Kind = ScopeBetween
	if s.From, err = p.moment(); err != nil {
		return s, err
	}
	if word := p.next(); word != "and" {
		return s, p.fail(p.start, "between 10s and 20s", "\"and\" is missing")
	}
	if s.To, err = p.moment(); err != nil {
		return s, err
	}
	if s.To <= s.From {
		return s, p.fail(p.start, "the earlier time first", "the span is empty")
	}
	return s, nil
}

func (p *claimParser) moment() (Duration, error) {
	text := p.next()
	d, err := ParseDuration(text)
	if err != nil {
		message, hint := unwrapHint(err)
		return 0, p.fail(p.start, hint, "%s", message)
	}
	return d, nil
}

// comparison reads the sign in the middle.
func (p *claimParser) comparison() (Comparison, error) {
	sign := p.next()
	switch c := Comparison(sign); c {
	case Equals, Differs, Less, AtMost, Greater, AtLeast:
		return c, nil
	case notEquals:
		return "", p.fail(p.start, "write == to compare", "a bare = compares nothing")
	}
	hint := "one of == != < <= > >="
	if i := slices.Index([]string{"≤", "≥", "≠"}, sign); i >= 0 {
		hint = "write " + []string{"<=", ">=", "!="}[i]
	}
	if sign == "" {
		return "", p.fail(p.start, hint, "a comparison is missing")
	}
	return "", p.fail(p.start, hint, "a comparison is missing before %s", quote(sign))
}

// operand reads the right side, in the unit of the left.
func (p *claimParser) operand(left Quantity) (o Operand, err error) {
	token := p.peek()
	if token != "" && strings.IndexByte(letters, token[0]) >= 0 {
		p.next()
		start := p.start
		p.at = start
		q, err := p.quantity()
		if err == nil && q.Unit() != left.Unit() {
			err = p.fail(start, "compare like with like", "%s is %s, %s is %s", left.bare(), unitWords[left.Unit()], q.bare(), unitWords[q.Unit()])
		}
		return Operand{Quantity: &q}, err
	}
	o.Text = p.next()
	start := p.start
	if o.Text == "" {
		return o, p.fail(start, "such as "+unitExamples[left.Unit()], "a value is missing")
	}
	if o.Value, err = parseUnit(o.Text, left.Unit()); err != nil {
		hint := unitHint(o.Text, left.Unit())
		if near := Nearest(left.Name, metricWords()); near != "" && left.Kind == QuantityCounter {
			hint = "did you mean " + quote(near) + "?"
		}
		return o, p.fail(start, hint, "%s is %s, not %s", left.bare(), unitWords[left.Unit()], quote(o.Text))
	}
	return o, nil
}

var (
	unitWords    = [...]string{"a number", "a duration", "a share", "a number of bytes"}
	unitExamples = [...]string{"10", "300ms", "99.9%", "64KB"}
)

// parseUnit reads a value of a unit; bytes may be a plain number.
func parseUnit(text string, u Unit) (float64, error) {
	switch u {
	case UnitDuration:
		d, err := ParseDuration(text)
		return float64(d), err
	case UnitShare:
		s, err := ParseShare(text)
		return s.Float(), err
	case UnitBytes:
		if b, err := ParseBytes(text); err == nil {
			return float64(b), nil
		}
	}
	whole, frac, point := strings.Cut(text, ".")
	if !isDigits(whole) || point && !isDigits(frac) {
		return 0, errNumber
	}
	return strconv.ParseFloat(text, 64)
}

// unitHint asks for the unit that is missing.
func unitHint(text string, u Unit) string {
	if strings.Trim(text, digits+".") != "" {
		return "such as " + unitExamples[u]
	}
	switch u {
	case UnitDuration:
		return text + "ms or " + text + "s?"
	case UnitShare:
		return text + "%?"
	}
	return "such as " + unitExamples[u]
}
