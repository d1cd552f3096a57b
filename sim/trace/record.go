package trace

// Record is one thing that happened inside a run.
type Record struct {
	Ordinal uint64 // of the event in whose handler it happened
	Time    int64  // virtual time in nanoseconds
	Kind    Kind
	Proc    int32  // where it happened, or -1
	Peer    int32  // the other side of a message, or -1
	Cause   uint64 // ordinal of the event whose handler made this one
	Lineage uint64 // hash of why it exists
	Message string // name of the message's kind
	Key     string // the key it is about, or empty
	Text    string // free text for people
	Mark    string // name of the mark
	Arg1    int64  // two numbers that depend on the kind
	Arg2    int64
}

// Sink receives records in the order in which they happen. The record is
// valid during the call only.
type Sink interface{ Record(r *Record) }
