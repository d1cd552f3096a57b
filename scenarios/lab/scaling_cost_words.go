package lab

import "fmt"

// What the page about cost says. What is said of a curve is what the code of the nodes makes it do; a test holds the curves to it.

func costPreface() ScalingSection {
	return ScalingSection{
		Text: []string{
			"What a get or a put costs, in the cluster and in the simulator, and how that grows. One cluster is the base, below; one number at a time is changed of it. " +
				"The first second is left out and the next two are measured, with several seeds where one has too few operations. " +
				"A get, a put, and each half of a read-modify-write count as an operation; of three operations two are gets.",
			"All counts are the same on every machine. `go test ./scenarios/lab -run CostPage` measures the small settings again and fails where this page is off by more than 2 %. " +
				"Processor time and memory depend on the machine, and stand [apart](#processor-time-and-memory). " +
				"The checks, which run after the load, are not in any number; [performance.md](performance.md) has runs with their checks.",
		},
		Code: costBase.text(),
	}
}

func textParts(p *costPoint) []string {
	return []string{
		fmt.Sprintf("In the base, by kinds of messages. A client asks any node; that is one of the three homes of the key for three requests in a hundred only, so %.3f of a request is passed on to a home. "+
			"That one coordinates: it asks the two others, waits for one of them, and takes the answer of the last one later. So an operation is two messages with the client, nearly one to pass it on, and 2·(N−1) with the other homes. "+
			"A node that passes a request on to one that it has not heard from for a second (`failure_detection.retry`) asks for an acknowledgement, so that it finds out if that node is gone.", p.counter("forwarded")),
		fmt.Sprintf("A message to a node takes two events, its arrival and the end of its service, one to a client one. "+
			"The rest of the %.2f events are completions of disks (%.2f reads and %.2f synced writes an operation) and %.2f timers.", eventsOf(p), readsOf(p), syncsOf(p), p.counter("timers")),
	}
}

var textNodes = []string{
	"**Requests.** The messages of a request grow a little with the cluster and then no more, because they are bounded: in a small cluster the node that a client asks is often a home of the key, and need not pass the request on (1 − N/n of the gets are passed on, of n nodes); " +
		"in a large one two nodes seldom speak to each other, so that nearly every request that is passed on is acknowledged besides. Nothing else about a request depends on how many nodes there are: each knows all others, and one hop is enough.",
	"**Gossip.** Each node contacts one other a second with its map of the members, and is answered with theirs; so it sends two maps a second, of 41 bytes for each member (more where a member has [tokens](gossip.md)). " +
		"That is traffic by the second and by the node, whatever clients do. With ten clients a node, its share of an operation grows as n; with a thousand clients in all, as n², since the same operations pay for more nodes. " +
		"By digest a contact is 48 bytes, whatever n is, and its share of an operation grows as n at most.",
	"**Anti-entropy.** In 20 s a node compares its trees with a quarter of those that have a range in common with it: a hash for each range in common, and nothing more where they are equal. " +
		"The bytes grow with the number of nodes, since each sends them; with a fixed load, so does their share of an operation. More nodes have fewer ranges in common with each, so that there are more and shorter messages.",
	"**Nodes that are down.** With 1 % of the nodes down, another 1 % every second, few requests meet one: those to a home that is down go to a stand-in, which keeps a hint and delivers it later (it looks every 500 ms here, not every 5 s), and the home is probed. " +
		"Clients whose own contact is down hear nothing and give up after a second, which is why there are fewer operations.",
}

var textReplicas = []string{
	"Each further replica adds two messages to every operation, and to every get a read of a disk, to every put a synced write: the coordinator sends to all N homes and waits for R or W of them, so that a quorum makes an operation faster and not cheaper. " +
		"The rest of a request does not depend on N; gossip does not either.",
	"Read repair grows faster than N. A get that overlaps a put finds some of the N replicas without the new version, and its coordinator pushes that to each of them: the more replicas, the more gets meet one that lags, and the more pushes each.",
}

