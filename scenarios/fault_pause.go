package scenarios

// Pause freezes processes.
type Pause struct {
	Nodes Selector `yaml:"nodes" need:"" doc:"which nodes"`
}

func pauseDoc() FaultDoc {
	return FaultDoc{
		Name:    "pause",
		Doc:     "No handler runs, as in a long garbage collection: messages, timers and disk completions queue, and run in their order at the end.",
		Effect:  "handlers held",
		Example: "pause {nodes: n3}",
		New:     func() FaultKind { return new(Pause) },
	}
}

// Kind returns "pause".
func (x *Pause) Kind() string { return "pause" }

// String returns the fault as ParseFault reads it.
func (x *Pause) String() string { return faultText(x) }

// Instant returns false.
func (x *Pause) Instant() bool { return false }

// Down returns the nodes.
func (x *Pause) Down() *Selector { return &x.Nodes }

func (x *Pause) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *Pause) check(*faultCheck) {}
