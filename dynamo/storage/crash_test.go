package storage

import (
	"math/rand"
	"testing"
)

// workload puts, overwrites and removes keys, up to three at once, with weights
// that force compactions. Every fourth write goes to the next of the upper three
// quarters of the keys, so that each log keeps something that has to be copied.
func workload(n *node, seed int64, ops int) {
	r := rand.New(rand.NewSource(seed))
	hot := (len(n.keys) + 3) / 4
	for i := 0; i < ops && !n.disk.dead(); i++ {
		slot := r.Intn(hot)
		if cold := len(n.keys) - hot; i%4 == 0 && cold > 0 {
			slot = hot + (i/4)%cold
		}
		if r.Intn(5) == 0 {
			n.remove(slot)
		} else {
			n.put(slot, 20+r.Intn(150), int64(r.Intn(2500)))
		}
		for len(n.pending) > r.Intn(3) && n.step() {
		}
	}
	n.run()
}

// restart crashes the node and recovers it.
func (n *node) restart(cfg Config, c crash, draw func(int) int) {
	n.boot(n.disk.after(c, draw), cfg)
	n.run()
}

// twin returns a node without an engine that knows what this one knows.
func (n *node) twin() *node {
	m := &node{keys: make([]key, len(n.keys)), version: n.version, tolerant: n.tolerant}
	for i, k := range n.keys {
		m.keys[i] = key{append([]change{}, k.changes...), k.acked, k.synced}
	}
	return m
}

// fork returns a twin that is restarted from what a crash of this node leaves.
func (n *node) fork(cfg Config, c crash, draw func(int) int) *node {
	m := n.twin()
	m.boot(n.disk.after(c, draw), cfg)
	m.run()
	return m
}

// checkRecovered compares what was recovered with the twin. No key may be older than
// the floor.
func checkRecovered(t *testing.T, n *node, f floor) {
	t.Helper()
	if n.stats == nil {
		t.Fatal("recovery did not end")
	}
	if !n.tolerant && (n.stats.Corrupt != 0 || n.stats.Unknown != 0) {
		n.problem("recovery reports corruption: %+v", *n.stats)
	}
	n.settle(f)
	n.verify()
	checkNode(t, n)
}

func checkNode(t *testing.T, n *node) {
	t.Helper()
	for _, p := range n.problems {
		t.Error(p)
	}
	if len(n.pending) > 0 && !n.disk.dead() {
		t.Errorf("%d writes never ended", len(n.pending))
	}
	checkAccounts(t, n.engine)
}

// checkAccounts compares the running sums of an engine at rest with the index.
func checkAccounts(t *testing.T, e *Engine) {
	t.Helper()
	var total, live int64
	for _, id := range e.order {
		l := *e.logs[id]
		for i := range e.index {
			if n := &e.index[i]; n.state != absent && n.log == id {
				l.entries--
				if n.state == live0 || n.state == lost {
					l.live -= e.weights[i]
					live += e.weights[i]
				} else if n.records > 1 {
					l.held -= e.weights[i]
				}
			}
		}
		if l.entries != 0 || l.live != 0 || l.held != 0 {
			t.Errorf("log %d: %d entries, %d live and %d held bytes too many", l.gen, l.entries, l.live, l.held)
		}
		total += l.weight
	}
	if total != e.total && e.compaction.stage == stageNone || live != e.live {
		t.Errorf("%d bytes, %d live; the engine says %d, %d", total, live, e.total, e.live)
	}
}

const live0 = live // the constant, where a variable has its name

// configurations are the ones that every crash test is run under.
func configurations() map[string]Config {
	window := small(Group)
	window.Period = 0
	return map[string]Config{
		"each": small(Each), "group": window, "window": small(Group),
		"periodic": small(Periodic), "never": small(Never),
	}
}

func forConfigurations(t *testing.T, f func(t *testing.T, cfg Config)) {
	for _, name := range []string{"each", "group", "window", "periodic", "never"} {
		t.Run(name, func(t *testing.T) { f(t, configurations()[name]) })
	}
}

