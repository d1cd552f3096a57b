package sim_test

import (
	"fmt"

	"dynamosim/sim"
	"dynamosim/sim/rng"
)

// ball is the message of the example.
type ball struct{ bounce uint64 }

// player sends each ball back, and remembers on its disk how often it did.
type player struct {
	env    *sim.Proc[ball]
	played uint64
}

func (p *player) Message(from sim.ProcID, m *ball) {
	p.played++
	p.env.Send(from, &ball{m.bounce + 1})
}

func (p *player) Timer(sim.Timer) {
	fmt.Println(p.env.Name(), "serves")
	p.env.Send(1, &ball{1})
	p.env.SetTimer(sim.Timer{Kind: 1}, 10_000_000)
}

func (p *player) Disk(*sim.Completion) {}

// Two processes send a ball to and fro until one of them crashes; the ball
// that is under way then finds nobody. The other one serves anew.
func Example() {
	s := sim.New(sim.Config[ball]{
		Seeds:   sim.Seeds{Environment: 1, Node: 1},
		Label:   func(b *ball) sim.Label { return sim.Label{Size: 8, Hash: b.bounce} },
		Network: sim.NetworkConfig{SameDC: sim.Path{Latency: rng.Constant(1_000_000)}},
	})
	ann := s.AddProcess("ann", sim.ProcessConfig{})
	bob := s.AddProcess("bob", sim.ProcessConfig{})
	boot := func(p sim.ProcID, number uint64, start func(*player)) *player {
		pl := &player{env: s.Env(p)}
		s.Boot(p, pl, number, func() { start(pl) })
		return pl
	}
	idle := func(*player) {}
	first := boot(ann, 1, func(p *player) { p.Timer(sim.Timer{}) })
	boot(bob, 1, idle)

	s.RunUntil(5_500_000)
	s.Crash(bob)
	fmt.Println("bob crashes after", first.played, "balls came back")
	s.RunUntil(8_000_000)
	again := boot(bob, 2, idle)
	s.RunUntil(13_500_000)
	fmt.Println("bob played", again.played, "in his second life;", s.Counters().Down, "ball found him down")
	// Output:
	// ann serves
	// bob crashes after 2 balls came back
	// ann serves
	// bob played 2 in his second life; 1 ball found him down
}
