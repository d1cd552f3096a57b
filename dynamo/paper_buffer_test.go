package dynamo_test

import (
	"fmt"
	"testing"
	"time"

	"dynamosim/dynamo"
	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"

	"pgregory.net/rapid"
)

// The write buffer (§6.1), with ten objects and one second, and the object cache.

func buffered(durable int) func(*dynamo.Config) {
	return func(c *dynamo.Config) {
		c.WriteBuffer, c.BufferObjects, c.BufferFlush, c.BufferDurable = true, 10, int64(time.Second), durable
	}
}

// "Each write operation is stored in the buffer and gets periodically written to storage by a writer thread" (Dynamo §6.1): the put is
// acknowledged although no disk does anything.
func TestWriteIsAcknowledgedFromTheBuffer(t *testing.T) {
	b := newBench(t, "abc", buffered(0))
	b.run(t, "hold a", "hold b", "hold c", "put v1 at a")
	expect(t, "reply", b.reply("v1"), "ok")
	expect(t, "stored", b.stored(), "a:v1 b:v1 c:v1")
}

// "In this scheme, read operations first check if the requested key is present in the buffer" (Dynamo §6.1): no disk is asked.
func TestReadsLookIntoTheBufferFirst(t *testing.T) {
	b := newBench(t, "abc", buffered(0))
	b.run(t, "hold a", "hold b", "hold c", "put v1 at a", "get g at b")
	expect(t, "get", b.reply("g"), "ok v1")
	if b.marks[dynamo.MarkBufferHit] == 0 {
		t.Error("nothing was found in a buffer")
	}
}

// "A server crash can result in missing writes that were queued up in the buffer"; what the writer has written survives (Dynamo §6.1).
func TestCrashLosesWhatWaitsInTheBuffer(t *testing.T) {
	b := newBench(t, "abc", buffered(0))
	b.run(t, "put v1 at a", "advance 1s", "put v2 at a context v1", "down a", "down b", "down c", "up a", "up b", "up c")
	expect(t, "stored", b.stored(), "a:v1 b:v1 c:v1")
	if b.marks[dynamo.MarkBufferFlush] != 3 {
		t.Errorf("%d turns of the writers, want one on each node", b.marks[dynamo.MarkBufferFlush])
	}
}

// "The write operation is refined to have the coordinator choose one out of the N replicas to perform a 'durable write'" (Dynamo §6.1): that
// one has it after a crash of all.
func TestOneReplicaIsAskedForADurableWrite(t *testing.T) {
	for durable, want := range map[int]string{1: "c:v1", 2: "b:v1 c:v1", 3: "a:v1 b:v1 c:v1"} {
		b := newBench(t, "abc", buffered(durable))
		b.run(t, "put v1 at a", "down a", "down b", "down c", "up a", "up b", "up c")
		expect(t, "stored", b.stored(), want)
	}
}

// "Since the coordinator waits only for W responses, the performance of the write operation is not affected by the performance of the durable write
// operation performed by a single replica" (Dynamo §6.1).
func TestDurableWriteDelaysNobody(t *testing.T) {
	b := newBench(t, "abc", buffered(1))
	b.run(t, "hold a", "hold b", "hold c", "put v1 at a")
	expect(t, "with W=2", b.reply("v1"), "ok")
	b = newBench(t, "abc", func(c *dynamo.Config) { buffered(1)(c); c.W = 3 })
	b.run(t, "hold a", "hold b", "hold c", "put v1 at a")
	expect(t, "with W=3", b.reply("v1"), "")
	b.host("c").disk.held = false
	b.settle()
	expect(t, "with c's disk", b.reply("v1"), "ok")
}

