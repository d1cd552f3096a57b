package scenarios

// Reorder holds messages back.
type Reorder struct {
	Link  Link     `yaml:"link" doc:"which links; absent: all between nodes"`
	Share Share    `yaml:"share" need:"" doc:"share of messages overtaken"`
	Gap   Duration `yaml:"gap" default:"1ms" range:"1ns.." doc:"how long they are held back"`
}

func reorderDoc() FaultDoc {
	return FaultDoc{
		Name:    "reorder",
		Doc:     "Messages are held back for a while, so that later ones overtake them.",
		Effect:  "messages held back",
		Example: "reorder {share: 10%, gap: 5ms}",
		New:     func() FaultKind { return new(Reorder) },
	}
}

// Kind returns "reorder".
func (x *Reorder) Kind() string { return "reorder" }

// String returns the fault as ParseFault reads it.
func (x *Reorder) String() string { return faultText(x) }

// Instant returns false.
func (x *Reorder) Instant() bool { return false }

// Down returns nil.
func (x *Reorder) Down() *Selector { return nil }

func (x *Reorder) eachSelector(f func(path string, s *Selector, clients bool)) {
	x.Link.eachSelector("link", f)
}

func (x *Reorder) check(c *faultCheck) { c.share("share", x.Share) }
