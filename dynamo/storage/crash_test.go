package storage

import (
	"math/rand"
	"testing"
)

// workload puts, overwrites and removes a few keys, up to three at once, with
// weights that force compactions.
func workload(n *node, seed int64, ops int) {
	r := rand.New(rand.NewSource(seed))
	for i := 0; i < ops && !n.disk.dead(); i++ {
		slot := r.Intn(len(n.keys))
		if r.Intn(5) == 0 {
			n.remove(slot)
		} else {
			n.put(slot, 20+r.Intn(150), int64(r.Intn(3000)))
		}
		for len(n.pending) > r.Intn(3) && n.step() {
		}
	}
	n.run()
}

// checkRecovery crashes, recovers and compares.
func checkRecovery(t *testing.T, n *node, cfg Config, c crash, draw func(int) int) {
	t.Helper()
	n.boot(n.disk.after(c, draw), cfg)
	n.run()
	finishRecoveryCheck(t, n, c == process || cfg.Sync.waits())
}

func finishRecoveryCheck(t *testing.T, n *node, durable bool) {
	t.Helper()
	if n.stats == nil {
		t.Fatal("recovery did not end")
	}
	if !n.tolerant && (n.stats.Corrupt != 0 || n.stats.Unknown != 0) {
		n.problem("recovery reports corruption: %+v", *n.stats)
	}
	n.settle(durable)
	n.verify()
	for _, p := range n.problems {
		t.Error(p)
	}
}

// TestCrashAnywhere crashes a workload before and after every call to the disk
// and every completion, with every fate of the unsynced bytes, and compares what
// is recovered with a twin.
func TestCrashAnywhere(t *testing.T) {
	for _, p := range []Policy{Each, Group, Periodic, Never} {
		t.Run(p.String(), func(t *testing.T) {
			cfg := small(p)
			whole := newNode(newFakeDisk(), cfg, 5)
			workload(whole, 1, 70)
			if s := whole.engine.Stats(); s.Compactions < 3 {
				t.Fatalf("the workload forces %d compactions", s.Compactions)
			}
			for at := 1; at <= whole.disk.events; at++ {
				for c := process; c < crashes; c++ {
					n := newNode(newFakeDisk(), cfg, 5)
					n.disk.limit = at
					workload(n, 1, 70)
					r := rand.New(rand.NewSource(int64(at)))
					checkRecovery(t, n, cfg, c, r.Intn)
					if t.Failed() {
						t.Fatalf("crash %v at event %d of %d", c, at, whole.disk.events)
					}
				}
			}
		})
	}
}

