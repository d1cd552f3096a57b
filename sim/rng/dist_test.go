package rng

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

const ms = 1_000_000

// must takes the error away from a constructor whose arguments are right.
func must(d *Dist, err error) *Dist {
	if err != nil {
		panic(err)
	}
	return d
}

// A reference is the continuous distribution that a Dist stands for.
type reference interface {
	CDF(x float64) float64
	Quantile(p float64) float64
	Mean() float64
}

// boundedPareto is the textbook's, which gonum does not have.
type boundedPareto struct{ min, max, shape float64 }

func (b boundedPareto) CDF(x float64) float64 {
	return (1 - math.Pow(b.min/x, b.shape)) / (1 - math.Pow(b.min/b.max, b.shape))
}

func (b boundedPareto) Quantile(p float64) float64 {
	r := math.Pow(b.min/b.max, b.shape)
	return b.min * math.Pow(1-p*(1-r), -1/b.shape)
}

func (b boundedPareto) Mean() float64 {
	a, r := b.shape, math.Pow(b.min/b.max, b.shape)
	return math.Pow(b.min, a) / (1 - r) * a / (a - 1) * (math.Pow(b.min, 1-a) - math.Pow(b.max, 1-a))
}

// freePareto is gonum's, whose CDF is right only above Xm.
type freePareto struct{ distuv.Pareto }

func (p freePareto) CDF(x float64) float64 { return 1 - math.Pow(p.Xm/x, p.Alpha) }

var continuous = []struct {
	name string
	dist *Dist
	ref  reference
	rel  float64 // the error that is allowed to a quantile
	mean float64 // and to the mean
}{
	{"uniform", must(Uniform(ms, 2*ms)), distuv.Uniform{Min: ms, Max: 2 * ms}, 1e-6, 1e-6},
	{"exponential", must(Exponential(ms)), distuv.Exponential{Rate: 1.0 / ms}, 1e-6, 1e-4},
	{"normal", must(Normal(20*ms, ms)), distuv.Normal{Mu: 20 * ms, Sigma: ms}, 1e-5, 1e-6},
	{"lognormal 0.5", must(LogNormalMuSigma(Log(ms), 0.5)), distuv.LogNormal{Mu: Log(ms), Sigma: 0.5}, 6e-5, 2e-5},
	{"lognormal 1", must(LogNormalMuSigma(Log(ms), 1)), distuv.LogNormal{Mu: Log(ms), Sigma: 1}, 1.5e-4, 5e-5},
	{"lognormal 2", must(LogNormalMuSigma(Log(ms), 2)), distuv.LogNormal{Mu: Log(ms), Sigma: 2}, 5e-4, 1e-4},
	{"lognormal 300us 2ms", must(LogNormal(300_000, 2*ms)), distuv.LogNormal{Mu: math.Log(300_000), Sigma: math.Log(2.0/0.3) / distuv.UnitNormal.Quantile(0.99)}, 1.5e-4, 5e-5},
	{"pareto 3", must(Pareto(ms, 3, 0)), freePareto{distuv.Pareto{Xm: ms, Alpha: 3}}, 6e-5, 1e-4},
	{"pareto 1.5", must(Pareto(ms, 1.5, 0)), freePareto{distuv.Pareto{Xm: ms, Alpha: 1.5}}, 1.5e-4, 1e-3},
	{"pareto 1.1 to 1s", must(Pareto(ms, 1.1, 1000*ms)), boundedPareto{ms, 1000 * ms, 1.1}, 3e-4, 1e-4},
	{"pareto 0.5 to 10s", must(Pareto(ms, 0.5, 10_000*ms)), boundedPareto{ms, 10_000 * ms, 0.5}, 6e-4, 2e-4},
	{"weibull 0.5", must(Weibull(ms, 0.5)), distuv.Weibull{K: 0.5, Lambda: ms}, 5e-4, 1e-4},
	{"weibull 1.5", must(Weibull(ms, 1.5)), distuv.Weibull{K: 1.5, Lambda: ms}, 6e-5, 2e-5},
}

func TestQuantilesAgreeWithClosedForms(t *testing.T) {
	for _, c := range continuous {
		for _, p := range probabilities() {
			got, want := float64(c.dist.Quantile(p)), c.ref.Quantile(p)
			if math.Abs(got-want) > c.rel*math.Abs(want)+1.5 {
				t.Errorf("%s: quantile %v is %v, want %v (off by %.1e)", c.name, p, got, want, got/want-1)
			}
		}
	}
}

