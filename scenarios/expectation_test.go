package scenarios

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestExpectationsRead(t *testing.T) {
	for text, want := range map[string]Expectation{
		"hints_stored > 0":                 {Quantity{Name: "hints_stored"}, Greater, Operand{Value: 0, Text: "0"}},
		"hints_stored(n3) while cut == 31": {Quantity{Name: "hints_stored", Arg: "n3", Scope: Scope{Kind: ScopeWhile, Name: "cut"}}, Equals, Operand{Value: 31, Text: "31"}},
		"p99.9(get) between 10s and 20s <= 300ms": {Quantity{QuantityStat, "p99.9", "get", Scope{Kind: ScopeBetween, From: 10 * Second, To: 20 * Second}}, AtMost,
			Operand{Value: 300e6, Text: "300ms"}},
		"availability(put) in load >= 99.9%": {Quantity{QuantityShare, "availability", "put", Scope{Kind: ScopeIn, Name: "load"}}, AtLeast, Operand{Value: mustShare("99.9%").Float(), Text: "99.9%"}},
		"stale_reads before cut < 0.001":     {Quantity{QuantityShare, "stale_reads", "", Scope{Kind: ScopeBefore, Name: "cut"}}, Less, Operand{Value: mustShare("0.001").Float(), Text: "0.001"}},
		"max(siblings) != 8":                 {Quantity{Kind: QuantityStat, Name: "max", Arg: "siblings"}, Differs, Operand{Value: 8, Text: "8"}},
		"info(cart-add) == 0":                {Quantity{Kind: QuantityCount, Name: "info", Arg: "cart-add"}, Equals, Operand{Text: "0"}},
		"effects(crash) > 3":                 {Quantity{Kind: QuantityEffects, Name: "effects", Arg: "crash"}, Greater, Operand{Value: 3, Text: "3"}},
		"invalid(linearizable) >= 1%":        {Quantity{Kind: QuantityVerdict, Name: "invalid", Arg: "linearizable"}, AtLeast, Operand{Value: mustShare("1%").Float(), Text: "1%"}},
		"heal_to_convergence < 5s":           {Quantity{Kind: QuantityHeal, Name: "heal_to_convergence"}, Less, Operand{Value: 5e9, Text: "5s"}},
		"bytes_sent <= 64KB":                 {Quantity{Name: "bytes_sent"}, AtMost, Operand{Value: 64000, Text: "64KB"}},
		"mean(hint_age) after cut > 1.5ms":   {Quantity{QuantityStat, "mean", "hint_age", Scope{Kind: ScopeAfter, Name: "cut"}}, Greater, Operand{Value: 1.5e6, Text: "1.5ms"}},
		"  p99(get)after cut\t<= p99( get ) before cut": {Quantity{QuantityStat, "p99", "get", Scope{Kind: ScopeAfter, Name: "cut"}}, AtMost,
			Operand{Quantity: &Quantity{QuantityStat, "p99", "get", Scope{Kind: ScopeBefore, Name: "cut"}}}},
	} {
		got, err := ParseExpectation(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got.String() != want.String() || got.Left != want.Left || got.Cmp != want.Cmp || got.Right.Value != want.Right.Value || (got.Right.Quantity == nil) != (want.Right.Quantity == nil) {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
		if again, err := ParseExpectation(got.String()); err != nil || again.String() != got.String() {
			t.Errorf("%s prints as %s, which reads as %s: %v", text, got, again, err)
		}
	}
}

func TestExpectationsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"p99(get) >= 5":                   "column 13: p99(get) is a duration, not \"5\": 5ms or 5s?",
		"availability(put) >= 99.9":       "column 22: availability(put) is a share, not \"99.9\": 99.9%?",
		"availability(put) = 99%":         "column 19: a bare = compares nothing: write == to compare",
		"availability(put) >= 101%":       "column 22: availability(put) is a share",
		"hints_stored > 5s":               "column 16: hints_stored is a number, not \"5s\"",
		"hints_stored > 1 and shed == 0":  "column 18: more than a claim: \"and\": write the other claim on a line of its own",
		"hints_stored + 1 > 2":            "column 14: a comparison is missing before \"+\"",
		"mean(get) ≥ 5ms":                 "column 11: a comparison is missing before \"≥\": write >=",
		"é":                               "column 1: a quantity is missing before \"é\"",
		"":                                "column 1: a quantity is missing before \"\"",
		"p99(get)":                        "column 9: a comparison is missing",
		"p99(get) <":                      "column 11: a value is missing: such as 300ms",
		"p99() < 5ms":                     "column 5: nothing stands in the parentheses",
		"p99(get < 5ms":                   "column 9: a ) is missing",
		"p99 < 5ms":                       "needs a distribution in parentheses",
		"p99(gte) < 5ms":                  "column 5: \"gte\" is not a distribution: did you mean \"get\"?",
		"ok(read) > 1":                    "column 4: \"read\" is not an operation",
		"heal_to_convergence(n1) < 5s":    "column 21: heal_to_convergence is of the whole cluster",
		"shed while > 3":                  "column 12: a fault of a run is missing after while",
		"shed in sleep > 3":               "column 9: \"sleep\" is not a phase",
		"shed between 5s or 6s > 3":       "column 17: \"and\" is missing",
		"shed between 6s and 5s > 3":      "column 21: the span is empty",
		"shed between 5 and 6s > 3":       "column 14: not a duration: \"5\"",
		"Shed > 3":                        "column 1: not a quantity: \"Shed\"",
		"p99(get) <= shed":                "column 13: p99(get) is a duration, shed is a number: compare like with like",
		"5 < shed":                        "column 1: a quantity is missing before \"5\"",
		"shed > 1e3":                      "column 8: shed is a number, not \"1e3\"",
		strings.Repeat("a", 600) + " > 1": "at most 500 characters",
		"shed == 3 # why":                 "column 11: more than a claim: \"#\"",
		"shed(n1/3) > 1":                  "column 6: \"n1/3\" is not a node or workload",
	} {
		if _, err := ParseExpectation(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// anyClaim draws a claim that is well formed.
func anyClaim(rt *rapid.T) Expectation {
	quantity := func(label string) Quantity {
		q := rapid.SampledFrom([]Quantity{{Name: "hints_stored"}, {Name: "shed", Arg: "n1"}, {Kind: QuantityStat, Name: "p99.99", Arg: "put"}, {Kind: QuantityStat, Name: "min", Arg: "load"},
			{Kind: QuantityShare, Name: "availability", Arg: "rmw"}, {Kind: QuantityShare, Name: "sibling_reads"}, {Kind: QuantityCount, Name: "fail", Arg: "put"},
			{Kind: QuantityEffects, Name: "effects", Arg: "cut-1"}, {Kind: QuantityVerdict, Name: "unknown", Arg: "cart"}, {Kind: QuantityHeal, Name: "heal_to_convergence"}, {Name: "bytes_sent"}}).Draw(rt, label)
		q.Scope = rapid.SampledFrom([]Scope{{}, {Kind: ScopeWhile, Name: "cut-1"}, {Kind: ScopeBefore, Name: "x"}, {Kind: ScopeAfter, Name: "x"}, {Kind: ScopeIn, Name: "quiesce"},
			{Kind: ScopeBetween, From: 0, To: 1}, {Kind: ScopeBetween, From: 90 * Second, To: Hour}}).Draw(rt, label+" scope")
		return q
	}
	x := Expectation{Left: quantity("left"), Cmp: rapid.SampledFrom([]Comparison{Equals, Differs, Less, AtMost, Greater, AtLeast}).Draw(rt, "cmp")}
	if right := quantity("right"); right.Unit() == x.Left.Unit() && rapid.Bool().Draw(rt, "two quantities") {
		x.Right.Quantity = &right
		return x
	}
	x.Right.Text = rapid.SampledFrom(map[Unit][]string{UnitNumber: {"0", "3.5", "12"}, UnitDuration: {"0s", "5ms", "1m30s"}, UnitShare: {"0", "1", "99.99%"}, UnitBytes: {"0", "64KB", "1.5KiB"}}[x.Left.Unit()]).Draw(rt, "value")
	x.Right.Value, _ = parseUnit(x.Right.Text, x.Left.Unit())
	return x
}

func TestExpectationRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := anyClaim(rt)
		got, err := ParseExpectation(x.String())
		if err != nil || got.String() != x.String() || got.Left != x.Left || got.Right.Value != x.Right.Value {
			rt.Fatalf("%s reads as %+v: %v", x, got, err)
		}
	})
}

