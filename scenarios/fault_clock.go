package scenarios

// ClockFault sets clocks wrong. Exactly one of Offset, Drift and Jump is given.
type ClockFault struct {
	Nodes  Selector  `yaml:"nodes" need:"" doc:"which nodes"`
	Offset *Duration `yaml:"offset" signed:"" doc:"how far wall time is ahead, besides what it was; may be negative"`
	Drift  *PPM      `yaml:"drift" doc:"how much faster time passes, timers included, besides what it was; may be negative"`
	Jump   *Duration `yaml:"jump" signed:"" doc:"wall time jumps once, forward or back; timers do not notice"`
}

func clockDoc() FaultDoc {
	return FaultDoc{
		Name:    "clock",
		Doc:     "The wall clock of nodes is off. An offset and a drift end with the fault; a jump happens once and stays until the heal.",
		Effect:  "versions stamped, or timers fired, under skew",
		Example: "clock {nodes: n2, offset: -500ms}",
		New:     func() FaultKind { return new(ClockFault) },
	}
}

// Kind returns "clock".
func (x *ClockFault) Kind() string { return "clock" }

// String returns the fault as ParseFault reads it.
func (x *ClockFault) String() string { return faultText(x) }

// Instant tells whether it is a jump.
func (x *ClockFault) Instant() bool { return x.Jump != nil }

// Down returns nil.
func (x *ClockFault) Down() *Selector { return nil }

func (x *ClockFault) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *ClockFault) check(c *faultCheck) {
	given, zero := 0, false
	for _, v := range []*Duration{x.Offset, x.Jump, (*Duration)(x.Drift)} {
		if v != nil {
			given++
			zero = *v == 0
		}
	}
	switch {
	case given != 1:
		c.fail("", "such as {nodes: n2, offset: 500ms}", "a clock fault has one of offset, drift and jump, not %d", given)
	case zero:
		c.warn("", "a clock that is off by 0 changes nothing")
	}
}