// probabilities covers both tails down to 2^-30, off the entries of the tables.
func probabilities() (p []float64) {
	for x := 0.4999; x > 0x1p-30; x *= 0.93 {
		p = append(p, x, 1-x)
	}
	return append(p, 0.5, 0.9, 0.99, 0.999)
}

func TestMeansAgreeWithClosedForms(t *testing.T) {
	for _, c := range continuous {
		got, want := float64(c.dist.Mean()), c.ref.Mean()
		if math.Abs(got/want-1) > c.mean {
			t.Errorf("%s: mean %v, want %v (off by %.1e)", c.name, got, want, got/want-1)
		}
	}
}

// The Kolmogorov-Smirnov statistic times √n is above 1.95 for one of a
// thousand right distributions.
func TestSamplesFollowTheDistribution(t *testing.T) {
	const n = 50_000
	samples := make([]int64, n)
	for _, c := range continuous {
		for i := range samples {
			samples[i] = c.dist.Sample(Draw(7, 1, Hash(c.name), uint64(i)))
		}
		slices.Sort(samples)
		worst := 0.0
		for i, x := range samples {
			// A sample is rounded: it stands for half a ns to each side.
			worst = max(worst, float64(i+1)/n-c.ref.CDF(float64(x)+0.5), c.ref.CDF(float64(x)-0.5)-float64(i)/n)
		}
		if stat := worst * math.Sqrt(n); stat > 1.95 {
			t.Errorf("%s: Kolmogorov-Smirnov %.2f", c.name, stat)
		}
	}
}

// everyDist has one Dist of each kind and each transformation.
func everyDist() map[string]*Dist {
	all := map[string]*Dist{
		"constant":      Constant(5 * ms),
		"normal signed": must(Normal(0, ms)).Signed(),
		"normal at 0":   must(Normal(ms, ms)),
		"plus":          must(Exponential(ms)).Plus(ms),
		"minus":         must(Exponential(ms)).Plus(-ms),
		"capped":        must(LogNormal(ms, 10*ms)).Capped(4 * ms),
		"empirical":     must(Empirical([]Quantile{{0.1, ms}, {0.5, 2 * ms}, {0.5, 5 * ms}, {0.99, 9 * ms}, {1, 50 * ms}})),
		"mixture": must(Mixture([]Part{
			{chance("99%"), must(LogNormal(ms, 3*ms))},
			{chance("1%"), must(Uniform(100*ms, 200*ms))},
		})),
	}
	for _, c := range continuous {
		all[c.name] = c.dist
	}
	return all
}

func chance(text string) Chance {
	c, err := ParseChance(text)
	if err != nil {
		panic(err)
	}
	return c
}

func TestSamplesRiseWithTheDraw(t *testing.T) {
	for name, d := range everyDist() {
		if name == "mixture" {
			continue
		}
		last := int64(math.MinInt64)
		rising(func(u uint64) {
			if v := d.Sample(u); v < last {
				t.Errorf("%s: falls to %d at %#x", name, v, u)
			} else {
				last = v
			}
		})
	}
}

// rising visits words in order: a grid, and every place next to a power of
// two, where an octave of a table begins.
func rising(visit func(u uint64)) {
	words := []uint64{0, math.MaxUint64}
	for i := range uint64(40_000) {
		words = append(words, i*(math.MaxUint64/40_000))
	}
	for shift := range 64 {
		for _, offset := range []uint64{^uint64(1), ^uint64(0), 0, 1, 2} {
			for step := range uint64(8) {
				edge := uint64(1)<<shift/8*(8+step) + offset
				words = append(words, edge, ^edge)
			}
		}
	}
	slices.Sort(words)
	for _, u := range words {
		visit(u)
	}
}

// The bins of the exponential's table of logarithms must join without a step
// back even where a mean of years shows the last bits.
func TestExponentialRisesAcrossBins(t *testing.T) {
	for bin := range uint64(256) {
		for octave := range 56 {
			edge := (256 + bin) << 55 >> octave // in which u is what is left to 2^64
			last := int64(-1)
			for k := int64(3); k >= -3; k-- {
				v := expNs(-(edge + uint64(k)), Limit/64)
				if v < last {
					t.Fatalf("falls from %d to %d at bin %d of octave %d", last, v, bin, octave)
				}
				last = v
			}
		}
	}
}

