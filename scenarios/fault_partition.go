package scenarios

// Partition cuts links between nodes. Exactly one of Groups, Between, Isolate,
// Ring and Shape is given. Only what is named is cut: clients reach every node
// unless a group or side names them.
type Partition struct {
	Groups  []Selector `yaml:"groups" doc:"a complete partition: nodes reach those of their own group only; nodes in no group form one more"`
	Between []Selector `yaml:"between" doc:"a partial partition: two sides that do not reach each other, while all others reach both"`
	Isolate Selector   `yaml:"isolate" doc:"these on one side, all other nodes on the other"`
	Ring    []string   `yaml:"ring" format:"name" doc:"nodes in an order; each reaches its nearest neighbours in it, just enough for a majority, so that no two see the same one"`

	Shape     PartitionShape     `yaml:"shape" enum:"halves,one,minority-third,majority,majorities-ring,bridge" doc:"drawn with the plan: halves, as equal as they get; one node; fewer than a third; a bare majority and the rest; a ring; two sides joined by one node"`
	Direction PartitionDirection `yaml:"direction" default:"both" enum:"both,in,out" doc:"of isolate, and of the shapes one and minority-third: which messages are cut, those to the isolated ones, from them, or both"`
	OneWay    bool               `yaml:"one_way" default:"false" doc:"of between, and of the shape bridge: only messages from the first side to the second are cut"`
}

// PartitionShape is a partition whose members the plan draws.
type PartitionShape string

// The values of PartitionShape.
const (
	ShapeHalves         PartitionShape = "halves"          // two groups, as equal as they get
	ShapeOne            PartitionShape = "one"             // one node isolated
	ShapeMinorityThird  PartitionShape = "minority-third"  // as many as possible, but fewer than a third, isolated
	ShapeMajority       PartitionShape = "majority"        // a bare majority, and the rest
	ShapeMajoritiesRing PartitionShape = "majorities-ring" // every node sees a majority, no two the same (Jepsen)
	ShapeBridge         PartitionShape = "bridge"          // two halves, joined by one node that reaches both (Jepsen)
)

// PartitionDirection says which messages of an isolated node are cut.
type PartitionDirection string

// The values of PartitionDirection.
const (
	DirectionBoth PartitionDirection = "both"
	DirectionIn   PartitionDirection = "in"  // messages to the isolated ones
	DirectionOut  PartitionDirection = "out" // messages from them
)

func partitionDoc() FaultDoc {
	return FaultDoc{
		Name:    "partition",
		Doc:     "Messages between parts of the cluster are lost, in both directions or one.",
		Effect:  "messages cut",
		Example: "partition {groups: [[n1, n2], [n3, n4, n5]]}",
		New:     func() FaultKind { return new(Partition) },
	}
}

// Kind returns "partition".
func (p *Partition) Kind() string { return "partition" }

// String returns the fault as ParseFault reads it.
func (p *Partition) String() string { return faultText(p) }

// Instant returns false.
func (p *Partition) Instant() bool { return false }

// Down returns nil.
func (p *Partition) Down() *Selector { return nil }

func (p *Partition) eachSelector(f func(path string, s *Selector, clients bool)) {
	for i := range p.Groups {
		f(at("groups", i), &p.Groups[i], true)
	}
	for i := range p.Between {
		f(at("between", i), &p.Between[i], true)
	}
	f("isolate", &p.Isolate, true)
}
