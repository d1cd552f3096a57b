// Package mathfuncs calls functions of package math.
package mathfuncs

import "math"

func badExp(x float64) float64 {
	return math.Exp(x) // want "math: math.Exp has other last bits"
}

func badValue() func(float64) float64 {
	return math.Log // want "math: math.Log has other last bits"
}

type table struct{}

func (table) Exp(x float64) float64 { return x }

func goodExact(x float64) float64 {
	return math.Sqrt(math.Abs(x)) + math.FMA(x, x, math.Pi) + math.MaxInt16
}

func goodMethod(x float64) float64 { return table{}.Exp(x) }
