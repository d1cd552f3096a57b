package scenarios

// DiskError makes operations of disks fail.
type DiskError struct {
	Nodes      Selector        `yaml:"nodes" need:"" doc:"which nodes"`
	Operations []DiskOperation `yaml:"operations" default:"[read, write, sync]" enum:"read,write,sync" noun:"kind of operation" doc:"what fails"`
	Share      Share           `yaml:"share" default:"100%" doc:"share of the operations that fail"`
	Nth        int             `yaml:"nth" default:"0" range:"0..1000000000" doc:"in place of share: only the n-th such operation of each node; 0: as share says"`
	File       StoreFile       `yaml:"file" default:"data" enum:"data,hints,members" doc:"of which store: the objects; the hints for others; the node's identity and its view of the members"`
}

// DiskOperation is a kind of operation of a disk.
type DiskOperation string

// The values of DiskOperation.
const (
	DiskRead  DiskOperation = "read"
	DiskWrite DiskOperation = "write"
	DiskSync  DiskOperation = "sync"
)

func diskErrorDoc() FaultDoc {
	return FaultDoc{
		Name:    "disk-error",
		Doc:     "The device reports errors. What fails does nothing; after a sync that has failed no later one of that file counts, and what it was to make durable may be gone after a power loss.",
		Effect:  "errors returned",
		Example: "disk-error {nodes: n2, operations: [sync], share: 10%}",
		New:     func() FaultKind { return new(DiskError) },
	}
}

// Kind returns "disk-error".
func (x *DiskError) Kind() string { return "disk-error" }

// String returns the fault as ParseFault reads it.
func (x *DiskError) String() string { return faultText(x) }

// Instant returns false.
func (x *DiskError) Instant() bool { return false }

// Down returns nil.
func (x *DiskError) Down() *Selector { return nil }

func (x *DiskError) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *DiskError) check(c *faultCheck) {
	if len(x.Operations) == 0 {
		c.fail("operations", "such as [sync]", "nothing fails")
	}
	for i, o := range x.Operations {
		for _, earlier := range x.Operations[:i] {
			if o == earlier {
				c.fail("operations", "name each once", "%s is named twice", quote(string(o)))
			}
		}
	}
	c.hits(x.Share, x.Nth)
}
