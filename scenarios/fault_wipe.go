package scenarios

// Wipe empties disks.
type Wipe struct {
	Nodes Selector `yaml:"nodes" need:"" doc:"which nodes"`
}

func wipeDoc() FaultDoc {
	return FaultDoc{
		Name:    "wipe",
		Doc:     "The machine dies and its disk is lost. At the end it boots under its old name with an empty one: what it held is gone, hints included.",
		Effect:  "records gone",
		Example: "wipe {nodes: n3}",
		New:     func() FaultKind { return new(Wipe) },
	}
}

// Kind returns "wipe".
func (x *Wipe) Kind() string { return "wipe" }

// String returns the fault as ParseFault reads it.
func (x *Wipe) String() string { return faultText(x) }

// Instant returns false.
func (x *Wipe) Instant() bool { return false }

// Down returns the nodes.
func (x *Wipe) Down() *Selector { return &x.Nodes }

func (x *Wipe) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *Wipe) check(*faultCheck) {}
