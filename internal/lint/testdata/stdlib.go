// Package stdlib imports packages of the standard library.
package stdlib

import (
	_ "bytes"
	_ "encoding/json" // want "standard library: package encoding/json: it is not on the list"
	_ "hash/maphash"  // want "standard library: package hash/maphash: its seed"
	_ "math/bits"
	_ "math/rand/v2" // want "standard library: package math/rand/v2: .* keyed by cause"
	_ "os"           // want "standard library: package os: the machine outside"
	_ "runtime"      // want "standard library: package runtime: it shows addresses"
	_ "strings"
	_ "sync/atomic" // want "standard library: package sync/atomic: a world is one loop"
	_ "time"        // want "standard library: package time: the wall clock"
)

func goodNothing() {}