// A hint has one holder, and what its home acknowledges is deleted there: neither waits (Dynamo §4.6, "the total replica count is not reduced").
func TestHintsDoNotWait(t *testing.T) {
	b := newBench(t, "abcd", buffered(0))
	b.run(t, "down c", "get g at a", "advance 1s", "put v1 at a")
	expect(t, "hinted", b.hinted(), "d(c):v1")
	b.run(t, "down d", "up d")
	expect(t, "after a crash of its holder", b.hinted(), "d(c):v1")
	b.run(t, "up c", "advance 6s")
	expect(t, "delivered", b.hinted(), "")
	b.run(t, "down c", "up c")
	expect(t, "stored", b.stored(), "a:v1 b:v1 c:v1")
}

// A full buffer makes writes wait for the disk, and the writer does not wait for its time.
func TestFullBuffer(t *testing.T) {
	b := newBench(t, "abc", func(c *dynamo.Config) { buffered(0)(c); c.BufferObjects = 2 })
	b.run(t, "hold a", "hold b", "hold c", "put v1 at a key k", "put v2 at a key l", "put v3 at a key m")
	expect(t, "the second", b.reply("v2"), "ok")
	expect(t, "the third", b.reply("v3"), "")
	for _, name := range []string{"a", "b", "c"} {
		b.host(name).disk.held = false
	}
	b.settle()
	expect(t, "with disks", b.reply("v3"), "ok")
	b.run(t, "down a", "up a")
	for _, key := range []string{"k", "l", "m"} {
		if b.host("a").node.Stored(b.shared.Keys.Intern(key)) == nil {
			t.Errorf("%s was not written", key)
		}
	}
}

// A disk that refuses is asked again, a turn later, and the object stays in the buffer.
func TestWriterTriesAgain(t *testing.T) {
	b := newBench(t, "abc", func(c *dynamo.Config) { buffered(0)(c); c.BufferObjects = 1 })
	for _, h := range b.hosts {
		h.disk.refuses = true
	}
	b.run(t, "put v1 at a", "advance 3s")
	expect(t, "reply", b.reply("v1"), "ok")
	for _, h := range b.hosts {
		h.disk.refuses = false
	}
	b.run(t, "advance 1s", "down a", "up a")
	expect(t, "stored", b.stored(), "a:v1 b:v1 c:v1")
}

// A node that is stopped in good order writes its buffer first.
func TestStopEmptiesTheBuffer(t *testing.T) {
	b := newBench(t, "abc", buffered(0))
	b.run(t, "put v1 at a")
	b.host("a").node.Stop()
	b.run(t, "down a", "up a", "down b", "up b")
	expect(t, "stored", b.stored(), "a:v1 c:v1")
}

// The memory engine takes over what the cluster was formed with, keeps nothing over a restart but its identity, and asks no disk.
func TestMemoryEngineKeepsNothing(t *testing.T) {
	b := newBench(t, "abc", func(c *dynamo.Config) { c.Memory = true })
	b.run(t, "hold b", "hold c", "put v1 at b", "get g at c", "down b", "power-loss b", "up b")
	expect(t, "put", b.reply("v1"), "ok")
	expect(t, "get", b.reply("g"), "ok v1")
	expect(t, "stored", b.stored(), "a:v1 c:v1")
	b.run(t, "advance 2s", "get h at b", "advance 1s")
	expect(t, "repaired", b.stored(), "a:v1 b:v1 c:v1")
}

// What a get returns does not depend on a cache, however small, wherever newer versions come from; and a cache holds no more than its size.
func TestCacheChangesNoAnswer(t *testing.T) {
	b := newBench(t, "abcd", func(c *dynamo.Config) { c.CacheSize, c.R = 1000, 1 })
	b.run(t, "put v1 at a", "get g1 at a", "get g2 at a")
	expect(t, "from the cache", b.reply("g2"), "ok v1")
	if b.marks[dynamo.MarkCacheHit] < 2 {
		t.Errorf("%d hits", b.marks[dynamo.MarkCacheHit])
	}
	b.run(t, "down c", "get x at a", "advance 1s", "put v2 at a context v1", "up c", "get g3 at c")
	b.run(t, "advance 6s", "hold c", "get g4 at c")
	expect(t, "after handoff, without its disk", b.reply("g4"), "ok v2")
}

