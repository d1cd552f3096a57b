// Package storage is the log-structured storage engine of a node (Dynamo §5, a pluggable engine under local persistence), as a state machine
// of disk completions. It never waits: Put, Remove, Get and Flush ask the Disk for something and return; Handle takes a completion and
// tells the Owner what has come of it. So a crash can find it in the middle of anything, recovery included.
//
// # What it promises
//
//   - Written without an error means what the policy says: with Each and Group the record is on the disk and will be found by every later
//     recovery, whatever power loss comes; with Periodic and Never it is in the page cache, and a power loss takes the key back at most to
//     its last state that was durable.
//   - A Get never gives bytes whose checksum is wrong, and never an older state than the newest acknowledged one: it says Corrupt instead,
//     and goes on saying so, over restarts too, until the key is written again.
//   - The log stays under twice the live bytes (100/CompactAt times) and MinCompact, as long as what is written during one compaction of a
//     log, some four round trips to the disk, is well below a quarter of the rest. The work per completion is bounded by Chunk.
//   - No allocation per put or get once it has run for a while.
//
// # The files
//
// Records go to the end of the newest of the files PREFIX-0000000001.log, PREFIX-0000000002.log, ...; the number is the log's generation. A
// log that is full, or in which something has failed, is closed, and the next record begins a new one. Nothing is ever overwritten or renamed.
// A record is, little endian (record.go):
//
//	 0  4  magic "DYr1"
//	 4  4  CRC-32C of bytes 8 to 47 and the key, begun with the generation and offset, so that a misdirected write does not look sound
//	 8  4  CRC-32C of the payload
//	12  4  length of the payload
//	16  2  length of the key
//	18  1  kind: 1 put, 2 remove, 3 lost, 4 start, 5 drop
//	19  1  format, 1
//	20 12  the mark: generation and offset up to which the log was durable when the record was written
//	32  8  sequence number of the state; a copy keeps it, and the highest of a key counts
//	40  8  weight: what the record costs on the disk, the bytes of values included that are accounted and not stored
//	48     key, payload
//
// A start record is the first of each log. It lists the other logs that count, each with its end: what lies beyond an end has failed and
// never counts. A drop record takes logs off that list. A lost record says that the state of a key was found unreadable, so that the key is not taken
// for one that was never stored.
//
// # Recovery
//
// Recover finds the newest start record, reads the logs it lists and the later ones in chunks, and keeps for each key the record with the
// highest sequence number, the last of equals. A damaged run is read twice and then skipped by looking for the next valid header. When all is read:
//
//   - Damage before the largest mark was durable once: that is rot, a lost or misdirected write, or a lying sync. It is counted as Corrupt.
//     If the header is sound the key is known, and reported if the record would have been its newest; else any key may be older than
//     acknowledged, which RecoveryStats.Unknown says at each start until the owner calls Repaired.
//   - Damage after it is a torn tail, the work of a crash: under Each and Group nobody was told that those bytes are safe. (Rot
//     of the very last records cannot be told from it.)
//   - Logs that go beyond the mark may be in the page cache only, after a process crash, where not even a new sync could be trusted if an
//     old one had failed. They are suspect: what counts in them is copied to a new log before Recovered, as compaction does it. Without
//     any, the directory is synced, so that what was not found does not come back.
//
// # Compaction
//
// Close to the limit the log with the largest share of garbage is walked: what counts in it is copied to the head, then a drop record makes
// it not count, then its file is removed; each step waits until the one before is durable. Logs in which nothing counts go with it. A
// superseded record is not copied, so nothing is dropped before all that counts elsewhere is durable, and suspect logs are dropped all at once or not
// at all. A removal is copied for as long as another log holds a record of its key, or its own log might come back without its end.
// Keys whose records cannot be read are found through the index and get lost records.
//
// # Errors
//
// A write whose append or sync fails is reported to whoever waits for it; it may or may not be there after a restart. After a failed sync no later
// sync of that file is trusted (the page cache may have dropped what it could not write): under Each and Group the log ends where it was durable
// and the writes beyond fail; under Periodic and Never, which have acknowledged them, the log is suspect and is copied. Busy is no failure: the sync
// is asked for again. Recovery and compaction try again for as long as the disk refuses, every 100 ms.
//
// # Where to start reading
//
//	config.go    the policies, the Owner that is called back, what is counted
//	disk.go      what the engine relies on from its disk
//	write.go     a put from the call to its acknowledgement; sync.go when that is
//	read.go      a get
//	log.go       the list of logs and the mark; index.go what is known of a key
//	recover.go   a start; scan.go and walk.go read logs
//	compact.go   what keeps the log short; choose.go, compact_walk.go and compact_drop.go are its parts
package storage
