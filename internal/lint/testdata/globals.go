// Package globals has variables.
package globals

import (
	"errors"
	"hash/crc32"
	"strings"
)

type counter struct{ n int }

func (c *counter) add()    { c.n++ }
func (c counter) get() int { return c.n }

var badZero int // want "package state: badZero has no value at its declaration"

var BadExported = []int{1, 2} // want "package state: BadExported can be changed by other packages"

var badPointer = &counter{} // want "package state: badPointer is a .counter, which is there to be changed"

var (
	assigned = 1
	counted  = 1
	element  = [...]int{1, 2}
	field    = counter{}
	method   = counter{}
	address  = counter{}
	appended = []int{1}
	looked   = map[string]int{}
	ranged   = 0
)

func badWrites(list []int) *int {
	assigned = 2                         // want "package state: assigned is a variable of package globals and changed here"
	counted++                            // want "package state: counted"
	element[1] = 3                       // want "package state: element"
	(field).n = 4                        // want "package state: field"
	method.add()                         // want "package state: method"
	delete(looked, "")                   // want "package state: looked"
	list = append(appended[:0], list...) // want "package state: appended"
	for ranged = range list {            // want "package state: ranged"
	}
	return &address.n // want "package state: address"
}

func init() { // want "package state: init runs in an order"
}

// ErrGood can be compared with.
var ErrGood = errors.New("good")

var goodTable = [...]string{1: "one", 2: "two"}

var goodChecksums = crc32.MakeTable(crc32.Castagnoli)

var goodEscapes = strings.NewReplacer("\n", "\\n")

type problem struct{}

func (*problem) Error() string { return "problem" }

var errGood = &problem{}

var goodLookup = map[string]counter{"x": {1}}

var _ interface{ add() } = (*counter)(nil)

var _ = &counter{}

func goodReads(i int) (string, int, uint32, error) {
	if i < 0 {
		return goodEscapes.Replace(""), 0, 0, errGood
	}
	goodTable := goodTable
	goodTable[i] = ""
	return goodTable[i], goodLookup["x"].get(), crc32.Checksum(nil, goodChecksums), ErrGood
}
