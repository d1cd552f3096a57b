// Package frozen compares what a program does with what it promised to do for ever: listings under testdata that may grow and never change.
//
// A listing is a file of lines, each a name and a value. Of a frozen format -update adds the lines that are new; where a line has changed or is
// gone it refuses, since plans, digests and results that people keep rest on it. What has to change is a new format. There is one way past
// that, -refreeze, for a format that was declared and not yet released.
//
// To start reading: frozen.go is all there is.
package frozen
