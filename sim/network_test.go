package sim

import (
	"fmt"
	"math"
	"testing"

	"dynamosim/sim/rng"
)

// arrivals sends n messages from 0 to 1 in a system of two and returns how
// often and when each number arrived.
func arrivals(cfg Config[note], n int, rules ...*Rule) (c *cast, times map[uint64][]int64) {
	c = stage(cfg, 2, ProcessConfig{})
	for _, r := range rules {
		c.AddRule(r)
	}
	times = make(map[uint64][]int64)
	c.actors[1].message = func(_ ProcID, m note) { times[m.n] = append(times[m.n], c.Now()) }
	c.send(0, 1, n)
	c.Step(math.MaxInt)
	return c, times
}

func percent(n int) rng.Chance { return rng.Chance(uint64(n) * (math.MaxUint64 / 100)) }

func TestLinkClasses(t *testing.T) {
	c := stage(noteConfig(), 0, ProcessConfig{})
	for i, zone := range []int{0, 0, 1, ClientZone, ClientZone} {
		c.enter(fmt.Sprint(i), ProcessConfig{Zone: zone})
	}
	for _, to := range []ProcID{1, 2, 3, 0} {
		c.send(0, to, 1)
	}
	c.send(3, 0, 1)
	c.send(3, 4, 1)
	c.Step(10)
	wantSeen(t, c.actors[0], "0 0 from 0", "3 0 from 3")
	wantSeen(t, c.actors[1], "1 0 from 0")
	wantSeen(t, c.actors[2], "10 0 from 0")
	wantSeen(t, c.actors[3], "3 0 from 0")
	wantSeen(t, c.actors[4], "3 0 from 3")
}

func TestLastOverrideWins(t *testing.T) {
	cfg := noteConfig()
	slow := func(n int64) Path { return Path{Latency: rng.Constant(n * ms)} }
	cfg.Network.Overrides = []Override{
		{From: nil, To: nil, Path: slow(20)},
		{From: NewSet(0), To: nil, Path: slow(30)},
		{From: NewSet(0, 1), To: NewSet(2), Path: slow(40)},
	}
	c := stage(cfg, 3, ProcessConfig{})
	c.send(2, 0, 1)
	c.send(0, 1, 1)
	c.send(0, 2, 1)
	c.Step(3)
	wantSeen(t, c.actors[0], "20 0 from 2")
	wantSeen(t, c.actors[1], "30 0 from 0")
	wantSeen(t, c.actors[2], "40 0 from 0")
}

// What is added to the latency of a class is added on the short way of a message, and where something else may happen to it.
func TestPathAddsToLatency(t *testing.T) {
	for _, loss := range []rng.Chance{0, 1} {
		cfg := noteConfig()
		cfg.Network.SameDC.Latency, cfg.Network.SameDC.Add, cfg.Network.SameDC.Loss = rng.Constant(2*ms), 5*ms, loss
		_, times := arrivals(cfg, 3)
		for n := range uint64(3) {
			if got := times[n]; len(got) != 1 || got[0] != 7*ms {
				t.Errorf("loss %d: message %d arrives at %v, want %d", loss, n, got, 7*ms)
			}
		}
	}
}

func TestLatencyByKindOfMessage(t *testing.T) {
	cfg := noteConfig()
	cfg.Network.Kinds = []*rng.Dist{nil, rng.Constant(5 * ms)}
	c := stage(cfg, 2, ProcessConfig{})
	c.do(0, func(env *Proc[note]) {
		for kind := range uint8(3) {
			env.Send(1, &note{kind: kind, n: uint64(kind)})
		}
	})
	c.Step(3)
	wantSeen(t, c.actors[1], "1 0 from 0", "1 2 from 0", "5 1 from 0")
	if k := c.Counters().Kinds; k[0].Messages != 1 || k[1].Messages != 1 || k[2].Messages != 1 {
		t.Errorf("messages by kind: %v", k[:3])
	}
}

