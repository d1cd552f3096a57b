// Package fetch tells the processor which memory will be needed soon, so that it
// is in the cache by then. It is a hint: nothing that a program computes depends
// on it, so this is the one place of the simulator that may differ between
// processors. It fetches on amd64 and arm64, and does nothing elsewhere.
package fetch

import "unsafe"

// Line is the size of what a cache holds or does not, in bytes.
const Line = 64

// Lines fetches so many lines of memory, at least one, from p on. They need not all
// belong to what p points to; nil fetches nothing of use.
func Lines[T any](p *T, n int) { lines(unsafe.Pointer(p), n) }

//go:noescape
func lines(p unsafe.Pointer, n int)
