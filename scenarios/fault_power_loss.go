package scenarios

// PowerLoss cuts the power of machines.
type PowerLoss struct {
	Nodes    Selector `yaml:"nodes" need:"" doc:"which nodes"`
	Unsynced Unsynced `yaml:"unsynced" default:"lose" enum:"lose,keep,torn,random" doc:"what becomes of bytes that were not synced: lost; kept; a drawn part of them survives, up to a torn sector; one of these for each file"`
}

// Unsynced says what a power loss does to bytes that were not synced.
type Unsynced string

// The values of Unsynced.
const (
	UnsyncedLose   Unsynced = "lose"
	UnsyncedKeep   Unsynced = "keep"
	UnsyncedTorn   Unsynced = "torn"
	UnsyncedRandom Unsynced = "random"
)

func powerLossDoc() FaultDoc {
	return FaultDoc{
		Name:    "power-loss",
		Doc:     "The machine dies at once: besides the memory, what was not synced is lost, kept or torn. Several nodes fail together.",
		Effect:  "nodes down, bytes lost, records torn",
		Example: "power-loss {nodes: [n1, n2], unsynced: torn}",
		New:     func() FaultKind { return new(PowerLoss) },
	}
}

// Kind returns "power-loss".
func (x *PowerLoss) Kind() string { return "power-loss" }

// String returns the fault as ParseFault reads it.
func (x *PowerLoss) String() string { return faultText(x) }

// Instant returns false.
func (x *PowerLoss) Instant() bool { return false }

// Down returns the nodes.
func (x *PowerLoss) Down() *Selector { return &x.Nodes }

func (x *PowerLoss) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *PowerLoss) check(*faultCheck) {}
