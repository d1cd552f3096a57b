// Package scenarios is the language in which an experiment is written: its
// schema, its error messages, the drawn plan, and the embedded library.
//
// [Load] turns the text of a scenario into a [Scenario] that is concrete:
// every range, choice and random fault has been drawn from the seed, every
// default is filled in. [Scenario.YAML] prints that as a plan, which is itself
// a valid scenario: loading a plan gives the same Scenario again, and its plan
// is the same text.
//
// What it promises:
//   - Same text, seed, overrides and files: same Scenario, on every machine.
//   - Nothing is silently ignored or guessed: an unknown key, a missing unit, a
//     value out of range is an error with file, line, column and what would be
//     right. All problems are reported at once.
//   - Any input is answered in bounded time and memory, without a panic.
//
// Start reading at scenario.go (the types: their struct tags are the schema),
// then load.go (the way from bytes to a Scenario), then decode.go (the walk
// that reads structs by their tags). Value types such as [Duration] and
// [Share] live in a file each; a fault is data here and applied elsewhere.
package scenarios
