package dynamo

// Mark is something worth telling from inside a node. The world turns marks into counters, trace records and crash points; a node with
// nobody listening behaves the same. The numbers are never reused.
type Mark uint8

// The marks, in the order of their numbers. Marks describes each.
const (
	MarkCoordinateGet Mark = 1 + iota
	MarkCoordinatePut
	MarkForwarded
	MarkSloppy
	MarkSuperseded
	MarkFalseDomination
	MarkReadRepair
	MarkRepaired
	MarkHintStored
	MarkHintSuperseded
	MarkHintSent
	MarkHintAcknowledged
	MarkHintDelivered
	MarkHintExpired
	MarkSuspected
	MarkUnsuspected
	MarkPutLocalWrite
	MarkRecoveryMid
	MarkRecovered
	MarkTornTail
	MarkCorruptRecord
	MarkCorruptRead
	MarkUnreachable
	MarkRefused
	MarkShed
	MarkDiskFailed
	MarkLateReply
	MarkCoordinatorStored
	MarkStored
	MarkServing
	MarkActorRenewed
	MarkDuplicate
	MarkHintDestroyed
	MarkDiskBusy
	MarkBufferHit
	MarkBufferFlush
	MarkBufferFull
	MarkCacheHit
	MarkCacheMiss
	MarkCacheInvalid
	MarkCacheEvicted
	MarkDeferred
	MarkHintRefused
	MarkTruncated
	MarkTooManySiblings
	MarkNewest
	MarkTombstone
	MarkTombstoneForgotten
	MarkQuery
	MarkWriteBack
	MarkGossip
	MarkViewLearned
	MarkViewAdopted
	MarkExchange
	MarkExchangeEqual
	MarkExchangeAbandoned
	MarkHashesSent
	MarkListsSent
	MarkMerkleBytes
	MarkKeyDiffers
	MarkKeyMoved
	MarkSynchronised
	MarkViewPolled
	MarkViewRefreshed
	MarkHeartbeat
	MarkRangesOffered
	MarkRangesDeclined
	MarkRangesTransferred
	MarkKeyTransferred
	MarkTransferMid
	MarkStray
	MarkHintRehomed
	MarkDrained
	MarkStaleRoute
	MarkDropped
	MarkAwaited
	MarkDoubt
	MarkMended
	MarkDoubtEnded
	marks
)

// MarkDoc describes a mark: the counter that counts it, what it says, where the paper speaks of it, and, where a scenario may crash a node
// at this moment, the name of the point.
type MarkDoc struct {
	Mark    Mark
	Counter string
	Doc     string
	Paper   string
	Arg     string // what the argument is
	Point   string // name as a crash point, or ""
}

