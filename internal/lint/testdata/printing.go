// Package printing prints.
package printing

import (
	"errors"
	"fmt"
)

type node struct {
	name string
	next *node
}

type named struct{ *node }

func (n named) String() string { return n.name }

func badVerb(x *int) string {
	return text("%d at %5p", 1, x) // want "printing: %p prints an address"
}

func badPointer(x *int) string {
	return fmt.Sprint(x) // want "printing: fmt.Sprint prints an address of .int"
}

func badInside(n *node) string {
	return fmt.Sprintf("%v", n) // want "printing: fmt.Sprintf prints an address of .node"
}

func badFunction(f func()) error {
	return fmt.Errorf("calling %v", f) // want "printing: fmt.Errorf prints an address"
}

func badBuiltin(n int) {
	println(n) // want "printing: println writes to standard error"
}

func text(format string, args ...any) string { return fmt.Sprintf(format, args...) }

func goodPercent(share int) string { return text("%d%%patience", share) }

func goodNamed(n *node, at *struct{ x, y int }) string {
	return fmt.Sprint(n.name, named{n}, at, errors.New("x"))
}
