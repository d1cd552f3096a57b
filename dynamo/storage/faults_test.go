package storage

import (
	"math/rand"
	"testing"

	"pgregory.net/rapid"
)

// failOnce makes the next operation of a kind fail.
func (d *fakeDisk) failOnce(op string, f fakeFault) {
	d.fail = func(o, _ string) fakeFault {
		if o != op {
			return fakeFault{}
		}
		d.fail = nil
		return f
	}
}

// A failed sync is reported to its writer, and no later sync is trusted with the
// bytes that it left in doubt: the disk here drops them and calls the next good.
func TestFailedSync(t *testing.T) {
	for _, p := range []Policy{Each, Group} {
		cfg := small(p)
		n := newNode(newFakeDisk(), cfg, 4)
		n.put(0, 20, 0)
		n.run()
		n.disk.failOnce("sync", fakeFault{err: IO})
		n.put(0, 20, 0)
		n.put(1, 20, 0)
		n.run()
		if n.failures == 0 || n.acks+n.failures != 3 {
			t.Fatalf("%v: %d writes acknowledged, %d failed", p, n.acks, n.failures)
		}
		n.put(2, 20, 0)
		n.run()
		n.verify()
		m := n.fork(cfg, process, nil)
		if m.of(1, m.loaded[1]) >= 0 {
			t.Errorf("%v: a write that failed came back although a later log says where the failed one ends", p)
		}
		n.restart(cfg, lose, nil)
		checkRecovered(t, n, acked)
	}
}

// Under a policy that acknowledges before the sync, a failed sync leaves
// acknowledged bytes in doubt: they are copied to another log.
func TestFailedSyncAfterAcknowledgement(t *testing.T) {
	cfg := small(Periodic)
	n := newNode(newFakeDisk(), cfg, 4)
	n.disk.failOnce("sync", fakeFault{err: IO})
	n.put(0, 20, 0)
	n.put(1, 20, 0)
	n.run()
	n.put(2, 20, 0)
	n.run()
	if n.acks != 3 || n.engine.Stats().Failures != 1 {
		t.Fatalf("%d acknowledged, %+v", n.acks, n.engine.Stats())
	}
	for slot := range uint32(3) {
		if !n.engine.Synced(slot) {
			t.Errorf("%s is not durable at last", keyName(slot))
		}
	}
	n.restart(cfg, lose, nil)
	checkRecovered(t, n, acked)
}

// A process crash after a failed sync leaves the bytes in the page cache, clean.
// Recovery must not serve them from there alone.
func TestFailedSyncThenProcessCrashThenPowerLoss(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 2)
	n.disk.failOnce("sync", fakeFault{err: IO})
	n.put(0, 20, 0)
	n.run()
	n.restart(cfg, process, nil)
	served := n.engine.Has(0)
	checkRecovered(t, n, acked)
	n.restart(cfg, lose, nil)
	if served && !n.engine.Has(0) {
		t.Error("a state that was served after the restart is gone after the power loss")
	}
	checkRecovered(t, n, acked)
}

// A failed append is reported, whatever it left in the file, and spoils nothing
// that was or will be written.
func TestFailedAppend(t *testing.T) {
	for _, p := range []Policy{Each, Group, Periodic, Never} {
		for _, kept := range []int{0, 30, 100} {
			for _, err := range []Error{IO, NoSpace} {
				cfg := small(p)
				n := newNode(newFakeDisk(), cfg, 8)
				n.put(0, 90, 0)
				n.put(1, 90, 0)
				n.disk.failOnce("append", fakeFault{err: err, kept: kept})
				n.put(1, 90, 0)
				n.put(2, 90, 0)
				n.run()
				n.put(3, 90, 0)
				n.run()
				n.verify()
				if n.failures == 0 || n.acks < 3 || kept < 100 && n.failures > 1 {
					t.Errorf("%v: %d acknowledged, %d failed", p, n.acks, n.failures)
				}
				n.restart(cfg, process, nil)
				if failed := n.of(1, n.loaded[1]); failed > 0 {
					t.Errorf("%v: a write that failed came back", p)
				}
				checkRecovered(t, n, acked)
			}
		}
	}
}

// A file that could not be removed is removed later.
func TestFailedRemoval(t *testing.T) {
	for _, op := range []string{"remove", "syncdir"} {
		cfg := small(Each)
		n := newNode(newFakeDisk(), cfg, 8)
		n.put(0, 90, 0)
		n.run()
		n.engine.closeHead()
		n.put(0, 90, 0)
		n.run()
		n.disk.failOnce(op, fakeFault{err: IO})
		n.compact(0)
		if n.disk.fail != nil || n.engine.Stats().Compactions == 0 {
			t.Fatalf("no %s was refused: %+v", op, n.engine.Stats())
		}
		if l := n.disk.sorted(); len(l) != len(n.engine.order) || len(n.disk.stored) != len(l) {
			t.Errorf("%d files, %d durable, %d logs", len(l), len(n.disk.stored), len(n.engine.order))
		}
	}
}

