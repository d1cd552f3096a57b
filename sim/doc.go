// Package sim is a discrete-event world of processes that exchange messages of
// any type. It knows nothing of what the processes do. Virtual time is int64
// nanoseconds; nothing waits, and the same configuration and calls give the
// same run, bit for bit, on every machine: Digest is a hash of all of it.
//
// The whole of it is one loop:
//
//	for {
//		e := the pending event with the smallest (time, sequence number)
//		now, ordinal = e.time, ordinal+1
//		digest(now, ordinal, e)
//		run the handler that e is for
//			// it sends, sets timers, uses its disk:
//			// each effect schedules events, and is digested with its content
//	}
//
// Start reading with Config and System (system.go), then Handler and Proc, the
// two sides of a process (handler.go, env.go), then the loop (dispatch.go). The
// rest is one subject a file: kernel.go, queue.go, timers.go (pending events);
// process.go, control.go (processors, crashes, pauses); network.go, rule.go;
// clock.go; disk.go, device.go, directory.go, file.go, journal.go, power.go,
// disk_fault.go.
//
// # Order
//
// Events of one instant happen in the order in which they were scheduled, or,
// with TiesSeeded, in an order drawn from the seed. A handler runs to its end
// before anything else happens. Time does not pass inside it.
//
// # Draws
//
// Each random number is a hash of a seed, what it is for, the names of the
// processes concerned, and the lineage of the event that needs it: a hash of
// why the event exists. There is no stream and no counter, so a process, a fault
// or an operation that is taken away shifts no number of what it did not touch.
//
// # The fault model
//
// What follows is the contract: what may happen to a process, and what code in
// it may rely on.
//
// Network. Send is best effort. A message may arrive after any time, or never;
// messages on one link may overtake each other, at the drawn latencies alone;
// a message may arrive more than once. A damaged message is recognised as
// damaged at its arrival and thrown away: no handler ever sees one. A message
// may arrive at a later incarnation than the one it was sent to, and from a
// sender that is down by then. Nobody is told of a message that did not arrive.
//
//   - A cut is evaluated when a message is sent. Messages already under way are
//     delivered, or, with CutInFlight, die when the cut begins. A message sent
//     before the end of a cut is lost even if it would have arrived after it.
//   - Loss, duplication, reordering, corruption and delay are drawn when a
//     message is sent, for each rule and for the class of the link on its own.
//     Reordering sets a message back by a fixed gap. A copy is made of a message
//     that was not lost; it has a latency of its own and is not hit again.
//     Losses and delays of a rule may come in bursts: a message meets, with the
//     probability of its Correlation, what the one before on its link met.
//   - A link with a bandwidth sends one message at a time; what waits beyond its
//     buffer is dropped. A limit of messages in flight drops what is beyond it.
//   - A rule that holds takes hold of the messages sent while it lasts. They
//     travel, with the latency drawn for them, when the rule is removed.
//   - A process may send to itself: at once, and never through any fault.
//
// May rely on: what arrives was sent, with exactly that content, by the process
// that it says it is from. No message arrives before it was sent.
//
// Process. A crash takes everything in memory: the handler, its timers, the
// messages that wait for its processor. It happens between two handlers, or, by
// Mute, at a point inside one: then what the handler did before that point
// stands, what it does after has no effect. A new incarnation is a new handler.
// Messages that arrive while the process is down are dropped. A paused process
// runs no handler; messages, timers and completions wait and then run in the
// order in which they came, one handler at a time. Its processor is not stopped
// by a pause: service that would have ended in it ends at the resume. A message
// takes its service time on one of the cores before it is handled; beyond the
// queue's limit one is refused, the new one or the oldest. Timers, completions
// and refusals take no time on a core. A slow process serves, travels and writes
// in multiples of the drawn times.
//
// May rely on: no two handlers of a process at once; no timer or completion of
// an incarnation in another one; no timer before its time on the process's
// monotonic clock, with the drift that this had when the timer was set; timers
// that are due at one instant in the order of ties.
//
// Clock. Each process has its own. The monotonic clock (Now) runs at a rate of
// 1 + drift and never jumps or stops, across crashes too. The wall clock (Wall)
// runs with it, has an offset besides, jumps in both directions, and shows
// multiples of its resolution. Two processes may show any two times.
//
// May rely on: Now never falls. Nothing about Wall.
//
// Disk. Files of bytes under names, behind a page cache. An operation changes
// the cache at once; its completion comes later. The device does one thing at a
// time, in the order asked for. Bytes are durable when a Sync of the file
// that was asked for after them completes; names (creation, rename, removal)
// when a SyncDir does. A process crash leaves the cache as it is, and what the
// device has been asked for goes on. A power loss is a crash that takes what is
// not durable: Lose takes all of it, Keep none. With Torn, a prefix of what was
// written to a file survives, none, all or up to a boundary of a sector; what
// follows is gone, or, if the file was only appended to, may be zeros or garbage
// up to the length that it had. Of the directory a prefix of its changes
// survives. Random does one of these, for each file and for the names. The
// content of a file and its name are lost or kept independently. Operations
// fail with DiskFull when there is no room, with DiskBusy when too many wait,
// with DiskNotFound when there is no such file; one that fails does nothing,
// completes at once, and if it had no token the next Sync of its file reports it. A process that is
// down may be wiped: it finds an empty disk.
//
// May rely on, while no fault is active: a completion without error is true; what
// is durable survives crashes and power losses byte for byte; a rename is one
// step, after a power loss too; the completion of a read shows everything written
// before it was asked for.
//
// The faults of a disk (disk_fault.go) take some of that away, each its own part:
//
//   - Errors: reads, writes or syncs, all of them or a drawn share, fail with
//     DiskIO and do nothing. A failed sync of a file takes more: no later sync of
//     that file makes anything durable, though it completes without error, until
//     a power loss has shown what is left. Syncs asked for before are not
//     touched. A failed sync of names may be asked for again.
//   - Lying syncs: a sync completes in its time and makes nothing durable. A
//     process crash does not show it, a power loss does. When the fault ends, the
//     device writes down what it had called durable.
//   - Lost writes: an append or overwrite completes without error; in its place
//     is what was there before, zeros beyond the old end of the file. Misdirected
//     writes: its bytes lie over others besides, from the beginning of a sector
//     of one of the files on. Neither is undone by the end of the fault, both are
//     durable like what they replace.
//   - Rot: single bits of durable bytes turn over, under the page cache too. They
//     stay so until they are written anew; every read shows the same.
//   - Full: no more than so many bytes beyond those there are now find room; what
//     is freed may be written again. An end of the fault gives all of it back.
//   - Stall: nothing completes and nothing becomes durable; what waits counts
//     against the limit of the queue. At its end what would have completed
//     does so at once, in its order. Slow: each operation takes a multiple of
//     its time.
//   - Restored from an old copy: a process that is down finds the files of a copy.
//     Disk.Copy tells that it is one.
//
// May rely on with any of these: names and lengths of files are what they would be
// without the fault, but for names whose syncs were lied about or failed; bytes
// that no fault has touched are what was written; a completion with an error is
// true; Copy changes when a disk is restored. Not on: a read being what was
// written, without a checksum of what and where.
package sim
