// Package vclock holds the versions of a key and decides which of them survive:
// vector clocks, dots, versions and sibling sets (Dynamo §4.4).
//
// Everything here is an immutable value. A [Clock], a [Version] in a set and a
// [Set] are never changed after they were made; operations return new ones, or
// one of their arguments itself where that already is the result. Callers rely
// on the latter: if Merge(held, incoming) is the pointer held, nothing changed
// and nothing has to be stored or sent. Memory comes from an [Arena] in small
// chunks; a nil *Arena takes it from the heap.
//
// # Modes
//
// What a [Set] means is fixed by a [Mode], one for a whole cluster:
//
//   - [Dotted] (dotted version vectors): each version has a dot of its own, a
//     pair (actor, counter) that never names another version, and the set has
//     one causal context. A version is dropped only by one whose put had its
//     dot in the context, or by a set that has seen it and holds it no more.
//     No acknowledged version is lost: this is the mode with the promise.
//   - [Riak] (as Riak was before it had dots): one vector clock for all siblings of
//     a key. A put replaces all of them or none, so that clients which take turns
//     make more and more (sibling explosion), but nothing is lost.
//   - [Paper]: one plain vector clock per version, as §4.4 is written. A put
//     whose context did not cover a version of the same coordinator dominates
//     that version all the same; [PutStats.FalseDominations] counts it.
//   - [LastWriteWins]: one version a key, the one with the largest timestamp
//     (§6, "timestamp based reconciliation").
//   - [ABD]: one version a key, a register: the one with the largest logical
//     timestamp, which its writer chose above all that a majority knew.
//
// Merge is a join: commutative, associative, idempotent, and Merge(x, Put(x)) equals
// Put(x). Mode Riak alone is not associative: of replicas with one clock, one may
// hold superseded siblings that another does not; they unite.
//
// # Duties of the caller
//
//  1. An (actor, counter) names one version, for ever, and an actor's counters
//     rise from put to put.
//  2. A coordinator puts on top of a set that has seen every version its actor ever
//     made of this key: a context says "all up to counter", so the new dot claims the
//     earlier ones too. Who may have forgotten one goes on under a new actor: after
//     an unreadable record, an empty or restored disk, a crash before the
//     coordinator's own copy was durable, and after dropping a hint or a range that
//     bears the actor. The old actor would silently drop what it forgot, wherever
//     that is still held.
//  3. Sets travel whole, with their context: replication, hints, read repair and
//     transfers alike. A single version sent with a plain vector loses data.
//  4. An entry's time is a function of its dot. Comparing and hashing ignore it.
//
// Start reading at clock.go, then set.go, then one file a mode.
package vclock
