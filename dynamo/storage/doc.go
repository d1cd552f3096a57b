// Package storage is the log-structured storage engine of a node (Dynamo §5, a pluggable engine under local persistence), as a state machine
// of disk completions. It never waits: Put, Remove, Get and Flush ask the Disk for something and return; Handle takes a completion and
// tells the Owner what has come of it. So a crash can find it in the middle of anything, recovery included.
//
// # What it promises
//
//   - Written without an error means what the policy says: with Each and Group the record is on the disk and will be found by every later
//     recovery, whatever power loss comes; with Periodic and Never it is in the page cache.
//   - A Get never gives bytes whose checksum is wrong, and never an older state than the newest acknowledged one: it says Corrupt instead,
//     and goes on saying so until the key is written again.
//   - The log stays under twice the live bytes and a minimum: compaction copies what counts, a chunk at a time.
//   - No allocation per put or get once it has run for a while.
//
// # The files
//
// Records go to the end of the newest of the files PREFIX-0000000001.log, PREFIX-0000000002.log, ...; a file that is full is closed. A
// record has a header of 48 bytes (record.go), the key and the payload. The header says how long both are, their checksums (CRC-32C; that
// of the header begins with the record's own place, so that a misdirected write does not look sound), the sequence number of the state, what the record
// weighs (values are accounted, not stored), and the mark: how much of the log was durable when the record was written. The
// first record of a file lists the other files that count.
//
// # Recovery
//
// Recover finds the newest list of files, reads them in chunks, and keeps for each key the record with the highest sequence number. A damaged
// run is skipped by looking for the next valid header. Damage beyond the last mark is a torn tail: bytes that no sync had covered, which a
// power loss may take. Damage before it is rot, a lost write or a lying sync, and is reported as Corrupt, with the keys as far as they are
// known. What was found but may not be durable is made so before anything is acknowledged.
//
// # Errors
//
// A write whose append or sync fails is reported to whoever waits for it; it may or may not be there after a restart. After a failed sync no later
// sync of that file is trusted (the page cache may have dropped what it could not write): what counts in it is copied to a new file.
//
// # Where to start reading
//
//	config.go    the policies, the Owner that is called back, what is counted
//	disk.go      what the engine relies on from its disk
//	write.go     a put from the call to its acknowledgement; sync.go when that is
//	read.go      a get
//	recover.go   a start; scan.go and walk.go read logs
//	compact.go   what keeps the log short
package storage