func TestSumAndCapOfSamples(t *testing.T) {
	base := map[string]*Dist{"nil": nil}
	for name, d := range everyDist() {
		base[name] = d
	}
	for name, d := range base {
		plus, minus, capped := d.Plus(3*ms), d.Plus(-ms), d.Capped(2*ms)
		for i := range uint64(2000) {
			u := Draw(1, 2, 3, i)
			x := d.Sample(u)
			if got := plus.Sample(u); got != x+3*ms {
				t.Fatalf("%s plus 3 ms: %d becomes %d", name, x, got)
			}
			want := x - ms
			if name != "normal signed" {
				want = max(want, 0)
			}
			if got := minus.Sample(u); got != want {
				t.Fatalf("%s minus 1 ms: %d becomes %d", name, x, got)
			}
			if got := capped.Sample(u); got != min(x, 2*ms) {
				t.Fatalf("%s capped at 2 ms: %d becomes %d", name, x, got)
			}
		}
	}
}

func TestOnlySignedIsNegative(t *testing.T) {
	d := must(Normal(ms, 2*ms))
	negative := 0
	for i := range uint64(10_000) {
		u := Draw(1, 2, 3, i)
		if x := d.Signed().Sample(u); x < 0 {
			negative++
			if got := d.Sample(u); got != 0 {
				t.Fatalf("%d counts as %d, want 0", x, got)
			}
		} else if got := d.Sample(u); got != x {
			t.Fatalf("%d becomes %d", x, got)
		}
	}
	if share := float64(negative) / 10_000; math.Abs(share-0.3085) > 0.02 {
		t.Errorf("a share of %v is negative, want 0.3085", share)
	}
	if got := Constant(-5).Sample(1); got != 0 {
		t.Errorf("the constant -5 gives %d", got)
	}
	if got := Constant(-5).Signed().Sample(1); got != -5 {
		t.Errorf("the signed constant -5 gives %d", got)
	}
	if got := d.Capped(-1).Sample(1 << 63); got != 0 {
		t.Errorf("capped below 0 gives %d, want 0", got)
	}
}

func TestExtremesAreCutToLimit(t *testing.T) {
	for name, d := range map[string]*Dist{
		"constant":    Constant(math.MaxInt64),
		"exponential": must(Exponential(Limit)),
		"lognormal":   must(LogNormalMuSigma(42, 42)),
		"plus":        must(Exponential(Limit)).Plus(math.MaxInt64),
		"uniform":     must(Uniform(-Limit, Limit)).Plus(math.MaxInt64).Plus(math.MaxInt64),
	} {
		if got := d.Sample(math.MaxUint64); got != Limit {
			t.Errorf("%s: the largest sample is %d, want %d", name, got, Limit)
		}
	}
	if got := must(Uniform(-Limit, Limit)).Signed().Plus(math.MinInt64).Sample(0); got != -Limit {
		t.Errorf("the least sample is %d", got)
	}
}

func TestUniformIsExact(t *testing.T) {
	d := must(Uniform(3, 7))
	count := map[int64]int{}
	for i := range uint64(5000) {
		count[d.Sample(i*(math.MaxUint64/5000))]++
	}
	for x := int64(3); x <= 7; x++ {
		if n := count[x]; n < 999 || n > 1001 {
			t.Errorf("%d comes %d times of 5000", x, n)
		}
	}
}

