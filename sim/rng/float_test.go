package rng

import (
	"math"
	"math/big"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// bigExp is e^x with 120 bits, by halving x until the series is short.
func bigExp(x float64) *big.Float {
	const prec, halvings = 140, 12
	y := new(big.Float).SetPrec(prec).SetFloat64(x)
	y.SetMantExp(y, -halvings)
	sum, term := big.NewFloat(1).SetPrec(prec), big.NewFloat(1).SetPrec(prec)
	for i := int64(1); i < 60; i++ {
		term.Mul(term, y)
		term.Quo(term, new(big.Float).SetPrec(prec).SetInt64(i))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

// ulpsOff is |got - want| in units of the last place of got.
func ulpsOff(got float64, want *big.Float) float64 {
	diff := new(big.Float).Sub(want, new(big.Float).SetPrec(140).SetFloat64(got))
	d, _ := diff.Float64()
	return math.Abs(d) / (math.Nextafter(math.Abs(got), math.Inf(1)) - math.Abs(got))
}

func TestExpIsWithinOneUlp(t *testing.T) {
	worst := 0.0
	for i := range uint64(3000) {
		x := float64(Draw(1, 1, 1, i))/0x1p64*200 - 100
		if i%3 == 0 {
			x /= 100
		}
		worst = max(worst, ulpsOff(Exp(x), bigExp(x)))
	}
	if worst > 1 {
		t.Errorf("Exp is off by %.3f ulp", worst)
	}
}

// y = ln(x) + e means e^y = x*(1+e) for a small e.
func TestLogIsWithinOneUlp(t *testing.T) {
	worst := 0.0
	for i := range uint64(3000) {
		x := Exp(float64(Draw(1, 1, 2, i))/0x1p64*80 - 40)
		if i%3 == 0 {
			x = float64(Draw(1, 1, 2, i))/0x1p64 + 0.5
		}
		y := Log(x)
		ratio := new(big.Float).Quo(bigExp(y), new(big.Float).SetPrec(140).SetFloat64(x))
		off, _ := ratio.Sub(ratio, big.NewFloat(1)).Float64()
		ulp := math.Nextafter(math.Abs(y), math.Inf(1)) - math.Abs(y)
		worst = max(worst, math.Abs(off)/ulp)
	}
	if worst > 1 {
		t.Errorf("Log is off by %.3f ulp", worst)
	}
}

func TestLogAndExpAgreeWithMath(t *testing.T) {
	near := func(a, b float64) bool {
		return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 3*math.Abs(math.Nextafter(b, 0)-b)
	}
	for i := range uint64(200_000) {
		x := math.Float64frombits(Draw(1, 1, 3, i)) // every exponent, sign and NaN
		if math.Abs(x) < 0x1p-1022 {
			continue // math.Log of amd64 is wrong there (golang/go#56600)
		}
		if got, want := Log(x), math.Log(x); !near(got, want) {
			t.Fatalf("Log(%v) = %v, math says %v", x, got, want)
		}
		x = float64(int64(Draw(1, 1, 4, i))) / 0x1p63 * 720
		if got, want := Exp(x), math.Exp(x); !near(got, want) && want > 0x1p-1022 {
			t.Fatalf("Exp(%v) = %v, math says %v", x, got, want)
		}
	}
}

func TestLogAndExpAtTheEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"Log(1)", Log(1), 0},
		{"Log(0)", Log(0), -inf},
		{"Log(-1)", Log(-1), nan},
		{"Log(Inf)", Log(inf), inf},
		{"Log(NaN)", Log(nan), nan},
		{"Log(2^-1074)", Log(0x1p-1074), -744.4400719213812},
		{"Exp(0)", Exp(0), 1},
		{"Exp(Inf)", Exp(inf), inf},
		{"Exp(-Inf)", Exp(-inf), 0},
		{"Exp(710)", Exp(710), inf},
		{"Exp(-709)", Exp(-709), 0},
		{"Exp(NaN)", Exp(nan), nan},
		{"Pow(0, 2)", Pow(0, 2), 0},
		{"Pow(5, 0)", Pow(5, 0), 1},
	} {
		if c.got != c.want && !(math.IsNaN(c.got) && math.IsNaN(c.want)) {
			t.Errorf("%s = %v, want %v", c.what, c.got, c.want)
		}
	}
}

func TestPowAgreesWithMath(t *testing.T) {
	for i := range uint64(20_000) {
		x, y := float64(Draw(1, 1, 5, i))/0x1p60, float64(int64(Draw(1, 1, 6, i)))/0x1p60
		got, want := Pow(x, y), math.Pow(x, y)
		if limit := 0x1p-52 * (4 + math.Abs(y*math.Log(x))); math.Abs(got/want-1) > limit {
			t.Fatalf("Pow(%v, %v) = %v, math says %v", x, y, got, want)
		}
	}
}

// The round trip through the error function knows nothing of the algorithm;
// gonum's quantile is an implementation by others.
func TestNormalQuantile(t *testing.T) {
	standard := distuv.UnitNormal
	for i := 1; i < 4000; i++ {
		p := float64(i) / 8000
		if i%2 == 0 {
			p = Exp(-float64(i) / 10) // deep into the tail
		}
		z := NormalQuantile(p)
		if back := math.Erfc(-z/math.Sqrt2) / 2; math.Abs(back/p-1) > 1e-14*(10+z*z) {
			t.Errorf("quantile of %v is %v, below which lies %v", p, z, back)
		}
		if want := standard.Quantile(p); math.Abs(z/want-1) > 1e-14 {
			t.Errorf("quantile of %v is %v, gonum says %v", p, z, want)
		}
		if p > 0.01 && NormalQuantile(1-p) != -NormalQuantile(1-(1-p)) {
			t.Errorf("the quantiles of %v and %v are not symmetrical", p, 1-p)
		}
	}
	for p, want := range map[float64]float64{0: math.Inf(-1), 0.5: 0, 1: math.Inf(1)} {
		if got := NormalQuantile(p); got != want {
			t.Errorf("quantile of %v is %v", p, got)
		}
	}
	for _, p := range []float64{-0.1, 1.1, math.NaN()} {
		if got := NormalQuantile(p); !math.IsNaN(got) {
			t.Errorf("quantile of %v is %v, want NaN", p, got)
		}
	}
}
