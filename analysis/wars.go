package analysis

import (
	"slices"

	"dynamosim/sim/rng"
)

// Legs are the delays of the WARS model of probabilistically bounded staleness
// (Bailis et al. 2012, §4.1): from the coordinator of a write to a replica (W),
// its acknowledgement back (A), from the coordinator of a read to a replica
// (R), its answer back (S). A leg of several parts takes as long as all of
// them. Client is the way between a client and a coordinator, which the model
// leaves at 0.
type Legs struct{ W, A, R, S, Client []*rng.Dist }

// Prediction is what the model says of one N, R and W.
type Prediction struct {
	Get, Put Distribution // latencies, ns
	// since is by trial the time after the acknowledgement from which a get
	// sees the put; what is not positive counts as 0.
	since Distribution
}

// purposes of the model's draws.
const (
	drawW uint64 = iota + 1
	drawA
	drawR
	drawS
	drawClient
	warsSeed uint64 = 0x57415253
)

// PredictWARS draws trials of one write followed by one read. In each, all n
// replicas get both; the write is acknowledged after w of them, the read takes
// the first r answers and is stale if the write has reached none of those
// before the read. The coordinator is no replica, nothing fails, nothing
// waits, nothing repairs. Equal arguments give equal predictions, and equal
// trials of different r and w draw equal delays.
func PredictWARS(l Legs, n, r, w, trials int) *Prediction {
	get, put, since := make([]int64, trials), make([]int64, trials), make([]int64, trials)
	t := trial{Legs: l, written: make([]int64, n), acknowledged: make([]int64, n), asked: make([]int64, n), answered: make([]int64, n), order: make([]int, n)}
	for i := range trials {
		get[i], put[i], since[i] = t.draw(uint64(i), r, w)
	}
	return &Prediction{Get: NewDistribution(get), Put: NewDistribution(put), since: NewDistribution(since)}
}

// trial is the memory of one trial: by replica.
type trial struct {
	Legs
	written, acknowledged []int64 // since the write
	asked, answered       []int64 // since the read
	order                 []int   // of replicas by their answers
}

func (t *trial) draw(number uint64, r, w int) (get, put, since int64) {
	for i := range t.written {
		replica := uint64(i)
		t.written[i] = delay(t.W, drawW, replica, number)
		t.acknowledged[i] = t.written[i] + delay(t.A, drawA, replica, number)
		t.asked[i] = delay(t.R, drawR, replica, number)
		t.answered[i] = t.asked[i] + delay(t.S, drawS, replica, number)
		t.order[i] = i
	}
	slices.Sort(t.acknowledged)
	slices.SortStableFunc(t.order, func(a, b int) int { return int(max(-1, min(1, t.answered[a]-t.answered[b]))) })
	committed := t.acknowledged[w-1]
	for i, replica := range t.order[:r] {
		if need := t.written[replica] - t.asked[replica] - committed; i == 0 || need < since {
			since = need
		}
	}
	reply, request := delay(t.Client, drawClient, 0, number), delay(t.Client, drawClient, 1, number)
	get = t.answered[t.order[r-1]] + delay(t.Client, drawClient, 2, number) + delay(t.Client, drawClient, 3, number)
	put = committed + reply + delay(t.Client, drawClient, 4, number)
	return get, put, since - reply - request
}

func delay(leg []*rng.Dist, purpose, who, number uint64) int64 {
	sum := int64(0)
	for i, d := range leg {
		sum += d.Sample(rng.Draw2(warsSeed, purpose, who, uint64(i), number))
	}
	return sum
}

// Fresh returns the share of gets that see a put if they begin t ns after its
// acknowledgement.
func (p *Prediction) Fresh(t int64) float64 {
	return float64(p.since.AtMost(t)) / float64(p.since.Count())
}

// Visible returns the time after the acknowledgement from which at least a
// share of gets, in millionths, sees the put: t-visibility, ns.
func (p *Prediction) Visible(ppm int64) int64 { return max(0, p.since.Quantile(ppm)) }