func TestPairExtraIsDrawnOncePerPairByName(t *testing.T) {
	extra := func(names ...string) (there, back int64) {
		cfg := noteConfig()
		cfg.Network.PairExtra = must(rng.Uniform(0, 1000*ms))
		c := stage(cfg, 0, ProcessConfig{})
		for _, n := range names {
			c.enter(n, ProcessConfig{})
		}
		var times []int64
		for i := range ProcID(2) {
			c.actors[i].message = func(ProcID, note) { times = append(times, c.Now()) }
		}
		c.send(0, 1, 1)
		c.Step(1)
		start := c.Now()
		c.send(1, 0, 1)
		c.Step(1)
		return times[0] - ms, times[1] - start - ms
	}
	there, back := extra("a", "b")
	if there != back || there == 0 {
		t.Errorf("%d ns there, %d back: want the same, above 0", there, back)
	}
	if again, _ := extra("b", "a", "c"); again != there {
		t.Errorf("%d ns where the processes are added in another order, %d before", again, there)
	}
	if other, _ := extra("a", "c"); other == there {
		t.Error("two pairs have the same extra latency")
	}
}

// within checks a share against its binomial standard error.
func within(t *testing.T, what string, hits, n int, p float64) {
	t.Helper()
	if dev := math.Abs(float64(hits) - p*float64(n)); dev > 4*math.Sqrt(p*(1-p)*float64(n))+1e-9 {
		t.Errorf("%s: %d of %d, want a share of %v", what, hits, n, p)
	}
}

func TestPathFaultsDoWhatTheySayAndNothingElse(t *testing.T) {
	const n = 4000
	for _, test := range []struct {
		name string
		path Path
		want func(t *testing.T, c *Counters, times map[uint64][]int64)
	}{
		{"none", Path{}, func(t *testing.T, c *Counters, times map[uint64][]int64) {
			within(t, "at 1 ms", countTimes(times, 1*ms), n, 1)
		}},
		{"loss", Path{Loss: percent(20)}, func(t *testing.T, c *Counters, times map[uint64][]int64) {
			within(t, "lost", int(c.Lost), n, .2)
			within(t, "arrived", len(times), n-int(c.Lost), 1)
		}},
		{"duplicate", Path{Duplicate: percent(20)}, func(t *testing.T, c *Counters, times map[uint64][]int64) {
			within(t, "duplicated", int(c.Duplicated), n, .2)
			within(t, "arrived", len(times), n, 1)
			within(t, "copies", countTimes(times, 1*ms), n+int(c.Duplicated), 1)
		}},
		{"reorder", Path{Reorder: percent(20), Gap: 3 * ms}, func(t *testing.T, c *Counters, times map[uint64][]int64) {
			within(t, "reordered", int(c.Reordered), n, .2)
			within(t, "at 4 ms", countTimes(times, 4*ms), int(c.Reordered), 1)
			within(t, "at 1 ms", countTimes(times, 1*ms), n-int(c.Reordered), 1)
		}},
		{"corrupt", Path{Corrupt: percent(20)}, func(t *testing.T, c *Counters, times map[uint64][]int64) {
			within(t, "corrupted", int(c.Corrupted), n, .2)
			within(t, "arrived", len(times), n-int(c.Corrupted), 1)
		}},
		{"all lost", Path{Loss: rng.Certain}, func(t *testing.T, c *Counters, times map[uint64][]int64) {
			within(t, "arrived", len(times), 0, 1)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := noteConfig()
			test.path.Latency = rng.Constant(1 * ms)
			cfg.Network.SameDC = test.path
			c, times := arrivals(cfg, n)
			test.want(t, c.Counters(), times)
			wantOnly(t, c.Counters(), test.name)

			rule := &Rule{Name: "f", Loss: test.path.Loss, Duplicate: test.path.Duplicate, Reorder: test.path.Reorder, Gap: test.path.Gap, Corrupt: test.path.Corrupt}
			c, times = arrivals(noteConfig(), n, rule)
			test.want(t, c.Counters(), times)
			wantOnly(t, c.Counters(), test.name)
			counted := c.Counters()
			if sum := counted.Lost + counted.Duplicated + counted.Reordered + counted.Corrupted; rule.Effects != sum {
				t.Errorf("as a rule: %d effects, %d messages touched", rule.Effects, sum)
			}
		})
	}
}

