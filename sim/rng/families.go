package rng

import "fmt"

// Constant returns the distribution that always gives ns.
func Constant(ns int64) *Dist { return newDist(Dist{kind: constant, base: clampNs(ns)}) }

// Uniform returns the distribution in which each of the integers min..max is
// equally likely.
func Uniform(min, max int64) (*Dist, error) {
	switch {
	case min > max:
		return nil, fmt.Errorf("uniform: min %d ns is above max %d ns", min, max)
	case min < -Limit || max > Limit:
		return nil, fmt.Errorf("uniform: min %d ns and max %d ns must lie within ±%d ns", min, max, Limit)
	case min == max:
		return Constant(min), nil
	}
	return newDist(Dist{kind: uniform, base: min, span: uint64(max-min) + 1}), nil
}

// Exponential returns the exponential distribution with the given mean >= 0.
// Its samples are exact to the nanosecond below a mean of some days.
func Exponential(mean int64) (*Dist, error) {
	if mean < 0 || mean > Limit {
		return nil, fmt.Errorf("exponential: mean %d ns must be from 0 to %d ns", mean, Limit)
	}
	if mean == 0 {
		return Constant(0), nil
	}
	return newDist(Dist{kind: exponential, base: mean}), nil
}

// Normal returns the normal distribution; what falls below 0 counts as 0,
// which raises the mean, unless it is made Signed.
func Normal(mean, stddev int64) (*Dist, error) {
	switch {
	case mean < -Limit || mean > Limit:
		return nil, fmt.Errorf("normal: mean %d ns must lie within ±%d ns", mean, Limit)
	case stddev < 0 || stddev > Limit:
		return nil, fmt.Errorf("normal: stddev %d ns must be from 0 to %d ns", stddev, Limit)
	case stddev == 0:
		return Constant(mean), nil
	}
	t := newTable(func(p float64, upper bool) float64 {
		return float64(float64(stddev) * tailNormal(p, upper))
	})
	return newDist(Dist{kind: tabulated, table: t, shift: mean}), nil
}

// LogNormal returns the log-normal distribution with the given median and 99th
// percentile.
func LogNormal(p50, p99 int64) (*Dist, error) {
	switch {
	case p50 <= 0 || p99 > Limit:
		return nil, fmt.Errorf("lognormal: p50 %d ns and p99 %d ns must lie above 0 and below %d ns", p50, p99, Limit)
	case p50 > p99:
		return nil, fmt.Errorf("lognormal: p50 %d ns is above p99 %d ns", p50, p99)
	}
	sigma := Log(float64(p99)/float64(p50)) / NormalQuantile(0.99)
	return logNormal(float64(p50), sigma), nil
}

// LogNormalMuSigma returns the distribution of e^x ns for a normal x with mean
// mu and standard deviation sigma.
func LogNormalMuSigma(mu, sigma float64) (*Dist, error) {
	const muMax = 42 // e^42 ns is 55 years
	switch {
	case !(mu >= -muMax && mu <= muMax):
		return nil, fmt.Errorf("lognormal: mu %v must be from -%d to %d: the median is e^mu ns", mu, muMax, muMax)
	case !(sigma >= 0 && sigma <= muMax):
		return nil, fmt.Errorf("lognormal: sigma %v must be from 0 to %d", sigma, muMax)
	}
	return logNormal(Exp(mu), sigma), nil
}

func logNormal(median, sigma float64) *Dist {
	if sigma == 0 {
		return Constant(toNs(median))
	}
	return newDist(Dist{kind: tabulated, table: newTable(func(p float64, upper bool) float64 {
		return float64(median * Exp(float64(sigma*tailNormal(p, upper))))
	})})
}

// Pareto returns the Pareto distribution P(X > x) = (min/x)^shape for x >= min.
// With max > 0 it is the bounded one, conditioned on X <= max. A shape of 1 or
// less has no mean and needs max; between 1 and about 1.3 much of the mean lies
// beyond the probability 2^-33 at which tables end.
func Pareto(min int64, shape float64, max int64) (*Dist, error) {
	switch {
	case min <= 0 || min > Limit:
		return nil, fmt.Errorf("pareto: min %d ns must be from 1 to %d ns", min, Limit)
	case !(shape > 0 && shape <= shapeMax):
		return nil, fmt.Errorf("pareto: shape %v must be above 0 and at most %d", shape, shapeMax)
	case max != 0 && (max < min || max > Limit):
		return nil, fmt.Errorf("pareto: max %d ns must be 0, for none, or from min %d ns to %d ns", max, min, Limit)
	case max == 0 && shape <= 1:
		return nil, fmt.Errorf("pareto: shape %v has no mean: give a max, or a shape above 1", shape)
	case max == min:
		return Constant(min), nil
	}
	cut := 0.0 // the tail beyond max
	if max > 0 {
		cut = Pow(float64(min)/float64(max), shape)
	}
	return newDist(Dist{kind: tabulated, table: newTable(func(p float64, upper bool) float64 {
		tail := cut + float64(tailOf(p, upper)*(1-cut))
		return float64(float64(min) * Exp(-Log(tail)/shape))
	})}), nil
}

// Weibull returns the Weibull distribution P(X > x) = exp(-(x/scale)^shape).
func Weibull(scale int64, shape float64) (*Dist, error) {
	switch {
	case scale <= 0 || scale > Limit:
		return nil, fmt.Errorf("weibull: scale %d ns must be from 1 to %d ns", scale, Limit)
	case !(shape >= shapeMin && shape <= shapeMax):
		return nil, fmt.Errorf("weibull: shape %v must be from %v to %d", shape, shapeMin, shapeMax)
	}
	return newDist(Dist{kind: tabulated, table: newTable(func(p float64, upper bool) float64 {
		return float64(float64(scale) * Exp(Log(-Log(tailOf(p, upper)))/shape))
	})}), nil
}

// The shapes that are allowed: below the least one most samples are 0 or
// centuries, above the greatest one all are alike.
const (
	shapeMin = 0.1
	shapeMax = 1000
)

// tailOf is the probability of what lies above the quantile.
func tailOf(p float64, upper bool) float64 {
	if upper {
		return p
	}
	return 1 - p
}

func tailNormal(p float64, upper bool) float64 {
	if upper {
		return -NormalQuantile(p)
	}
	return NormalQuantile(p)
}
