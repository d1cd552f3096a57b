// Package seeded gives the property tests of a package that imports it the same random cases in every run, so that a
// test that passes on one machine passes on all, and a failure is that of the change at hand. Fresh cases are what
// `make soak` draws.
//
// To start reading: seeded.go is all there is. It sets the default of rapid's flag: -rapid.seed=7 on the command line still draws others, and -rapid.seed=0 draws
// by the time of day.
package seeded