var markDocs = [...]MarkDoc{
	{MarkCoordinateGet, "gets_coordinated", "a node began to coordinate a get", "§4.5", "quorum R", ""},
	{MarkCoordinatePut, "puts_coordinated", "a node began to coordinate a put", "§4.5", "quorum W", ""},
	{MarkForwarded, "forwarded", "a node passed a request on to another coordinator", "§4.5", "the node it went to", ""},
	{MarkSloppy, "sloppy_writes", "a write went to a fallback in place of a home believed to be down", "§4.6", "the fallback", ""},
	{MarkSuperseded, "versions_superseded", "a put dropped versions that its context covers", "§4.4", "how many", ""},
	{MarkFalseDomination, "false_dominations", "a put's clock dominated a version that its client never saw (clock mode paper)", "§4.4", "how many", ""},
	{MarkReadRepair, "read_repairs", "a coordinator pushed the merged versions to a replica whose answer lacked some", "§5", "the stale replica", ""},
	{MarkRepaired, "versions_repaired", "a replica took something new from a read repair", "§5", "the coordinator", ""},
	{MarkHintStored, "hints_stored", "a node took a write for another one and keeps a hint of its home", "§4.6", "the home", ""},
	{MarkHintSuperseded, "hints_superseded", "a hint was merged into one already kept for the same home and key", "§4.6", "the home", ""},
	{MarkHintSent, "hints_sent", "a hint was sent to its home", "§4.6", "the home", ""},
	{MarkHintAcknowledged, "hints_acknowledged", "the home has acknowledged a hint; the holder has not deleted it yet", "§4.6", "the home", "hint-after-delivery"},
	{MarkHintDelivered, "hints_delivered", "a hint was deleted after its home had acknowledged it", "§4.6", "the home", ""},
	{MarkHintExpired, "hints_expired", "a hint was dropped because it was older than the window", "§4.6", "the home", ""},
	{MarkSuspected, "suspected", "a node began to suspect a peer that did not answer", "§4.8", "the peer", ""},
	{MarkUnsuspected, "unsuspected", "a suspected peer was heard from again", "§4.8", "the peer", ""},
	{MarkPutLocalWrite, "puts_written_locally", "a coordinator wrote a put to its own store and is about to send it to the other replicas", "§4.5", "", "put-after-local-write"},
	{MarkRecoveryMid, "recoveries_begun", "a node reads back its log", "§5", "", "recovery-mid"},
	{MarkRecovered, "recoveries", "a node has read back its log and serves again", "§5", "records", ""},
	{MarkTornTail, "torn_tails", "recovery cut off the unsynced end of a log", "§5", "bytes", ""},
	{MarkCorruptRecord, "corrupt_records", "recovery met a damaged record inside the log", "§5", "how many", ""},
	{MarkCorruptRead, "corrupt_reads", "a read met stored bytes that failed their checksum", "§5", "", ""},
	{MarkUnreachable, "quorum_timeouts", "a request ended without enough answers in time", "§5", "answers", ""},
	{MarkRefused, "refused", "a coordinator refused a request, having sent it to no replica", "§4.5", "", ""},
	{MarkShed, "shed", "a full queue refused a message", "§6.5", "", ""},
	{MarkDiskFailed, "disk_errors", "the storage engine reported an error", "§5", "", ""},
	{MarkLateReply, "late_replies", "an answer came after its request had ended", "§5", "", ""},
	{MarkCoordinatorStored, "puts_durable_locally", "the coordinator's own copy of a put became durable", "§4.5", "", ""},
	{MarkStored, "versions_stored", "a node's own store took something new for a key", "§4.3", "", ""},
	{MarkServing, "starts", "a node began to serve", "§5", "the epoch of its actor", ""},
	{MarkActorRenewed, "actors_renewed", "a node dropped something that bore its actor and goes on under a new one", "§4.4", "the epoch", ""},
	{MarkDuplicate, "duplicate_puts", "a put that this node has met before came again and was dropped", "§4.5", "the client", ""},
	{MarkHintDestroyed, "hints_destroyed", "a hint was dropped because its stored bytes are damaged", "§4.6", "the home", ""},
	{MarkDiskBusy, "disk_refusals", "the disk refused an operation of the storage engine because too many waited for it", "§6.5", "1: a read", ""},
	{MarkBufferHit, "buffer_hits", "a read found its object in the write buffer", "§6.1", "", ""},
	{MarkBufferFlush, "buffer_flushes", "the writer brought objects from the write buffer to the log", "§6.1", "how many", ""},
	{MarkBufferFull, "buffer_overflows", "a write found the write buffer full and went to the log at once", "§6.1", "", ""},
	{MarkCacheHit, "cache_hits", "a read found its object in the object cache", "", "", ""},
	{MarkCacheMiss, "cache_misses", "a read had to go to the disk although there is an object cache", "", "", ""},
	{MarkCacheInvalid, "cache_invalidations", "an object left the cache because its node had come to hold a newer state", "", "", ""},
	{MarkCacheEvicted, "cache_evictions", "an object left the cache to make room", "", "", ""},
	{MarkDeferred, "tasks_deferred", "background work found no free slice of the disk", "§6.5", "0 handoff, 1 anti-entropy, 2 transfer", ""},
	{MarkHintRefused, "hints_refused", "a node did not take a write for another one, as it keeps as many hints as it may", "§4.6", "the home", ""},
	{MarkTruncated, "truncations", "a coordinator cut the clock of the version that it made down to max_entries", "§4.4", "how many entries went", ""},
	{MarkTooManySiblings, "sibling_refusals", "a put was refused because it would have left more than max_siblings versions", "§4.4", "how many", ""},
	{MarkNewest, "newest_picked", "a coordinator returned the newest of several versions and left the others out", "§6", "how many versions there were", ""},
	{MarkTombstone, "tombstones_stored", "a node stored something that a tombstone is part of", "§4.4", "", ""},
	{MarkTombstoneForgotten, "tombstones_forgotten", "a node removed a key of which it held nothing but tombstones past their grace", "§4.4", "", ""},
	{MarkQuery, "timestamp_queries", "mode abd: a put asked a majority for the register's timestamp", "§4.5", "", ""},
	{MarkWriteBack, "write_backs", "mode abd: a get brought what it is about to return to a majority", "§4.5", "", ""},
	{MarkGossip, "gossips", "a node contacted a peer to reconcile what both know of the members", "§4.8", "the peer", ""},
	{MarkViewLearned, "views_learned", "a node heard by gossip of changes of the members that it did not know", "§4.8", "how many it knows", ""},
	{MarkViewAdopted, "views_adopted", "a node began to act upon a new view of the members", "§4.8", "how many members", ""},
	{MarkExchange, "exchanges", "a node began to compare its Merkle trees with a replica's", "§4.7", "the partner", ""},
	{MarkExchangeEqual, "exchanges_equal", "a node that was sent roots found all of them equal to its own", "§4.7", "the partner", ""},
	{MarkExchangeAbandoned, "exchanges_abandoned", "a partner did not answer the roots in time", "§4.7", "the partner", ""},
	{MarkHashesSent, "hashes_sent", "hashes of Merkle trees that were sent, roots included", "§4.7", "how many", ""},
	{MarkListsSent, "hash_lists_sent", "times that a node sent the hashes of all children of a differing node of a tree", "§4.7", "how many", ""},
	{MarkMerkleBytes, "anti_entropy_bytes", "bytes of the messages of anti-entropy on the wire", "§4.7", "how many", ""},
	{MarkKeyDiffers, "keys_differing", "a comparison of leaves found a key that two replicas hold differently", "§4.7", "the partner", ""},
	{MarkKeyMoved, "keys_moved", "a key's versions were sent to a replica that holds others", "§4.7", "the partner", ""},
	{MarkSynchronised, "versions_synchronised", "a replica took something new from anti-entropy", "§4.7", "the partner", ""},
	{MarkViewPolled, "views_polled", "a client's library learned from a node of changes of the members that it did not know", "§6.4", "how many members", ""},
	{MarkViewRefreshed, "views_refreshed", "a client's library met a member that it could not reach, or a node that was no home any more, and asked for the members at once", "§6.4", "", ""},
	{MarkHeartbeat, "heartbeats", "a node told its peers that it is there (failure detection by accrual)", "§4.8", "", ""},
	{MarkRangesOffered, "transfers_offered", "a node offered ranges that it need not store any longer to a node that came to store them", "§4.9", "how many ranges", ""},
	{MarkRangesDeclined, "transfers_confirmed", "a node was told which of the ranges that it offered are wanted", "§4.9", "how many are not", ""},
	{MarkRangesTransferred, "transfers", "a node has handed over ranges: the receiver has acknowledged all of them", "§4.9", "how many ranges", ""},
	{MarkKeyTransferred, "keys_transferred", "a node received a key's versions by a transfer", "§4.9", "the giver", ""},
	{MarkTransferMid, "transfer_batches", "a batch of a transfer was sent, or reached its receiver", "§4.9", "the other node", "transfer-mid"},
	{MarkStray, "strays", "a node handed versions that it stored by an old view to the homes of their key", "§4.9", "", ""},
	{MarkHintRehomed, "hints_rehomed", "a hint was given to other homes because its own is none any more", "§4.9", "the old home", ""},
	{MarkDrained, "drained", "a node that has left holds nothing any more", "§4.9", "", ""},
	{MarkStaleRoute, "stale_routes", "a request came to a node that knows a newer view, by which it is not to coordinate it", "§4.8", "the sender", ""},
	{MarkDropped, "keys_dropped", "a node dropped a key of which it is no home any more, as the homes have it", "§4.9", "", ""},
	{MarkAwaited, "reads_awaiting", "a replica was asked for a key of a range that it waits for, and said so", "§4.9", "who has it", ""},
	{MarkDoubt, "doubts_begun", "a node found that its disk may have forgotten more than it can name: of a key that it does not find, or of any, it asks the other homes first", "§5", "1: keys not found, 2: any", ""},
	{MarkMended, "keys_mended", "a node took what its disk may have forgotten of a key from the key's other homes", "§5", "how many homes there are", ""},
	{MarkDoubtEnded, "doubts_ended", "a node has found its ranges equal to those of all their other homes, and answers by itself again", "§4.7", "", ""},
}

// Marks lists all marks in the order of their numbers.
func Marks() []MarkDoc { return markDocs[:] }

// Amount is how much a mark adds to its counter: its argument where that says how many, else one.
func (m Mark) Amount(arg int64) int64 {
	switch m {
	case MarkHashesSent, MarkListsSent, MarkMerkleBytes:
		return arg
	}
	return 1
}
