// Package dynamosim is the map of this repository: a deterministic simulator
// of Amazon's Dynamo (DeCandia et al., SOSP 2007). It simulates a cluster that
// runs the paper's node, with its network, disks, clocks and clients; breaks it
// on purpose; and judges what the clients saw. The same scenario and seed give
// the same run, bit for bit, on every machine.
//
// There is one way through it:
//
//	scenario.yaml + seed ──► plan ──► world ──► history + trace + counters ──► analysis ──► report
//
// A scenario is what a person writes; ranges in it are drawn from the seed. A
// plan is the scenario with everything drawn, and a scenario itself. The world
// runs a plan. The history is what clients saw, the trace what happened inside,
// counters how often each mechanism and each fault took effect. Checkers judge
// the history, and the report tells.
//
// The packages, from the bottom up:
//
//	sim/rng              numbers that are the same on every machine: draws keyed by cause, distributions
//	sim/trace            what happened in a run: digest, records, their formats
//	sim                  a discrete-event world of processes with network, disks and clocks; knows no Dynamo
//	dynamo/ring          consistent hashing: positions, tokens, preference lists (§4.2, §4.3, §6.2)
//	dynamo/vclock        vector clocks, versions, sibling sets (§4.4)
//	dynamo/quorum        when a read or a write has enough answers (§4.5)
//	dynamo/merkle        which keys lie in a range, and where two replicas' keys differ (§4.7)
//	dynamo/membership    who belongs to the ring, and how two nodes' histories of it become one (§4.8)
//	dynamo/storage       a log-structured engine that survives crashes (§5)
//	dynamo               the node: an event-driven state machine that touches its Env and nothing else
//	dynamo/client        the client library: balancing, partition-aware routing, contexts, retries (§6.4)
//	scenarios            the language of scenarios, its errors, plans, the library of scenarios
//	scenarios/workload   what generated clients do, and when
//	scenarios/world      a plan, built and run: where simulator, node and scenario meet
//	scenarios/shrink     a scenario that fails, made smaller as long as it fails in the same way
//	scenarios/frames     long files of lines that survive the end of the process that writes them
//	scenarios/lab        everything a program can ask for: run and judge, sweep, compare, shrink, explain
//	analysis/history     what clients saw, in memory and as a file
//	analysis             checkers and statistics over histories from anywhere
//	cmd/dynamosim        the command line
//	internal/fetch       tells the processor which memory will be needed soon
//	internal/lint        the rules that tests hold the code to
//	internal/seeded      the seed of property tests
//	internal/frozen      listings that may grow and never change
//	internal/digests     compares what runs come to across architectures
//
// To find out how the node works, start at dynamo/doc.go and follow a write in
// dynamo/put.go. To find out what can go wrong, read the fault model in
// sim/doc.go. To use the whole as a library, start at scenarios/lab.
//
// This package holds no code. Its test holds the architecture: who may import
// whom, and what code may not do if every run is to have the same bits.
package dynamosim
