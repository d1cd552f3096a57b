package lab

import (
	"math"
	"math/rand/v2"
	"slices"
)

// The WARS model of Bailis et al. (VLDB 2012, §5.1), drawn in floating point by the standard library: it shares nothing with the simulator, so it
// can be the reference where nobody has published one.

// warsLeg draws the time in ms that a message takes.
type warsLeg func(r *rand.Rand) float64

// fitted is a mixture of a Pareto body (share, least value, shape) and an exponential tail (rate), as in Table 3 of the paper.
func fitted(share, least, shape, rate float64) warsLeg {
	return func(r *rand.Rand) float64 {
		if r.Float64() < share {
			return least / math.Pow(1-r.Float64(), 1/shape)
		}
		return r.ExpFloat64() / rate
	}
}

// warsModel is one network: the leg of writes, that of all others, and what is added to each leg between the datacenters of a coordinator
// and of a replica, if each replica has one of its own; coordinators stand in any of them.
type warsModel struct {
	write, other warsLeg
	apart        float64
}

// warsTrials draws trials of a write and a read, and adds them up.
func (m *warsModel) trials(seed uint64, n int) *probes {
	r := rand.New(rand.NewPCG(seed, 0x57415253))
	s := &probes{}
	for range n {
		m.trial(r, s)
	}
	return s
}

func (m *warsModel) trial(r *rand.Rand, s *probes) {
	var written, acked, read, answered [probeN]float64
	writer, reader := r.IntN(probeN), r.IntN(probeN)
	for i := range probeN {
		there, back := 0.0, 0.0
		if i != writer {
			there = m.apart
		}
		if i != reader {
			back = m.apart
		}
		written[i] = m.write(r) + there
		acked[i] = written[i] + m.other(r) + there
		read[i] = m.other(r) + back
		answered[i] = read[i] + m.other(r) + back
	}
	order := [probeN]int{0, 1, 2}
	slices.SortFunc(order[:], func(a, b int) int {
		if answered[a] < answered[b] {
			return -1
		}
		return 1
	})
	slices.Sort(acked[:])
	least := math.Inf(1)
	for k, replica := range order {
		least = min(least, written[replica]-read[replica])
		s.gets[k].add(nanoseconds(answered[replica]))
		s.puts[k].add(nanoseconds(acked[k]))
		for w := range probeN {
			s.visible[k][w].add(nanoseconds(least - acked[w]))
		}
	}
}

func nanoseconds(ms float64) int64 { return int64(math.Ceil(ms * 1e6)) }
