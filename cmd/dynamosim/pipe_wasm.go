//go:build js || wasip1

package main

// ignoreClosedPipes has nothing to do where no signals are.
func ignoreClosedPipes() {}
