// Package maporder goes through maps.
package maporder

import (
	"maps"
	"slices"
)

type sizes map[string]int

func badRange(m map[string]int) (first string) {
	for k := range m { // want "map order: range over a map"
		return k
	}
	return ""
}

func badNamedType(m sizes) (all []int) {
	for _, n := range m { // want "map order: range over a map"
		all = append(all, n)
	}
	return all
}

func badGeneric[M ~map[string]int](m M) (all []int) {
	for _, n := range m { // want "map order: range over a map"
		all = append(all, n)
	}
	return all
}

func badKeys(m map[string]int) []string {
	return slices.Collect(maps.Keys(m)) // want "map order: maps.Keys"
}

func badDelete(m map[string]int, seen *[]string) {
	maps.DeleteFunc(m, func(k string, _ int) bool { // want "map order: maps.DeleteFunc"
		*seen = append(*seen, k)
		return true
	})
}

func badReason(m map[string]int) (n int) {
	// order:
	for range m { // want "map order: range over a map"
		n++
	}
	// It is only a count.
	for range m { // want "map order: range over a map"
		n++
	}
	return n
}

func goodLookup(m map[string]int) int {
	m["x"]++
	return m["y"] + len(m)
}

func goodSlice(s []int) (n int) {
	for _, x := range s {
		n += x
	}
	return n
}

func goodSorted(m map[string]int) []string {
	return slices.Sorted(maps.Keys(m))
}

func goodReason(m map[string]int) (n int) {
	// order: a sum of integers is the same in any order
	for _, x := range m {
		n += x
	}
	// A reason may be long, and begin in any line of its comment.
	// order: the largest of integers is the same
	// in any order
	for _, x := range m {
		n = max(n, x)
	}
	for range m { // order: a count
		n++
	}
	return n
}
