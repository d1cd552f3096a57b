// Package fusing multiplies and adds.
package fusing

type unit float64

func badSum(x, y, z float64) float64 {
	return x*y + z // want "fusing: this product may be fused with an addition, on some processors. Write float64\\(...\\) around it"
}

func badLater(x, y, z float64) float64 {
	p := x * y // want "fusing: this product"
	return z - p
}

func badResult(x, y float64) float64 {
	return -(x * y) // want "fusing: this product"
}

func badQuotient(i int) float64 {
	return 1 + float64(i)/32 // want "fusing: this quotient by a constant"
}

func badOuter(x, y, z float64) float64 {
	return float64(x*y)*z + 1 // want "fusing: this product"
}

func badArgument(x, y float64) float64 {
	return badResult(x*y, y) // want "fusing: this product"
}

func badAssign(x, y float64) float64 {
	x *= y // want "fusing: \\*= may be fused"
	x /= 4 // want "fusing: /= may be fused"
	return x
}

func badNamed(x, y unit) unit {
	return x*y + 1 // want "fusing: .* Write unit\\(...\\) around it"
}

func badGeneric[F float32 | float64](x, y F) F {
	return x*y + 1 // want "fusing: this product"
}

func goodSum(x, y, z float64) float64 {
	return float64(x*y) + z + float64((x*y*z)/8)
}

func goodQuotient(x, y float64) float64 { return x/y + 1 }

func goodComparison(x, y, z float64) bool { return x*y < z }

func goodConstant(x float64) float64 {
	const half = 3.0 / 6 * 1
	return x + 2*half
}

func goodIntegers(x, y, z int64) int64 { return x*y + z }