// countTimes returns how many messages arrived at a time.
func countTimes(times map[uint64][]int64, at int64) (n int) {
	for _, list := range times {
		for _, t := range list {
			if t == at {
				n++
			}
		}
	}
	return n
}

// wantOnly checks that one kind of fault alone was counted.
func wantOnly(t *testing.T, c *Counters, name string) {
	t.Helper()
	for kind, n := range map[string]int64{"loss": c.Lost, "duplicate": c.Duplicated, "reorder": c.Reordered, "corrupt": c.Corrupted,
		"cut": c.Cut, "overflow": c.Overflowed, "delay": c.Delayed, "clog": c.Clogged, "down": c.Down} {
		if n != 0 && kind != name && name != "all lost" {
			t.Errorf("%s brought %d of %s", name, n, kind)
		}
	}
}

// ways lists which links of a system carry messages.
func ways(c *cast) string {
	got := ""
	n := len(c.actors)
	before := make([]int, n)
	for to := range n {
		before[to] = len(c.actors[to].seen)
	}
	for from := range ProcID(n) {
		for to := range ProcID(n) {
			if from != to {
				c.send(from, to, 1)
			}
		}
	}
	c.RunUntil(c.Now() + 100*ms)
	for from := range n {
		for to := range n {
			for _, line := range c.actors[to].seen[before[to]:] {
				if line[len(line)-1:] == fmt.Sprint(from) {
					got += fmt.Sprintf("%d%d ", from, to)
				}
			}
		}
	}
	return got
}

func TestPartitions(t *testing.T) {
	for _, test := range []struct {
		name  string
		rules []Rule
		want  string
	}{
		{"none", nil, "01 02 10 12 20 21 "},
		{"symmetric", []Rule{{From: NewSet(0), To: NewSet(1, 2)}, {From: NewSet(1, 2), To: NewSet(0)}}, "12 21 "},
		{"out of 0", []Rule{{From: NewSet(0)}}, "10 12 20 21 "},
		{"into 0", []Rule{{To: NewSet(0)}}, "01 02 12 21 "},
		{"partial", []Rule{{From: NewSet(0), To: NewSet(1)}, {From: NewSet(1), To: NewSet(0)}}, "02 12 20 21 "},
		{"all", []Rule{{}}, ""},
		{"of nobody", []Rule{{From: NewSet()}}, "01 02 10 12 20 21 "},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := stage(noteConfig(), 3, ProcessConfig{})
			rules := make([]*Rule, len(test.rules))
			for i, r := range test.rules {
				r.Name, r.Cut = fmt.Sprint("cut-", i), true
				rules[i] = &r
				c.AddRule(rules[i])
			}
			if got := ways(c); got != test.want {
				t.Errorf("links that carry: %s, want %s", got, test.want)
			}
			var effects int64
			for _, r := range rules {
				effects += r.Effects
				c.RemoveRule(r)
				c.RemoveRule(r) // ignored
			}
			if cut := c.Counters().Cut; effects != cut || cut != int64(6-len(test.want)/3) {
				t.Errorf("%d effects, %d cut", effects, cut)
			}
			if got := ways(c); got != "01 02 10 12 20 21 " {
				t.Errorf("after the heal: %s", got)
			}
		})
	}
}

func TestManyRulesAndProcesses(t *testing.T) {
	c := stage(noteConfig(), 3, ProcessConfig{})
	var rules []*Rule
	for i := range 150 {
		r := &Rule{Name: fmt.Sprint(i), From: NewSet(ProcID(i % 2)), To: NewSet(ProcID(2 + i)), Cut: true}
		rules = append(rules, r)
		c.AddRule(r)
	}
	for i := 3; i < 152; i++ {
		c.enter(fmt.Sprint("late", i), ProcessConfig{})
	}
	for _, r := range rules[70:] {
		c.RemoveRule(r)
	}
	for to := ProcID(2); to < 152; to++ {
		c.send(0, to, 1)
	}
	c.Step(1000)
	for to := 2; to < 152; to++ {
		cut := to%2 == 0 && to < 72
		if got := len(c.actors[to].seen) == 0; got != cut {
			t.Errorf("0 to %d is cut: %v, want %v", to, got, cut)
		}
	}
}

