package lab

// The rows of docs/paper.md. A mechanism that is added gets its row here; a test misses it otherwise.

var interfaceRows = []Feature{
	{
		Section: "§4.1", Name: "get and put", Says: "get returns one object or all that are in conflict, with a context; put takes the context, which is opaque to the caller",
		Code: []string{"dynamo/message.go", "dynamo/client/client.go"}, Tests: []string{"dynamo.TestGetReturnsAnObjectOrAllInConflictWithAContext", "dynamo/client.TestSessionKeepsTheContextOfAGet"},
		Scenario: "put-get",
	},
	{
		Section: "§4.1", Name: "place of a key", Says: "MD5 of the key is its 128-bit position on the ring",
		Code: []string{"dynamo/ring/md5.go", "dynamo/ring/position.go"}, Tests: []string{"dynamo/ring.TestMD5Vectors", "dynamo.TestKeysArePlacedByMD5"}, Scenario: "put-get",
	},
}

var partitioningRows = []Feature{
	{
		Section: "§4.2", Name: "consistent hashing", Says: "a key belongs to the first token clockwise; the ring wraps",
		Code: []string{"dynamo/ring/ring.go"}, Tests: []string{"dynamo/ring.TestAgainstLinearScan", "dynamo/ring.TestRangesTileTheRing"}, Scenario: "figure-2",
	},
	{
		Section: "§4.2", Name: "virtual nodes", Says: "a node has several tokens, so that a failed node's load spreads evenly, and in proportion to its capacity",
		Code: []string{"dynamo/ring/strategy.go"}, Tests: []string{"dynamo/ring.TestLoadOfANodeDisperses", "dynamo/ring.TestSpreadOfLoads"},
		Scenario: "virtual-nodes", Switch: "cluster.ring.tokens",
		Off: []string{"cluster.per_node={n1: {tokens: [0]}, n2: {tokens: [0.1]}, n3: {tokens: [0.2]}, n4: {tokens: [0.3]}, n5: {tokens: [0.4]}, n6: {tokens: [0.5]}, n7: {tokens: [0.6]}, n8: {tokens: [0.7]}, n9: {tokens: [0.8]}, n10: {tokens: [0.9]}}"},
	},
	{
		Section: "§4.2", Name: "heterogeneity", Says: "the number of virtual nodes that a node is responsible for can be decided by its capacity",
		Code: []string{"dynamo/ring/strategy.go", "scenarios/world/machine.go"}, Tests: []string{"dynamo/ring.TestTokensByCapacity"},
		Scenario: "heterogeneous", Switch: "cluster.per_node", Off: []string{"cluster.per_node.n1.capacity=1"},
	},
	{
		Section: "§4.3", Name: "preference list", Says: "a key is stored at its coordinator and the N-1 successors; the list has more than N entries and names each physical node once",
		Code: []string{"dynamo/ring/preference.go"}, Tests: []string{"dynamo/ring.TestFigure2", "dynamo/ring.TestPreferenceListIsLongerThanN", "dynamo.TestKeyIsStoredAtTheCoordinatorAndItsSuccessors"},
		Scenario: "figure-2", Switch: "cluster.n",
	},
}