var textKeys = []string{
	"The number of keys changes next to nothing about messages. The bytes of a request fall as keys become more: the same puts fall on more keys, so that within the time measured fewer of the nodes that coordinate a key's puts have put an entry into its clock, " +
		"and fewer puts are concurrent, whose versions are all returned until a put brings them together. Anti-entropy sends a hash for each range and not for each key, and goes down a tree only where it differs.",
	"The disk is read for every replica's answer to a get, unless there is an object cache (`cluster.cache`, off by default). With 50 KB a node, in which some 300 objects find room, reads are few as long as what a node holds fits (three hundredths of the keys), " +
		"and nearly as many as without a cache when the keys are many times that. The series with the cache begins to measure after 10 s, when it is full.",
}

var textClients = []string{
	"More clients are more operations for the same background: what gossip, anti-entropy and timers cost by the second is shared by more, so that its part of an operation falls as one by the number of clients, and is nearly all there is when there are few. " +
		"The messages of a request fall a little too, since nodes that hear from each other all the time need no acknowledgements.",
	"With many clients on the same 2,000 keys, puts meet: more versions are concurrent, are returned together, and have to be repaired, so that bytes rise again. " +
		"An operation takes two reads and one synced write, 0.7 ms of a disk, of which there are a hundred: 20,000 clients ask for more than that. " +
		"Then requests wait, run into timeouts, and turn to stand-ins, whose hints go to the same busy disks: an operation takes several times the messages and events that it takes before, most of them in vain, and twice the clients get little more done.",
}

var textHost = []string{
	"What this machine took to simulate an operation, checks not included. The time is that of the whole process, garbage collection included. Memory is what is in use at the end of the run, the history of the clients included.",
	"An operation takes longer to simulate in a larger world even where it is made of as many events: an event touches a node, a client, a key and a message, and the more of them there are, the more often these are not in the processor's caches. " +
		"The queue of pending events grows too, by one or two for each node and client, and so does the time to find its first.",
}

var textLeftOut = []string{
	"The fault model is a contract, written down in [sim/doc.go](../sim/doc.go). This is what it does *not* have, and where numbers from this simulator would mislead about a cluster across the internet.",
	"* **Shared links.** A message takes a latency drawn for itself. A bandwidth, if one is set, belongs to a pair of processes: there is no network card, switch or uplink that the traffic of many pairs shares, no incast, no oversubscribed spine. So background traffic slows nobody down on the wire, however much there is; the tables above have to be read against a link by hand.\n" +
		"* **Size.** By default a large message arrives as soon as a small one, and takes a node as long to serve (`cluster.cpu.service` is by kind of message). A map of ten thousand members costs what a digest does, but for its bytes in the tables. Headers, framing and encryption are not counted.\n" +
		"* **Transport.** Messages are datagrams that arrive or do not. There are no connections: no handshakes, no congestion windows, no retransmission, no head-of-line blocking, no limit of open sockets, which alone rules out ten thousand nodes that each keep a connection to all others.\n" +
		"* **Wide-area routing.** The latency between datacenters is one distribution for each class of links, drawn anew for every message: no routes that change, no congestion by the hour, no loss that comes with load, no price of a byte.\n" +
		"* **Correlated failures.** Nodes fail as the scenario says. Nothing makes the nodes of a rack, a power feed, a batch of disks, or one release of the software fail together, unless a scenario does so by name or by datacenter; drawn faults are independent.\n" +
		"* **The operating system.** No garbage-collection pauses, no scheduler, no kernel queues and interrupts, no memory that runs out, no neighbours on the same machine. `pause` and `slow` imitate their effects, at times that the scenario chooses and not the load.\n" +
		"* **Disks.** One first-in-first-out device a node with latency and bandwidth: no caches of the operating system or the device (every read takes the device's time, unless `cluster.cache` is on), no seeks, no internal parallelism, no flash translation, no throttling, no wear.\n" +
		"* **Load.** Clients are independent and alike within a workload. There are no flash crowds, days and seasons, unless `stages` draw them, no tier of load balancers and name servers in front, and no callers that retry in step unless `retries` says so.\n" +
		"* **People.** No mistaken commands, half-finished deployments, or configurations that differ from node to node.",
	"And the simulator is one process: a cluster has to fit into the memory of one machine and runs on one core. Ten thousand nodes do; hundreds of thousands do not.",
}
