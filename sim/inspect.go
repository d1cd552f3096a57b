package sim

// Flight is a message under way.
type Flight[M any] struct {
	From, To ProcID
	Held     bool // by a rule
	Lineage  uint64
	Message  *M // valid until the next Step
}

// InFlight calls yield for each message under way, in no order that means
// anything, until it returns false.
func (s *System[M]) InFlight(yield func(f Flight[M]) bool) {
	for i := range s.events {
		e := &s.events[i]
		if e.kind != eventMessage && e.kind != eventClogged || e.flags&flagHeld != 0 {
			continue
		}
		f := Flight[M]{From: e.peer, To: e.proc, Held: e.kind == eventClogged, Lineage: e.lineage, Message: s.messages.at(e.msg)}
		if !yield(f) {
			return
		}
	}
}

// Queues say how much waits at a process.
type Queues struct {
	Serving int // messages on cores
	Waiting int // messages that wait for a core
	Held    int // messages, timers and completions kept from it by a pause
	Disk    int // operations that its disk has not finished
}

// Queues returns how much waits at p.
func (s *System[M]) Queues(p ProcID) Queues {
	proc := &s.processes[p]
	q := Queues{Serving: int(proc.busy), Waiting: int(proc.waiting.n), Held: int(proc.held.n)}
	if proc.disk != nil {
		q.Disk = proc.disk.outstanding(s.now)
	}
	return q
}

// MessagesInFlight is how many messages are under way.
func (s *System[M]) MessagesInFlight() int {
	n := 0
	s.InFlight(func(Flight[M]) bool { n++; return true })
	return n
}

// Processes is how many processes there are.
func (s *System[M]) Processes() int { return len(s.processes) }

// Name returns the name of p.
func (s *System[M]) Name(p ProcID) string { return s.processes[p].name }

// Counters returns what was counted so far.
func (s *System[M]) Counters() *Counters {
	s.counters.Ties = int64(s.ties)
	return &s.counters
}

// ProcessCounters returns what was counted for p so far.
func (s *System[M]) ProcessCounters(p ProcID) *ProcessCounters {
	proc := &s.processes[p]
	if proc.disk != nil {
		proc.counters.Disk = proc.disk.counters()
	}
	return &proc.counters
}

// StoredFile is a file as its disk holds it, page cache included.
type StoredFile struct {
	Name   string
	Data   []byte
	Weight int64 // accounted bytes
}

// Files copies what is on the disk of p, in the order of names.
func (s *System[M]) Files(p ProcID) []StoredFile {
	d := s.processes[p].disk
	if d == nil {
		return nil
	}
	files := make([]StoredFile, 0, len(d.dir.names))
	for _, e := range d.dir.names {
		node := d.inodes[e.file]
		files = append(files, StoredFile{Name: e.name, Data: node.copyOut(nil, 0, int(node.size)), Weight: node.weight})
	}
	return files
}