var versioningRows = []Feature{
	{
		Section: "§4.4", Name: "vector clocks", Says: "each put makes a new immutable version; a version whose clock another one covers is dropped, concurrent ones are kept",
		Code: []string{"dynamo/vclock/clock.go", "dynamo/vclock/set.go"}, Tests: []string{"dynamo/vclock.TestFigure3", "dynamo/vclock.TestDottedKeepsExactlyTheLive", "dynamo.TestAncestorsAreDropped"},
		Scenario: "figure-3", Switch: "cluster.versioning.mode",
	},
	{
		Section: "§4.4", Name: "reconciliation by the client", Says: "a get returns all leaves with the maximum of their clocks as context; a put with it collapses the branches",
		Code: []string{"dynamo/get.go", "dynamo/vclock/set.go"}, Tests: []string{"dynamo.TestReconciledBranchesCollapse"}, Scenario: "cart-partition",
	},
	{
		Section: "§4.4", Name: "clock truncation", Says: "when a clock has more pairs than a threshold, say 10, the oldest is removed; versions can then come out concurrent that are not",
		Code: []string{"dynamo/vclock/truncate.go", "dynamo/versions.go"}, Tests: []string{"dynamo/vclock.TestTruncateTouchesOnlyTheNewest", "dynamo.TestOnlyTheCoordinatorTruncates"},
		Scenario: "truncation", Switch: "cluster.versioning.max_entries", Off: []string{"cluster.versioning.max_entries=none"}, Counter: "truncations",
	},
	{
		Section: "§4.4", Name: "deletions", Says: "nothing is said of how; here a delete is a version without a value, kept until all replicas should have heard of it",
		Code: []string{"dynamo/versions.go"}, Tests: []string{"dynamo.TestDeleteLeavesATombstone", "dynamo.TestTombstoneIsForgottenAfterItsGrace", "dynamo.TestWithoutTombstonesADeleteLeavesNothing"},
		Scenario: "delete-tombstone", Switch: "cluster.versioning.tombstones", Off: []string{"cluster.versioning.tombstones=false"}, Counter: "tombstones_stored",
	},
	{
		Section: "§4.4", Name: "shopping cart", Says: "merging carts never loses an added item; deleted items can resurface",
		Code: []string{"scenarios/workload/generator.go", "analysis/cart.go"}, Tests: []string{"scenarios/lab.TestLibraryPasses"}, Scenario: "cart-resurfaces",
	},
}

var coordinationRows = []Feature{
	{
		Section: "§4.5", Name: "quorums R and W", Says: "a put succeeds when W nodes, a get when R nodes of the first N healthy ones have answered",
		Code: []string{"dynamo/put.go", "dynamo/get.go", "dynamo/quorum"}, Tests: []string{"dynamo.TestPutSucceedsWithTheLocalWriteAndWMinusOneOthers", "dynamo.TestGetWaitsForRAnswers", "dynamo/quorum.TestAgainstTwin"},
		Scenario: "stale-read", Switch: "cluster.r, cluster.w",
	},
	{
		Section: "§4.5", Name: "forwarding", Says: "a node outside of the key's top N passes a request on to the first of them",
		Code: []string{"dynamo/route.go"}, Tests: []string{"dynamo.TestOthersForwardToTheFirstOfTheTopN", "dynamo.TestRequestIsForwardedOnce"}, Scenario: "pynamo/put1-fail-initial-node2",
	},
	{
		Section: "§4.5", Name: "load balancer", Says: "a client's request goes through a generic load balancer that selects a node by its load",
		Code: []string{"dynamo/client/balance.go", "dynamo/client/loads.go"}, Tests: []string{"dynamo/client.TestLeastLoaded", "dynamo/client.TestRandomBalancer", "dynamo/client.TestSilentNodesAreAvoided"},
		Scenario: "balancer-least-loaded", Switch: "cluster.routing.balancer", Off: []string{"cluster.routing.balancer=random"},
	},
	{
		Section: "§4.5", Name: "requests kept near", Says: "a load balancer that prefers the client's datacenter while one of its nodes answers",
		Code: []string{"dynamo/client/balance.go"}, Tests: []string{"dynamo/client.TestNear"},
		Scenario: "same-datacenter", Switch: "cluster.routing.balancer", Off: []string{"cluster.routing.balancer=random"},
	},
}

