// Package ring is consistent hashing as Dynamo does it (§4.2, §4.3, §6.2): where a
// key lies on a ring of 128-bit positions, which range of the ring that is, and
// which nodes store the range, in order of preference.
//
// A [Ring] is built from tokens, once for each view of the membership, and does
// not change. Tokens come from one of the paper's strategies, as a new cluster
// assigns them: [RandomTokens] (strategies 1 and 2) or [EqualRanges] (strategy 3).
// A range is what §6.2 calls a partition; that word is kept for the network fault.
//
// # Rules
//
//   - A range is (After, Upto]: equality belongs to the token that ends it (§4.2
//     says "larger than", but writes ranges as (A, B]). The first range of a ring
//     wraps around zero unless its token is the largest position.
//   - A preference list goes clockwise from the token that ends the range and
//     skips the further tokens of a node that it already has (§4.3). It contains
//     all nodes, each once: the first N are the homes of the range, the others
//     stand in for homes that cannot be reached (§4.6).
//   - With Options.Spread the list spans zones. The paper gives no rule for this;
//     ours: the list is a sequence of rounds, and a round takes, clockwise, the
//     first node not yet listed of each zone that has one left. So any run of k
//     entries from the front lies in as many zones as there are, up to k.
//
// Start reading at ring.go; position.go and md5.go say where a key lies, and
// strategy.go where tokens come from.
package ring
