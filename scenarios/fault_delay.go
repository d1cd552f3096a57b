package scenarios

// Delay adds latency.
type Delay struct {
	Link        Link  `yaml:"link" doc:"which links; absent: all between nodes"`
	Add         Dist  `yaml:"add" need:"" doc:"added latency"`
	Correlation Share `yaml:"correlation" default:"0" doc:"with this probability a message takes as much longer as the one before on its link"`
}

func delayDoc() FaultDoc {
	return FaultDoc{
		Name:    "delay",
		Doc:     "Messages take longer: each a sample of add, besides its latency.",
		Effect:  "messages delayed",
		Example: "delay {link: cross-dc, add: 80ms}",
		New:     func() FaultKind { return new(Delay) },
	}
}

// Kind returns "delay".
func (x *Delay) Kind() string { return "delay" }

// String returns the fault as ParseFault reads it.
func (x *Delay) String() string { return faultText(x) }

// Instant returns false.
func (x *Delay) Instant() bool { return false }

// Down returns nil.
func (x *Delay) Down() *Selector { return nil }

func (x *Delay) eachSelector(f func(path string, s *Selector, clients bool)) {
	x.Link.eachSelector("link", f)
}

func (x *Delay) check(c *faultCheck) {
	if x.Add.IsZero() {
		c.warn("add", "a delay of 0 changes nothing")
	}
}