var failureRows = []Feature{
	{
		Section: "§4.6", Name: "sloppy quorum", Says: "operations go to the first N healthy nodes, which need not be the first N",
		Code: []string{"dynamo/targets.go"}, Tests: []string{"dynamo.TestReplicaOfADownNodeGoesToTheNextWithAHint", "dynamo.TestPutSucceedsWithAllHomesDown"},
		Scenario: "figure-2", Switch: "cluster.quorum", Off: []string{"cluster.quorum=strict"}, Counter: "sloppy_writes",
	},
	{
		Section: "§4.6", Name: "hinted handoff", Says: "a stand-in keeps the copy with a hint in a store of its own and brings it home when the home is back",
		Code: []string{"dynamo/hint.go"}, Tests: []string{"dynamo.TestHintIsDeletedOnlyAfterItsHomeAcknowledged", "dynamo.TestHintsSurviveTheirHoldersRestart", "dynamo.TestHandoffIsTriedAgain"},
		Scenario: "hinted-handoff", Switch: "cluster.handoff", Off: []string{"cluster.handoff=false"}, Counter: "hints_delivered",
	},
	{
		Section: "§4.6", Name: "loss of a datacenter", Says: "preference lists span datacenters, so that the failure of a whole one is no outage",
		Code: []string{"dynamo/ring/preference.go"}, Tests: []string{"dynamo/ring.TestSpreadOverZones"},
		Scenario: "datacenter-loss", Switch: "cluster.placement", Off: []string{"cluster.placement=ring"},
	},
	{
		Section: "§4.6", Name: "quorums in datacenters", Says: "R and W count replicas wherever they are; what later stores offer is a switch: in the coordinator's datacenter, in each one",
		Code: []string{"dynamo/datacenter.go"}, Tests: []string{"dynamo.TestDatacenterQuorums", "dynamo.TestStandInsComeFromTheSameDatacenter"},
		Scenario: "datacenter-quorum-local", Switch: "cluster.datacenter_quorum", Off: []string{"cluster.datacenter_quorum=none"},
	},
	{
		Section: "§4.6", Name: "quorums in each datacenter", Says: "R and W replicas of each datacenter: they overlap everywhere, at the price of the distance",
		Code: []string{"dynamo/datacenter.go"}, Tests: []string{"dynamo.TestDatacenterQuorums"},
		Scenario: "datacenter-quorum-each", Switch: "cluster.datacenter_quorum", Off: []string{"cluster.datacenter_quorum=local"},
	},
}

var synchronizationRows = []Feature{
	{
		Section: "§4.7", Name: "anti-entropy", Says: "replicas of a key range compare their Merkle trees level by level, from the roots down into what differs, and exchange only the keys that do",
		Code: []string{"dynamo/antientropy.go", "dynamo/trees.go"}, Tests: []string{"dynamo.TestReplicaThatMissedWritesCatchesUp", "dynamo.TestEqualRootsEndTheExchange", "dynamo.TestReplicasAgreeWithoutARead"},
		Scenario: "anti-entropy", Switch: "cluster.anti_entropy", Off: []string{"cluster.anti_entropy=false"}, Counter: "versions_synchronised",
	},
	{
		Section: "§4.7", Name: "Merkle tree", Says: "a tree of hashes for each key range that a node hosts: its leaves cover the keys, a parent's hash is made of its children's",
		Code: []string{"dynamo/merkle"}, Tests: []string{"dynamo/merkle.TestComparisonFindsTheDifferingLeaves", "dynamo/merkle.TestCost", "dynamo.TestHashesSentFollowTheClosedForm"},
		Scenario: "anti-entropy", Switch: "cluster.anti_entropy.branching, cluster.anti_entropy.depth",
	},
	{
		Section: "§4.7", Name: "permanent failures", Says: "hints may be lost with the node that keeps them, and disks with what was on them: replicas are synchronized without either",
		Code: []string{"dynamo/antientropy.go"}, Tests: []string{"dynamo.TestWipedDiskIsRefilled"},
		Scenario: "wiped-disk", Switch: "cluster.anti_entropy", Off: []string{"cluster.anti_entropy=false"}, Counter: "versions_synchronised",
	},
	{
		Section: "§4.7", Name: "damaged replicas", Says: "a replica whose disk has lost something, and knows it, is brought up to date by the others before its answers count again (the paper leaves open how)",
		Code: []string{"dynamo/doubt.go"}, Tests: []string{"dynamo.TestAbsenceDoesNotWinOverADamagedValue", "dynamo.TestDoubtOutlivesARestart", "dynamo.TestRestoredDiskIsInDoubt", "dynamo.TestTornTailIsNoAbsence", "dynamo.TestAntiEntropyEndsDoubt"},
		Scenario: "bit-rot", Switch: "cluster.storage.mend", Off: []string{"cluster.storage.mend=false"}, Counter: "keys_mended",
	},
}

