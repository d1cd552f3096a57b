// Package merkle is what a node needs to find out, with few hashes sent, where its keys differ from a replica's (Dynamo §4.7), and which
// of its keys lie in a range of the ring.
//
// An [Index] holds a node's keys in the order of their positions: a binary trie without one-way branches, 64 bytes a key, nothing for
// what is not stored. Each and Count read ranges off it.
//
// A Merkle tree is a way of looking at an index. For any range of the ring and any [Shape] (branching b, depth h), the leaves of the tree
// are b^h equal slices of the range, so keys, whose positions are MD5 sums, spread evenly over them; a node of the tree at level j stands
// for one of b^j equal slices. Its hash covers the keys in its slice, their positions and contents, and is the sum of its children's hashes
// modulo 2^64, a leaf's being the sum over its keys: the additive hash of a set (Bellare and Micciancio, EUROCRYPT 1997), which depends on
// nothing but the set. So the hash of any node of any tree over any range is a difference of two prefix sums of the trie. A tree costs no
// memory, a write marks what is above a key as out of date and no more, and a new range (a node joined: §6.2) has its tree at once: nothing
// is ever rebuilt.
//
// Two nodes compare trees level by level. A [List] is the hashes of neighbouring nodes of one level: the root alone, or all children of one
// node. Whoever gets a list compares it with its own tree and answers, for each node that differs, with the list of its own hashes of that
// node's children, or, for a leaf, with the keys in it ([Index.Answer], [Index.Bucket]). So each level crosses the wire once, and subtrees
// that agree are never looked into. An answer depends on the list and the index alone: the protocol has no other state, and a message that
// is lost, doubled or late does no harm.
//
// For d differing leaves that have D_j different ancestors at level j, the exchange takes 1 + b*(D_0+...+D_(h-1)) hashes in 1 root and
// D_0+...+D_(h-1) child lists, over h+1 rounds ([Shape.Cost]); for d = 0, one hash.
//
// Start reading at index.go; tree.go has the trees, answer.go the comparison.
package merkle