func TestConstructorsRefuse(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	two := func(d *Dist, err error) error { return err }
	for i, c := range []struct {
		err  error
		want string
	}{
		{two(Uniform(2, 1)), "min 2 ns is above max 1 ns"},
		{two(Uniform(0, math.MaxInt64)), "must lie within"},
		{two(Exponential(-1)), "must be from 0"},
		{two(Exponential(math.MaxInt64)), "must be from 0"},
		{two(Normal(math.MinInt64, 1)), "must lie within"},
		{two(Normal(0, -1)), "must be from 0"},
		{two(LogNormal(0, 1)), "above 0"},
		{two(LogNormal(2, 1)), "is above p99"},
		{two(LogNormal(2, math.MaxInt64)), "below"},
		{two(LogNormalMuSigma(nan, 1)), "from -42 to 42"},
		{two(LogNormalMuSigma(43, 1)), "from -42 to 42"},
		{two(LogNormalMuSigma(1, -1)), "from 0 to 42"},
		{two(LogNormalMuSigma(1, inf)), "from 0 to 42"},
		{two(Pareto(0, 2, 0)), "must be from 1"},
		{two(Pareto(1, nan, 0)), "above 0"},
		{two(Pareto(1, 0, 5)), "above 0"},
		{two(Pareto(1, 1, 0)), "give a max"},
		{two(Pareto(1, 0.5, 0)), "give a max"},
		{two(Pareto(10, 2, 5)), "from min 10 ns"},
		{two(Pareto(10, 2, -5)), "from min 10 ns"},
		{two(Weibull(0, 1)), "must be from 1"},
		{two(Weibull(1, 0)), "from 0.1 to 1000"},
		{two(Weibull(1, nan)), "from 0.1 to 1000"},
		{two(Mixture(nil)), "at least one"},
		{two(Mixture([]Part{{chance("50%"), nil}})), "add up to 0.5, want 1"},
		{two(Mixture([]Part{{chance("50%"), nil}, {chance("60%"), nil}})), "add up to 1.1, want 1"},
		{two(Mixture([]Part{{Certain, nil}, {Certain, nil}})), "add up to 2, want 1"},
		{two(Mixture([]Part{{Never, nil}})), "add up to 0, want 1"},
		{two(Empirical(nil)), "at least one"},
		{two(Empirical([]Quantile{{-0.1, 1}})), "from 0 to 1"},
		{two(Empirical([]Quantile{{nan, 1}})), "from 0 to 1"},
		{two(Empirical([]Quantile{{0.5, math.MaxInt64}})), "must lie within"},
		{two(Empirical([]Quantile{{0.5, 1}, {0.4, 2}})), "must not come after"},
		{two(Empirical([]Quantile{{0.5, 2}, {0.6, 1}})), "must not come after"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("case %d: error %v, want one with %q", i, c.err, c.want)
		}
	}
}

func TestDegenerateDistributionsAreConstants(t *testing.T) {
	for name, c := range map[string]struct {
		dist *Dist
		want int64
	}{
		"nil":         {nil, 0},
		"uniform":     {must(Uniform(5, 5)), 5},
		"exponential": {must(Exponential(0)), 0},
		"normal":      {must(Normal(5, 0)), 5},
		"lognormal":   {must(LogNormal(5, 5)), 5},
		"mu":          {must(LogNormalMuSigma(0, 0)), 1},
		"pareto":      {must(Pareto(5, 2, 5)), 5},
		"mixture":     {must(Mixture([]Part{{Certain, Constant(5)}, {Never, Constant(9)}})), 5},
		"point":       {must(Empirical([]Quantile{{0.5, 5}})), 5},
	} {
		for _, u := range []uint64{0, 1 << 63, math.MaxUint64} {
			if got := c.dist.Sample(u); got != c.want {
				t.Errorf("%s: sample %d, want %d", name, got, c.want)
			}
		}
		if got := c.dist.Mean(); got != c.want {
			t.Errorf("%s: mean %d, want %d", name, got, c.want)
		}
		if got := c.dist.Quantile(0.9); got != c.want {
			t.Errorf("%s: quantile %d, want %d", name, got, c.want)
		}
		if got := c.dist.IsZero(); got != (c.want == 0) {
			t.Errorf("%s: IsZero is %v", name, got)
		}
	}
}

func TestEmpiricalGoesThroughItsPoints(t *testing.T) {
	d := must(Empirical([]Quantile{{0.25, 100}, {0.5, 200}, {0.5, 1000}, {0.75, 2000}, {1, 10_000}}))
	for p, want := range map[float64]int64{
		0: 100, 0.1: 100, 0.25: 100, 0.375: 150, 0.49999: 199, 0.5: 1000, 0.625: 1500, 0.75: 2000, 0.875: 6000, 1: 10_000, 2: 10_000, -1: 100,
	} {
		if got := d.Quantile(p); got != want {
			t.Errorf("quantile %v is %d, want %d", p, got, want)
		}
	}
	for i := range uint64(10_000) {
		if x := d.Sample(Draw(1, 1, 1, i)); x > 200 && x < 1000 {
			t.Fatalf("sample %d lies inside the jump", x)
		}
	}
	// A quarter each of 100, 100..200, 1000..2000 and 2000..10000.
	if got, want := d.Mean(), int64((100+150+1500+6000)/4); math.Abs(float64(got-want)) > 2 {
		t.Errorf("mean %d, want %d", got, want)
	}
}

