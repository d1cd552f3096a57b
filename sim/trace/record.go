package trace

// None stands for no process in Record.Proc and Record.Peer; so does any
// negative number.
const None int32 = -1

// Record is one thing that happened inside a run. Kinds says for each kind who
// Proc and Peer are.
type Record struct {
	Ordinal uint64 // of the event in whose handler it happened
	Time    int64  // virtual time in ns
	Kind    Kind
	Proc    int32  // the process in which it happened, or None
	Peer    int32  // the process at the other end of a message, or None
	Cause   uint64 // ordinal of the event whose handler made this one
	Lineage uint64 // hash of why it exists; a Send and its Deliver have the same
	Message string // the name of the message's kind, or of the disk operation
	Key     string // the key that it is about, or ""
	Text    string // what else a person wants to read
	Mark    string // Mark: the mark's name; Drop: why

	// Two numbers that depend on the kind. Deliver and Send: the latency in
	// ns and the size in bytes of the message.
	Arg1, Arg2 int64
}

// Sink receives records in the order in which they happen. The record is the
// caller's again when the call returns.
type Sink interface{ Record(r *Record) }

// Filter narrows a trace down. The zero Filter lets everything through.
type Filter struct {
	Key   string // only what is about this key, or about no single process's work: faults, crashes, phases
	From  int64  // not before this virtual time in ns
	Until int64  // not after it; 0 means to the end
}

// Match tells whether the filter lets a record through.
func (f *Filter) Match(r *Record) bool {
	if r.Time < f.From || f.Until != 0 && r.Time > f.Until {
		return false
	}
	return f.Key == "" || f.Key == r.Key || concernsAll(r.Kind)
}

// concernsAll tells whether a kind matters whatever key one looks at.
func concernsAll(k Kind) bool {
	switch k {
	case FaultStart, FaultEnd, FaultScheduled, FaultRefused, FaultEffect, FaultRecovered, Boot, Crash, Pause, Resume, Phase:
		return true
	}
	return false
}

// Filtered returns a sink that passes on what the filter lets through.
func Filtered(to Sink, f Filter) Sink { return &filtered{to, f} }

type filtered struct {
	to     Sink
	filter Filter
}

func (f *filtered) Record(r *Record) {
	if f.filter.Match(r) {
		f.to.Record(r)
	}
}

// Tee returns a sink that passes each record on to all of the sinks, in order.
func Tee(sinks ...Sink) Sink { return tee(sinks) }

type tee []Sink

func (t tee) Record(r *Record) {
	for _, s := range t {
		s.Record(r)
	}
}
