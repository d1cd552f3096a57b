package sim

// ProcID names a process of a System: 0, 1, 2 .. in the order of AddProcess.
type ProcID int32

// Nobody is the process that is none.
const Nobody ProcID = -1

// ClientZone is the zone of processes outside every datacenter: links from and
// to them are of the client class.
const ClientZone = -1

// Handler is the code that runs in a process. It is never re-entered: each
// method returns before the next is called. What it does to the world it does
// through its Proc, and it takes place at once.
type Handler[M any] interface {
	// Message handles a message. m is valid during the call only.
	Message(from ProcID, m *M)
	// Timer handles a timer that has fired.
	Timer(t Timer)
	// Disk handles the end of a disk operation. c is valid during the call only.
	Disk(c *Completion)
}

// Shedder is implemented by handlers that want to hear of messages which their
// full queue refused, for example to answer "overloaded". It takes no CPU time.
type Shedder[M any] interface {
	Shed(from ProcID, m *M)
}

// Label is what the network knows of a message.
type Label struct {
	Kind uint8  // index into the tables of latency and service
	Size int64  // bytes on the wire
	Hash uint64 // of the content, for the digest
}

// Timer says what a process wanted to be woken for.
type Timer struct {
	Kind uint32
	A    uint32
	B    uint64
}

// TimerID names a timer that was set; 0 names none. It stays unique for the
// whole run: an id whose timer has fired or was cancelled names nothing.
type TimerID uint64

// Completion tells of the end of a disk operation.
type Completion struct {
	Token  uint64 // as given with the operation
	Offset int64  // where a read began, or where an append was placed
	Length int    // how many bytes a read returned
	File   File
	Op     DiskOp
	Err    DiskError
	Intact bool // of a read: what was there when the file was last opened, and what was appended since, has not been changed

	kept bool   // what was read is in the file store's buffer: its file is gone
	proc ProcID // whose disk it is
	core *core
}

// Data returns what a read returned: the bytes of the file, which are not looked at before. They are valid until the file is
// changed but by an Append, and during the call of the handler at most.
func (c *Completion) Data() []byte {
	switch {
	case c.Length == 0:
		return nil
	case c.kept:
		return c.core.files.buffer
	}
	return c.core.files.read(c.core.processes[c.proc].disk.inodes[c.File], c.Offset, c.Length)
}

// Control is an event of the owner of a System: a fault that starts, the next
// operation of a client, the end of a phase.
type Control struct {
	Kind    uint32
	A, B    uint64
	Lineage uint64
}

// Seeds are the keys of all draws. Environment is for network, disks and
// processors; Node for what code in processes draws.
type Seeds struct{ Environment, Node uint64 }
