package scenarios

// Corrupt damages messages.
type Corrupt struct {
	Link  Link  `yaml:"link" doc:"which links; absent: all between nodes"`
	Share Share `yaml:"share" need:"" doc:"share of messages damaged"`
}

func corruptDoc() FaultDoc {
	return FaultDoc{
		Name:    "corrupt",
		Doc:     "Messages arrive damaged: their checksum shows it, and they are thrown away.",
		Effect:  "messages damaged",
		Example: "corrupt {link: {between: [n1, all]}, share: 20%}",
		New:     func() FaultKind { return new(Corrupt) },
	}
}

// Kind returns "corrupt".
func (x *Corrupt) Kind() string { return "corrupt" }

// String returns the fault as ParseFault reads it.
func (x *Corrupt) String() string { return faultText(x) }

// Instant returns false.
func (x *Corrupt) Instant() bool { return false }

// Down returns nil.
func (x *Corrupt) Down() *Selector { return nil }

func (x *Corrupt) eachSelector(f func(path string, s *Selector, clients bool)) {
	x.Link.eachSelector("link", f)
}

func (x *Corrupt) check(c *faultCheck) { c.share("share", x.Share) }
