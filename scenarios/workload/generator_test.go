package workload

import (
	"math"
	"strings"
	"testing"

	"dynamosim/sim/rng"
	"pgregory.net/rapid"
)

func config() Config {
	return Config{
		Seed: 7, Name: "shop", Clients: 10, ValueSize: 100, Items: 20,
		Weights: Weights{Get: 40, Put: 30, Delete: 10, ReadModifyWrite: 5, CartAdd: 10, CartRemove: 5},
		Keys:    KeyConfig{Count: 50, Theta: 0.99},
	}
}

func generator(t testing.TB, cfg Config) *Generator {
	t.Helper()
	g, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// each calls f with the first operations of every client.
func each(g *Generator, operations int64, f func(client int, k int64, op Op)) {
	for c := range g.Config().Clients {
		for k := range operations {
			f(c, k, g.Next(c, k))
		}
	}
}

// within5 fails when a count of n trials of probability p is more than five
// standard deviations off: one false alarm in two million.
func within5(t *testing.T, what string, got, n int, p float64) {
	t.Helper()
	mean := float64(n) * p
	sd := math.Sqrt(mean * (1 - p))
	if math.Abs(float64(got)-mean) > 5*sd+0.5 {
		t.Errorf("%s: %d of %d, want %.1f ± %.1f", what, got, n, mean, 5*sd)
	}
}

func TestSharesOfOperations(t *testing.T) {
	cfg := config()
	g, seen, n := generator(t, cfg), map[Func]int{}, 0
	each(g, 5000, func(_ int, _ int64, op Op) { seen[op.Func]++; n++ })
	for i, w := range cfg.Weights.ordered() {
		f := Func(i + 1)
		within5(t, f.String(), seen[f], n, float64(w)/float64(cfg.Weights.Sum()))
	}
}

func TestWeightZeroNeverOccurs(t *testing.T) {
	cfg := config()
	cfg.Weights = Weights{Put: 1, CartRemove: 1}
	each(generator(t, cfg), 2000, func(c int, k int64, op Op) {
		if op.Func != Put && op.Func != CartRemove {
			t.Fatalf("client %d operation %d is a %v", c, k, op.Func)
		}
	})
}

func TestSizesItemsAndPauses(t *testing.T) {
	cfg := config()
	cfg.Think = rng.Constant(5)
	items := make([]int, cfg.Items)
	carts := 0
	g := generator(t, cfg)
	each(g, 5000, func(c int, k int64, op Op) {
		writes := op.Func != Get && op.Func != Delete
		if (op.Size == cfg.ValueSize) != writes || !writes && op.Size != 0 {
			t.Fatalf("%v of %d bytes", op.Func, op.Size)
		}
		if think := g.Think(c, k); think != 5 {
			t.Fatalf("a pause of %d ns, want 5", think)
		}
		if op.Func == CartAdd || op.Func == CartRemove {
			items[op.Item]++
			carts++
		}
	})
	for i, n := range items {
		within5(t, "item", n, carts, 1/float64(len(items)))
		if n == 0 {
			t.Errorf("item %d never occurs", i)
		}
	}
}

// The k-th operation of a client is a function of seed, name and k: fewer or
// more clients shift nothing, whatever the key distribution.
func TestTakingAClientAwayShiftsNothing(t *testing.T) {
	for d := range distributionNames {
		cfg := config()
		cfg.Keys.Distribution = Distribution(d)
		cfg.Keys.HotKeys, cfg.Keys.HotOps = 1<<62, 3<<62
		all := generator(t, cfg)
		cfg.Clients = 4
		few := generator(t, cfg)
		each(few, 300, func(c int, k int64, op Op) {
			if want := all.Next(c, k); op != want {
				t.Fatalf("%v: client %d operation %d: %+v among 4 clients, %+v among 10", Distribution(d), c, k, op, want)
			}
		})
	}
}

func TestAnyOrderOfAskingGivesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := config()
		cfg.Keys.Distribution = Latest
		cfg.Seed = rapid.Uint64().Draw(t, "seed")
		straight, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]Op, 60)
		for k := range want {
			want[k] = straight.Next(3, int64(k))
		}
		jumping, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range rapid.SliceOf(rapid.IntRange(0, len(want)-1)).Draw(t, "order") {
			if got := jumping.Next(3, int64(k)); got != want[k] {
				t.Fatalf("operation %d is %+v out of order, %+v in order", k, got, want[k])
			}
		}
	})
}

// Seeds, workloads, clients and operations must not resemble one another: two
// of them agree on a key as often as chance says.
func TestDrawsAreIndependent(t *testing.T) {
	cfg := config()
	cfg.Keys.Count = 10
	a := generator(t, cfg)
	cfg.Seed++
	seed := generator(t, cfg)
	cfg.Seed--
	cfg.Name = "shoq"
	name := generator(t, cfg)
	pairs := map[string]func(c int, k int64) Op{
		"next seed":      seed.Next,
		"similar name":   name.Next,
		"next client":    func(c int, k int64) Op { return a.Next((c+1)%10, k) },
		"next operation": func(c int, k int64) Op { return a.Next(c, k+1) },
	}
	for what, other := range pairs {
		same, n := 0, 0
		each(a, 3000, func(c int, k int64, op Op) {
			n++
			if op.Key == other(c, k).Key {
				same++
			}
		})
		within5(t, "same key as "+what, same, n, 0.1)
	}
	both, n := 0, 0 // the function of an operation says nothing about its key
	each(a, 3000, func(c int, k int64, op Op) {
		n++
		if op.Func == Get && op.Key < 5 {
			both++
		}
	})
	within5(t, "gets of the lower keys", both, n, 0.4*0.5)
}

