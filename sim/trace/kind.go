package trace

// Kind says what a record is about. The numbers enter the digest: they are
// explicit and never reused.
type Kind uint8

// The kinds, by the number that stands for each.
const (
	Deliver    Kind = 1
	Drop       Kind = 2
	Timer      Kind = 3
	DiskDone   Kind = 4
	Send       Kind = 5
	DiskOp     Kind = 6
	Mark       Kind = 7
	FaultStart Kind = 8
	FaultEnd   Kind = 9
	Boot       Kind = 10
	Crash      Kind = 11
	Invoke     Kind = 12
	Complete   Kind = 13
	Control    Kind = 14
	Arrive     Kind = 15
	Shed       Kind = 16
	SetTimer   Kind = 17
	Pause      Kind = 18
	Resume     Kind = 19
	Phase      Kind = 20

	FaultScheduled Kind = 21
	FaultRefused   Kind = 22
	FaultEffect    Kind = 23
	FaultRecovered Kind = 24
)

// KindDoc is a kind with its name in files and what it says.
type KindDoc struct {
	Kind Kind
	Name string
	Doc  string
}

// kindDocs is indexed by kind.
var kindDocs = [...]KindDoc{
	{},
	{Deliver, "deliver", "the handler of Proc takes a message from Peer"},
	{Drop, "drop", "a message from Proc to Peer is lost; Mark says why"},
	{Timer, "timer", "a timer of Proc fires"},
	{DiskDone, "disk-done", "a disk operation of Proc is complete"},
	{Send, "send", "Proc sends a message to Peer"},
	{DiskOp, "disk-op", "Proc asks its disk for an operation"},
	{Mark, "mark", "code in Proc tells what it does"},
	{FaultStart, "fault-start", "a fault begins"},
	{FaultEnd, "fault-end", "a fault ends"},
	{Boot, "boot", "Proc starts"},
	{Crash, "crash", "Proc stops and loses its memory"},
	{Invoke, "invoke", "the client Proc begins an operation"},
	{Complete, "complete", "an operation of the client Proc ends"},
	{Control, "control", "an event that the owner of the system scheduled is due"},
	{Arrive, "arrive", "a message from Peer reaches Proc, which is busy"},
	{Shed, "shed", "Proc refuses a message from Peer because its queue is full"},
	{SetTimer, "set-timer", "Proc arms a timer"},
	{Pause, "pause", "Proc stands still"},
	{Resume, "resume", "Proc goes on"},
	{Phase, "phase", "the run enters another phase"},
	{FaultScheduled, "fault-scheduled", "a fault is part of the run"},
	{FaultRefused, "fault-refused", "a fault cannot begin; Text says why"},
	{FaultEffect, "fault-effect", "what a fault has done in all; Arg2 is how often"},
	{FaultRecovered, "fault-recovered", "all nodes that a fault took down serve again"},
}

// Kinds returns the kinds with their names, in the order of their numbers.
func Kinds() []KindDoc { return append([]KindDoc(nil), kindDocs[1:]...) }

// String returns the name of the kind in files, or "unknown".
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindDocs) {
		return "unknown"
	}
	return kindDocs[k].Name
}
