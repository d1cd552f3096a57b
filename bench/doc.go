// Command bench runs the benchmark of the kernel, PHOLD, on other simulators that one could pick instead, and prints how much of their
// processor time an event of ours takes.
//
//	go run .             in folder bench; a module of its own, so that nothing else depends on what it compares with
//	go run . -json       for `dynamosim bench --write --peers`
//
// Every simulator runs in a process of its own and measures its loop itself, start-up left out; before each the bare kernel runs the same,
// and the ratio is that of the two. All have to arrive at the same checksum over the time and the place of every event: the definition of
// PHOLD, to the bit, is that of sim.Phold. What is not installed is left out and said so.
//
//	peers.go      the list of simulators, with what each is allowed to take
//	run.go        the child processes and the rounds
//	external.go   the programs in other languages, in folder programs: SimPy, ns-3, SimGrid, and std::priority_queue alone
//	simgo.go, akita.go, synctest.go   the ones in Go
//
// On Debian the others are python3-simpy3, libns3-dev and libsimgrid-dev, with g++.
package main
