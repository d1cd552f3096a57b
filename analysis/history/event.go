package history

// Phase says what a nemesis event tells of its fault.
type Phase uint8

const (
	Unphased Phase = 0 // a point in time, or a history from elsewhere
	Start    Phase = 1 // the fault begins
	End      Phase = 2 // the fault ends
	Refused  Phase = 3 // the fault did not begin, Text says why
	Heal     Phase = 4 // all faults end and clients stop; no fault of its own
	Quiet    Phase = 5 // nothing moves any more; states and final gets follow

	Scheduled Phase = 6 // the fault is part of the run
	Effect    Phase = 7 // what the fault has done in all
	Recovered Phase = 8 // all nodes that the fault took down serve again
)

var phaseNames = [...]string{Start: "start", End: "end", Refused: "refused", Heal: "heal", Quiet: "quiet", Scheduled: "scheduled", Effect: "effect", Recovered: "recovered"}

// String returns the name used in files; it is empty for Unphased.
func (p Phase) String() string { return phaseNames[p] }

// Event is something that the nemesis did, or a mark of the run's phases.
type Event struct {
	Time  int64 // virtual time, ns
	Index int32
	Phase Phase
	Kind  string // partition, crash, ...; heal and quiet for the marks
	Fault string // which fault of the scenario; empty for the marks
	Text  string // the fault in words, or why it was refused
}

// Role says why a node holds a key.
type Role uint8

const (
	Home  Role = 0 // the node is one of the N that the key belongs on
	Hint  Role = 1 // the node keeps the versions for another node
	Other Role = 2 // the node holds them without belonging or being asked to
)

var roleNames = [...]string{Home: "home", Hint: "hint", Other: "other"}

// String returns the name used in files: home, hint or other.
func (r Role) String() string { return roleNames[r] }

// State is what one node holds of one key, synced to its disk, after Quiet.
type State struct {
	Time     int64 // virtual time, ns
	Index    int32
	Node     int32
	Key      int32
	versions span
	Role     Role
}
