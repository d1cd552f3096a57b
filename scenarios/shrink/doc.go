// Package shrink makes a scenario that fails smaller, as long as it fails in the same way.
//
// It changes the text of a plan, as a tree, and asks whether the changed plan still fails: fewer faults, operations, clients, keys and nodes, a
// shorter run, mechanisms switched off, simpler latencies and times, defaults in the place of settings. It goes on until no single change of its
// list is possible any more, so that whatever is left is needed. Generated load is turned into scripted operations first: every draw of a
// simulated run is keyed by its cause, so that taking an operation away leaves the others as they are.
//
// Changes are tried side by side, but always the first of them in their order that succeeds is taken: the result depends neither on the number
// of processors nor on which of them is faster. A search that is stopped ends with the smallest plan so far.
//
// What "fails in the same way" means, how a plan is run, and which operations a run consists of, come in as functions: the package knows
// scenarios, but no world. Begin reading with Run in shrink.go; the files called pass_*.go are the changes.
package shrink