func TestDrawsAreKeyedByClientAndOperation(t *testing.T) {
	cfg := config()
	g := generator(t, cfg)
	for purpose := drawFunc; purpose < drawArrival; purpose++ {
		got := g.draw(purpose, g.who(2, 7))
		if want := rng.Draw(cfg.Seed, uint64(purpose), rng.Hash(ClientName(cfg.Name, 2)), 7); got != want {
			t.Errorf("purpose %d draws %x, want %x", purpose, got, want)
		}
	}
}

func TestNextOfIsNext(t *testing.T) {
	cfg := config()
	cfg.Keys.Distribution = Latest
	cfg.Think, _ = rng.Uniform(0, 1000)
	g := generator(t, cfg)
	for c := range cfg.Clients {
		name := rng.Hash(ClientName(cfg.Name, c))
		for k := range int64(50) {
			var op Op
			if g.NextOf(&op, name, c, k); g.Next(c, k) != op || g.Think(c, k) != g.ThinkOf(name, k) {
				t.Fatalf("client %d operation %d is another by the hash of the client's name", c, k)
			}
		}
	}
}

func TestQuotaDealsOutTheCount(t *testing.T) {
	cfg := config()
	cfg.Clients, cfg.Count = 4, 10
	g := generator(t, cfg)
	for c, want := range []int64{3, 3, 2, 2} {
		if got := g.Quota(c); got != want {
			t.Errorf("client %d does %d of 10, want %d", c, got, want)
		}
	}
	cfg.Count = 0
	if got := generator(t, cfg).Quota(0); got != -1 {
		t.Errorf("without a count the quota is %d, want -1", got)
	}
}

func TestArrivalsTakeTurns(t *testing.T) {
	cfg := config()
	cfg.Clients = 3
	g := generator(t, cfg)
	next := make([]int64, 3)
	for i := range int64(20) {
		c, k := g.Arrival(i)
		if c != int(i)%3 || k != next[c] {
			t.Fatalf("arrival %d is operation %d of client %d, want %d of %d", i, k, c, next[i%3], i%3)
		}
		next[c]++
	}
}

func TestNames(t *testing.T) {
	if got := ClientName("shop", 2); got != "shop/3" {
		t.Errorf("the third client is %s", got)
	}
	cfg := config()
	cfg.Keys.Prefix = "kv"
	g := generator(t, cfg)
	if got := string(g.AppendKey(nil, 2, Op{Key: 17})); got != "kv-17" {
		t.Errorf("shared key 17 is %s", got)
	}
	if got := string(g.AppendKey(nil, 2, Op{Key: 17, Own: true})); got != "kv-3.17" {
		t.Errorf("own key 17 of the third client is %s", got)
	}
	cfg.Keys.Prefix = ""
	if got := string(generator(t, cfg).AppendKey(nil, 0, Op{})); got != "shop-0" {
		t.Errorf("without a prefix key 0 is %s", got)
	}
	for f := Get; f <= CartRemove; f++ {
		if f.String() == "none" {
			t.Errorf("function %d has no name", f)
		}
	}
	for d := range distributionNames {
		if back, err := ParseDistribution(Distribution(d).String()); err != nil || back != Distribution(d) {
			t.Errorf("distribution %d comes back as %v, %v", d, back, err)
		}
	}
	if _, err := ParseDistribution("zipf"); err == nil {
		t.Error("the distribution zipf is accepted")
	}
}

func TestRefusedConfigurations(t *testing.T) {
	for want, spoil := range map[string]func(*Config){
		"clients is 0":             func(c *Config) { c.Clients = 0 },
		"count is -1":              func(c *Config) { c.Count = -1 },
		"items is 0":               func(c *Config) { c.Items = 0 },
		"-1 bytes":                 func(c *Config) { c.ValueSize = -1 },
		"the weight of delete":     func(c *Config) { c.Weights.Delete = -3 },
		"every operation":          func(c *Config) { c.Weights = Weights{} },
		"keys: count is 0":         func(c *Config) { c.Keys.Count = 0 },
		"theta is NaN":             func(c *Config) { c.Keys.Theta = math.NaN() },
		"theta is -1":              func(c *Config) { c.Keys.Theta = -1 },
		"no distribution number 9": func(c *Config) { c.Keys.Distribution = 9 },
	} {
		cfg := config()
		spoil(&cfg)
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "workload shop") {
			t.Errorf("got %v, want an error about %q of workload shop", err, want)
		}
	}
}

func TestNextAllocatesNothing(t *testing.T) {
	for d := range distributionNames {
		cfg := config()
		cfg.Keys.Distribution = Distribution(d)
		g := generator(t, cfg)
		k, name := int64(0), make([]byte, 0, 64)
		if n := testing.AllocsPerRun(1000, func() {
			op := g.Next(3, k)
			name = g.AppendKey(name[:0], 3, op)
			k++
		}); n != 0 {
			t.Errorf("%v: %v allocations an operation", Distribution(d), n)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	for d := range distributionNames {
		b.Run(Distribution(d).String(), func(b *testing.B) {
			cfg := config()
			cfg.Keys.Distribution = Distribution(d)
			g := generator(b, cfg)
			b.ReportAllocs()
			for k := range b.N {
				g.Next(k%10, int64(k/10))
			}
		})
	}
}