// Buffers, caches and engines without a disk leave what holds of identities and agreement as it is, and as long as every copy is durable no
// acknowledged version is lost.
func TestStormsOverBuffersAndCaches(t *testing.T) {
	var hits, flushes, misses, evicted int64
	inStorms(t, func(t *rapid.T) {
		cfg := anyConfig(t)
		cfg.WriteBuffer = rapid.Bool().Draw(t, "buffer")
		cfg.BufferObjects, cfg.BufferFlush = anyOf(t, "objects", []int{1, 10}), anyOf(t, "flush", []int64{1e7, 1e9})
		cfg.BufferDurable = anyOf(t, "durable", []int{0, 1, cfg.N})
		cfg.CacheSize = anyOf(t, "cache", []int64{0, 100, 10000})
		cfg.Memory = anyOf(t, "memory", []bool{false, false, true})
		cfg.Admission = anyOf(t, "admission", []*dynamo.Admission{nil, {Percentile: 990000, Over: 3e9, Target: 1e6, Slices: 2, Tasks: [3]bool{true, true, true}}})
		cfg.Sync = anyOf(t, "sync", []storage.Policy{storage.Each, storage.Group})
		cfg.Mode = anyOf(t, "mode", []vclock.Mode{vclock.Dotted, vclock.LastWriteWins})
		cfg.AntiEntropy = cfg.AntiEntropy || rapid.Bool().Draw(t, "anti-entropy")
		cfg.AntiEntropyEvery, cfg.AntiEntropyPeers, cfg.Tree = 1e9, 1, merkle.Shape{Branching: 2, Depth: 4}
		s := newStorm(anyOf(t, "nodes", []int{3, 4}), 4, cfg)
		s.truth.exact = cfg.Mode == vclock.Dotted && !cfg.Memory && (!cfg.WriteBuffer || cfg.BufferDurable == cfg.N)
		s.rage(t)
		s.conclude(t)
		for _, h := range s.hosts {
			hits += h.total[dynamo.MarkBufferHit] + h.total[dynamo.MarkCacheHit]
			flushes += h.total[dynamo.MarkBufferFlush]
			misses += h.total[dynamo.MarkCacheMiss]
			evicted += h.total[dynamo.MarkCacheEvicted]
		}
	})
	if hits == 0 || flushes == 0 || misses == 0 || evicted == 0 {
		t.Errorf("%d hits, %d flushes, %d misses, %d evictions", hits, flushes, misses, evicted)
	}
}

// What anti-entropy brings waits for slices of the disk, one a set, and all of it is written in the end (Dynamo §6.5: tasks for replica
// synchronization take what the foreground leaves).
func TestSetsOfAntiEntropyWaitForSlices(t *testing.T) {
	b := withTrees(t, "abc", func(c *dynamo.Config) {
		c.Admission = &dynamo.Admission{Percentile: 990000, Over: 60e9, Target: 50e6, Slices: 2, Tasks: [3]bool{true, true, true}}
	})
	const keys = 20
	b.run(t, "down c")
	for i := range keys {
		b.run(t, fmt.Sprintf("put v%d at a key key-%d", i, i))
	}
	b.run(t, "up c", "hold c", "advance 60s")
	c := b.host("c")
	if f := c.node.Footprint(); f.Deferred < keys-2 || f.Deferred > 1024 || f.Accesses > 2 {
		t.Errorf("with a disk that does not answer: %+v", f)
	}
	c.disk.held = false
	b.settle()
	b.run(t, "advance 60s")
	if f := c.node.Footprint(); f.Deferred > 0 {
		t.Errorf("with a disk that does: %+v", f)
	}
	for i := range keys {
		if c.node.Stored(b.shared.Keys.Intern(fmt.Sprintf("key-%d", i))) == nil {
			t.Errorf("key-%d did not arrive", i)
		}
	}
}
