package scenarios

// Crash kills processes.
type Crash struct {
	Nodes Selector `yaml:"nodes" need:"" doc:"which nodes"`
}

func crashDoc() FaultDoc {
	return FaultDoc{
		Name:    "crash",
		Doc:     "The process dies at once: memory, timers and handlers are gone, what was written stays in the page cache. At the end it boots and recovers.",
		Effect:  "nodes down",
		Example: "crash {nodes: n3}",
		New:     func() FaultKind { return new(Crash) },
	}
}

// Kind returns "crash".
func (x *Crash) Kind() string { return "crash" }

// String returns the fault as ParseFault reads it.
func (x *Crash) String() string { return faultText(x) }

// Instant returns false.
func (x *Crash) Instant() bool { return false }

// Down returns the nodes.
func (x *Crash) Down() *Selector { return &x.Nodes }

func (x *Crash) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *Crash) check(*faultCheck) {}
