package sim

// What only the owner of a System does, beside control.go.

// Root makes what the running handler does from now on depend on lineage alone, as if it were handled by Run: a client begins its next
// operation in the handler that ended the last one.
func (e *Proc[M]) Root(lineage uint64) {
	s := e.system
	s.mustRun(e.id, "Root")
	s.lineage = lineage
	s.tally.begin()
}

// Stop ends the run: no event is dispatched after the present one.
func (s *System[M]) Stop() { s.stopped = true }

// SetOverrides replaces the links that differ from their class. The owner calls it once it has added the processes.
func (s *System[M]) SetOverrides(overrides []Override) { s.network.Overrides = overrides }

// StoredFile is a file as its disk holds it, page cache included.
type StoredFile struct {
	Name   string
	Data   []byte
	Weight int64 // accounted bytes
}

// Files copies what is on the disk of p, for somebody who looks at it from outside.
func (s *System[M]) Files(p ProcID) []StoredFile {
	d := s.processes[p].disk
	if d == nil {
		return nil
	}
	var files []StoredFile
	for _, e := range d.dir.names {
		node := d.inodes[e.file]
		files = append(files, StoredFile{Name: e.name, Data: node.copyOut(nil, 0, int(node.size)), Weight: node.weight})
	}
	return files
}
