package client

import (
	"math/bits"

	"dynamosim/dynamo"
)

// Hedge sends a get that takes long to a second node too; the first answer counts (Dean and Barroso, "The Tail at Scale", CACM 2013). It is
// no part of Dynamo. The node is told whom the first request went to, and lets another replica coordinate.
type Hedge struct {
	After      int64 // ns after which a get takes long; 0: a percentile of this client's own gets
	Percentile int64 // the percentile, in millionths
}

// hedging is the state of a client's hedges.
type hedging struct {
	timer  dynamo.TimerID
	began  int64         // of the attempt
	second dynamo.NodeID // that the get was sent to besides, NoNode: none yet
	refuse bool          // one of the two nodes has refused
	picks  bool          // a second node is being picked
	sent   int32         // second requests of the get
	usual  latencies
}

// beginHedge gives a get that was just sent its time until it takes long.
func (c *Client) beginHedge() {
	h := c.special.hedge
	h.began, h.second, h.refuse, h.timer = c.env.Now(), dynamo.NoNode, false, 0
	after := c.cfg.Hedge.After
	if after == 0 {
		after = h.usual.quantile(c.cfg.Hedge.Percentile)
	}
	if after > 0 && after < c.timeout {
		h.timer = c.env.SetTimer(dynamo.Timer{Kind: dynamo.TimerHedge, B: c.number}, after)
	}
}

// sendHedge sends the get to a second node, if there is one.
func (c *Client) sendHedge() {
	h := c.special.hedge
	h.timer = 0
	h.picks = true
	second := c.pick()
	h.picks = false
	if second == c.asked {
		return
	}
	h.second = second
	h.sent++
	c.cfg.Loads.add(second, 1)
	again := c.request()
	again.Hedge, again.Node = true, c.asked
	c.env.Send(second, again)
}

// hedged tells whether an answer that is no success leaves hope for the other one.
func (c *Client) hedged() bool {
	h := c.special.hedge
	if h.second == dynamo.NoNode || h.refuse {
		return false
	}
	h.refuse = true
	return true
}

// endHedge ends an attempt at a get, by an answer or without one.
func (c *Client) endHedge(answered bool) {
	h := c.special.hedge
	c.env.CancelTimer(h.timer)
	h.timer = 0
	if h.second != dynamo.NoNode {
		c.cfg.Loads.add(h.second, -1)
		if !answered {
			c.pass(h.second)
		}
	}
	if answered {
		h.usual.add(c.env.Now() - h.began)
	}
}

// latencies is how long the gets of a client took, in buckets that are a sixteenth of their value wide. An answer to the second request counts
// with its own time: that is beyond the percentile as well as the time that the first one would have taken, so the percentile stays that of the
// first. Older gets count less and less.
type latencies struct {
	buckets []uint16 // made with the first get
	total   int64
	fresh   int   // gets since the quantile was last worked out
	last    int64 // that quantile
}

const (
	mantissa       = 4 // bits of a value that its bucket tells
	latencyBuckets = 44 << mantissa
	latencyMost    = 2048 // gets that count; at so many each counts half
	latencyStride  = 16   // gets between two quantiles
)

func (l *latencies) add(ns int64) {
	if l.buckets == nil {
		l.buckets = make([]uint16, latencyBuckets)
	}
	l.buckets[bucketOf(ns)]++
	l.total++
	l.fresh++
	if l.total < latencyMost {
		return
	}
	l.total = 0
	for i := range l.buckets {
		l.buckets[i] /= 2
		l.total += int64(l.buckets[i])
	}
}

// quantile is the time in ns below which a share of gets, in millionths, ended; 0 while too few are known to tell.
func (l *latencies) quantile(millionths int64) int64 {
	beyond := l.total * (1_000_000 - millionths) / 1_000_000
	if beyond < 1 {
		return 0
	}
	if l.last != 0 && l.fresh < latencyStride {
		return l.last
	}
	l.fresh = 0
	for i := len(l.buckets) - 1; i >= 0; i-- {
		if beyond -= int64(l.buckets[i]); beyond < 0 {
			l.last = bucketEnd(i)
			break
		}
	}
	return l.last
}

// bucketOf is the bucket of a time: its highest bit, and the next ones.
func bucketOf(ns int64) int {
	v := uint64(max(ns, 0)) + 1<<mantissa
	exponent := bits.Len64(v) - 1 - mantissa
	return min(exponent<<mantissa|int(v>>exponent)&(1<<mantissa-1), latencyBuckets-1)
}

// bucketEnd is the first time beyond a bucket.
func bucketEnd(i int) int64 {
	exponent, rest := i>>mantissa, i&(1<<mantissa-1)
	return int64(rest+1<<mantissa+1)<<exponent - 1<<mantissa
}
