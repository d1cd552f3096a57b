package scenarios

// SlowLink limits the bandwidth of links.
type SlowLink struct {
	Link   Link      `yaml:"link" doc:"which links; absent: all between nodes"`
	Rate   Bandwidth `yaml:"rate" need:"" doc:"how much passes in a second, on each link"`
	Buffer Bytes     `yaml:"buffer" default:"1MB" range:"1B.." doc:"how much may wait, on each link"`
}

func bandwidthDoc() FaultDoc {
	return FaultDoc{
		Name:    "bandwidth",
		Doc:     "Messages pass a link one after the other, at a rate; those that find the buffer full are lost.",
		Effect:  "messages queued or lost",
		Example: "bandwidth {link: {between: [n1, all]}, rate: 10Mbit/s}",
		New:     func() FaultKind { return new(SlowLink) },
	}
}

// Kind returns "bandwidth".
func (x *SlowLink) Kind() string { return "bandwidth" }

// String returns the fault as ParseFault reads it.
func (x *SlowLink) String() string { return faultText(x) }

// Instant returns false.
func (x *SlowLink) Instant() bool { return false }

// Down returns nil.
func (x *SlowLink) Down() *Selector { return nil }

func (x *SlowLink) eachSelector(f func(path string, s *Selector, clients bool)) {
	x.Link.eachSelector("link", f)
}

func (x *SlowLink) check(*faultCheck) {}