func FuzzExpectation(f *testing.F) {
	for _, seed := range []string{"availability(put) while cut >= 99.9%", "p99(get) after cut <= p99(get) before cut", "shed between 1s and 2s != 0", "effects(cut) > 0", "é ≥ 1", "a(b)(c) == 1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := ParseExpectation(text)
		if err != nil {
			var c *claimError
			if !errors.As(err, &c) || c.column < 1 || c.column > len([]rune(text))+1 {
				t.Fatalf("%q: %v has no column of the text", text, err)
			}
			return
		}
		if again, err := ParseExpectation(x.String()); err != nil || again.String() != x.String() {
			t.Fatalf("%q prints as %q: %v", text, x, err)
		}
	})
}

// measured answers by the text of a quantity.
type measured map[string]float64

func (m measured) Measure(q Quantity) (float64, error) {
	v, ok := m[q.String()]
	if !ok {
		return 0, errors.New("nothing was measured")
	}
	return v, nil
}

func TestEval(t *testing.T) {
	q := measured{"shed": 3, "p99(get)": 5e6, "p99(get) after cut": 7.25e6, "availability(put)": 0.9987, "bytes_sent": 64000}
	for _, row := range []struct {
		text string
		ok   bool
		got  string
		err  string
	}{
		{"shed == 3", true, "3", ""}, {"shed != 3", false, "3", ""}, {"shed < 3", false, "3", ""}, {"shed <= 3", true, "3", ""}, {"shed > 3", false, "3", ""}, {"shed >= 3", true, "3", ""},
		{"p99(get) <= 5ms", true, "5ms", ""}, {"p99(get) < 5000us", false, "5ms", ""}, {"availability(put) >= 99.9%", false, "99.87%", ""}, {"bytes_sent == 64KB", true, "64KB", ""},
		{"p99(get) after cut <= p99(get)", false, "7.25ms against 5ms", ""}, {"p99(get) < p99(get) after cut", true, "5ms against 7.25ms", ""},
		{"p99(put) < 5ms", false, "", "p99(put): nothing was measured"}, {"p99(get) < p99(put)", false, "5ms", "p99(put): nothing was measured"},
	} {
		x, err := ParseExpectation(row.text)
		if err != nil {
			t.Fatal(err)
		}
		ok, got, err := x.Eval(q)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if ok != row.ok || got != row.got || message != row.err {
			t.Errorf("%s: %v, %q, %q; want %v, %q, %q", row.text, ok, got, message, row.ok, row.got, row.err)
		}
	}
}

func TestPercentile(t *testing.T) {
	for name, want := range map[string]float64{"p50": 0.5, "p99.9": 0.999, "p99.99": 0.9999} {
		if p, ok := (Quantity{Kind: QuantityStat, Name: name}).Percentile(); !ok || p < want-1e-12 || p > want+1e-12 {
			t.Errorf("%s is %v, %v", name, p, ok)
		}
	}
	if _, ok := (Quantity{Kind: QuantityStat, Name: "mean"}).Percentile(); ok {
		t.Error("the mean is a percentile")
	}
}
