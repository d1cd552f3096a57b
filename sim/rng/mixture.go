package rng

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// Part is one of the distributions of a mixture, with the share of the samples
// that come from it.
type Part struct {
	Share Chance
	Dist  *Dist
}

// part serves the inputs up to upTo that no earlier part serves.
type part struct {
	upTo uint64
	dist *Dist
}

// Mixture returns the distribution that samples each part with its share. The
// shares must add up to 1; parts without a share are left out. The one draw
// chooses the part and, stretched, samples it: where every part lies above the
// one before, the mixture is monotone too.
func Mixture(parts []Part) (*Dist, error) {
	if err := checkShares(parts); err != nil {
		return nil, err
	}
	d := Dist{kind: mixture}
	var next uint64 // the first input that no part serves yet
	for _, p := range parts {
		if p.Share == Never {
			continue
		}
		d.parts = append(d.parts, part{upTo: next + uint64(p.Share) - 1, dist: p.Dist.Plus(0)})
		next += uint64(p.Share)
	}
	if len(d.parts) == 1 {
		return d.parts[0].dist, nil
	}
	d.parts[len(d.parts)-1].upTo = math.MaxUint64
	return &d, nil
}

// checkShares refuses shares whose sum is not 1 within the rounding of each to
// a threshold.
func checkShares(parts []Part) error {
	if len(parts) == 0 {
		return errors.New("mixture: want at least one part")
	}
	var whole, sum uint64
	for _, p := range parts {
		var carry uint64
		sum, carry = bits.Add64(sum, uint64(p.Share), 0)
		whole += carry
	}
	slack := uint64(len(parts))
	if whole == 1 && sum <= slack || whole == 0 && -sum <= slack && sum != 0 {
		return nil
	}
	total := float64(whole) + math.Ldexp(float64(sum), -64)
	return fmt.Errorf("mixture: the shares add up to %.6g, want 1", total)
}

// choose returns the part that serves u, and u stretched to all 64 bits.
func choose(parts []part, u uint64) (*Dist, uint64) {
	var from uint64
	i := 0
	for u > parts[i].upTo {
		from = parts[i].upTo + 1
		i++
	}
	within, _ := bits.Div64(u-from, 0, parts[i].upTo-from+1)
	return parts[i].dist, within
}

// lastAtMostOfParts is lastAtMost of a mixture whose parts lie in rising
// order: it counts the inputs of each part.
func lastAtMostOfParts(parts []part, x int64) (last uint64, ok bool) {
	var count, from uint64
	for _, p := range parts {
		if u, some := p.dist.lastAtMost(x); some {
			count += mulHi(u, p.upTo-from+1) + 1
			ok = true
		}
		from = p.upTo + 1
	}
	return count - 1, ok
}

func meanOfParts(parts []part) float64 {
	sum, from := 0.0, uint64(0)
	for _, p := range parts {
		share := math.Ldexp(float64(p.upTo-from), -64)
		sum += float64(share * float64(p.dist.Mean()))
		from = p.upTo + 1
	}
	return sum
}
