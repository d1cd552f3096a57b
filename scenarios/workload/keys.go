package workload

import (
	"math/bits"
	"strconv"

	"dynamosim/sim/rng"
)

// hotKeys rounds a share of the keys to the nearest number, but at least 1.
func hotKeys(share rng.Chance, count int) int {
	if share == rng.Certain {
		return count
	}
	n, rest := bits.Mul64(uint64(share), uint64(count))
	if rest >= 1<<63 {
		n++
	}
	return max(1, int(n))
}

// chooseKey fills in the key of the operation where not all are alike.
func (g *Generator) chooseKey(op *Op, u, who uint64, client int, k int64) {
	switch g.cfg.Keys.Distribution {
	case Zipfian:
		op.Key = g.zipf.Rank(u)
	case Hotspot:
		op.Key = g.hotspot(u, g.draw(drawHot, who))
	case Latest:
		g.latest(op, u, client, k)
	}
}

// hotspot takes a hot key with probability HotOps, else a cold one. Where every
// key is hot there are no cold ones to take.
func (g *Generator) hotspot(u, coin uint64) int {
	cold := g.cfg.Keys.Count - g.hot
	if cold == 0 || g.cfg.Keys.HotOps.Hit(coin) {
		return int(rng.Below(u, uint64(g.hot)))
	}
	return g.hot + int(rng.Below(u, uint64(cold)))
}

// latest inserts with every put, and otherwise takes the key of a zipfian age,
// age 0 being the newest that the client knows.
func (g *Generator) latest(op *Op, u uint64, client int, k int64) {
	inserts := g.insertsBefore(client, k)
	if op.Func == Put {
		op.Own, op.Key = true, inserts
		return
	}
	age := g.zipf.Rank(u)
	if age < inserts {
		op.Own, op.Key = true, inserts-1-age
		return
	}
	op.Key = g.cfg.Keys.Count - 1 - (age - inserts)
}

// insertsBefore counts the puts among the first k operations of the client.
func (g *Generator) insertsBefore(client int, k int64) int {
	c := g.cursors[client]
	if c.k > k {
		c = cursor{}
	}
	for ; c.k < k; c.k++ {
		if g.function(g.who(client, c.k)) == Put {
			c.inserts++
		}
	}
	g.cursors[client] = c
	return c.inserts
}

// AppendKey appends the name of the key that the client's operation is about.
// Workloads with equal prefixes share keys.
func (g *Generator) AppendKey(b []byte, client int, op Op) []byte {
	b = append(b, g.cfg.Keys.Prefix...)
	b = append(b, '-')
	if op.Own {
		b = strconv.AppendInt(b, int64(client)+1, 10)
		b = append(b, '.')
	}
	return strconv.AppendInt(b, int64(op.Key), 10)
}