func TestMessagesInFlightDieWithCutInFlight(t *testing.T) {
	for _, cutInFlight := range []bool{false, true} {
		cfg := noteConfig()
		cfg.Network.CutInFlight = cutInFlight
		c := stage(cfg, 3, ProcessConfig{})
		c.AddRule(&Rule{Name: "clog", From: NewSet(0), To: NewSet(1), Hold: true})
		c.send(0, 1, 1) // held
		c.send(2, 1, 2)
		c.send(2, 0, 1)
		c.send(1, 2, 1)
		c.RunUntil(ms / 2)
		cut := &Rule{Name: "cut", To: NewSet(1), Cut: true}
		c.AddRule(cut)
		if n := c.Step(100); (n == 2) != cutInFlight {
			t.Errorf("CutInFlight %v: %d events", cutInFlight, n)
		}
		want := int64(0)
		if cutInFlight {
			want = 3
			wantSeen(t, c.actors[1])
		} else {
			wantSeen(t, c.actors[1], "1 0 from 2", "1 1 from 2")
		}
		if cut.Effects != want || c.Counters().Cut != want {
			t.Errorf("CutInFlight %v: %d effects, %d cut, want %d", cutInFlight, cut.Effects, c.Counters().Cut, want)
		}
		wantSeen(t, c.actors[0], "1 0 from 2")
		wantSeen(t, c.actors[2], "1 0 from 1")
	}
}

func TestDelayIsAdded(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	rule := &Rule{Name: "d", Delay: rng.Constant(4 * ms)}
	c.AddRule(rule)
	c.send(0, 1, 1)
	c.RemoveRule(rule)
	c.send(0, 1, 2)
	c.Step(10)
	wantSeen(t, c.actors[1], "1 0 from 0", "1 1 from 0", "5 0 from 0")
	if rule.Effects != 1 || c.Counters().Delayed != 1 {
		t.Errorf("%d effects, %d delayed", rule.Effects, c.Counters().Delayed)
	}
}

func TestDuplicateOfRuleComesLater(t *testing.T) {
	c, times := arrivals(noteConfig(), 1, &Rule{Name: "d", Duplicate: rng.Certain, Lag: rng.Constant(7 * ms)})
	if fmt.Sprint(times) != fmt.Sprint(map[uint64][]int64{0: {1 * ms, 8 * ms}}) {
		t.Errorf("arrivals %v", times)
	}
	if got := c.ProcessCounters(1).Received; got != 2 {
		t.Errorf("%d received", got)
	}
}

func TestHoldKeepsMessagesUntilRemoved(t *testing.T) {
	c := stage(noteConfig(), 2, ProcessConfig{})
	first, second := &Rule{Name: "a", Hold: true}, &Rule{Name: "b", Hold: true}
	c.send(0, 1, 1) // under way when the clog begins: not held
	c.AddRule(first)
	c.AddRule(second)
	c.do(0, func(env *Proc[note]) { env.Send(1, &note{n: 5}); env.Send(1, &note{n: 6}) })
	c.RunUntil(10 * ms)
	wantSeen(t, c.actors[1], "1 0 from 0")
	c.RemoveRule(second) // holds nothing: the first has them
	c.RunUntil(20 * ms)
	wantSeen(t, c.actors[1], "1 0 from 0")
	c.RemoveRule(first)
	c.Step(10)
	wantSeen(t, c.actors[1], "1 0 from 0", "21 5 from 0", "21 6 from 0")
	if first.Effects != 2 || second.Effects != 0 || c.Counters().Clogged != 2 {
		t.Errorf("effects %d and %d, %d clogged", first.Effects, second.Effects, c.Counters().Clogged)
	}
}

