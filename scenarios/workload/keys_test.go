package workload

import (
	"math"
	"testing"

	"dynamosim/sim/rng"
	"pgregory.net/rapid"
)

// zipfShares returns what share of the operations each rank gets in theory.
func zipfShares(n int, theta float64) []float64 {
	shares, sum := make([]float64, n), 0.0
	for i := range shares {
		shares[i] = math.Pow(float64(i+1), -theta)
		sum += shares[i]
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares
}

func TestUniformKeys(t *testing.T) {
	g := generator(t, config())
	seen, n := make([]int, 50), 0
	each(g, 5000, func(_ int, _ int64, op Op) { seen[op.Key]++; n++ })
	for _, count := range seen {
		within5(t, "key", count, n, 1.0/50)
	}
}

func TestZipfianKeysFollowTheory(t *testing.T) {
	for _, theta := range []float64{0, 0.5, 0.99, 1, 1.5} {
		cfg := config()
		cfg.Keys.Distribution, cfg.Keys.Theta = Zipfian, theta
		seen, n := make([]int, cfg.Keys.Count), 0
		each(generator(t, cfg), 5000, func(_ int, _ int64, op Op) { seen[op.Key]++; n++ })
		for key, share := range zipfShares(cfg.Keys.Count, theta) {
			within5(t, "key "+string(rune('0'+key%10)), seen[key], n, share)
		}
	}
}

func TestHotspotShares(t *testing.T) {
	cfg := config()
	cfg.Keys.Distribution = Hotspot
	var err error
	if cfg.Keys.HotKeys, err = rng.ParseChance("20%"); err != nil {
		t.Fatal(err)
	}
	if cfg.Keys.HotOps, err = rng.ParseChance("80%"); err != nil {
		t.Fatal(err)
	}
	seen, n := make([]int, cfg.Keys.Count), 0
	each(generator(t, cfg), 5000, func(_ int, _ int64, op Op) { seen[op.Key]++; n++ })
	for key, count := range seen {
		share := 0.8 / 10
		if key >= 10 {
			share = 0.2 / 40
		}
		within5(t, "key", count, n, share)
	}
}

func TestHotKeysAreRounded(t *testing.T) {
	for _, c := range []struct {
		share string
		count int
		want  int
	}{
		{"0", 50, 1}, {"1", 50, 50}, {"20%", 50, 10}, {"1%", 50, 1}, {"3.2%", 50, 2}, {"99.9%", 50, 50}, {"50%", 1, 1},
	} {
		share, err := rng.ParseChance(c.share)
		if err != nil {
			t.Fatal(err)
		}
		if got := hotKeys(share, c.count); got != c.want {
			t.Errorf("%s of %d keys are %d, want %d", c.share, c.count, got, c.want)
		}
	}
}

// With every key hot, or every operation for hot keys, keys stay in range.
func TestHotspotExtremes(t *testing.T) {
	for _, hot := range []rng.Chance{rng.Never, rng.Certain} {
		for _, ops := range []rng.Chance{rng.Never, rng.Certain} {
			cfg := config()
			cfg.Keys = KeyConfig{Count: 5, Distribution: Hotspot, HotKeys: hot, HotOps: ops}
			each(generator(t, cfg), 200, func(_ int, _ int64, op Op) {
				if op.Key < 0 || op.Key > 4 {
					t.Fatalf("key %d of 5", op.Key)
				}
				if hot == rng.Never && (op.Key == 0) != (ops == rng.Certain) {
					t.Fatalf("key %d with one hot key and a share of %v for it", op.Key, ops)
				}
			})
		}
	}
}

// latestTwin is distribution latest with nothing clever: a list of the keys
// that the client knows, oldest first, which its puts extend.
func latestTwin(t *testing.T, g *Generator, client int, operations int64) []Op {
	cfg := g.Config()
	type key struct {
		own bool
		n   int
	}
	var known []key
	for n := range cfg.Keys.Count {
		known = append(known, key{false, n})
	}
	zipf := rng.NewZipf(cfg.Keys.Count, cfg.Keys.Theta)
	var ops []Op
	own := 0
	for k := range operations {
		op := Op{Func: g.function(g.who(client, k))}
		picked := known[len(known)-1-zipf.Rank(g.draw(drawKey, g.who(client, k)))]
		if op.Func == Put {
			picked = key{true, own}
			known = append(known, picked)
			own++
		}
		op.Own, op.Key = picked.own, picked.n
		ops = append(ops, op)
	}
	return ops
}

func TestLatestAgainstItsTwin(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cfg := config()
		cfg.Seed = rapid.Uint64().Draw(rt, "seed")
		cfg.Keys = KeyConfig{Count: rapid.IntRange(1, 30).Draw(rt, "count"), Distribution: Latest, Theta: 0.99}
		cfg.Weights.Put = rapid.Int64Range(0, 200).Draw(rt, "puts")
		g := generator(t, cfg)
		for k, want := range latestTwin(t, g, 2, 100) {
			got := g.Next(2, int64(k))
			if got.Func != want.Func || got.Own != want.Own || got.Key != want.Key {
				rt.Fatalf("operation %d is %+v, want %+v", k, got, want)
			}
		}
	})
}

func TestLatestPrefersWhatIsNew(t *testing.T) {
	cfg := config()
	cfg.Weights, cfg.Keys.Distribution = Weights{Get: 95, Put: 5}, Latest // YCSB's D
	g := generator(t, cfg)
	ages, n := make([]int, cfg.Keys.Count), 0
	each(g, 5000, func(c int, k int64, op Op) {
		if op.Func != Get {
			return
		}
		n++
		age := g.insertsBefore(c, k) - 1 - op.Key
		if !op.Own {
			age = g.insertsBefore(c, k) + cfg.Keys.Count - 1 - op.Key
		}
		ages[age]++
	})
	for age, share := range zipfShares(cfg.Keys.Count, cfg.Keys.Theta) {
		within5(t, "age", ages[age], n, share)
	}
}