func TestMixtureSamplesEachPartWithItsShare(t *testing.T) {
	d := must(Mixture([]Part{
		{chance("33.3%"), Constant(1)},
		{chance("0"), Constant(2)},
		{chance("33.3%"), must(Uniform(1000, 2000))},
		{chance("33.4%"), nil},
	}))
	const n = 100_000
	count := map[string]float64{}
	for i := range uint64(n) {
		switch x := d.Sample(Draw(1, 1, 1, i)); {
		case x == 0:
			count["nil"]++
		case x == 1:
			count["one"]++
		case x >= 1000 && x <= 2000:
			count["uniform"]++
		default:
			t.Fatalf("sample %d comes from no part", x)
		}
	}
	for name, want := range map[string]float64{"one": 0.333, "uniform": 0.333, "nil": 0.334} {
		if got := count[name] / n; math.Abs(got-want) > 0.006 {
			t.Errorf("%s has a share of %v, want %v", name, got, want)
		}
	}
	if got, want := d.Mean(), int64(500); math.Abs(float64(got-want)) > 1 {
		t.Errorf("mean %d, want %d", got, want)
	}
}

// One part is sampled with all of its own distribution, and the quantiles are
// those of the sorted samples although the parts overlap.
func TestMixtureQuantiles(t *testing.T) {
	inner := must(Mixture([]Part{{chance("50%"), must(Exponential(2 * ms))}, {chance("50%"), Constant(ms)}}))
	d := must(Mixture([]Part{{chance("80%"), inner}, {chance("20%"), must(Normal(ms, ms/4))}}))
	const n = 200_000
	samples := make([]int64, n)
	for i := range samples {
		samples[i] = d.Sample(uint64(i) * (math.MaxUint64 / n))
	}
	slices.Sort(samples)
	for _, p := range []float64{0, 0.01, 0.1, 0.3, 0.5, 0.77, 0.9, 0.99, 0.999} {
		got, want := float64(d.Quantile(p)), float64(samples[int(p*n)])
		if math.Abs(got-want) > 1e-3*want+200 {
			t.Errorf("quantile %v is %v, of the samples %v", p, got, want)
		}
	}
	if got, want := d.Quantile(1), d.parts[0].dist.Quantile(1); got != want {
		t.Errorf("the greatest sample is %d, want %d", got, want)
	}
}

func TestOrderedMixtureRises(t *testing.T) {
	d := everyDist()["mixture"]
	last := int64(-1)
	rising(func(u uint64) {
		v := d.Sample(u)
		if v < last {
			t.Fatalf("falls from %d to %d at %#x", last, v, u)
		}
		last = v
	})
}

func TestLogarithmsOfTheTable(t *testing.T) {
	for i, got := range lnQ64 {
		if want := math.Log(1 + float64(i)/256); math.Abs(float64(got)/0x1p64-want) > 1e-15 {
			t.Errorf("entry %d is %v, want %v", i, float64(got)/0x1p64, want)
		}
	}
}

func TestSamplingDoesNotAllocate(t *testing.T) {
	zipf := NewZipf(1_000_000, 0.99)
	for name, d := range everyDist() {
		u := uint64(0)
		if n := testing.AllocsPerRun(200, func() {
			u += 0x9e3779b97f4a7c15
			d.Sample(u)
			zipf.Rank(u)
		}); n != 0 {
			t.Errorf("%s: %v allocations a sample", name, n)
		}
	}
}

// The integers agree with the portable logarithm to 2^-50 of the mean, all
// the way to the largest sample, 64*ln(2) means.
func TestExponentialWithIntegers(t *testing.T) {
	for i := range uint64(100_000) {
		w := Draw(1, 1, 1, i) >> (i % 64)
		got := float64(negLogQ58(w)) / 0x1p58
		want := -math.Log(float64(w) / 0x1p64)
		if w == 0 {
			want = 0
		}
		if math.Abs(got-want) > 0x1p-50+1e-15*want {
			t.Fatalf("-ln(%#x/2^64) = %.17g, want %.17g", w, got, want)
		}
	}
	if got, want := must(Exponential(ms)).Sample(math.MaxUint64), int64(44_361_419); got != want {
		t.Errorf("the largest sample of 1 ms is %d, want %d", got, want)
	}
}