func TestBandwidthQueuesAndOverflows(t *testing.T) {
	send := func(c *cast) {
		c.do(0, func(env *Proc[note]) {
			for i := range uint64(4) {
				env.Send(1, &note{n: i, size: 1000})
			}
		})
		c.send(1, 0, 1) // the other direction is another link
		c.Step(10)
	}
	cfg := noteConfig()
	cfg.Network.SameDC.Bandwidth, cfg.Network.SameDC.Buffer = 1e6, 1500 // 1000 bytes take 1 ms
	c := stage(cfg, 2, ProcessConfig{})
	send(c)
	want := []string{"2 0 from 0", "3 1 from 0"}
	wantSeen(t, c.actors[1], want...)
	wantSeen(t, c.actors[0], "1 0 from 1")
	if got := c.Counters().Overflowed; got != 2 {
		t.Errorf("%d overflowed", got)
	}

	c = stage(noteConfig(), 2, ProcessConfig{})
	rule := &Rule{Name: "b", From: NewSet(0), Bandwidth: 1e6, Buffer: 1500}
	c.AddRule(rule)
	send(c)
	wantSeen(t, c.actors[1], want...)
	if c.Counters().Overflowed != 2 || rule.Effects != 4 {
		t.Errorf("rule: %d overflowed, %d effects", c.Counters().Overflowed, rule.Effects)
	}
}

func TestInFlightLimit(t *testing.T) {
	cfg := noteConfig()
	cfg.Network.SameDC.InFlight = 2
	c := stage(cfg, 3, ProcessConfig{})
	c.send(0, 1, 3)
	c.send(0, 2, 1)
	c.Step(10)
	c.send(0, 1, 1)
	c.Step(10)
	wantSeen(t, c.actors[1], "1 0 from 0", "1 1 from 0", "2 0 from 0")
	wantSeen(t, c.actors[2], "1 0 from 0")
	if got := c.Counters().Overflowed; got != 1 {
		t.Errorf("%d overflowed", got)
	}
}

// Taking a rule away leaves what it did not touch as it was: each message that
// another fault hit, and each latency.
func TestDrawsDoNotShiftWithoutARule(t *testing.T) {
	cfg := noteConfig()
	cfg.Network.SameDC = Path{Latency: must(rng.Exponential(1 * ms)), Loss: percent(10), Duplicate: percent(10)}
	other := Rule{Name: "other", Loss: percent(20), Delay: must(rng.Exponential(5 * ms))}
	run := func(rules ...*Rule) map[uint64][]int64 {
		_, times := arrivals(cfg, 2000, rules...)
		return times
	}
	o1, o2 := other, other
	alone := run(&o1)
	both := run(&Rule{Name: "first", Loss: percent(30)}, &o2)
	missing := 0
	for n, times := range alone {
		if both[n] == nil {
			missing++
			continue
		}
		if fmt.Sprint(both[n]) != fmt.Sprint(times) {
			t.Fatalf("message %d arrives at %v with another rule, at %v without", n, both[n], times)
		}
	}
	within(t, "lost to the first rule", missing, len(alone), .3)
	for n := range both {
		if alone[n] == nil {
			t.Fatalf("message %d arrives only if a rule loses messages", n)
		}
	}
}

func TestRulesOfDifferentNamesDrawIndependently(t *testing.T) {
	const n = 4000
	_, times := arrivals(noteConfig(), n, &Rule{Name: "a", Loss: percent(50)}, &Rule{Name: "b", Loss: percent(50)})
	within(t, "arrived past two coins", len(times), n, .25)
	_, times = arrivals(noteConfig(), n, &Rule{Name: "a", Loss: percent(50)}, &Rule{Name: "a", Loss: percent(50)})
	within(t, "arrived past one coin twice", len(times), n, .5)
}

