package scenarios

// Rollback puts an old copy of a disk in its place.
type Rollback struct {
	Nodes Selector `yaml:"nodes" need:"" doc:"which nodes"`
	To    Duration `yaml:"to" need:"" range:"0s.." doc:"time in the run at which the copy was made"`
}

func rollbackDoc() FaultDoc {
	return FaultDoc{
		Name:    "rollback",
		Doc:     "The machine dies and its disk is lost. At the end it boots with a copy that was made earlier: what came since is gone, and what was removed since is back.",
		Effect:  "records gone",
		Example: "rollback {nodes: n3, to: 2s}",
		New:     func() FaultKind { return new(Rollback) },
	}
}

// Kind returns "rollback".
func (x *Rollback) Kind() string { return "rollback" }

// String returns the fault as ParseFault reads it.
func (x *Rollback) String() string { return faultText(x) }

// Instant returns false.
func (x *Rollback) Instant() bool { return false }

// Down returns the nodes.
func (x *Rollback) Down() *Selector { return &x.Nodes }

func (x *Rollback) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *Rollback) check(*faultCheck) {}
