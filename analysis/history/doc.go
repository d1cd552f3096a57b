// Package history records what clients saw of a replicated store, and reads
// and writes it as a file of JSON lines.
//
// A history is a sequence of events in the order in which they happened: a
// client process invokes an operation (get, put or delete of one key), and
// later the operation ends: ok (it happened), fail (it certainly did not) or
// info (nobody knows). Faults stand in the same sequence as nemesis events;
// after the run has gone quiet, state events tell what every node holds, and
// final gets ask once more.
//
// Versions are the heart of it. Every put or delete writes one version, and
// the version is named by the operation: an OpID is both. A get returns a set
// of versions; a put names in its context the versions that it supersedes.
//
// Promises:
//   - Recording allocates in chunks only, never for one operation.
//   - A history that becomes long may put away into a file what is old (SpillTo,
//     in spill.go), so that its memory does not grow with its operations; names of
//     keys, clients and cart tags and the texts of values stay in memory.
//   - Line order is the order of events; times never fall. What a checker
//     computes from a recorded history it also computes from the written and
//     read file: both hold exactly the same facts.
//   - Write(Read(x)) = x, byte for byte, for every x that Write has written.
//   - Read refuses what breaks the rules of the format with the line, the
//     reason and an example of what would have been right, and never panics.
//
// Start with History (recording, in record.go), then Operation, then Read and
// Write.
package history
