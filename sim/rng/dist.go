package rng

import (
	"fmt"
	"math"
	"math/bits"
)

// Dist is a distribution of durations in nanoseconds, compiled once and never
// changed afterwards. A nil Dist is the constant 0.
type Dist struct {
	kind  distKind
	value int64  // constant: the value, clamped; otherwise what is added to a sample
	floor int64  // a sample is at least this
	cap   int64  // and at most this
	param int64  // uniform: the minimum; exponential: the mean
	span  uint64 // uniform: the number of values, 0 for all 2^64
}

type distKind uint8

const (
	constant distKind = iota
	uniform
	exponential
)

// Sample returns the value that belongs to 64 uniform bits.
func (d *Dist) Sample(u uint64) int64 {
	if d == nil {
		return 0
	}
	if d.kind == constant {
		return d.value
	}
	return d.sample(u)
}

func (d *Dist) sample(u uint64) int64 {
	v := d.param + int64(Below(u, d.span))
	if d.kind == exponential {
		v = expNs(^u, d.param)
	}
	return min(max(v, d.floor), d.cap)
}

// Constant returns the distribution that always gives ns.
func Constant(ns int64) *Dist { return &Dist{value: max(ns, 0)} }

// Uniform returns the distribution in which each of min..max is equally likely.
func Uniform(min, max int64) (*Dist, error) {
	if min > max {
		return nil, fmt.Errorf("uniform: min %d is above max %d", min, max)
	}
	return &Dist{kind: uniform, param: min, span: uint64(max-min) + 1, cap: math.MaxInt64}, nil
}

// Exponential returns the exponential distribution with the given mean >= 0.
func Exponential(mean int64) (*Dist, error) {
	if mean < 0 {
		return nil, fmt.Errorf("exponential: mean %d is negative", mean)
	}
	return &Dist{kind: exponential, param: mean, cap: math.MaxInt64}, nil
}

// IsZero tells whether every sample is 0.
func (d *Dist) IsZero() bool { return d == nil || d.kind == constant && d.value == 0 }

func expNs(u uint64, mean int64) int64 {
	hi, lo := bits.Mul64(uint64(-math.Log(float64(u>>11|1)*0x1p-53)*0x1p56), uint64(mean))
	return int64(hi<<8 | lo>>56)
}