// TestFaultThenCrash lets each operation in turn of a short workload fail, and
// crashes at each of the events that follow.
func TestFaultThenCrash(t *testing.T) {
	faults := []fakeFault{{err: IO}, {err: IO, kept: 50}, {err: IO, kept: 100, early: true}, {err: Busy}}
	forConfigurations(t, func(t *testing.T, cfg Config) {
		for at := 0; at < 90; at++ {
			n := newNode(newFakeDisk(), cfg, 4)
			operations := -1
			n.disk.fail = func(string, string) fakeFault {
				if operations++; operations == at {
					n.crashAtEachEvent(t, cfg, 0, 25)
					return faults[at%len(faults)]
				}
				return fakeFault{}
			}
			r := rand.New(rand.NewSource(int64(at)))
			for range 10 {
				n.put(r.Intn(4), 40, 0)
				if r.Intn(2) == 0 {
					n.remove(r.Intn(4))
				}
				for len(n.pending) > r.Intn(4) && n.step() {
				}
				if r.Intn(2) == 0 {
					n.engine.closeHead()
				}
				if x := n.engine.entry(uint32(r.Intn(4))); r.Intn(3) == 0 && x.state != absent {
					n.engine.logs[x.log].suspect = x.log != n.engine.head
					n.engine.doubt()
				}
			}
			n.run()
			if operations < at {
				break
			}
			checkNode(t, n)
			if t.Failed() {
				t.Fatalf("failed was operation %d", at)
			}
		}
	})
}

// No log goes before what supersedes its records is durable, also if the device
// was too busy for the sync.
func TestDropWaitsForPostponedSync(t *testing.T) {
	cfg := small(Periodic)
	n := newNode(newFakeDisk(), cfg, 2)
	e := n.engine
	n.put(0, 40, 0)
	n.run()
	e.closeHead()
	n.put(0, 40, 0)
	for n.acks < 2 {
		n.step()
	}
	n.disk.failOnce("sync", fakeFault{err: Busy})
	e.closeHead()
	n.put(1, 40, 0)
	e.sync(e.logs[e.head])
	n.crashAtEachEvent(t, cfg, 0, 100)
	e.calm = false // as nobody has asked advance
	e.compactDrop()
	n.run()
	if n.disk.fail != nil || e.Stats().Compactions != 1 {
		t.Fatalf("%+v", e.Stats())
	}
	checkNode(t, n)
}

// A removal whose bytes are in doubt is copied even if it hides only what lies in
// the same log: the log may come back without its end.
func TestRemovalInDoubt(t *testing.T) {
	cfg := small(Periodic)
	n := newNode(newFakeDisk(), cfg, 2)
	n.put(0, 40, 0)
	n.run()
	n.remove(0)
	n.disk.failOnce("sync", fakeFault{err: IO})
	n.crashAtEachEvent(t, cfg, 0, 100)
	n.run()
	if n.disk.fail != nil || n.engine.Stats().Compactions == 0 {
		t.Fatalf("%+v", n.engine.Stats())
	}
	checkNode(t, n)
}

// A restart that finds nothing, because the only log has been removed, does not
// answer before that is durable.
func TestRemovedLogStaysRemoved(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 2)
	n.crashAtEachEvent(t, cfg, 0, 100)
	n.disk.failOnce("sync", fakeFault{err: IO})
	n.put(0, 40, 0)
	n.engine.closeHead()
	n.disk.failOnce("syncdir", fakeFault{err: IO}) // but the next one, for the first log, makes the name durable
	n.put(0, 40, 0)
	n.run()
	if n.failures != 2 || len(n.disk.names) > 0 {
		t.Fatalf("%d writes failed, %d files are left", n.failures, len(n.disk.names))
	}
	checkNode(t, n)
}

// A drop record is repeated when the log that holds it goes while the newest start
// record still lists what it has dropped.
func TestDropRecordOutlivesItsLog(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 4)
	for slot := range 3 {
		n.put(slot, 40, 0)
		n.run()
		n.engine.closeHead()
	}
	e := n.engine
	first, second := e.order[0], e.order[1]
	e.logs[first].suspect = true
	e.doubt()
	e.advance()
	for !e.compaction.drops {
		n.step()
	}
	e.closeHead()
	n.put(3, 40, 0) // its log lists the first, whose drop record is not durable yet
	n.run()
	n.compact(1)
	n.compact(0) // the log with the drop record
	if e.logs[first].gen == 1 || e.logs[second].gen == 2 || e.Stats().Compactions < 3 {
		t.Fatalf("%+v", e.Stats())
	}
	for c := process; c < crashes; c++ {
		checkRecovered(t, n.fork(cfg, c, rand.Intn), acked)
	}
}

