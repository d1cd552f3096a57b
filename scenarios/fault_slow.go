package scenarios

// Slow makes nodes slow: a gray failure.
type Slow struct {
	Nodes  Selector `yaml:"nodes" need:"" doc:"which nodes"`
	Factor float64  `yaml:"factor" need:"" range:"1..100000" doc:"how many times as long"`
	Of     []SlowOf `yaml:"of" default:"[cpu, disk, network]" enum:"cpu,disk,network" noun:"part of a node" doc:"what is slow"`
}

// SlowOf is a part of a node that can be slow.
type SlowOf string

// The values of SlowOf.
const (
	SlowCPU     SlowOf = "cpu"
	SlowDisk    SlowOf = "disk"
	SlowNetwork SlowOf = "network"
)

func slowDoc() FaultDoc {
	return FaultDoc{
		Name:    "slow",
		Doc:     "Whatever the nodes do takes so many times as long: handling messages, disk operations, sending and receiving.",
		Effect:  "requests slowed",
		Example: "slow {nodes: n4, factor: 20, of: [disk]}",
		New:     func() FaultKind { return new(Slow) },
	}
}

// Kind returns "slow".
func (x *Slow) Kind() string { return "slow" }

// String returns the fault as ParseFault reads it.
func (x *Slow) String() string { return faultText(x) }

// Instant returns false.
func (x *Slow) Instant() bool { return false }

// Down returns nil.
func (x *Slow) Down() *Selector { return nil }

func (x *Slow) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *Slow) check(c *faultCheck) {
	if len(x.Of) == 0 {
		c.fail("of", "such as [disk]", "nothing is slow")
	}
	for i, part := range x.Of {
		for _, earlier := range x.Of[:i] {
			if part == earlier {
				c.fail("of", "name each once", "%s is named twice", quote(string(part)))
			}
		}
	}
	if x.Factor == 1 {
		c.warn("factor", "a factor of 1 changes nothing")
	}
}