var membershipRows = []Feature{
	{
		Section: "§4.9", Name: "transfer of ranges", Says: "nodes that no longer need ranges offer them to those that came to store them and transfer them after a confirmation; removing a node is the reverse",
		Code: []string{"dynamo/transfer.go", "dynamo/moves.go"}, Tests: []string{"dynamo.TestWhoGivesWhatToX", "dynamo.TestMovesAddUp", "dynamo.TestLeaveDrainsAndJoinFills", "dynamo.TestConfirmationAvoidsDuplicates", "dynamo.TestCrashesInTransfers"},
		Scenario: "join", Switch: "cluster.transfer", Off: []string{"cluster.transfer=false"}, Counter: "keys_transferred",
	},
	{
		Section: "§4.9", Name: "the ranges of X", Says: "X between A and B comes to store (F,G], (G,A] and (A,X]; B, C and D no longer have to store these and hand them over; when X leaves they go back",
		Code: []string{"dynamo/moves.go"}, Tests: []string{"dynamo.TestWhoGivesWhatToX", "scenarios.TestRangesOfAStateAreChecked"},
		Scenario: "join-x", Switch: "cluster.transfer", Off: []string{"cluster.transfer=false"}, Counter: "keys_transferred",
	},
	{
		Section: "§4.9", Name: "removing a node", Says: "the reverse: a node that leaves hands over all that it stores, and keeps for others, and is switched off when it holds nothing any more",
		Code: []string{"dynamo/transfer.go", "dynamo/stray.go"}, Tests: []string{"dynamo.TestLeaveDrainsAndJoinFills", "dynamo.TestLeaverDrainsWithoutHandoff"},
		Scenario: "leave-drains", Switch: "cluster.transfer", Off: []string{"cluster.transfer=false"}, Counter: "keys_transferred",
	},
	{
		Section: "§4.9", Name: "replacement of a node", Says: "nothing is said of it; here a node that joins in the place of another one takes its tokens, and only what that one stored moves",
		Code: []string{"dynamo/placement.go", "scenarios/world/fault_members.go"}, Tests: []string{"dynamo.TestAReplacementMovesNothingElse"},
		Scenario: "replace", Switch: "cluster.transfer", Off: []string{"cluster.transfer=false"}, Counter: "keys_transferred",
	},
	{
		Section: "§4.9", Name: "no key is transferred twice", Says: "\"by adding a confirmation round between the source and the destination, it is made sure that the destination node does not receive any duplicate transfers for a given key range\"; here also where either crashes meanwhile",
		Code: []string{"dynamo/transfer.go", "dynamo/given.go", "dynamo/arrive.go"}, Tests: []string{"dynamo.TestConfirmationAvoidsDuplicates", "dynamo.TestCrashesInTransfers", "dynamo.TestTransfersGoOnAfterARestart"},
		Scenario: "transfer-crash", Switch: "cluster.transfer.confirm",
	},
	{
		Section: "§4.9", Name: "service while ranges move", Says: "nothing is said of it; here a node that waits for a range does not answer reads of it as if it had it, and the one that still has it is asked",
		Code: []string{"dynamo/arrive.go"}, Tests: []string{"dynamo.TestReadsDoNotCountOnWhatIsStillToCome", "scenarios/lab.TestGrowth"}, Scenario: "growth",
	},
	{
		Section: "§4.8", Name: "requests by an old view", Says: "nothing is said of them; here who knows a newer view passes them on or refuses them, as is set, and tells the sender of the view",
		Code: []string{"dynamo/route.go", "dynamo/gossip.go"}, Tests: []string{"dynamo.TestNewsTravelWithRequests", "dynamo.TestPutThatComesBackIsDone"},
		Scenario: "stale-view", Switch: "cluster.routing.stale_view", Off: []string{"cluster.routing.stale_view=refuse"},
	},
	{
		Section: "§4.8", Name: "persisted views", Says: "\"the node that serves the request writes the membership change and its time of issue to persistent store\"",
		Code: []string{"dynamo/view.go", "dynamo/membership/codec.go"}, Tests: []string{"dynamo.TestViewsSurviveRestarts", "dynamo.TestAViewIsDurableBeforeItIsActedUpon"},
		Scenario: "persisted-view", Switch: "cluster.membership.persist", Off: []string{"cluster.membership.persist=false"},
	},
	{
		Section: "§4.8", Name: "explicit joins and leaves", Says: "an administrator tells a node that a node joins or leaves; the node persists the change and its time; outages change nothing",
		Code: []string{"dynamo/membership/change.go", "dynamo/view.go"}, Tests: []string{"dynamo/membership.TestANodeCanBeRemovedAndAddedBack", "dynamo.TestOnlyCommandsChangeTheMembers", "dynamo.TestViewsSurviveRestarts"},
		Scenario: "growth",
	},
	{
		Section: "§4.8", Name: "gossip", Says: "every second each node contacts a random peer and both reconcile their histories of membership and placement",
		Code: []string{"dynamo/gossip.go", "dynamo/membership/merge.go"}, Tests: []string{"dynamo/membership.TestMergeIsASemilattice", "dynamo.TestTimeToReachEverybody"},
		Scenario: "gossip-merge", Switch: "cluster.gossip", Off: []string{"cluster.gossip=false"}, Counter: "views_learned",
	},
	{
		Section: "§4.8", Name: "seed nodes", Says: "nodes known to all keep rings from staying apart",
		Code: []string{"dynamo/gossip.go"}, Tests: []string{"dynamo.TestSeedsMergeRings", "dynamo.TestTwoRingsThroughTwoNodes"},
		Scenario: "two-rings", Switch: "cluster.membership.seed_nodes",
	},
	{
		Section: "§4.8", Name: "local failure detection", Says: "a node considers a peer failed if it does not answer its own messages, uses others, and tries it again now and then",
		Code: []string{"dynamo/suspect.go"}, Tests: []string{"dynamo.TestFailureDetectionIsLocal", "dynamo.TestSuspectedNodeIsRetriedPeriodically", "dynamo.TestNoTrafficNoProbes"},
		Scenario: "pynamo/put2-fail-nodes23-2", Switch: "cluster.failure_detection.kind", Off: []string{"cluster.failure_detection.kind=none"}, Counter: "suspected",
	},
	{
		Section: "§4.8", Name: "failure detection by accrual", Says: "an alternative to timeouts: silence that is too unlikely by the heartbeats so far (Hayashibara et al. 2004), each node for itself",
		Code: []string{"dynamo/phi.go"}, Tests: []string{"dynamo.TestPhiAgainstItsDefinition", "dynamo.TestAccrualSuspectsTheSilent", "dynamo.TestAccrualIsLocal"},
		Scenario: "phi-detector", Switch: "cluster.failure_detection.kind, cluster.failure_detection.phi", Off: []string{"cluster.failure_detection.kind=none"}, Counter: "heartbeats",
	},
}

