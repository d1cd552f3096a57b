package lab

import (
	"fmt"
	"math"
)

// What the page about gossip says.

func gossipPreface(sizes []int, s spreadTimes) ScalingSection {
	near, all := s.within(spreadWithin)
	text := []string{
		"Each node contacts a random other one every second, and the two reconcile what they know of the members (Dynamo §4.8). The paper tells the whole map of nodes and tokens each time, and says of that (§6.6) that it works for a couple of hundred nodes and not for tens of thousands. " +
			"`cluster.gossip.payload: full` is that; `digest` begins a contact with the hash of the map, and sends the map only to a node that has another one.",
		fmt.Sprintf("**From %s nodes on, whole maps take more than 1 %% of a link of 1 Gbit/s**, in each direction, with 16 tokens a node. Of a link of 100 Mbit/s they do from %s on, near the paper's couple of hundred, which names no link. "+
			"With digests a node sends 48 bytes a second, whatever the size of the cluster, and about one map for each change of the members.", thousands(int64(sizes[headlineLink])), thousands(int64(sizes[0]))),
		fmt.Sprintf("The time until all know of a change grows as log n: %s. %d of the %d mean times that have a reference are within %.0f %% of it.", s.growth(), near, all, 100*spreadWithin),
		"All numbers of this page are the same on every machine; `go test ./scenarios/lab -run GossipPage` measures small sizes again.",
	}
	return ScalingSection{Text: text}
}

// spreadWithin is how close to their reference the times have to be.
const spreadWithin = .05

// growth says what ten times as many nodes add.
func (s spreadTimes) growth() string {
	_, each10 := s.line()
	if math.IsNaN(each10) {
		return "ten times as many nodes add a second or two"
	}
	return fmt.Sprintf("from a hundred nodes on, ten times as many add %.1f s", each10)
}

var textTraffic = []string{
	"Nobody asks for anything and no node comes or goes. A contact carries the whole map and is answered with the whole map, so a node sends two maps a second, one as it contacts and one, on average, as it is contacted; it receives as many. " +
		"A map takes 41 bytes for each member (who issued the change and when, which node, what, its capacity and its zone) and 16 for each token, in a message with a header of 48. The cluster as a whole sends n times that: it grows as n².",
	"Under strategy 3 nodes deal out equal ranges by a rule that all share, so that the map needs no tokens. The paper's tables of strategies 1 and 2 have them; 16 a node is the default here. A digest that meets an equal one is not even answered.",
}

var textCrossing = []string{
	"The first number of nodes at which a node sends more than one hundredth of what its link carries in one direction, by the straight line between the measured sizes. Where a cluster of that size could be run, it was, and so was one with a node fewer. " +
		"The bytes are those of the messages alone: headers of TCP, IP and Ethernet would add some 5 % to full packets, and so take as much off these sizes.",
}

var textChange = []string{
	"With digests, the map is sent only where two hashes differ, which they do while news spreads: a contact of a node that knows and one that does not carries the map one way, and what is missing the other way. " +
		"Measured as what is sent beyond the digests while nodes leave, one every ten seconds, with one token a node: about one map a node for each change, since each node hears the news once, and it is told by a map. So digests cost as much as whole maps where the members change twice a second, and less by as much as they change less often.",
}

func (s spreadTimes) text() []string {
	return []string{
		"An administrator tells a node, at a random instant, that another one leaves; the time is until the last of the n nodes has received a message that says so. Messages take a millisecond; nodes contact a uniform other one each second, at phases of their own. " +
			"The reference is an independent simulation of that protocol, given to ±.02 s, up to 1,000 nodes; beyond there is none, and the times are as measured. [validation.md](validation.md#gossip-until-all-nodes-know) asks the same of whole maps more strictly, of 2,000 changes at each size.",
		"At first the number of nodes that know grows threefold or so each second, as each of them tells one and is asked by one; at the end those that do not know ask someone who does. Both phases take a number of seconds that grows as the logarithm of n. " +
			"Digests take up to two milliseconds longer for each step, as the map follows the hash.",
	}
}

var textGossipLeftOut = []string{
	"A whole map of thousands of members arrives as fast as a short message, and takes a node as long to serve: its bytes are counted and cost no time unless `network.same-dc.bandwidth` and `cluster.cpu.service` say so. " +
		"Links between pairs of nodes are not shared, so gossip here never stands in the way of requests. Nodes that are down, slow or cut off lengthen the time to spread; all were up here. What else the model leaves out is in [cost.md](cost.md#what-the-model-leaves-out-at-internet-scale).",
}