func TestMessageToOneselfMeetsNoFault(t *testing.T) {
	cfg := noteConfig()
	cfg.Network.SameDC.Loss = rng.Certain
	c := stage(cfg, 1, ProcessConfig{})
	c.AddRule(&Rule{Name: "cut", Cut: true})
	c.send(0, 0, 1)
	c.Step(1)
	wantSeen(t, c.actors[0], "0 0 from 0")
}

func TestSlowNetworkStretchesBothDirections(t *testing.T) {
	c := stage(noteConfig(), 3, ProcessConfig{})
	c.Slow(0, 1000, 1000, 3000)
	c.send(0, 1, 1)
	c.send(1, 0, 1)
	c.send(1, 2, 1)
	c.Step(3)
	wantSeen(t, c.actors[0], "3 0 from 1")
	wantSeen(t, c.actors[1], "3 0 from 0")
	wantSeen(t, c.actors[2], "1 0 from 1")
	if got := c.ProcessCounters(0).SlowLinks; got != 2 {
		t.Errorf("%d messages over the slow network", got)
	}
}

func TestDurations(t *testing.T) {
	for _, test := range []struct{ size, bandwidth, want int64 }{
		{0, 1, 0}, {1, 1e9, 1}, {1, 3e9, 1}, {1000, 1e6, ms}, {math.MaxInt64, 1, math.MaxInt64}, {math.MaxInt64, 1e9, math.MaxInt64},
	} {
		if got := duration(test.size, test.bandwidth); got != test.want {
			t.Errorf("%d bytes at %d/s take %d ns, want %d", test.size, test.bandwidth, got, test.want)
		}
	}
	if got := scale(math.MaxInt64, 2000); got != math.MaxInt64 {
		t.Errorf("twice for ever is %d", got)
	}
	if got := scale(1001, 1500); got != 1501 {
		t.Errorf("1001 times 1.5 is %d", got)
	}
}

func TestCutSparesWhatHasArrived(t *testing.T) {
	cfg := noteConfig()
	cfg.Network.CutInFlight = true
	c := stage(cfg, 2, ProcessConfig{})
	c.Pause(1)
	c.send(0, 1, 1)
	c.RunUntil(2 * ms)
	cut := &Rule{Name: "cut", Cut: true}
	c.AddRule(cut)
	c.Resume(1)
	c.Step(10)
	wantSeen(t, c.actors[1], "2 0 from 0")
	if cut.Effects != 0 {
		t.Errorf("%d effects", cut.Effects)
	}
}

func TestCopyOfADamagedMessageIsWhole(t *testing.T) {
	cfg := noteConfig()
	cfg.Network.SameDC.Corrupt, cfg.Network.SameDC.Duplicate = rng.Certain, rng.Certain
	c, times := arrivals(cfg, 5)
	if len(times) != 5 || c.Counters().Corrupted != 5 || c.Counters().Delivered != 5 {
		t.Errorf("%d corrupted, %d delivered", c.Counters().Corrupted, c.Counters().Delivered)
	}
}

func TestCopiesDoNotCountAgainstTheInFlightLimit(t *testing.T) {
	cfg := noteConfig()
	cfg.Network.SameDC.InFlight, cfg.Network.SameDC.Duplicate = 1, rng.Certain
	c := stage(cfg, 2, ProcessConfig{})
	c.send(0, 1, 1)
	c.Step(10)
	c.send(0, 1, 3)
	c.Step(10)
	if got := c.Counters(); got.Overflowed != 2 || got.Delivered != 4 {
		t.Errorf("%d overflowed, %d delivered", got.Overflowed, got.Delivered)
	}
}

func TestEachChanceIsDrawnByTheNameOfItsRule(t *testing.T) {
	const n = 4000
	half := percent(50)
	for what, test := range map[string]struct {
		a, b Rule
		both func(times []int64) bool
	}{
		"duplicate": {Rule{Duplicate: half}, Rule{Duplicate: half}, func(times []int64) bool { return len(times) == 3 }},
		"reorder":   {Rule{Reorder: half, Gap: 1}, Rule{Reorder: half, Gap: 2}, func(times []int64) bool { return times[0] == ms+3 }},
		"corrupt":   {Rule{Corrupt: half}, Rule{Corrupt: half}, nil},
	} {
		test.a.Name, test.b.Name = "a", "b"
		_, times := arrivals(noteConfig(), n, &test.a, &test.b)
		both := n - len(times)
		if test.both == nil { // neither
			both = len(times)
		} else {
			for _, list := range times {
				if test.both(list) {
					both++
				}
			}
		}
		within(t, what, both, n, .25)
	}
}

