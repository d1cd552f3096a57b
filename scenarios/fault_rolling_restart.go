package scenarios

// RollingRestart restarts processes one after the other.
type RollingRestart struct {
	Nodes   Selector `yaml:"nodes" default:"all" doc:"which nodes, in this order"`
	DownFor Duration `yaml:"down" default:"5s" range:"0s.." doc:"how long each is down"`
	Gap     Duration `yaml:"gap" default:"10s" range:"0s.." doc:"time between the return of one and the stop of the next"`
}

func rollingRestartDoc() FaultDoc {
	return FaultDoc{
		Name:    "rolling-restart",
		Doc:     "Processes stop in good order and boot, one after the other, as in an upgrade.",
		Effect:  "nodes restarted",
		Example: "rolling-restart {nodes: [n1, n2, n3], down: 500ms, gap: 300ms}",
		New:     func() FaultKind { return new(RollingRestart) },
	}
}

// Kind returns "rolling-restart".
func (x *RollingRestart) Kind() string { return "rolling-restart" }

// String returns the fault as ParseFault reads it.
func (x *RollingRestart) String() string { return faultText(x) }

// Instant returns false.
func (x *RollingRestart) Instant() bool { return false }

// Down returns the nodes.
func (x *RollingRestart) Down() *Selector { return &x.Nodes }

func (x *RollingRestart) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *RollingRestart) check(*faultCheck) {}
