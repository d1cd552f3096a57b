// Package world builds a plan and runs it: the one place where the simulator (sim), the node (dynamo) and the scenario language
// (scenarios) meet. It has no goroutines and no clock of its own.
//
//	w, err := world.New(plan, world.Options{})
//	for w.Step(100_000) {
//	}
//	result := w.Result()      // history, counters, faults with their effects, digest
//
// A World has two clocks in its life. The cluster forms in the second before time 0 of the scenario: nodes start on disks that hold the
// preloaded versions and go through the same recovery as after a crash. Then the scenario's time runs: load and faults until its
// duration, heal, settling, states, final reads.
//
// # Where to start reading
//
//	world.go     the life of a run and its phases
//	build.go     from the words of a plan to the parts of a world
//	host.go      a node on its simulated machine: boot, crash, restart
//	session.go   a client: its operations one after the other, written into the history
//	script.go    scripted operations
//	load.go      generated load
//	fault.go     faults: when they start and end; one applier a kind beside it
//	oracle.go    what nobody in the cluster may know: who holds what
//
// # What it promises
//
// The same plan gives the same history, the same trace and the same digest, on every machine. Observers (marks, counters, traces, state
// checks) change nothing: a run with all of them on has the digest of one with all of them off. What no client and no node can see is used for checks only.
package world