func TestDelaysOfTwoRulesAreDrawnApart(t *testing.T) {
	draw := func(name string) int64 {
		_, times := arrivals(noteConfig(), 1, &Rule{Name: name, Delay: must(rng.Uniform(0, 1000*ms))})
		return times[0][0]
	}
	if draw("a") == draw("b") {
		t.Error("rules of two names draw the same delay")
	}
}

// What another rule or the network has lost already is no effect of a rule.
func TestRulesCountWhatTheyTouch(t *testing.T) {
	loss, delay := &Rule{Name: "loss", Loss: rng.Certain}, &Rule{Name: "delay", Delay: rng.Constant(1)}
	arrivals(noteConfig(), 10, loss, delay)
	if loss.Effects != 10 || delay.Effects != 0 {
		t.Errorf("effects: loss %d, delay %d", loss.Effects, delay.Effects)
	}
	cfg := noteConfig()
	cfg.Network.SameDC.Loss = rng.Certain
	cut := &Rule{Name: "cut", Cut: true}
	arrivals(cfg, 10, cut)
	if cut.Effects != 0 {
		t.Errorf("%d messages cut that were lost anyway", cut.Effects)
	}
}

func TestReseedKeepsPairExtras(t *testing.T) {
	cfg := noteConfig()
	cfg.Network.PairExtra = must(rng.Uniform(0, 1000*ms))
	c, times := arrivals(cfg, 1)
	start := c.Now()
	c.Reseed(Seeds{77, 78})
	c.send(0, 1, 1)
	c.Step(1)
	if took := c.Now() - start; took != times[0][0] {
		t.Errorf("%d ns with another seed, %d before", took, times[0][0])
	}
}

func TestNoDelayIsNoEffect(t *testing.T) {
	rule := &Rule{Name: "d", Delay: rng.Constant(0)}
	c, _ := arrivals(noteConfig(), 3, rule)
	if rule.Effects != 0 || c.Counters().Delayed != 0 {
		t.Errorf("%d effects, %d delayed", rule.Effects, c.Counters().Delayed)
	}
}

// What two copies of a message cause is drawn apart.
func TestCopiesHaveLineagesOfTheirOwn(t *testing.T) {
	cfg := noteConfig()
	cfg.Network.SameDC.Duplicate = rng.Certain
	c := stage(cfg, 2, ProcessConfig{})
	c.AddRule(&Rule{Name: "again", Duplicate: rng.Certain})
	draws := map[uint64]bool{}
	c.actors[1].message = func(ProcID, note) { draws[c.Env(1).Rand(1)] = true }
	c.send(0, 1, 1)
	c.Step(10)
	if len(draws) != 3 || c.Counters().Duplicated != 2 {
		t.Errorf("%d draws by 3 copies, %d made", len(draws), c.Counters().Duplicated)
	}
}

func TestOverridesMayBeReplaced(t *testing.T) {
	cfg := noteConfig()
	cfg.Network.Overrides = []Override{{To: NewSet(1), Path: Path{Latency: rng.Constant(20 * ms)}}}
	c := stage(cfg, 2, ProcessConfig{})
	c.SetOverrides([]Override{{To: NewSet(0, 2), Path: Path{Latency: rng.Constant(5 * ms)}}})
	c.enter("late", ProcessConfig{})
	c.send(1, 0, 1)
	c.send(0, 1, 1)
	c.send(0, 2, 1)
	c.Step(3)
	wantSeen(t, c.actors[0], "5 0 from 1")
	wantSeen(t, c.actors[1], "1 0 from 0")
	wantSeen(t, c.actors[2], "5 0 from 0")
}
