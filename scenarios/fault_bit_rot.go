package scenarios

// BitRot turns bits on disks over.
type BitRot struct {
	Nodes Selector  `yaml:"nodes" need:"" doc:"which nodes"`
	Bits  int       `yaml:"bits" default:"1" range:"1..1000000" doc:"how many bits on each node, anywhere in what it has synced"`
	File  StoreFile `yaml:"file" default:"data" enum:"data,hints,members" doc:"of which store: the objects; the hints for others; the node's identity and its view of the members"`
}

func bitRotDoc() FaultDoc {
	return FaultDoc{
		Name:    "bit-rot",
		Doc:     "Bits of what was synced long ago turn over, unnoticed until they are read. What no later record vouches for is spared: damage there would pass for the work of a crash.",
		Effect:  "rotten bytes read",
		Example: "bit-rot {nodes: n3, bits: 20}",
		New:     func() FaultKind { return new(BitRot) },
	}
}

// Kind returns "bit-rot".
func (x *BitRot) Kind() string { return "bit-rot" }

// String returns the fault as ParseFault reads it.
func (x *BitRot) String() string { return faultText(x) }

// Instant returns true: what has rotted stays so.
func (x *BitRot) Instant() bool { return true }

// Down returns nil.
func (x *BitRot) Down() *Selector { return nil }

func (x *BitRot) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *BitRot) check(*faultCheck) {}
