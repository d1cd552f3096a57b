package scenarios

// SyncLies makes disks call durable what is not.
type SyncLies struct {
	Nodes Selector `yaml:"nodes" need:"" doc:"which nodes"`
}

func syncLiesDoc() FaultDoc {
	return FaultDoc{
		Name:    "sync-lies",
		Doc:     "Syncs complete and make nothing durable: a power loss before the end of the fault takes what they had confirmed. At its end the device writes it down.",
		Effect:  "bytes and names lost that a sync had confirmed",
		Example: "sync-lies {nodes: [n1, n2]}",
		New:     func() FaultKind { return new(SyncLies) },
	}
}

// Kind returns "sync-lies".
func (x *SyncLies) Kind() string { return "sync-lies" }

// String returns the fault as ParseFault reads it.
func (x *SyncLies) String() string { return faultText(x) }

// Instant returns false.
func (x *SyncLies) Instant() bool { return false }

// Down returns nil.
func (x *SyncLies) Down() *Selector { return nil }

func (x *SyncLies) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *SyncLies) check(*faultCheck) {}
