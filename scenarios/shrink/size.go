package shrink

import (
	"fmt"

	"dynamosim/scenarios"
)

// SizeOf is how large a plan is, but for what only a run tells: operations, clients and keys.
func SizeOf(p *scenarios.Scenario) Size {
	z := Size{Nodes: p.Cluster.Size(), Duration: p.Duration}
	for i := range p.Faults {
		if p.Faults[i].Enabled {
			z.Faults++
		}
	}
	return z
}

// String is the size in words.
func (z Size) String() string {
	return fmt.Sprintf("%s of %s on %s, %s, %s, %v", counted(z.Operations, "operation"), counted(z.Clients, "client"), counted(z.Keys, "key"),
		counted(z.Faults, "fault"), counted(z.Nodes, "node"), z.Duration)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
