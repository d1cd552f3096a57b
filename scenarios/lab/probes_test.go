package lab

import (
	"fmt"
	"math"
	"testing"
)

// The tally of many values is that of their parts, and its quantiles are theirs to one part in 8000.
func TestTally(t *testing.T) {
	var whole, odd, even tally
	for i := int64(-100); i <= 1_000_000; i++ {
		v := i * i * 1000
		if i < 0 {
			v = -v
		}
		whole.add(v)
		if i%2 == 0 {
			even.add(v)
		} else {
			odd.add(v)
		}
	}
	odd.join(&even)
	for _, p := range []float64{0, .00005, .01, .5, .9, .999, 1} {
		a, b := whole.quantile(p, 2), odd.quantile(p, 2)
		if a != b {
			t.Errorf("the %v quantile is %v as a whole, %v of parts", p, a, b)
		}
		i := math.Max(0, math.Ceil(1_000_101*p)-101)
		if want := i * i * 1000; math.Abs(a.Mean-want) > want/8000 {
			t.Errorf("the %v quantile is %v, not %v", p, a.Mean, want)
		}
		if a.Low > a.Mean || a.High < a.Mean || p > 0 && p < 1 && i > 0 && a.Low == a.High {
			t.Errorf("the %v quantile: %+v", p, a)
		}
	}
	if got := whole.share(0); got != 101.0/1_000_101 {
		t.Errorf("%v of the values are 0 or below", got)
	}
}

// Every bin's middle lies in it, and bins follow each other.
func TestTallyBins(t *testing.T) {
	for v := int64(1); v < 1<<62; v += v/5000 + 1 {
		b := bin(v)
		if m := middle(b); math.Abs(m-float64(v)) > float64(v)/4096+.5 {
			t.Fatalf("%d is in bin %d, whose middle is %v", v, b, m)
		}
		if next := bin(v + 1); next != b && next != b+1 {
			t.Fatalf("%d is in bin %d, the next value in %d", v, b, next)
		}
	}
}

// Whatever R and W are, what a client saw is what the arrivals of the messages say, of each single probe.
func TestProbesAreSeenAsTheyArrived(t *testing.T) {
	g := &probing{}
	for i, s := range pbsSettings {
		for _, network := range []string{"preset: lnkd-disk", "preset: wan", exactNetwork} {
			p, err := g.run(fmt.Sprintf(probeCluster, s[0], s[1], network, 500, "0s, 3ms"), uint64(i)+1)
			if err != nil {
				t.Fatal(err)
			}
			if p.disagree+p.failed != 0 || p.asked[0] != 250 || p.asked[1] != 250 {
				t.Errorf("R=%d W=%d, %s: %d disagree, %d failed, %v asked", s[0], s[1], network, p.disagree, p.failed, p.asked)
			}
			if strict := s[0]+s[1] > probeN; strict && p.fresh[0]+p.fresh[1] != 500 || !strict && i < 1 && p.fresh[0] == 250 {
				t.Errorf("R=%d W=%d, %s: %v are fresh", s[0], s[1], network, p.fresh)
			}
		}
	}
}

// Wilson's interval of 8 in 10, as textbooks have it: .4902 to .9433.
func TestProportion(t *testing.T) {
	if e := proportion(8, 10); math.Abs(e.Low-.4902) > 1e-4 || math.Abs(e.High-.9433) > 1e-4 || e.Mean != .8 {
		t.Errorf("%+v", e)
	}
}
