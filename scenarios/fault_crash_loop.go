package scenarios

// CrashLoop crashes processes again and again.
type CrashLoop struct {
	Nodes   Selector `yaml:"nodes" need:"" doc:"which nodes"`
	UpFor   Dist     `yaml:"up" need:"" doc:"how long a process runs until it dies again"`
	DownFor Dist     `yaml:"down" need:"" doc:"how long it is down, each time; it begins down"`
}

func crashLoopDoc() FaultDoc {
	return FaultDoc{
		Name:    "crash-loop",
		Doc:     "The process dies and boots, over and over; it may die before it has recovered.",
		Effect:  "crashes",
		Example: "crash-loop {nodes: n3, up: 500ms, down: 200ms}",
		New:     func() FaultKind { return new(CrashLoop) },
	}
}

// Kind returns "crash-loop".
func (x *CrashLoop) Kind() string { return "crash-loop" }

// String returns the fault as ParseFault reads it.
func (x *CrashLoop) String() string { return faultText(x) }

// Instant returns false.
func (x *CrashLoop) Instant() bool { return false }

// Down returns the nodes.
func (x *CrashLoop) Down() *Selector { return &x.Nodes }

func (x *CrashLoop) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *CrashLoop) check(*faultCheck) {}
