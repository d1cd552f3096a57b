package scenarios

// Flap cuts links again and again.
type Flap struct {
	Link    Link `yaml:"link" doc:"which links; absent: all between nodes"`
	UpFor   Dist `yaml:"up" need:"" doc:"how long the links work, each time"`
	DownFor Dist `yaml:"down" need:"" doc:"how long they are cut, each time; they begin cut"`
}

func flapDoc() FaultDoc {
	return FaultDoc{
		Name:    "flap",
		Doc:     "Links are cut and heal, over and over: flaky ones, or such as heal for a moment.",
		Effect:  "messages cut",
		Example: "flap {link: {between: [n1, all]}, up: 200ms, down: 300ms}",
		New:     func() FaultKind { return new(Flap) },
	}
}

// Kind returns "flap".
func (x *Flap) Kind() string { return "flap" }

// String returns the fault as ParseFault reads it.
func (x *Flap) String() string { return faultText(x) }

// Instant returns false.
func (x *Flap) Instant() bool { return false }

// Down returns nil.
func (x *Flap) Down() *Selector { return nil }

func (x *Flap) eachSelector(f func(path string, s *Selector, clients bool)) {
	x.Link.eachSelector("link", f)
}

func (x *Flap) check(*faultCheck) {}