var implementationRows = []Feature{
	{
		Section: "§5", Name: "read repair", Says: "after its answer the coordinator waits a short time for further responses and updates the nodes that returned stale versions",
		Code: []string{"dynamo/get.go"}, Tests: []string{"dynamo.TestReadRepairComesAfterTheReplyAndWaitsForStragglers", "dynamo.TestReadRepairReachesExactlyTheStale"},
		Scenario: "read-repair", Switch: "cluster.read_repair", Off: []string{"cluster.read_repair=false"}, Counter: "versions_repaired",
	},
	{
		Section: "§5", Name: "write coordinator", Says: "the node that answered the preceding read fastest coordinates the write; its name is in the context",
		Code: []string{"dynamo/route.go"}, Tests: []string{"dynamo.TestWriteIsCoordinatedByTheFastestOfThePrecedingRead"},
		Scenario: "write-by-fastest", Switch: "cluster.routing.write_by", Off: []string{"cluster.routing.write_by=first"},
	},
	{
		Section: "§5", Name: "local persistence", Says: "pluggable storage engines below request coordination; a node comes back with what its disk holds",
		Code: []string{"dynamo/storage", "dynamo/boot.go"}, Tests: []string{"dynamo/storage.TestCrashAnywhere", "dynamo.TestNodeRecoversFromItsDisk"},
		Scenario: "power-loss", Switch: "cluster.storage.sync",
	},
	{
		Section: "§5", Name: "group commit", Says: "one of several engines: each has its own balance of durability and speed",
		Code: []string{"dynamo/storage/sync.go"}, Tests: []string{"dynamo/storage.TestPolicies", "dynamo/storage.TestCrashAnywhere"},
		Scenario: "group-commit", Switch: "cluster.storage.sync", Off: []string{"cluster.storage.sync=each"},
	},
	{
		Section: "§6.4", Name: "read coordinator", Says: "any node may coordinate a read; a write needs one of the key's preference list, unless versions are timestamps",
		Code: []string{"dynamo/route.go"}, Tests: []string{"dynamo.TestOthersForwardToTheFirstOfTheTopN", "dynamo.TestLibraryCoordinatesPutsWithTimestamps"},
		Scenario: "read-by", Switch: "cluster.routing.read_by", Off: []string{"cluster.routing.read_by=contacted"},
	},
	{
		Section: "§6.4", Name: "client-driven coordination", Says: "the client library coordinates reads itself and sends writes to a home of the key: a hop less than through a load balancer (Table 2)",
		Code: []string{"dynamo/library.go", "dynamo/client/client.go"}, Tests: []string{"dynamo.TestLibraryCoordinatesGets", "dynamo.TestLibrarySendsPutsToAHome", "dynamo.TestLibraryRepairs", "scenarios/world.TestTable2"},
		Scenario: "client-driven", Switch: "cluster.coordinator", Off: []string{"cluster.coordinator=server"}, Counter: "client_coordinated",
	},
	{
		Section: "§6.4", Name: "membership by polling", Says: "the client library asks a random node for the members every 10 s, and at once when it finds its table stale",
		Code: []string{"dynamo/library.go"}, Tests: []string{"dynamo.TestLibraryPolls", "dynamo.TestLibraryFindsOutWhoIsDown", "dynamo.TestLibraryThatKnowsNobodyAsks"},
		Scenario: "client-refresh", Switch: "cluster.routing.poll, cluster.routing.refresh", Off: []string{"cluster.routing.refresh=false"}, Counter: "views_refreshed",
	},
	{
		Section: "§6.4", Name: "coordinator without a replica", Says: "with timestamps as versions whoever holds no replica may coordinate, the client itself included",
		Code: []string{"dynamo/library.go"}, Tests: []string{"dynamo.TestOutsideCoordination", "scenarios/world.TestOutsideCoordinatorAgainstTheClosedForm"},
		Scenario: "outside-coordinator", Switch: "cluster.coordinator", Off: []string{"cluster.coordinator=server"}, Counter: "client_coordinated",
	},
	{
		Section: "§6", Name: "last write wins", Says: "reconciliation by timestamp: the version with the largest physical timestamp is the one",
		Code: []string{"dynamo/vclock/lastwrite.go"}, Tests: []string{"dynamo.TestLargestTimestampWins", "dynamo/vclock.TestLastWriteWinsAgainstMaximum"}, Scenario: "clock-skew",
		Switch: "cluster.versioning.mode",
	},
	{
		Section: "§6", Name: "reconciliation by timestamp", Says: "of divergent versions the store itself picks the one with the largest physical timestamp",
		Code: []string{"dynamo/versions.go", "dynamo/get.go"}, Tests: []string{"dynamo.TestStorePicksTheNewestOfSeveralVersions"},
		Scenario: "newest", Switch: "cluster.versioning.reconcile", Off: []string{"cluster.versioning.reconcile=client"}, Counter: "newest_picked",
	},
	{
		Section: "§6.1", Name: "write buffer", Says: "an object buffer in memory that a writer brings to storage; reads look there first; a crash loses what waits",
		Code: []string{"dynamo/buffer.go"}, Tests: []string{"dynamo.TestWriteIsAcknowledgedFromTheBuffer", "dynamo.TestReadsLookIntoTheBufferFirst", "dynamo.TestCrashLosesWhatWaitsInTheBuffer"},
		Scenario: "write-buffer", Switch: "cluster.write_buffer", Off: []string{"cluster.write_buffer=false"}, Counter: "buffer_flushes",
	},
	{
		Section: "§6.1", Name: "durable write", Says: "the coordinator asks one of the N replicas not to let the write wait, and still waits for W answers only",
		Code: []string{"dynamo/buffer.go", "dynamo/put.go"}, Tests: []string{"dynamo.TestOneReplicaIsAskedForADurableWrite", "dynamo.TestDurableWriteDelaysNobody"},
		Scenario: "durable-write", Switch: "cluster.write_buffer.durable", Off: []string{"cluster.write_buffer.durable=0"},
	},
	{
		Section: "§6.2", Name: "partitioning strategies", Says: "random tokens; random tokens with equal ranges; Q/S tokens a node with equal ranges, which spreads load best for the same metadata",
		Code: []string{"dynamo/ring/strategy.go", "dynamo/ring/load.go"}, Tests: []string{"dynamo/ring.TestFigure8", "dynamo/ring.TestRebalance"}, Scenario: "load-balance", Switch: "cluster.ring.strategy", Off: []string{"cluster.ring.strategy=1", "cluster.ring.tokens=8"},
	},
	{
		Section: "§6.3", Name: "divergent versions", Says: "how many gets return one version, two, three or four",
		Code: []string{"analysis/divergence.go"}, Tests: []string{"scenarios/lab.TestLibraryPasses"}, Scenario: "cart-partition",
	},
	{
		Section: "§6.4", Name: "object cache", Says: "good hit ratios in memory make average latencies small",
		Code: []string{"dynamo/cache.go"}, Tests: []string{"dynamo.TestCacheChangesNoAnswer", "dynamo.TestStormsOverBuffersAndCaches"},
		Scenario: "object-cache", Switch: "cluster.cache", Off: []string{"cluster.cache=false"}, Counter: "cache_hits",
	},
	{
		Section: "§6.5", Name: "admission control", Says: "background tasks reserve slices of the disk; how many there are follows from the 99th percentile of foreground reads over the last 60 s",
		Code: []string{"dynamo/admission.go"}, Tests: []string{"dynamo.TestSlicesFollowTheLatencyOfForegroundReads", "dynamo.TestFeedbackSettlesBelowTheTarget", "dynamo.TestHandoffNeedsSlices"},
		Scenario: "admission", Switch: "cluster.admission", Off: []string{"cluster.admission=false"}, Counter: "tasks_deferred",
	},
	{
		Section: "§6.5", Name: "admission of replica synchronization", Says: "background tasks for replica synchronization run only as long as the foreground is not affected",
		Code: []string{"dynamo/admission.go", "dynamo/defer.go"}, Tests: []string{"dynamo.TestSetsOfAntiEntropyWaitForSlices", "dynamo.TestSlicesAreShared"},
		Scenario: "admission-refill", Switch: "cluster.admission.tasks", Off: []string{"cluster.admission=false"}, Counter: "tasks_deferred",
	},
	{
		Section: "§6.5", Name: "bounded queues", Says: "how long requests wait in queues tells how loaded a node is; here what would wait too long is refused",
		Code: []string{"dynamo/route.go", "dynamo/footprint.go", "sim/process.go"}, Tests: []string{"scenarios/world.TestOverloadedNodesDoNotGrow", "dynamo.TestRequestTooManyIsRefused", "dynamo.TestHintTooManyGoesToTheNextNode"},
		Scenario: "overload", Switch: "cluster.cpu.queue, cluster.cpu.shed, cluster.disk.queue, cluster.handoff.max_hints", Off: []string{"cluster.cpu.queue=4096", "cluster.cpu.shed=newest", "workloads.kv.backoff=0s"},
	},
}

