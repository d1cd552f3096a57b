package scenarios

// Stop stops processes in good order.
type Stop struct {
	Nodes Selector `yaml:"nodes" need:"" doc:"which nodes"`
}

func stopDoc() FaultDoc {
	return FaultDoc{
		Name:    "stop",
		Doc:     "The process is stopped in good order: it finishes its handlers and syncs its disk first. At the end it boots.",
		Effect:  "nodes down",
		Example: "stop {nodes: n3}",
		New:     func() FaultKind { return new(Stop) },
	}
}

// Kind returns "stop".
func (x *Stop) Kind() string { return "stop" }

// String returns the fault as ParseFault reads it.
func (x *Stop) String() string { return faultText(x) }

// Instant returns false.
func (x *Stop) Instant() bool { return false }

// Down returns the nodes.
func (x *Stop) Down() *Selector { return &x.Nodes }

func (x *Stop) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *Stop) check(*faultCheck) {}
