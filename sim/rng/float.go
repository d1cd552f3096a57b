package rng

import "math"

// The functions of this file give the same bits on every processor, which
// math.Log, math.Exp and math.Pow do not: those use a fused multiply-add where
// there is one. Here every product, and every quotient by a constant (which
// compiles to a product), is rounded by a conversion before it is added.

const (
	ln2Hi  = 6.93147180369123816490e-01 // its product with an exponent is exact
	ln2Lo  = 1.90821492927058770002e-10 // ln 2 - ln2Hi
	log2e  = 1.44269504088896338700e+00
	expMax = 7.09782712893383973096e+02  // above it Exp overflows
	expMin = -7.08396418532264106224e+02 // below it Exp is less than 2^-1022
)

// Log returns the natural logarithm of x within one unit in the last place:
// FDLIBM's e_log.c. Log(0) is -Inf; Log of a negative number or NaN is NaN.
func Log(x float64) float64 {
	switch {
	case math.IsNaN(x) || x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	case math.IsInf(x, 1):
		return x
	}
	frac, exp := math.Frexp(x) // in [½, 1)
	m, k := float64(frac*2), exp-1
	if m >= math.Sqrt2 {
		m, k = frac, exp
	}
	f := m - 1
	hfsq := float64(float64(0.5*f) * f)
	s := f / (2 + f)
	r := logSeries(s)
	e := float64(k)
	lo := float64(s*(hfsq+r)) + float64(e*ln2Lo)
	return float64(e*ln2Hi) - ((hfsq - lo) - f)
}

// logSeries is (ln(1+f) - ln(1-f))/s - 2s with s = f/(2+f), as two interleaved
// polynomials in s^4.
func logSeries(s float64) float64 {
	z := float64(s * s)
	w := float64(z * z)
	even := 3.999999999940941908e-01 + float64(w*(2.222219843214978396e-01+float64(w*1.531383769920937332e-01)))
	odd := 6.666666666666735130e-01 + float64(w*(2.857142874366239149e-01+float64(w*(1.818357216161805012e-01+float64(w*1.479819860511658591e-01)))))
	return float64(w*even) + float64(z*odd)
}

// Exp returns e^x within one unit in the last place: FDLIBM's e_exp.c. A
// result below the smallest normal number becomes 0.
func Exp(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x > expMax:
		return math.Inf(1)
	case x < expMin:
		return 0
	}
	k := math.Floor(float64(log2e*x) + 0.5)
	hi := x - float64(k*ln2Hi)
	lo := float64(k * ln2Lo)
	r := hi - lo
	t := float64(r * r)
	c := r - float64(t*(1.66666666666666019037e-01+float64(t*(-2.77777777770155933842e-03+
		float64(t*(6.61375632143793436117e-05+float64(t*(-1.65339022054652515390e-06+float64(t*4.13813679705723846039e-08)))))))))
	y := 1 - ((lo - float64(r*c)/(2-c)) - hi)
	return math.Ldexp(y, int(k))
}

// Pow returns x^y for x > 0, as Exp(y*Log(x)). Its relative error grows with
// |y*ln(x)|: about that many units in the last place.
func Pow(x, y float64) float64 { return Exp(float64(y * Log(x))) }