var deviations = []Deviation{
	{"§4.1", "no delete", "`delete` is a put of a tombstone", "what users of such stores have; a cart's deletion stays a put"},
	{"§4.2", "the first token \"larger than\" the key's position, but ranges are (A, B]", "a key at a token's position belongs to that token", "the ranges decide"},
	{"§4.4", "truncation drops the oldest pair at a threshold", "off unless `max_entries` is set; the coordinator truncates once, when it makes a version, and never its own newest pair", "it can make clocks say what is not so: `@truncation`, `@truncation-dominance`"},
	{"§4.4", "one plain clock per version", "dotted version vectors are the default, `mode: paper` is the paper's", "with plain clocks two puts through one coordinator lose an acknowledged write without any fault: `@false-dominance`"},
	{"§4.5, §5, §6.4", "the coordinator of a read: the first of the top N, any of them, or any node at all", "`cluster.routing.read_by` and `write_by` offer each reading", "the paper has all three"},
	{"§4.5", "what a refused put leaves behind is not said", "a put is refused only before any replica was sent it; else its outcome is unknown", "a client must be able to rely on \"failed\""},
	{"§4.6", "how preference lists span datacenters is not said", "`placement: spread`: the first N entries take each datacenter in turn", "a rule of our own that keeps a copy in each datacenter while N allows it"},
	{"§4.6", "quorums do not look at datacenters", "`cluster.datacenter_quorum` counts R and W anywhere; in the coordinator's datacenter or in each one if asked to", "what stores that came after it offer; a home of a lost datacenter is stood in for, but its stand-in counts where it stands"},
	{"§4.8", "who does not respond is considered failed", "`cluster.failure_detection.kind: phi` detects by the accrual of silence; σ is at least a tenth of the period, and silence ends with any message", "a network without jitter would make the first late heartbeat a failure"},
	{"§4.9", "a new node serves as soon as it is there", "what it answers to a read of a range that it waits for counts only if nobody else answers; the node that has the range is asked", "with two new homes of three, R=2 would be met by nodes that know nothing"},
	{"§4.9", "ranges are transferred once", "what is left to hand over is on the giver's disk, beside its view; a range is dropped when all of it is acknowledged", "a giver that crashes goes on where it was"},
	{"§6.4", "writes may be coordinated by the client with timestamps", "`coordinator: client` does so with `write_by: any`; `coordinator: outside` asks a node without a replica if there is one", "the model of probabilistically bounded staleness has such coordinators"},
	{"§4.6", "the holder of a hint may delete it after delivery", "it deletes it after the acknowledgement, never before", "an unacknowledged delivery may be lost"},
	{"§4.7", "a parent's hash is a hash of its children's", "it is their sum, and a leaf's the sum over its keys: an additive hash of the set below", "the tree of any range follows from one index of the keys, so that nothing is recalculated when ranges change (§6.2 names that as a cost)"},
	{"§4.7", "how often, and with whom, replicas are compared is not said", "each period with the next partner in turn: `cluster.anti_entropy.every` and `peers`", "convergence can then be promised within a time"},
	{"§4.8", "who is down is not said to be kept over a restart", "suspicions die with the process", "they are beliefs from recent traffic"},
	{"§6.1", "which replica is asked for the durable write is not said", "the last of the preference list that is up, the coordinator only if there is no other", "those who usually answer first stay quick"},
	{"§6.4", "no object cache, only those of storage engines", "an object cache, off by default; an entry counts only while it is what the node holds", "others have one, and it must not return what is outdated"},
	{"§6.5", "a runtime slice is not defined", "a slice is one piece of background work under way on the disk", "each one adds its own time to the queue that readers meet, so their number steers the latency"},
	{"§5", "Berkeley DB, MySQL and others as engines", "one log-structured engine of our own, on a simulated disk", "crash recovery and faults of disks have to be simulated down to the sector"},
}
