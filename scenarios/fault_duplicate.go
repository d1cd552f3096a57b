package scenarios

// Duplicate makes messages arrive twice.
type Duplicate struct {
	Link  Link  `yaml:"link" doc:"which links; absent: all between nodes"`
	Share Share `yaml:"share" need:"" doc:"share of messages doubled"`
	Lag   Dist  `yaml:"lag" default:"0s" doc:"how much later than the latency says the copy arrives"`
}

func duplicateDoc() FaultDoc {
	return FaultDoc{
		Name:    "duplicate",
		Doc:     "Messages arrive a second time, with a latency of their own and perhaps much later.",
		Effect:  "messages doubled",
		Example: "duplicate {share: 5%, lag: 100ms}",
		New:     func() FaultKind { return new(Duplicate) },
	}
}

// Kind returns "duplicate".
func (x *Duplicate) Kind() string { return "duplicate" }

// String returns the fault as ParseFault reads it.
func (x *Duplicate) String() string { return faultText(x) }

// Instant returns false.
func (x *Duplicate) Instant() bool { return false }

// Down returns nil.
func (x *Duplicate) Down() *Selector { return nil }

func (x *Duplicate) eachSelector(f func(path string, s *Selector, clients bool)) {
	x.Link.eachSelector("link", f)
}

func (x *Duplicate) check(c *faultCheck) { c.share("share", x.Share) }
