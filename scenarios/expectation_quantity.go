package scenarios

import (
	"slices"
	"strings"
)

// quantity reads a quantity with its scope.
func (p *claimParser) quantity() (q Quantity, err error) {
	q.Name = p.next()
	start := p.start
	if q.Name == "" || strings.IndexByte(letters, q.Name[0]) < 0 {
		return q, p.fail(start, "such as availability(put) or hints_stored", "a quantity is missing before %s", quote(q.Name))
	}
	q.Kind = kindOfQuantity(q.Name)
	argStart := p.at
	if p.peek() == "(" {
		if argStart, err = p.argument(&q); err != nil {
			return q, err
		}
	}
	if err = p.checkQuantity(q, start, argStart); err != nil {
		return q, err
	}
	scopeStart := p.at
	if q.Scope, err = p.scope(); err != nil || q.Scope.Kind == ScopeAll {
		return q, err
	}
	if m, _ := metricOf(q.Name); q.Kind == QuantityMetric && m.Whole {
		return q, p.fail(scopeStart+1, "without"+q.Scope.String(), "%s is of the whole run", q.Name)
	}
	return q, nil
}

// argument reads what stands in parentheses and returns its offset.
func (p *claimParser) argument(q *Quantity) (int, error) {
	p.next()
	q.Arg = p.next()
	start := p.start
	if q.Arg == "" || !isClaimWord(q.Arg[0]) {
		return start, p.fail(start, "such as "+q.Name+"(put)", "nothing stands in the parentheses")
	}
	if end := p.next(); end != ")" {
		return start, p.fail(p.start, "", "a ) is missing")
	}
	return start, nil
}

func kindOfQuantity(name string) QuantityKind {
	switch {
	case isPercentile(name) || slices.Contains(claimStats, name):
		return QuantityStat
	case slices.Contains(claimShares, name):
		return QuantityShare
	case slices.Contains(claimCounts, name):
		return QuantityCount
	case name == "effects":
		return QuantityEffects
	case name == "invalid" || name == "unknown":
		return QuantityVerdict
	case name == "heal_to_convergence":
		return QuantityHeal
	}
	if _, ok := metricOf(name); ok {
		return QuantityMetric
	}
	return QuantityCounter
}

// isPercentile tells whether a word is one of p1 to p99.9999.
func isPercentile(name string) bool {
	number, ok := strings.CutPrefix(name, "p")
	whole, frac, point := strings.Cut(number, ".")
	return ok && isDigits(whole) && len(whole) <= 2 && (len(whole) == 1 || whole[0] != '0') && len(frac) <= 4 &&
		(!point || isDigits(frac)) && strings.Trim(number, "0.") != ""
}

// checkQuantity checks name and argument. The offsets are those of both.
func (p *claimParser) checkQuantity(q Quantity, start, argStart int) error {
	switch q.Kind {
	case QuantityStat:
		return p.argOf(q, argStart, sortedKeys(distributionUnits), "a distribution")
	case QuantityShare:
		if q.Arg == "" {
			return nil
		}
		return p.argOf(q, argStart, claimOps, "an operation")
	case QuantityCount:
		return p.argOf(q, argStart, claimOps, "an operation")
	case QuantityEffects:
		return p.argOf(q, argStart, p.known(func(n *claimNames) []string { return append(slices.Clone(n.faults), n.kinds...) }), "a fault or a kind of fault")
	case QuantityVerdict:
		return p.argOf(q, argStart, p.known(func(n *claimNames) []string { return n.checks }), "a check")
	case QuantityHeal, QuantityMetric:
		if q.Arg != "" {
			return p.fail(argStart, "without parentheses", "%s is of the whole cluster", q.Name)
		}
		return nil
	}
	return p.checkCounter(q, start, argStart)
}

// checkCounter checks a name that nothing else is called.
func (p *claimParser) checkCounter(q Quantity, start, argStart int) error {
	if q.Arg == "" && strings.Trim(q.Name, digits+".%/-") == "" {
		return p.fail(start, "", "a quantity is missing before %s", quote(q.Name))
	}
	counters := p.known(func(n *claimNames) []string { return n.counters })
	if counters != nil && !slices.Contains(counters, q.Name) {
		all := slices.Concat(claimShares, claimCounts, claimStats, []string{"p50", "p99", "effects", "invalid", "unknown", "heal_to_convergence"}, counters, metricWords())
		return p.fail(start, suggest(q.Name, all), "no quantity %s", quote(q.Name))
	}
	if strings.Trim(q.Name, lowers+digits+"_") != "" {
		return p.fail(start, "small letters, digits and underscores", "not a quantity: %s", quote(q.Name))
	}
	if q.Arg == "" {
		return nil
	}
	return p.argOf(q, argStart, p.known(func(n *claimNames) []string { return n.places }), "a node or workload")
}

// known returns a list of names, nil if any is accepted.
func (p *claimParser) known(list func(*claimNames) []string) []string {
	if p.names == nil {
		return nil
	}
	if names := list(p.names); len(names) > 0 {
		return names
	}
	return nil
}

// argOf checks an argument; known nil accepts any.
func (p *claimParser) argOf(q Quantity, start int, known []string, what string) error {
	switch {
	case q.Arg == "" && known == nil:
		return p.fail(start, "", "%s needs %s in parentheses", q.Name, what)
	case q.Arg == "":
		return p.fail(start, "such as "+q.Name+"("+known[0]+")", "%s needs %s in parentheses", q.Name, what)
	case known != nil && !slices.Contains(known, q.Arg):
		return p.fail(start, suggest(q.Arg, known), "%s is not %s", quote(q.Arg), what)
	case checkFormat("id", q.Arg) != nil:
		return p.fail(start, "", "%s is not %s", quote(q.Arg), what)
	}
	return nil
}

func sortedKeys(m map[string]Unit) []string {
	var keys []string
	for k := range m { // order: sorted below
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
