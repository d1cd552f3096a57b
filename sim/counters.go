package sim

// Counters say how often something happened in a System since it was made.
type Counters struct {
	Sent       int64 // messages given to Send, copies made by the network not included
	Delivered  int64 // messages that reached a handler
	Bytes      int64 // wire bytes of the messages sent
	Lost       int64 // messages that vanished by loss
	Cut        int64 // messages that vanished by a cut, at sending or under way
	Corrupted  int64 // messages that arrived damaged and were thrown away
	Overflowed int64 // messages beyond the buffer or the in-flight limit of a link
	Duplicated int64 // copies made
	Reordered  int64 // messages that were set back behind later ones
	Delayed    int64 // messages that a rule's Delay made later
	Clogged    int64 // messages that a rule held
	Down       int64 // messages that found their process down, or died with it
	Shed       int64 // messages that a full queue refused
	Timers     int64 // timers that fired
	Cancelled  int64 // timers that were cancelled in time
	Ties       int64 // dispatches at the same instant as the one before
	Kinds      [256]KindCounters
}

// KindCounters count the messages of one kind.
type KindCounters struct{ Messages, Bytes int64 }

// ProcessCounters say how often something happened to one process.
type ProcessCounters struct {
	Sent, SentBytes         int64
	Received, ReceivedBytes int64 // messages that reached the handler
	Shed                    int64 // messages that its full queue refused
	Down                    int64 // messages that found it down, or died with it
	Timers                  int64 // timers that fired
	SkewedTimers            int64 // timers that fired after they were set on a drifting clock
	SkewedWalls             int64 // readings of the wall clock while it was off
	Held                    int64 // messages, timers and completions kept from it while it was paused
	SlowMessages            int64 // messages served by a slowed processor
	SlowLinks               int64 // messages sent or received over its slowed network
	SlowDisk                int64 // operations of its slowed disk
	Disk                    DiskCounters
}

// DiskCounters count the operations of a disk.
type DiskCounters struct {
	Operations   int64 // all but reads of the page cache's directory
	Reads        int64
	Writes       int64 // appends and overwrites
	Syncs        int64 // syncs of files and of the directory
	ReadBytes    int64 // accounted bytes
	WrittenBytes int64
	Errors       int64 // operations that failed
}
