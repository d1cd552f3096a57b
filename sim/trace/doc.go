// Package trace says what happened inside a run, and proves that two runs were
// the same.
//
// A run is told as Records to a Sink: every event that was dispatched, what
// the code of a process did in it, and what the owner of the system did to its
// processes. Records are observers' food: a run without a Sink makes none, and
// a run with one is the same run. What does belong to the run is the Digest, a
// running hash that every event and every effect enters; equal digests mean
// equal runs.
//
// The writers are JSONL, for programs, and Ladder, for people: a space-time
// diagram with a column for each process. Filter narrows either down to a key
// and a span of time. Checkpoints find where two runs part that should have
// been one.
//
// Kinds have explicit numbers, which enter the digest and the files and are
// never reused; what marks say comes in as text. The package knows nothing of
// what runs in a process.
package trace
