package dynamo

import "dynamosim/dynamo/vclock"

// The object cache keeps the objects that were read or written last in memory, so that reading them again takes no disk. It is
// written through: a put that this node coordinates or stores leaves its object there. The paper does not have one (§6.4 speaks of the caches of
// storage engines), and neither a protocol to keep it right: an entry counts only while it is what the node holds. Whatever brings a
// newer state, be it a put, a read repair, a hint, anti-entropy or a transfer, or takes it away, makes the entry count no more.

// objectCache is a list of entries by slot of the store, from the one used last to the one used longest ago.
type objectCache struct {
	entries     []cacheEntry // by slot of the store
	first, last int32        // slot, or -1
	bytes       int64
	began       bool
}

type cacheEntry struct {
	set          *vclock.Set // nil: not cached
	bytes        int64
	newer, older int32 // neighbours in the list, -1
}

// cacheOverhead is what an entry takes beside its values, in bytes.
const cacheOverhead = 64

func (c *objectCache) emptied() objectCache {
	clear(c.entries)
	return objectCache{entries: c.entries[:0]}
}

// entry gives the entry of a slot, making room for it.
func (c *objectCache) entry(slot int32) *cacheEntry {
	if !c.began {
		c.first, c.last, c.began = -1, -1, true
	}
	for int(slot) >= len(c.entries) {
		c.entries = append(c.entries, cacheEntry{})
	}
	return &c.entries[slot]
}

// inMemory tells whether a slot can be read without the disk.
func (n *Node) inMemory(slot int32) bool {
	if n.buffer.holds(slot) {
		n.env.Mark(MarkBufferHit, n.store.entries[slot].key, 0)
		return true
	}
	return n.cfg.CacheSize > 0 && n.cached(slot)
}

// cached looks an object up.
func (n *Node) cached(slot int32) bool {
	c := &n.cache
	e := c.entry(slot)
	if e.set != nil && e.set == n.store.entries[slot].set {
		n.env.Mark(MarkCacheHit, n.store.entries[slot].key, 0)
		c.touch(slot)
		return true
	}
	if e.set != nil {
		n.env.Mark(MarkCacheInvalid, n.store.entries[slot].key, 0)
		c.drop(slot)
	}
	n.env.Mark(MarkCacheMiss, n.store.entries[slot].key, 0)
	return false
}

// cacheRead keeps what was read from the disk.
func (n *Node) cacheRead(key KeyID) {
	if slot := n.store.table.get(key); slot >= 0 {
		n.cacheWrite(slot)
	}
}

// cacheWrite keeps what the node holds of a slot, in place of what it held before.
func (n *Node) cacheWrite(slot int32) {
	if n.cfg.CacheSize == 0 {
		return
	}
	c, set := &n.cache, n.store.entries[slot].set
	if e := c.entry(slot); e.set != nil {
		if e.set != set {
			n.env.Mark(MarkCacheInvalid, n.store.entries[slot].key, 0)
		}
		c.drop(slot)
	}
	size := objectSize(set)
	if set == nil || size > n.cfg.CacheSize {
		return
	}
	for c.bytes+size > n.cfg.CacheSize {
		n.env.Mark(MarkCacheEvicted, n.store.entries[c.last].key, 0)
		c.drop(c.last)
	}
	c.entries[slot] = cacheEntry{set: set, bytes: size}
	c.bytes += size
	c.push(slot)
}

// objectSize is what an object takes of the cache, in bytes.
func objectSize(set *vclock.Set) int64 {
	size := int64(cacheOverhead)
	if set != nil {
		for i := range set.Versions {
			size += int64(set.Versions[i].Value.Len)
		}
	}
	return size
}

// drop takes an entry out.
func (c *objectCache) drop(slot int32) {
	c.unlink(slot)
	c.bytes -= c.entries[slot].bytes
	c.entries[slot] = cacheEntry{}
}

// touch makes an entry the one used last.
func (c *objectCache) touch(slot int32) {
	if c.first != slot {
		c.unlink(slot)
		c.push(slot)
	}
}

func (c *objectCache) push(slot int32) {
	e := &c.entries[slot]
	e.newer, e.older = -1, c.first
	if c.first >= 0 {
		c.entries[c.first].newer = slot
	} else {
		c.last = slot
	}
	c.first = slot
}

func (c *objectCache) unlink(slot int32) {
	e := &c.entries[slot]
	if e.newer >= 0 {
		c.entries[e.newer].older = e.older
	} else {
		c.first = e.older
	}
	if e.older >= 0 {
		c.entries[e.older].newer = e.newer
	} else {
		c.last = e.newer
	}
}