// A full disk fills no directory with attempts, and writes work again when there
// is space.
func TestFullDisk(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 8)
	workload(n, 1, 60)
	before := n.engine.Stats()
	n.disk.fail = func(op, _ string) fakeFault {
		if op == "append" {
			return fakeFault{err: NoSpace}
		}
		return fakeFault{}
	}
	for i := range 200 {
		n.put(i%8, 50, 2000)
		for n.step() && len(n.pending) > 0 {
		}
	}
	if s := n.engine.Stats(); n.failures != 200 || s.Logs > before.Logs+1 {
		t.Errorf("%d of 200 writes failed; %d logs became %d", n.failures, before.Logs, s.Logs)
	}
	n.disk.fail = nil
	workload(n, 2, 100)
	n.verify()
	checkNode(t, n)
	if s := n.engine.Stats(); s.Compactions <= before.Compactions {
		t.Error("no compaction after the disk was full")
	}
}

// A disk that refuses to write holds recovery up, no more.
func TestRecoveryOnFullDisk(t *testing.T) {
	cfg := small(Each)
	n := newNode(newFakeDisk(), cfg, 8)
	workload(n, 1, 20)
	d := n.disk.after(lose, nil)
	d.fail = func(op, _ string) fakeFault {
		if op == "append" {
			return fakeFault{err: NoSpace}
		}
		return fakeFault{}
	}
	n.boot(d, cfg)
	for i := 0; i < 50 || n.engine.Wants() == 0; i++ {
		n.step()
	}
	n.put(0, 10, 0)
	if n.stats != nil || n.failures != 1 {
		t.Fatalf("recovered %v on a full disk; %d writes refused", n.stats, n.failures)
	}
	n.keys[0].changes = n.keys[0].changes[:len(n.keys[0].changes)-1]
	d.fail = nil
	n.run()
	checkRecovered(t, n, acked)
}

// TestSchedules draws schedules of work, errors of the disk and crashes.
func TestSchedules(t *testing.T) {
	forConfigurations(t, func(t *testing.T, cfg Config) {
		rapid.Check(t, func(rt *rapid.T) {
			schedule(rt, cfg, func(below int) int { return rapid.IntRange(0, below-1).Draw(rt, "n") })
		})
	})
}

// TestStorms does the same with uniform draws, which make longer and wilder ones.
func TestStorms(t *testing.T) {
	forConfigurations(t, func(t *testing.T, cfg Config) {
		for seed := range int64(500) {
			schedule(t, cfg, rand.New(rand.NewSource(seed)).Intn)
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
	})
}

// failer is a test of package testing or of rapid.
type failer interface {
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

func schedule(t failer, cfg Config, number func(below int) int) {
	n := newNode(newFakeDisk(), cfg, 6)
	errors := 0 // still to come
	fail := func(op, _ string) fakeFault {
		if errors == 0 || number(3) > 0 {
			return fakeFault{}
		}
		errors--
		f := fakeFault{err: []Error{IO, NoSpace, Busy}[number(3)], early: number(2) == 1}
		if f.err == IO {
			f.kept = number(3) * 50
		}
		return f
	}
	n.disk.fail = fail
	for range number(150) {
		switch a := number(20); {
		case a < 6:
			n.put(number(6), 20+number(100), int64(number(4000)))
		case a < 7:
			n.engine.Hold()
			for range 1 + number(6) {
				n.put(number(6), 20+number(100), int64(number(4000)))
			}
			n.engine.Release()
		case a < 9:
			n.remove(number(6))
		case a < 10:
			n.get(number(6))
		case a < 17:
			for range 1 + number(8) {
				n.step()
			}
		case a < 18:
			errors = number(6)
		case a < 19:
			n.engine.closeHead() // as if it were full
		default:
			c := crash(number(int(crashes)))
			d := n.disk.after(c, number)
			d.fail = fail
			n.boot(d, cfg)
			n.run()
			checkDrawn(t, n, floorAfter(cfg.Sync, c))
		}
	}
	errors = 0
	n.run()
	n.verify()
	for _, p := range n.problems {
		t.Error(p)
	}
	if len(n.pending) > 0 {
		t.Errorf("%d writes never ended", len(n.pending))
	}
	for _, id := range n.engine.order {
		if l := n.engine.logs[id]; l.bad && id != n.engine.head && l.synced < l.end {
			t.Errorf("log %d is still in doubt", l.gen)
		}
	}
}

func checkDrawn(t failer, n *node, f floor) {
	if n.stats == nil {
		t.Fatal("recovery did not end")
	}
	if n.stats.Corrupt > 0 || n.stats.Unknown > 0 {
		n.problem("recovery reports corruption: %+v", *n.stats)
	}
	n.settle(f)
	n.verify()
	for _, p := range n.problems {
		t.Error(p)
	}
}
