// Package sorting sorts.
package sorting

import (
	"cmp"
	"maps"
	"slices"
	"sort"
)

type item struct{ at, id int }

func byTime(a, b item) int { return cmp.Compare(a.at, b.at) }

func badSlice(s []item) {
	sort.Slice(s, func(i, j int) bool { return s[i].at < s[j].at }) // want "sorting: sort.Slice leaves equal elements in any order. Use slices.SortStableFunc"
}

func badInterface(s sort.Interface) {
	sort.Sort(s) // want "sorting: sort.Sort leaves"
}

func badFunc(s []item) {
	slices.SortFunc(s, byTime) // want "sorting: slices.SortFunc leaves"
}

func badCollect(m map[item]bool) []item {
	return slices.SortedFunc(maps.Keys(m), byTime) // want "map order: maps.Keys" // want "sorting: slices.SortedFunc leaves"
}

func badFloats(s []float64) {
	slices.Sort(s)   // want "sorting: slices.Sort of floats"
	sort.Float64s(s) // want "sorting: sort.Float64s"
	slices.Reverse(s)
}

func goodStable(s []item) {
	slices.SortStableFunc(s, byTime)
	sort.SliceStable(s, func(i, j int) bool { return s[i].at < s[j].at })
}

func goodWhole(numbers []int64, names []string) (int, bool) {
	slices.Sort(numbers)
	slices.Sort(names)
	return slices.BinarySearch(names, "x")
}
