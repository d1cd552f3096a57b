package scenarios

// LostWrite makes disks forget writes.
type LostWrite struct {
	Nodes Selector  `yaml:"nodes" need:"" doc:"which nodes"`
	Share Share     `yaml:"share" default:"100%" doc:"share of the writes that are lost"`
	Nth   int       `yaml:"nth" default:"0" range:"0..1000000000" doc:"in place of share: only the n-th write of each node; 0: as share says"`
	File  StoreFile `yaml:"file" default:"data" enum:"data,hints,members" doc:"of which store: the objects; the hints for others; the node's identity and its view of the members"`
}

func lostWriteDoc() FaultDoc {
	return FaultDoc{
		Name:    "lost-write",
		Doc:     "Writes complete without an error and never reach the medium: what was there before is read in their place, or zeros. The end of the fault does not bring them back.",
		Effect:  "bytes read that are not there",
		Example: "lost-write {nodes: n1, share: 5%}",
		New:     func() FaultKind { return new(LostWrite) },
	}
}

// Kind returns "lost-write".
func (x *LostWrite) Kind() string { return "lost-write" }

// String returns the fault as ParseFault reads it.
func (x *LostWrite) String() string { return faultText(x) }

// Instant returns false.
func (x *LostWrite) Instant() bool { return false }

// Down returns nil.
func (x *LostWrite) Down() *Selector { return nil }

func (x *LostWrite) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *LostWrite) check(c *faultCheck) { c.hits(x.Share, x.Nth) }
