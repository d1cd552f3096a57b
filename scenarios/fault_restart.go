package scenarios

// Restart kills processes that boot again at once.
type Restart struct {
	Nodes Selector `yaml:"nodes" need:"" doc:"which nodes"`
}

func restartDoc() FaultDoc {
	return FaultDoc{
		Name:    "restart",
		Doc:     "The process dies and boots again at once: memory is lost, the page cache is not.",
		Effect:  "nodes restarted",
		Example: "restart {nodes: n3}",
		New:     func() FaultKind { return new(Restart) },
	}
}

// Kind returns "restart".
func (x *Restart) Kind() string { return "restart" }

// String returns the fault as ParseFault reads it.
func (x *Restart) String() string { return faultText(x) }

// Instant returns true.
func (x *Restart) Instant() bool { return true }

// Down returns the nodes.
func (x *Restart) Down() *Selector { return &x.Nodes }

func (x *Restart) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *Restart) check(*faultCheck) {}
