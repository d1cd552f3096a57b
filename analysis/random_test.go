package analysis

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"dynamosim/analysis/history"
)

// generator makes random histories of one key that follow the rules of the
// format: half of them come from a store that is linearizable, and are then
// often spoilt in one answer; in the others gets return whatever was written.
type generator struct {
	r       *rand.Rand
	model   history.Model
	deletes bool
	h       *history.History
	clients int
	open    []pending
	state   []history.OpID
	known   []history.OpID
	written []history.OpID
	wild    bool
	spoil   int // answer to spoil, counting down
	clock   int64
	stamps  map[history.OpID]int64
}

// pending is an open operation; took says that it has taken effect, and saw
// what a get saw then.
type pending struct {
	id     history.OpID
	client int
	took   bool
	saw    []history.OpID
}

// generate returns a history of so many operations.
func generate(seed uint64, model history.Model, deletes bool, operations int) *history.History {
	g := &generator{r: rand.New(rand.NewPCG(seed, 77)), model: model, deletes: deletes, stamps: map[history.OpID]int64{}}
	g.h = history.New(history.Header{Model: model})
	g.clients = 2 + g.r.IntN(4)
	for c := range g.clients {
		g.h.AddClient(fmt.Sprint("c", c))
	}
	g.h.AddKey("k")
	g.wild = g.r.IntN(4) == 0
	g.spoil = g.r.IntN(2 * operations)
	for g.h.Len() < operations || len(g.open) > 0 && g.r.IntN(8) > 0 {
		g.step(g.h.Len() < operations)
	}
	return g.h
}

func (g *generator) step(more bool) {
	g.clock += int64(g.r.IntN(3))
	busy := len(g.open)
	switch n := g.r.IntN(10); {
	case more && (busy == 0 || busy < g.clients && n < 4):
		g.invoke()
	case busy > 0 && n < 7:
		if p := &g.open[g.r.IntN(busy)]; !p.took {
			g.take(p)
		}
	case busy > 0:
		g.end(g.r.IntN(busy))
	}
}

func (g *generator) invoke() {
	c := g.r.IntN(g.clients)
	for slices.ContainsFunc(g.open, func(p pending) bool { return p.client == c }) {
		c = (c + 1) % g.clients
	}
	f := history.Get
	if g.r.IntN(2) == 0 {
		f = history.Put
		if g.deletes && g.r.IntN(3) == 0 {
			f = history.Delete
		}
	}
	id := g.h.Invoke(g.clock, int32(c), f, 0)
	if f.Writes() {
		g.written = append(g.written, id)
		g.h.SetContext(id, g.context())
		if g.model == history.LastWriteWins {
			g.stamps[id] = g.clock + int64(g.r.IntN(8))
		}
	}
	g.open = append(g.open, pending{id: id, client: c})
}

// context is mostly what a client would name: the versions there are, as far
// as anybody can know them.
func (g *generator) context() []history.OpID {
	var list []history.OpID
	for _, v := range g.known {
		if slices.Contains(g.state, v) && g.r.IntN(4) > 0 || g.r.IntN(12) == 0 {
			list = append(list, v)
		}
	}
	return list
}

// take lets an operation take effect in the linearizable store.
func (g *generator) take(p *pending) {
	p.took = true
	o := g.h.Op(p.id)
	switch {
	case !o.Func.Writes():
		p.saw = g.answer()
	case g.model == history.Register:
		g.state = []history.OpID{p.id}
	case g.model == history.LastWriteWins:
		if len(g.state) == 0 || g.later(p.id, g.state[0]) {
			g.state = []history.OpID{p.id}
		}
	default:
		context := g.h.Context(p.id)
		g.state = slices.DeleteFunc(slices.Clone(g.state), func(v history.OpID) bool { return slices.Contains(context, v) })
		g.state = append(g.state, p.id)
	}
}

// later orders versions by timestamp, client and invocation.
func (g *generator) later(a, b history.OpID) bool {
	return cmp.Or(cmp.Compare(g.stamps[a], g.stamps[b]), cmp.Compare(g.h.Op(a).Client, g.h.Op(b).Client), cmp.Compare(a, b)) > 0
}

// answer is what a get sees: the state, from which tombstones may vanish.
func (g *generator) answer() []history.OpID {
	var list []history.OpID
	for _, v := range g.state {
		if g.h.Op(v).Func == history.Put || g.r.IntN(2) == 0 {
			list = append(list, v)
		}
	}
	return list
}

func (g *generator) end(i int) {
	p := g.open[i]
	g.open = slices.Delete(g.open, i, i+1)
	o := g.h.Op(p.id)
	if g.r.IntN(10) == 0 {
		if !p.took && g.r.IntN(2) == 0 {
			g.h.Fail(g.clock, p.id, "refused")
		} else {
			g.h.Info(g.clock, p.id, "timeout")
		}
		if o.Outcome == history.Info && !p.took && o.Func.Writes() && g.r.IntN(2) == 0 {
			g.take(&p) // late effect
		}
		return
	}
	if !p.took {
		g.take(&p)
	}
	if o.Func.Writes() {
		g.h.OkPut(g.clock, p.id)
		g.learn(p.id)
		return
	}
	if g.spoil--; g.wild || g.spoil == 0 {
		p.saw = g.spoilt(p.saw)
	}
	g.h.OkGet(g.clock, p.id, p.saw)
	for _, v := range p.saw {
		g.learn(v)
	}
}

func (g *generator) learn(v history.OpID) {
	if g.model == history.LastWriteWins {
		g.h.SetStamp(v, g.stamps[v], g.h.Op(v).Client)
	}
	if !slices.Contains(g.known, v) {
		g.known = append(g.known, v)
	}
}

// spoilt is an answer with one version more, less or another.
func (g *generator) spoilt(answer []history.OpID) []history.OpID {
	list := slices.Clone(answer)
	if len(list) > 0 && g.r.IntN(2) == 0 {
		i := g.r.IntN(len(list))
		list = slices.Delete(list, i, i+1)
	}
	if len(g.written) > 0 && g.r.IntN(3) > 0 {
		if v := g.written[g.r.IntN(len(g.written))]; !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	if g.model != history.Siblings && len(list) > 1 {
		list = list[len(list)-1:]
	}
	return list
}

// resultOf judges a subject by one check.
func resultOf(check string, s *Subject) Result {
	c, _ := FindCheck(check)
	return c.judge(s, Request{})[0]
}
