// Package dynamo is the node of Amazon's Dynamo (DeCandia et al., SOSP 2007) as an event-driven state machine.
//
// A Node is driven from outside: Start begins an incarnation, Message, Timer and Disk deliver what happened. Everything the node does
// goes out through one small interface, Env. Nothing calls back into the node before a handler has returned, so the code of one
// handler reads from top to bottom like the paper's description of one step. The node knows no simulator: whoever implements Env
// decides what time, network and disk are.
//
//	n := dynamo.New(id, cfg, shared)
//	n.Start(env)                 // recovery from what the disk holds, then service
//	n.Message(from, &m)          // a request, an answer, a hint, a probe
//	n.Timer(t)                   // something the node asked to be woken for
//	n.Disk(c)                    // a disk operation has ended
//
// # Where to start reading
//
//	env.go       what a node may touch, and nothing else
//	message.go   what nodes and clients say to each other
//	mark.go      the list of everything that is told from inside a node
//	placement.go where a view of the members puts keys (§4.2, §6.2)
//	route.go     which node coordinates a request (§4.5, §5, §6.4)
//	once.go      a put is done once
//	put.go       the write state machine (§4.4, §4.5, §5)
//	get.go       the read state machine and read repair (§4.5, §5)
//	replica.go   what a replica does with a read, a write, a repair
//	hint.go      sloppy quorum's hints and their handoff (§4.6)
//	antientropy.go  replicas compare Merkle trees and bring each other up to date (§4.7); trees.go: what they are over
//	suspect.go   local failure detection (§4.8); phi.go: by accrual in place of timeouts
//	datacenter.go  quorums that are counted in datacenters (§4.6)
//	library.go   request coordination in a client (§6.4)
//	boot.go      recovery
//	actor.go     the identity under which a node makes versions
//	store.go     the keys a node holds, on top of the log-structured engine
//
// The arithmetic lives in leaf packages that can be read alone: ring (§4.2, §4.3), vclock (§4.4), quorum (§4.5), membership (§4.8), storage
// (§5).
// Package client is the library that applications link (§6.4).
//
// # What a node promises
//
// No (actor, counter) pair ever names two versions: every start, and every loss of memory, takes a new actor. An
// acknowledgement counts once per physical node, and once for a home and its stand-in together; it means what the storage policy says, which
// is "synced" by default. Replicas, hints and repairs always move a key's whole version set with its causal context and merge it as one. A
// hint is deleted only after its home has acknowledged it. A put that the network delivers twice is done once by one incarnation, and refused
// as certainly not done only if no replica was sent it.
package dynamo
