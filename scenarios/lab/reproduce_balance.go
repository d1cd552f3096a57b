package lab

import (
	"fmt"
	"math"

	"dynamosim/scenarios/world"
)

// ringBalance is how evenly random tokens divide the ring.
func ringBalance() *Study {
	return &Study{
		Name:  "ring-balance",
		Title: "Balance of a ring with random tokens",
		Source: "closed forms: a node with T of ST random tokens owns a Beta(T, ST−T) share of the ring, whose coefficient of variation (CV) is √((S−1)/(ST+1)); with one token each the largest share is H_S times the mean in expectation; " +
			"N consecutive arcs have a CV of √((S−N)/(N(S+1))); one more equal node takes 1/(S+1) of the keys. The largest of more tokens is an independent simulation's, to ±.02",
		Method: "The shares of the ring of S=30 nodes (strategy 1) as the simulated cluster has built it, exactly, over many seeds. The node that is added has a name of its own, so that all others keep their tokens.",
		Rule:   "within 3.5 standard errors of the closed form; the largest share of T=8 and T=32 within 3.5 standard errors and .02",
		run:    runRingBalance,
	}
}

const (
	balanceNodes = 30
	balanceRings = 1000
)

const balanceCluster = `version: 1
name: ring
duration: 1s
cluster: {nodes: %d, n: %d, r: 1, w: 1, ring: {strategy: 1, tokens: %d}}
`

// shares are the shares of the key space that the nodes of a seed's ring hold, relative to their mean.
func (a *measuring) shares(nodes, n, tokens int, seed uint64) ([]float64, error) {
	w, err := a.build(nil, fmt.Sprintf(balanceCluster, nodes, n, tokens), seed, world.Options{})
	if err != nil {
		return nil, err
	}
	var shares []float64
	for _, l := range w.Loads() {
		shares = append(shares, l.Homes/float64(n)*float64(nodes))
	}
	return shares, nil
}

// squares is the mean square deviation of shares from 1, and the largest.
func squares(shares []float64) (square, largest float64) {
	for _, s := range shares {
		square += (s - 1) * (s - 1) / float64(len(shares))
		largest = max(largest, s)
	}
	return square, largest
}

func runRingBalance(a *measuring) (*Reproduction, error) {
	r := &Reproduction{Study: a.Study, Axes: [2]string{"tokens a node", "CV of the nodes' shares"}}
	s := float64(balanceNodes)
	harmonic := 0.0
	for k := range balanceNodes {
		harmonic += 1 / float64(k+1)
	}
	var largest []Reading
	for _, c := range []struct {
		tokens int
		most   float64 // the reference's mean of the largest, by the mean
		within float64
	}{{1, harmonic, 0}, {8, 1.86, .02}, {32, 1.40, .02}} {
		all, err := a.balance(1, c.tokens)
		if err != nil {
			return nil, err
		}
		form := math.Sqrt((s - 1) / (s*float64(c.tokens) + 1))
		r.Readings = append(r.Readings, Reading{Series: "CV of shares, N=1", X: float64(c.tokens), Published: math.NaN(), Reference: form, Ours: all.cv, Agrees: withinErrors(all.cv, form, 0)})
		largest = append(largest, Reading{Series: "largest share by the mean, N=1", X: float64(c.tokens), Published: math.NaN(), Reference: c.most, Ours: all.largest, Agrees: withinErrors(all.largest, c.most, c.within)})
	}
	r.Readings = append(r.Readings, largest...)
	arcs, err := a.balance(3, 1)
	if err != nil {
		return nil, err
	}
	form := math.Sqrt((s - 3) / (3 * (s + 1)))
	r.Readings = append(r.Readings, Reading{Series: "CV of loads, N=3", X: 1, Published: math.NaN(), Reference: form, Ours: arcs.cv, Agrees: withinErrors(arcs.cv, form, 0)})
	for _, tokens := range []int{1, 16} {
		moved, err := a.repeat("a node more", a.of(balanceRings), func(i int) (float64, error) {
			shares, err := a.shares(balanceNodes+1, 1, tokens, uint64(i)+1)
			if err != nil {
				return 0, err
			}
			return shares[balanceNodes] / (s + 1), nil
		})
		if err != nil {
			return nil, err
		}
		ours := estimate(moved)
		r.Readings = append(r.Readings, Reading{Series: "share of keys that one more node takes", X: float64(tokens), Published: math.NaN(), Reference: 1 / (s + 1), Ours: ours, Agrees: withinErrors(ours, 1/(s+1), 0)})
	}
	r.Figures = append(r.Figures, balanceFigure(a.Study, r.Readings[:3]))
	return r, nil
}

// balances are a CV and a largest share over many rings.
type balances struct{ cv, largest Estimate }

// balance measures the rings of many seeds. The mean share is 1 in every ring, so that the root of the mean square deviation is the CV.
func (a *measuring) balance(n, tokens int) (balances, error) {
	rings := a.of(balanceRings)
	square, most := make([]float64, rings), make([]float64, rings)
	err := a.each(fmt.Sprintf("N=%d, %d tokens", n, tokens), rings, func(_, i int) error {
		shares, err := a.shares(balanceNodes, n, tokens, uint64(i)+1)
		if err == nil {
			square[i], most[i] = squares(shares)
		}
		return err
	})
	e := estimate(square)
	return balances{Estimate{math.Sqrt(e.Mean), math.Sqrt(max(0, e.Low)), math.Sqrt(e.High), e.N}, estimate(most)}, err
}

// withinErrors tells whether an estimate lies within 3.5 standard errors of a value, and so much more.
func withinErrors(e Estimate, want, more float64) bool {
	return math.Abs(e.Mean-want) <= 3.5*e.half()/normal95+more
}

func balanceFigure(s *Study, cells []Reading) *Figure {
	f := &Figure{Name: s.Name, Title: s.Title, X: "tokens a node", Y: "CV of the nodes' shares", LogX: true}
	measured, form := Curve{Name: "simulated, S=30, with 95 % intervals", Style: OnlyPoints, Color: 0}, Curve{Name: "closed form √((S−1)/(ST+1))", Style: Predicted, Color: 0}
	for _, c := range cells {
		measured.Points = append(measured.Points, CurvePoint{c.X, c.Ours.Mean, c.Ours.Low, c.Ours.High})
	}
	for k := range 61 {
		tokens := math.Pow(32, float64(k)/60)
		form.Points = append(form.Points, CurvePoint{X: tokens, Y: math.Sqrt((balanceNodes - 1) / (balanceNodes*tokens + 1))})
	}
	f.Curves = []Curve{measured, form}
	return f
}
