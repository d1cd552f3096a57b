// Package quorum counts the answers to one request: is it decided yet, and how
// (Dynamo §4.5)? A [Write] succeeds with W acknowledgements, a [Read] with R
// replies, each of a different physical node; they fail as soon as the nodes still
// silent cannot make up the number.
//
// Both are plain values with no timer, no message and no node in them. Whoever
// coordinates asks nodes, tells the tally what came back, and looks at Status
// after each. A tally never forgets an answer: what arrives after the decision
// still counts for [Read.Result] and [Read.Stale], from which read repair is made
// (§5).
//
// Under a sloppy quorum (§4.6) a stand-in is asked for a node that failed; the
// coordinator says so with Ask, since the request now has one more node to hope for.
//
// The idea is that of riak_kv_get_core: the quorum's arithmetic as a value, apart
// from the state machine that has the effects. Start reading at tally.go.
package quorum
