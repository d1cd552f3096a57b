// Package floatint converts floats to integers.
package floatint

func badConversion(x float64) int64 {
	return int64(x) // want "float to integer: out of range"
}

func badNamed(x float32) duration {
	return duration(x + 0.5) // want "float to integer: out of range"
}

type duration int64

func goodReason(x float64) int64 {
	if !(x >= 0 && x < 1e6) {
		panic("out of range")
	}
	// range: checked above
	return int64(x)
}

const second float64 = 1e9

func goodConstant() int64 { return int64(second) }

func goodOther(n int64) (uint32, float64) { return uint32(n), float64(n) }
