package scenarios

// DiskFull fills disks.
type DiskFull struct {
	Nodes Selector `yaml:"nodes" need:"" doc:"which nodes"`
	Free  Bytes    `yaml:"free" default:"0B" doc:"room that is left"`
}

func diskFullDoc() FaultDoc {
	return FaultDoc{
		Name:    "disk-full",
		Doc:     "Something else fills the disk: writes that find no room are refused. What is removed makes room again, and so does the end of the fault.",
		Effect:  "writes refused",
		Example: "disk-full {nodes: n2, free: 64KB}",
		New:     func() FaultKind { return new(DiskFull) },
	}
}

// Kind returns "disk-full".
func (x *DiskFull) Kind() string { return "disk-full" }

// String returns the fault as ParseFault reads it.
func (x *DiskFull) String() string { return faultText(x) }

// Instant returns false.
func (x *DiskFull) Instant() bool { return false }

// Down returns nil.
func (x *DiskFull) Down() *Selector { return nil }

func (x *DiskFull) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *DiskFull) check(*faultCheck) {}
