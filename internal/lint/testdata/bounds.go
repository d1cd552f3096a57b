// Package bounds asks whether an index is in range.
package bounds

type slot uint32

func badUnsigned(table []int, i uint32) bool {
	return int(i) < len(table) // want "bounds: an int of 32 bits makes a large uint32 negative"
}

func badNamed(table []int, i slot) bool {
	return len(table) <= int(i) // want "bounds: an int of 32 bits makes a large example/bounds.slot negative"
}

func badWide(table []int, i int64) bool {
	return i >= 0 && int(i) < len(table) // want "bounds: an int of 32 bits"
}

func goodUnsigned(table []int, i uint32) bool { return uint64(i) < uint64(len(table)) }

func goodNarrow(table []int, i int32, j uint16) bool {
	return int(i) < len(table) || int(j) < len(table)
}
