package ring

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// figure2 is the ring of Figure 2 (Dynamo §4.2): nodes A to G, numbered 0 to 6, at
// 1/8, 2/8 and so on.
func figure2() []Token {
	var tokens []Token
	for i := range int32(7) {
		tokens = append(tokens, Token{Share(float64(i+1) / 8), i})
	}
	return tokens
}

// letters writes nodes 0, 1 ... as A, B ...
func letters(nodes []int32) string {
	var b strings.Builder
	for _, n := range nodes {
		b.WriteByte("ABCDEFGHIJKLMNOPQRSTUVWX"[n])
	}
	return b.String()
}

// homes returns the first n nodes for a position, as letters.
func homes(r *Ring, p Position, n int) string { return letters(r.Preference(r.RangeOf(p))[:n]) }

// TestFigure2 (Dynamo §4.3): with N=3 a key in (A, B] is stored at B, C and D, and D
// stores (A, B], (B, C] and (C, D].
func TestFigure2(t *testing.T) {
	r := New(figure2(), Options{})
	if got := homes(r, Share(1.5/8), 3); got != "BCD" {
		t.Errorf("a key in (A, B] is stored at %s", got)
	}
	var stored []string
	for i := range r.Ranges() {
		if strings.Contains(letters(r.Preference(i)[:3]), "D") {
			stored = append(stored, endpoints(r, i))
		}
	}
	if !slices.Equal(stored, []string{"AB", "BC", "CD"}) {
		t.Errorf("D stores %v", stored)
	}
	for position, want := range map[float64]string{0: "ABC", 1. / 8: "ABC", 2. / 8: "BCD", 6.5 / 8: "GAB", 7.5 / 8: "ABC"} {
		if got := homes(r, Share(position), 3); got != want {
			t.Errorf("at %v: %s, want %s", position, got, want)
		}
	}
	if got := homes(r, Share(1.5/8), 7); got != "BCDEFGA" {
		t.Errorf("the whole preference list is %s", got)
	}
}

// endpoints names a range of Figure 2 by the nodes whose tokens bound it.
func endpoints(r *Ring, i int) string {
	var out [2]byte
	for _, t := range r.Tokens() {
		if t.At == r.Range(i).After {
			out[0] = letters([]int32{t.Node})[0]
		}
		if t.At == r.Range(i).Upto {
			out[1] = letters([]int32{t.Node})[0]
		}
	}
	return string(out[:])
}

// TestFigure2WithX (Dynamo §4.9): X joins between A and B. It stores (F, G], (G, A]
// and (A, X], which B, C and D give up; nothing else moves.
func TestFigure2WithX(t *testing.T) {
	const x = 23
	before := New(figure2(), Options{})
	after := New(append(figure2(), Token{Share(1.5 / 8), x}), Options{})
	for position, want := range map[float64]string{
		6.5 / 8:  "GAX", // (F, G] was GAB: B gives it
		7.5 / 8:  "AXB", // (G, A] was ABC: C gives it
		1.25 / 8: "XBC", // (A, X] was BCD: D gives it
		1.75 / 8: "BCD", // (X, B] stays
		2.5 / 8:  "CDE",
		5.5 / 8:  "FGA",
	} {
		if got := homes(after, Share(position), 3); got != want {
			t.Errorf("at %v: %s, was %s, want %s", position, got, homes(before, Share(position), 3), want)
		}
	}
}

// scan is the twin of RangeOf and Preference by definition: the first token at or
// after the position, among all.
func scan(tokens []Token, p Position) int {
	best := -1
	for i, t := range tokens {
		if best < 0 || p.Distance(t.At).Less(p.Distance(tokens[best].At)) {
			best = i
		}
	}
	return best
}

// TestAgainstLinearScan: every position lies in exactly one range, the one that
// RangeOf finds; its list starts with the token that ends it.
func TestAgainstLinearScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, opts := drawRing(t)
		p := drawPosition(t, "p")
		if rapid.Bool().Draw(t, "at a token") {
			p = rapid.SampledFrom(r.Tokens()).Draw(t, "token").At
		}
		i := r.RangeOf(p)
		for k := range r.Ranges() {
			if r.Range(k).Contains(p) != (k == i) {
				t.Fatalf("%v is in range %d of %d, %v: %v", p, k, r.Ranges(), r.Range(k), k != i)
			}
		}
		if !opts.Spread || r.Ranges() == 1 {
			from := p
			if opts.Ranges > 0 {
				from = r.Range(i).Upto // §6.2, strategy 2: clockwise from the range's end
			}
			if got, want := r.Preference(i)[0], r.Tokens()[scan(r.Tokens(), from)].Node; got != want {
				t.Fatalf("range %d begins its list with %d, want %d", i, got, want)
			}
		}
	})
}

// TestRangesTileTheRing: clockwise, end to end, summing up to all of it.
func TestRangesTileTheRing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, _ := drawRing(t)
		sum, n := 0.0, r.Ranges()
		for i := range n {
			sum += r.Range(i).Share()
			if r.Range(i).Upto != r.Range((i+1)%n).After {
				t.Fatalf("a gap after range %d", i)
			}
			if i > 0 && !r.Range(i-1).Upto.Less(r.Range(i).Upto) {
				t.Fatalf("range %d is not clockwise of the one before", i)
			}
		}
		if sum < 1-1e-12 || sum > 1+1e-12 {
			t.Fatalf("the ranges sum to %v", sum)
		}
	})
}

// TestTokensAtOnePosition end one range; their nodes come in order.
func TestTokensAtOnePosition(t *testing.T) {
	r := New([]Token{{Share(.5), 2}, {Share(.25), 1}, {Share(.5), 0}}, Options{})
	if r.Ranges() != 2 || homes(r, Share(.4), 3) != "ACB" {
		t.Errorf("%d ranges, %s", r.Ranges(), homes(r, Share(.4), 3))
	}
	one := New([]Token{{Share(.5), 2}, {Share(.5), 0}}, Options{})
	if one.Ranges() != 1 || one.Range(0).Share() != 1 || one.RangeOf(Share(.7)) != 0 {
		t.Errorf("%d ranges, the first %v", one.Ranges(), one.Range(0))
	}
}

func TestEmptyRing(t *testing.T) {
	r := New(nil, Options{Spread: true})
	if r.Ranges() != 0 || len(r.Nodes()) != 0 || len(r.Loads(3)) != 0 {
		t.Errorf("%v", r)
	}
}

// TestNewKeepsNoReference to the tokens it was given.
func TestNewKeepsNoReference(t *testing.T) {
	tokens := figure2()
	r := New(tokens, Options{})
	slices.Reverse(tokens)
	clear(tokens[1:])
	if got := homes(r, Share(1.5/8), 7); got != "BCDEFGA" {
		t.Errorf("the ring changed: %s", got)
	}
	if got, want := r.String(), "ring of 7 nodes, 7 tokens, 7 ranges"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
