package workload

import (
	"fmt"
	"strconv"

	"dynamosim/sim/rng"
)

// Purposes of the draws. The numbers are part of what a seed means: explicit,
// never reused.
const (
	drawFunc    = 1
	drawKey     = 2
	drawHot     = 3
	drawItem    = 4
	drawThink   = 5
	drawArrival = 6
)

// Generator answers what each client does. It allocates in [New] only.
type Generator struct {
	cfg     Config
	streams [drawArrival]uint64 // the part of a draw that its purpose decides
	clients []uint64            // hashes of the clients' names
	upTo    [6]uint64           // cumulative weights, in the order of Func
	zipf    *rng.Zipf           // of zipfian and latest, else nil
	hot     int                 // number of hot keys (hotspot)
	cursors []cursor            // latest: a memo of how much each client has inserted
}

// cursor remembers that the first k operations of a client inserted so many
// keys: a memo of a pure function, so that asking in order costs nothing.
type cursor struct {
	k       int64
	inserts int
}

// New compiles a workload. It fails when cfg leaves the ranges its fields
// state.
func New(cfg Config) (*Generator, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("workload %s: %w", cfg.Name, err)
	}
	if cfg.Keys.Prefix == "" {
		cfg.Keys.Prefix = cfg.Name
	}
	g := &Generator{cfg: cfg, clients: make([]uint64, cfg.Clients)}
	for c := range g.clients {
		g.clients[c] = rng.Hash(ClientName(cfg.Name, c))
	}
	for purpose := range g.streams {
		g.streams[purpose] = rng.Mix(cfg.Seed, uint64(purpose))
	}
	var sum uint64
	for i, w := range cfg.Weights.ordered() {
		sum += uint64(w)
		g.upTo[i] = sum
	}
	switch cfg.Keys.Distribution {
	case Zipfian:
		g.zipf = rng.NewZipf(cfg.Keys.Count, cfg.Keys.Theta)
	case Latest:
		g.zipf = rng.NewZipf(cfg.Keys.Count, cfg.Keys.Theta)
		g.cursors = make([]cursor, cfg.Clients)
	case Hotspot:
		g.hot = hotKeys(cfg.Keys.HotKeys, cfg.Keys.Count)
	}
	return g, nil
}

// ClientName returns the name of a workload's client, which counts from 0 here
// and from 1 in the name: ClientName("shoppers", 2) is shoppers/3.
func ClientName(workload string, client int) string {
	return workload + "/" + strconv.Itoa(client+1)
}

// Config returns what the generator was made from, the prefix filled in.
func (g *Generator) Config() Config { return g.cfg }

// Next returns what the client (counted from 0) does as its k-th operation (k
// counts from 0 too). It may be asked in any order and gives the same answer
// each time; with the distribution latest, asking a client in the order of k
// is fast, and going back counts its insertions anew.
func (g *Generator) Next(client int, k int64) (op Op) {
	g.NextOf(&op, g.clients[client], client, k)
	return op
}

// NextOf is Next for who has the rng.Hash of the client's name at hand, and
// room for the operation.
func (g *Generator) NextOf(op *Op, name uint64, client int, k int64) {
	if len(g.cfg.Probe) > 0 {
		*op = Op{Func: Probe, Own: true, Key: int(k), Size: g.cfg.ValueSize, Wait: g.cfg.Probe[(int64(client)+k)%int64(len(g.cfg.Probe))]}
		return
	}
	who := rng.Mix(name, uint64(k))
	f := g.function(who)
	*op = Op{Func: f}
	if u := g.draw(drawKey, who); g.cfg.Keys.Distribution == Uniform {
		op.Key = int(rng.Below(u, uint64(g.cfg.Keys.Count)))
	} else {
		g.chooseKey(op, u, who, client, k)
	}
	switch f {
	case Get, Delete:
	case CartAdd, CartRemove:
		op.Item = int(rng.Below(g.draw(drawItem, who), uint64(g.cfg.Items)))
		fallthrough
	default:
		op.Size = g.cfg.ValueSize
	}
}

// Think returns the pause in ns before the client's k-th operation, in a closed
// loop: the time between the end of its previous operation and this one.
func (g *Generator) Think(client int, k int64) int64 { return g.ThinkOf(g.clients[client], k) }

// ThinkOf is Think for who has the rng.Hash of the client's name at hand.
func (g *Generator) ThinkOf(name uint64, k int64) int64 {
	return g.cfg.Think.Sample(g.draw(drawThink, rng.Mix(name, uint64(k))))
}

// who is the part of a draw that the client and its operation decide.
func (g *Generator) who(client int, k int64) uint64 { return rng.Mix(g.clients[client], uint64(k)) }

// draw is rng.Draw in two halves, of which both serve more than one draw.
func (g *Generator) draw(purpose int, who uint64) uint64 { return rng.Mix(g.streams[purpose], who) }

func (g *Generator) function(who uint64) Func {
	x := rng.Below(g.draw(drawFunc, who), g.upTo[len(g.upTo)-1])
	f := 0
	for x >= g.upTo[f] {
		f++
	}
	return Func(f + 1)
}

// Quota returns how many operations the client does of a workload with a
// Count: each Count/Clients, and one more for the first clients where that
// leaves a rest. Without a Count it returns -1.
func (g *Generator) Quota(client int) int64 {
	if g.cfg.Count == 0 {
		return -1
	}
	n := int64(g.cfg.Clients)
	quota := g.cfg.Count / n
	if int64(client) < g.cfg.Count%n {
		quota++
	}
	return quota
}

// Arrival says which client's which operation the i-th arrival of an open loop
// is: clients take turns. An arrival of a client that is not there is skipped
// and moves no other.
func (g *Generator) Arrival(i int64) (client int, k int64) {
	n := int64(g.cfg.Clients)
	return int(i % n), i / n
}
