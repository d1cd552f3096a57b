package scenarios

// Clog holds messages back.
type Clog struct {
	Link Link `yaml:"link" doc:"which links; absent: all between nodes"`
}

func clogDoc() FaultDoc {
	return FaultDoc{
		Name:    "clog",
		Doc:     "Links hold the messages that are sent on them; at the end all of them travel.",
		Effect:  "messages held",
		Example: "clog {link: {between: [n1, all]}}",
		New:     func() FaultKind { return new(Clog) },
	}
}

// Kind returns "clog".
func (x *Clog) Kind() string { return "clog" }

// String returns the fault as ParseFault reads it.
func (x *Clog) String() string { return faultText(x) }

// Instant returns false.
func (x *Clog) Instant() bool { return false }

// Down returns nil.
func (x *Clog) Down() *Selector { return nil }

func (x *Clog) eachSelector(f func(path string, s *Selector, clients bool)) {
	x.Link.eachSelector("link", f)
}

func (x *Clog) check(*faultCheck) {}
