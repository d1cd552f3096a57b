// Package floatequal compares.
package floatequal

type point struct{ x, y float64 }

func badEqual(x, y float64) bool {
	return x == y // want "float equality: == between computed floats"
}

func badStruct(p, q point) bool {
	return p != q // want "float equality: != between computed floats"
}

func badSwitch(x, y float64) int {
	switch x {
	case y: // want "float equality: a case that is a computed float"
		return 1
	}
	return 0
}

func badKey(m map[point]int) int { // want "float equality: a map key with a float"
	return len(m)
}

func goodConstant(x float64) bool { return x == 0 || x != 1 }

func goodOrder(x, y float64) bool { return x < y }

func goodIntegers(x, y int64, p, q *point) bool { return x == y && p == q }
