package scenarios

// MisdirectedWrite makes disks write at the wrong place.
type MisdirectedWrite struct {
	Nodes Selector  `yaml:"nodes" need:"" doc:"which nodes"`
	Share Share     `yaml:"share" default:"100%" doc:"share of the writes that go astray"`
	Nth   int       `yaml:"nth" default:"0" range:"0..1000000000" doc:"in place of share: only the n-th write of each node; 0: as share says"`
	File  StoreFile `yaml:"file" default:"data" enum:"data,hints,members" doc:"of which store: the objects; the hints for others; the node's identity and its view of the members"`
}

func misdirectedWriteDoc() FaultDoc {
	return FaultDoc{
		Name:    "misdirected-write",
		Doc:     "Writes complete without an error and land elsewhere in the files of their store, over what is there; in their own place is what was there before. The end of the fault undoes neither.",
		Effect:  "bytes read that are not there, or were written over",
		Example: "misdirected-write {nodes: n1, nth: 40}",
		New:     func() FaultKind { return new(MisdirectedWrite) },
	}
}

// Kind returns "misdirected-write".
func (x *MisdirectedWrite) Kind() string { return "misdirected-write" }

// String returns the fault as ParseFault reads it.
func (x *MisdirectedWrite) String() string { return faultText(x) }

// Instant returns false.
func (x *MisdirectedWrite) Instant() bool { return false }

// Down returns nil.
func (x *MisdirectedWrite) Down() *Selector { return nil }

func (x *MisdirectedWrite) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *MisdirectedWrite) check(c *faultCheck) { c.hits(x.Share, x.Nth) }
