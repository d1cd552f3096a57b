// Package lint holds the rules that the code of this module obeys beyond what the compiler asks: which package may
// import which, and what code may not do if a run is to have the same bits on every machine. It is for tests alone;
// the test at the root of the module says which rules hold where.
//
// A rule is a value with a name, a reason and a function that looks at one type-checked package (rule.go). Each has a
// file of its own:
//
//	concurrency.go    no goroutines, channels, select
//	maporder.go       no dependence on the order of a map
//	stdlib.go         only packages of the standard library that give the same answers everywhere
//	mathfuncs.go      only functions of math that give the same bits everywhere
//	sorting.go        no unstable sorts
//	printing.go       no addresses in text
//	fusing.go         no products that a compiler may fuse with an addition
//	floatequal.go     no == between computed floats
//	floatint.go       no float to integer conversions
//	bounds.go         no bounds checks that 32-bit machines get wrong
//	globals.go        no package state that can change
//	platform.go       no files that only some platforms compile
//
// Each is shown to fire, and not to fire on the right way to do it, on testdata/NAME.go (platform.go in its test). The
// import table is in imports.go, what every package owes its reader in introductions.go, reading and type-checking the
// module in module.go and typecheck.go. Rules see syntax and types, not
// values: what they cannot see (an alias of a table written to, int arithmetic that overflows on 32-bit machines) is
// left to the digests, which are compared across architectures.
package lint
