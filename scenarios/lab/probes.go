package lab

import (
	"fmt"
	"math"
	"slices"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// probes are what runs of probes came to: each is a put of a key that nobody has written and, some time after the acknowledgement, a get.
//
// Each tells more than what its client saw. All N replicas are sent the write and the read whatever R and W are, and had the get begun at another
// time, its messages would have travelled as long. So from when they arrived follow the latency for every R and W, and τ, the time after the
// acknowledgement from which on the get would have been fresh: the smallest, over the replicas whose answers count, of the write's arrival minus
// the read's way minus the acknowledgement (the WARS model). What clients saw is compared with that, probe by probe.
type probes struct {
	gets, puts [probeN]tally         // latency, by R-1 and W-1
	visible    [probeN][probeN]tally // τ, by R-1, W-1
	asked      []int64               // gets, by the place of their wait among the probe's waits
	fresh      []int64               // those among them that returned what was put: seen by clients
	disagree   int64                 // probes in which a client saw anything but what the arrivals say
	failed     int64                 // probes with an operation that was not ok
}

// probeN is the N of all probes.
const probeN = 3

func (p *probes) join(o *probes) {
	for r := range probeN {
		p.gets[r].join(&o.gets[r])
		p.puts[r].join(&o.puts[r])
		for w := range probeN {
			p.visible[r][w].join(&o.visible[r][w])
		}
	}
	p.joinSeen(o)
}

// joinSeen joins what clients saw alone.
func (p *probes) joinSeen(o *probes) {
	for len(p.asked) < len(o.asked) {
		p.asked, p.fresh = append(p.asked, 0), append(p.fresh, 0)
	}
	for i := range o.asked {
		p.asked[i] += o.asked[i]
		p.fresh[i] += o.fresh[i]
	}
	p.disagree += o.disagree
	p.failed += o.failed
}

// probe is one of them, in times of the scenario in ns.
type probe struct {
	put, acked, get, got int64
	replica              [probeN]int32 // the nodes, in the order in which a message reached them first; what follows is by place in it
	written, read        [probeN]int64 // when the write reached it, and the read
	acks, answers        [probeN]int64 // when acknowledgements and answers came, in their order
	answered             [probeN]int8  // whose answers they were
	writes, replies      int8
	saw                  bool
}

// place finds the place of a replica, giving it one.
func (p *probe) place(node int32) int {
	for i := range p.replica {
		switch p.replica[i] {
		case node:
			return i
		case -1:
			p.replica[i] = node
			return i
		}
	}
	panic(fmt.Sprintf("lab: a probe with more than %d replicas", probeN))
}

// prober watches the messages of a world of probes.
type prober struct{ list []probe } // by key

func (w *prober) of(key dynamo.KeyID) *probe {
	for int(key) >= len(w.list) {
		w.list = append(w.list, probe{put: -1, acked: -1, get: -1, got: -1, replica: [probeN]int32{-1, -1, -1}})
	}
	return &w.list[key]
}

// message notes when a message of a probe arrived. Between a client and the node that coordinates for it there is no way, so that a request
// arrives when it is made.
func (w *prober) message(at int64, from, to int32, m *dynamo.Message) {
	switch m.Kind {
	case dynamo.Put:
		w.of(m.Key).put = at
	case dynamo.PutReply:
		w.of(m.Key).acked = at
	case dynamo.Get:
		w.of(m.Key).get = at
	case dynamo.GetReply:
		p := w.of(m.Key)
		p.got, p.saw = at, m.Set != nil
	case dynamo.Replicate:
		p := w.of(m.Key)
		p.written[p.place(to)] = at
	case dynamo.ReplicateReply:
		p := w.of(m.Key)
		p.acks[p.writes] = at
		p.writes++
	case dynamo.Read:
		p := w.of(m.Key)
		p.read[p.place(to)] = at
	case dynamo.ReadReply:
		p := w.of(m.Key)
		p.answers[p.replies], p.answered[p.replies] = at, int8(p.place(from))
		p.replies++
	}
}

// complete tells whether all messages of a probe arrived.
func (p *probe) complete() bool {
	return p.put >= 0 && p.acked >= 0 && p.get >= 0 && p.got >= 0 && p.writes == probeN && p.replies == probeN
}

// visible is τ where the put waits for w acknowledgements and the get for r answers.
func (p *probe) visible(r, w int) int64 {
	least := int64(math.MaxInt64)
	for _, place := range p.answered[:r] {
		least = min(least, p.written[place]-(p.read[place]-p.get))
	}
	return least - p.acks[w-1]
}

// probing runs worlds of probes, one after the other in the same memory.
type probing struct {
	world *world.World
	watch prober
}

// run runs a plan of probes with a seed.
func (g *probing) run(text string, seed uint64) (*probes, error) {
	plan, problems := scenarios.Load("probes", []byte(text), nil, Vocabulary(), scenarios.LoadOptions{Program: Program(), Seed: &seed})
	if plan == nil {
		return nil, fmt.Errorf("the probes: %s", scenarios.FormatAll(problems))
	}
	g.watch.list = g.watch.list[:0]
	opts := world.Options{Watch: g.watch.message}
	var err error
	if g.world == nil {
		g.world, err = world.New(plan, opts)
	} else {
		err = g.world.Reset(plan, opts)
	}
	if err != nil {
		return nil, fmt.Errorf("the probes: %w", err)
	}
	for g.world.Step(stride) {
	}
	result := g.world.Result()
	if result.Exhausted != nil {
		return nil, fmt.Errorf("the probes: %s", result.Exhausted)
	}
	spec := &plan.Workloads[0]
	s := g.watch.sum(spec.R, spec.W, spec.Probe.After)
	return s, s.compare(result.History)
}

// sum adds the probes up.
func (w *prober) sum(r, acks int, waits []scenarios.Duration) *probes {
	s := &probes{asked: make([]int64, len(waits)), fresh: make([]int64, len(waits))}
	for i := range w.list {
		p := &w.list[i]
		if !p.complete() {
			s.failed++
			continue
		}
		wait := p.get - p.acked
		if k := slices.Index(waits, scenarios.Duration(wait)); k >= 0 {
			s.asked[k]++
			if p.saw {
				s.fresh[k]++
			}
		}
		if p.acked != p.acks[acks-1] || p.got != p.answers[r-1] || p.saw != (wait >= p.visible(r, acks)) {
			s.disagree++
		}
		for k := range probeN {
			s.gets[k].add(p.answers[k] - p.get)
			s.puts[k].add(p.acks[k] - p.put)
			for l := range probeN {
				s.visible[k][l].add(p.visible(k+1, l+1))
			}
		}
	}
	return s
}

// compare holds what the watch has seen to be fresh against the history.
func (s *probes) compare(h *history.History) error {
	var watched, seen int64
	for _, n := range s.fresh {
		watched += n
	}
	for id := range history.OpID(h.Len()) {
		if op := h.Op(id); op.Func == history.Get && op.Outcome == history.Ok && len(h.Versions(id)) > 0 {
			seen++
		}
	}
	if seen != watched {
		return fmt.Errorf("the probes: %d gets of the history were fresh, %d as the messages tell", seen, watched)
	}
	return nil
}
