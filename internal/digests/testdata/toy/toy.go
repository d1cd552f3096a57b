// Package toy is a small simulation: processes tell each other their levels and adopt a bit of what they hear. A test
// plants in it what makes runs differ.
package toy

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"dynamosim/sim"
	"dynamosim/sim/rng"
)

const (
	processes = 20
	zones     = 3
	hour      = 3_600_000_000_000 // ns
)

type level struct{ bits uint64 }

// process is one of the processes.
type process struct {
	env   *sim.Proc[level]
	peers []sim.ProcID
	known map[sim.ProcID]bool // the peers again, for lookups
	heard []hearing
	level float64
}

// hearing is a level that was heard from a zone.
type hearing struct {
	zone  sim.ProcID
	level float64
}

func byZone(a, b hearing) int { return cmp.Compare(a.zone, b.zone) }

// Message keeps what a peer says.
func (p *process) Message(from sim.ProcID, m *level) {
	if p.known[from] {
		p.heard = append(p.heard, hearing{from % zones, math.Float64frombits(m.bits)})
	}
}

// Timer adopts the first half of what was heard, zone by zone, and tells the peers.
func (p *process) Timer(t sim.Timer) {
	slices.SortStableFunc(p.heard, byZone)
	for _, h := range p.heard[:len(p.heard)/2] {
		p.level = float64(p.level*0.9) + float64(h.level*0.1)
	}
	p.heard = p.heard[:0]
	for _, peer := range p.peers {
		p.env.Send(peer, &level{math.Float64bits(p.level)})
	}
	p.env.SetTimer(t, 60_000_000_000)
}

// Disk is not used.
func (p *process) Disk(*sim.Completion) {}

// Digest runs the simulation for an hour.
func Digest() string {
	s := sim.New(sim.Config[level]{
		Seeds: sim.Seeds{Environment: 1, Node: 1},
		Label: func(l *level) sim.Label { return sim.Label{Size: 8, Hash: l.bits} },
		Network: sim.NetworkConfig{
			SameDC: sim.Path{Latency: rng.Constant(100_000)},
		},
	})
	for id := range sim.ProcID(processes) {
		s.AddProcess(fmt.Sprint("p", id), sim.ProcessConfig{})
	}
	for id := range sim.ProcID(processes) {
		p := &process{env: s.Env(id), level: float64(id), known: map[sim.ProcID]bool{}}
		for peer := range sim.ProcID(processes) {
			if peer != id {
				p.peers = append(p.peers, peer)
				p.known[peer] = true
			}
		}
		s.Boot(id, p, 1, func() { p.env.SetTimer(sim.Timer{}, int64(id)*1_000_000) })
	}
	s.RunUntil(hour)
	return s.Digest().String()
}
