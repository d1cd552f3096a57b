package scenarios

// Loss loses messages.
type Loss struct {
	Link        Link  `yaml:"link" doc:"which links; absent: all between nodes"`
	Share       Share `yaml:"share" need:"" doc:"share of messages lost"`
	Correlation Share `yaml:"correlation" default:"0" doc:"losses in bursts: with this probability a message meets the fate of the one before on its link; the share stays"`
}

func lossDoc() FaultDoc {
	return FaultDoc{
		Name:    "loss",
		Doc:     "Messages vanish, each with the same probability, or in bursts.",
		Effect:  "messages lost",
		Example: "loss {link: cross-dc, share: 1%}",
		New:     func() FaultKind { return new(Loss) },
	}
}

// Kind returns "loss".
func (x *Loss) Kind() string { return "loss" }

// String returns the fault as ParseFault reads it.
func (x *Loss) String() string { return faultText(x) }

// Instant returns false.
func (x *Loss) Instant() bool { return false }

// Down returns nil.
func (x *Loss) Down() *Selector { return nil }

func (x *Loss) eachSelector(f func(path string, s *Selector, clients bool)) {
	x.Link.eachSelector("link", f)
}

func (x *Loss) check(c *faultCheck) { c.share("share", x.Share) }
