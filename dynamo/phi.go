package dynamo

import "math/bits"

// Failure detection by accrual (Hayashibara, Défago, Yared and Katayama, "The φ accrual failure detector", SRDS 2004) in place of timeouts of
// requests: every node tells every other one periodically that it is there, and each learns how regularly the heartbeats of a peer arrive. The
// longer a peer is silent, the less likely is it that it is merely late: φ = -log10 of that likelihood, by the normal distribution with the mean
// and the variance of the last arrivals. It is suspected when φ exceeds a threshold. What each node believes remains its own (§4.8).
//
// φ is never computed. It exceeds its threshold when the silence exceeds mean + z·σ, where z depends on the threshold only; that sum is kept in
// integers. Two rules are not in the publication: σ is at least a tenth of the period, so that a perfectly regular network does not make
// the first delay look like a crash; and an interval in which the peer was suspected is no sample.

// Accrual are the settings of the detector. Durations are nanoseconds.
type Accrual struct {
	Heartbeat int64  // period
	Samples   int    // arrivals that are remembered of each peer
	Threshold uint64 // z of the threshold of φ, in 1/65536
}

// Bounds within which the sums over samples stay exact.
const (
	MaxSamples   = 2000
	maxDeviation = 1 << 26 // of an interval from the period, in us
)

// arrivals is what a node knows of the heartbeats of a peer. Deviations are microseconds from the period.
type arrivals struct {
	last   int64   // of the last heartbeat, monotonic; 0: none, or the peer was suspected since
	margin int64   // silence after which the peer is suspected, ns
	recent []int32 // deviations, the oldest is overwritten
	next   int
	sum    int64
	square uint64 // sum of squares
}

// heartbeatArrived takes a heartbeat into the statistics.
func (a *arrivals) heartbeatArrived(now int64, cfg *Accrual) {
	if a.last != 0 {
		a.sample((now-a.last-cfg.Heartbeat)/1000, cfg.Samples)
		a.margin = a.silence(cfg)
	}
	a.last = now
}

// sample remembers a deviation in place of the oldest.
func (a *arrivals) sample(deviation int64, most int) {
	d := int32(min(max(deviation, -maxDeviation), maxDeviation))
	if len(a.recent) < most {
		a.recent = append(a.recent, d)
	} else {
		old := int64(a.recent[a.next])
		a.sum -= old
		a.square -= uint64(old * old)
		a.recent[a.next] = d
		if a.next++; a.next == most {
			a.next = 0
		}
	}
	a.sum += int64(d)
	a.square += uint64(int64(d) * int64(d))
}

// silence is mean + z·σ of the arrivals, in ns.
func (a *arrivals) silence(cfg *Accrual) int64 {
	n := uint64(len(a.recent))
	if n < 2 {
		return a.firstSilence(cfg)
	}
	mean := cfg.Heartbeat + a.sum*1000/int64(n)
	sigma := max(int64(squareRoot(a.variance(n)))*1000, cfg.Heartbeat/10)
	return mean + scaled(sigma, cfg.Threshold)
}

// firstSilence is that of a peer of which nothing is known yet: σ is taken to be a quarter of the period.
func (a *arrivals) firstSilence(cfg *Accrual) int64 {
	return cfg.Heartbeat + scaled(cfg.Heartbeat/4, cfg.Threshold)
}

// variance is (n·Σd² - (Σd)²) / n², exact up to the division.
func (a *arrivals) variance(n uint64) uint64 {
	sum := uint64(max(a.sum, -a.sum))
	hi, lo := bits.Mul64(n, a.square)
	less, low := bits.Mul64(sum, sum)
	lo, borrow := bits.Sub64(lo, low, 0)
	hi, _ = bits.Sub64(hi, less, borrow)
	v, _ := bits.Div64(hi, lo, n*n)
	return v
}

// scaled is x·z for z in 1/65536.
func scaled(x int64, z uint64) int64 {
	hi, lo := bits.Mul64(uint64(x), z)
	return int64(hi<<48 | lo>>16)
}

// squareRoot is the largest integer whose square is at most v.
func squareRoot(v uint64) uint64 {
	root := uint64(0)
	for bit := uint64(1) << 31; bit > 0; bit >>= 1 {
		if r := root | bit; r*r <= v {
			root = r
		}
	}
	return root
}

// detector is what a node needs to detect failures by accrual.
type detector struct {
	began int64 // when the node began to listen
	peers []*arrivals
}

// of gives what is known of a peer, making it on first use.
func (d *detector) of(id NodeID, cfg *Accrual) *arrivals {
	for int(id) >= len(d.peers) {
		d.peers = append(d.peers, nil)
	}
	if d.peers[id] == nil {
		d.peers[id] = &arrivals{}
		d.peers[id].margin = d.peers[id].firstSilence(cfg)
	}
	return d.peers[id]
}

// beginHeartbeats sets the first one, at a phase of the node's own.
func (n *Node) beginHeartbeats() {
	if n.cfg.Accrual != nil {
		n.detector.began = n.env.Now()
		phase := int64(n.env.Rand(RandHeartbeat) % uint64(n.cfg.Accrual.Heartbeat))
		n.env.SetTimer(Timer{Kind: TimerHeartbeat}, phase)
	}
}

// sendHeartbeats tells all peers that this node is there, and looks who was silent for too long.
func (n *Node) sendHeartbeats() {
	n.env.SetTimer(Timer{Kind: TimerHeartbeat}, n.cfg.Accrual.Heartbeat)
	n.env.Mark(MarkHeartbeat, NoKey, 0)
	for _, peer := range n.members.view.Peers() {
		if id := NodeID(peer); id != n.id {
			n.accrue(id)
			n.send(id, Message{Kind: Heartbeat, Key: NoKey, Client: NoNode, Node: NoNode})
		}
	}
}

// heartbeat takes one from a peer.
func (n *Node) heartbeat(from NodeID) {
	if n.cfg.Accrual != nil {
		n.detector.of(from, n.cfg.Accrual).heartbeatArrived(n.env.Now(), n.cfg.Accrual)
	}
}

// accrue suspects a peer whose silence, counted from the last message of any kind, has become too unlikely.
func (n *Node) accrue(id NodeID) {
	p := n.peers.at(id)
	if p.suspected {
		return
	}
	a := n.detector.of(id, n.cfg.Accrual)
	if n.env.Now()-max(n.peers.lastHeard(id), n.detector.began) > a.margin {
		a.last = 0
		n.suspect(id, p)
	}
}
