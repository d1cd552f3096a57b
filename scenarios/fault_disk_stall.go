package scenarios

// DiskStall freezes disks.
type DiskStall struct {
	Nodes Selector `yaml:"nodes" need:"" doc:"which nodes"`
}

func diskStallDoc() FaultDoc {
	return FaultDoc{
		Name:    "disk-stall",
		Doc:     "The disk answers nothing and makes nothing durable. At the end it answers all that has waited, at once.",
		Effect:  "operations held up",
		Example: "disk-stall {nodes: n4}",
		New:     func() FaultKind { return new(DiskStall) },
	}
}

// Kind returns "disk-stall".
func (x *DiskStall) Kind() string { return "disk-stall" }

// String returns the fault as ParseFault reads it.
func (x *DiskStall) String() string { return faultText(x) }

// Instant returns false.
func (x *DiskStall) Instant() bool { return false }

// Down returns nil.
func (x *DiskStall) Down() *Selector { return nil }

func (x *DiskStall) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *DiskStall) check(*faultCheck) {}