// TestCrashAnywhere crashes a workload before and after every call to the disk
// and every completion, with every fate of the unsynced bytes, and compares what
// is recovered with a twin.
func TestCrashAnywhere(t *testing.T) {
	const keys, ops = 24, 120
	forConfigurations(t, func(t *testing.T, cfg Config) {
		whole := newNode(newFakeDisk(), cfg, keys)
		workload(whole, 1, ops)
		if s := whole.engine.Stats(); s.Compactions < 5 || s.Copied < 200 {
			t.Fatalf("the workload forces too little compaction: %+v", s)
		}
		checkNode(t, whole)
		n := newNode(newFakeDisk(), cfg, keys)
		n.crashAtEachEvent(t, cfg, 0, whole.disk.events)
		workload(n, 1, ops)
	})
}

// crashAtEachEvent makes the node's disk crash before each of the events from..to
// from now on, in every way, and checks what a restart finds. What it finds is
// durable: a power loss after that takes nothing away.
func (n *node) crashAtEachEvent(t *testing.T, cfg Config, from, to int) {
	from, to = from+n.disk.events, to+n.disk.events
	n.disk.before = func() {
		if n.disk.events < from || n.disk.events >= to || t.Failed() {
			return
		}
		for c := process; c < crashes && !t.Failed(); c++ {
			draw := rand.New(rand.NewSource(int64(n.disk.events)))
			m := n.fork(cfg, c, draw.Intn)
			checkRecovered(t, m, floorAfter(cfg.Sync, c))
			if c == process {
				m.restart(cfg, lose, draw.Intn)
				checkRecovered(t, m, acked)
			}
			if t.Failed() {
				t.Errorf("crash %v at event %d", c, n.disk.events)
			}
		}
	}
}

// TestCrashDuringRecovery crashes recovery at each of its events, and recovers
// from that.
func TestCrashDuringRecovery(t *testing.T) {
	const keys, ops = 12, 60
	forConfigurations(t, func(t *testing.T, cfg Config) {
		interrupted := 0
		for at := 5; at < 300; at += 13 {
			n := newNode(newFakeDisk(), cfg, keys)
			n.disk.limit = at
			workload(n, int64(at), ops)
			for step := 1; ; step++ {
				draw := rand.New(rand.NewSource(int64(at*1000 + step)))
				first, second := crash(draw.Intn(int(crashes))), crash(draw.Intn(int(crashes)))
				m := n.twin()
				d := n.disk.after(first, draw.Intn)
				d.limit = step
				m.boot(d, cfg)
				m.run()
				if m.stats != nil {
					break
				}
				interrupted++
				m.restart(cfg, second, draw.Intn)
				checkRecovered(t, m, floorAfter(cfg.Sync, first, second))
				if t.Failed() {
					t.Fatalf("crash %v at event %d, then %v at event %d of recovery", first, at, second, step)
				}
			}
		}
		if interrupted < 100 {
			t.Errorf("only %d recoveries were interrupted", interrupted)
		}
	})
}

// TestLifeOfCrashes goes through many crashes of one disk, with work between.
func TestLifeOfCrashes(t *testing.T) {
	forConfigurations(t, func(t *testing.T, cfg Config) {
		draw := rand.New(rand.NewSource(5))
		n := newNode(newFakeDisk(), cfg, 12)
		n.run()
		for life := 0; life < 300; life++ {
			n.disk.limit = n.disk.events + 1 + draw.Intn(200)
			workload(n, int64(life), 50)
			c := crash(draw.Intn(int(crashes)))
			n.restart(cfg, c, draw.Intn)
			checkRecovered(t, n, floorAfter(cfg.Sync, c))
			if s := n.engine.Stats(); s.Logs > 40 {
				t.Errorf("%d logs for %d bytes", s.Logs, s.LogBytes)
			}
			if t.Failed() {
				t.Fatalf("life %d, crash %v", life, c)
			}
		}
	})
}
