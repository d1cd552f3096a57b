// Package membership is who belongs to the ring, as far as one node knows (§4.8): joins and leaves as administrators commanded them, and how two
// such histories become one.
//
// A [Change] is one command: a node joins or leaves. A [View] is a set of changes. Nodes gossip their views; [Merge] of two is what both know
// together. It is commutative, associative and idempotent, so views come to be equal in whatever order nodes meet, and it returns the operand
// itself where the other one brings nothing new.
//
// # Order
//
// Changes have one order everywhere: by Counter, which is one above the highest that the issuing node knew, then by who issued them. So a change is
// later than every change that its issuer knew of, whatever the clocks say; the time of issue is only shown. Of two changes that were issued without
// knowledge of each other, the order decides, and everybody decides alike. Whether a node is a member, its last change tells. Changes with
// counter 0 are the founders: members before time began.
//
// A node that left goes on running until it has handed over all it held. It says so by a change of its own, [Drained]; until then it takes part in
// gossip. Drained never decides against a join: an administrator may tell the node to join again before the news of it has spread.
//
// Start reading at change.go; view.go and merge.go are the rest, and codec.go is how a view lies on a disk.
package membership
