package trace

// Kind says what a record is about. The numbers enter the digest: they are
// explicit and never reused.
type Kind uint8

const (
	Deliver    Kind = 1  // a message reached Proc from Peer
	Drop       Kind = 2  // a message from Proc to Peer was lost
	Timer      Kind = 3  // a timer of Proc fired
	DiskDone   Kind = 4  // a disk operation of Proc completed
	Send       Kind = 5  // Proc sent a message to Peer
	DiskOp     Kind = 6  // Proc asked its disk for something
	Mark       Kind = 7  // code in Proc told what it does
	FaultStart Kind = 8  // a fault began
	FaultEnd   Kind = 9  // a fault ended
	Boot       Kind = 10 // Proc started
	Crash      Kind = 11 // Proc stopped without warning
	Invoke     Kind = 12 // a client began an operation
	Complete   Kind = 13 // a client's operation ended
	Control    Kind = 14 // an event the owner of the system scheduled
	Arrive     Kind = 15 // a message reached the queue of a busy Proc
	Shed       Kind = 16 // a full queue of Proc refused a message from Peer
	SetTimer   Kind = 17 // Proc armed a timer
	Pause      Kind = 18 // Proc stands still
	Resume     Kind = 19 // Proc goes on
)
