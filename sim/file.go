package sim

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"sort"

	"dynamosim/sim/rng"
)

// blockBits is the size of the blocks of a file. A file is a list of blocks, so
// that growing never copies what is there.
const (
	blockBits = 14
	blockSize = 1 << blockBits
)

// block is a part of a file's bytes. Its buffer grows up to blockSize, so that
// a small file is small.
type block struct {
	buf   []byte
	marks []mark  // where accounted bytes end, by bytes
	base  int64   // accounted bytes of the blocks before it
	_     [8]byte // the rest of a line of the processor's cache
}

// mark says that the bytes of a block up to end account for weight in all.
// Between marks, bytes count evenly.
type mark struct {
	end    int32
	weight int64
}

func (b *block) end() mark {
	if len(b.marks) == 0 {
		return mark{}
	}
	return b.marks[len(b.marks)-1]
}

// add appends bytes that account for weight.
func (b *block) add(data []byte, weight int64) {
	b.buf = append(b.buf, data...)
	b.account(int32(len(data)), weight)
}

// account adds a mark, or moves the last one if bytes count as themselves on
// both sides of it.
func (b *block) account(n int32, weight int64) {
	last := b.end()
	next := mark{last.end + n, last.weight + weight}
	if k := len(b.marks); k > 0 && int64(n) == weight {
		before := mark{}
		if k > 1 {
			before = b.marks[k-2]
		}
		if int64(last.end-before.end) == last.weight-before.weight {
			b.marks[k-1] = next
			return
		}
	}
	if cap(b.marks) == 0 {
		b.marks = make([]mark, 0, 32) // rather than step by step
	}
	b.marks = append(b.marks, next)
}

// weightAt returns the accounted bytes before an offset of the block.
func (b *block) weightAt(off int32) int64 { return b.weightBy(b.place(off), off) }

// weightBy is the same, if lo is the first mark at the offset or after it.
func (b *block) weightBy(lo int, off int32) int64 {
	if lo == len(b.marks) {
		return b.end().weight
	}
	m := b.marks[lo]
	if m.end == off {
		return m.weight
	}
	before := mark{}
	if lo > 0 {
		before = b.marks[lo-1]
	}
	return before.weight + mulDiv(m.weight-before.weight, int64(off-before.end), int64(m.end-before.end))
}

// place returns the first mark at an offset or after it. It looks near where the
// mark would be if all were equally far apart, as those of similar records are,
// and only bisects if it is not there.
func (b *block) place(off int32) int {
	const near = 12
	n := len(b.marks)
	if n == 0 || int(off) > len(b.buf) {
		return n
	}
	i := min(int(uint32(off)*uint32(n)/uint32(len(b.buf))), n-1) // the last mark is at the end
	for range near {
		switch {
		case b.marks[i].end < off:
			i++
		case i > 0 && b.marks[i-1].end >= off:
			i--
		default:
			return i
		}
	}
	return sort.Search(n, func(i int) bool { return b.marks[i].end >= off })
}

// cut drops the bytes from off on.
func (b *block) cut(off int32) {
	weight := b.weightAt(off)
	b.buf = b.buf[:off]
	for len(b.marks) > 0 && b.end().end >= off {
		b.marks = b.marks[:len(b.marks)-1]
	}
	if off > b.end().end {
		b.marks = append(b.marks, mark{off, weight})
	}
}

// mulDiv is a*b/c for 0 <= b <= c and 0 < c, rounded down.
func mulDiv(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(q)
}

// inode is the content of a file. What a read needs is in the first of two
// cache lines.
type inode struct {
	blocks  []block
	size    int64
	weight  int64  // accounted bytes
	hash    uint64 // of the name under which it was created
	readers int32  // reads under way
	removed bool   // no name leads to it
	changed bool   // bytes were put over others or cut off since it was last opened
	spoilt  bool   // a sync has failed: no later one counts
	err     DiskError
	_       [8]byte

	changes []change // not durable yet, in their order; see journal
	lone    lone     // in place of the only change
	lied    uint64   // changes up to this one were called durable and are not
}

// weightAt returns the accounted bytes before an offset.
func (n *inode) weightAt(off int64) int64 {
	if off >= n.size {
		return n.weight
	}
	b := &n.blocks[off>>blockBits]
	return b.base + b.weightAt(int32(off&(blockSize-1)))
}

// weightsAt returns the accounted bytes before two offsets, the second of which
// is often that of the next mark.
func (n *inode) weightsAt(from, to int64) (before, upTo int64) {
	if from>>blockBits != to>>blockBits || to >= n.size {
		return n.weightAt(from), n.weightAt(to)
	}
	b := &n.blocks[from>>blockBits]
	start, end := int32(from&(blockSize-1)), int32(to&(blockSize-1))
	i := b.place(start)
	before = b.base + b.weightBy(i, start)
	if i+1 < len(b.marks) && b.marks[i].end < end && b.marks[i+1].end >= end {
		return before, b.base + b.weightBy(i+1, end)
	}
	return before, b.base + b.weightAt(end)
}

// extend appends bytes that account for weight.
func (n *inode) extend(store *fileStore, data []byte, weight int64) {
	n.weight += weight
	n.size += int64(len(data))
	if k := len(n.blocks); k > 0 {
		if b := &n.blocks[k-1]; len(data) > 0 && len(b.buf)+len(data) <= blockSize {
			b.add(data, weight)
			return
		}
	}
	n.extendBy(store, data, weight)
}

// extendBy is extend over as many blocks as it takes.
func (n *inode) extendBy(store *fileStore, data []byte, weight int64) {
	for len(data) > 0 {
		b := n.tail(store)
		k, w := blockSize-len(b.buf), weight
		if k < len(data) {
			w = mulDiv(weight, int64(k), int64(len(data)))
		} else {
			k = len(data)
		}
		b.add(data[:k], w)
		data, weight = data[k:], weight-w
	}
}

// tail returns the last block, a new one if that is full.
func (n *inode) tail(store *fileStore) *block {
	if k := len(n.blocks); k > 0 && len(n.blocks[k-1].buf) < blockSize {
		return &n.blocks[k-1]
	}
	return n.lengthen(store)
}

// lengthen adds a block.
func (n *inode) lengthen(store *fileStore) *block {
	b := store.block()
	if k := len(n.blocks); k > 0 {
		last := &n.blocks[k-1]
		b.base = last.base + last.end().weight
		if cap(b.buf) < blockSize { // a long file fills its blocks: they do not grow step by step
			b.buf = make([]byte, 0, blockSize)
		}
		if cap(b.marks) == 0 {
			b.marks = make([]mark, 0, len(last.marks)+8)
		}
	}
	n.blocks = append(n.blocks, b)
	return &n.blocks[len(n.blocks)-1]
}

// shrink drops the bytes from size on and returns the accounted bytes dropped.
func (n *inode) shrink(store *fileStore, size int64) int64 {
	before := n.weight
	n.changed = true
	n.weight = n.weightAt(size)
	keep := int((size + blockSize - 1) >> blockBits)
	for i := range n.blocks[keep:] {
		store.releaseBlock(&n.blocks[keep+i])
	}
	n.blocks = n.blocks[:keep]
	if rest := size & (blockSize - 1); rest != 0 {
		n.blocks[keep-1].cut(int32(rest))
	}
	n.size = size
	return before - n.weight
}

// copyOut appends up to k bytes from an offset to buf.
func (n *inode) copyOut(buf []byte, off int64, k int) []byte {
	k = int(min(int64(k), max(0, n.size-off)))
	for k > 0 {
		b := n.blocks[off>>blockBits].buf[off&(blockSize-1):]
		b = b[:min(k, len(b))]
		buf = append(buf, b...)
		off, k = off+int64(len(b)), k-len(b)
	}
	return buf
}

// copyIn puts data over bytes that are there.
func (n *inode) copyIn(off int64, data []byte) {
	n.changed = n.changed || len(data) > 0
	for len(data) > 0 {
		k := copy(n.blocks[off>>blockBits].buf[off&(blockSize-1):], data)
		off, data = off+int64(k), data[k:]
	}
}

// fileStore keeps the memory of files that are gone for new ones.
type fileStore struct {
	disks  []*Disk
	inodes []*inode
	blocks []block
	kind   *diskKind // of the last disk that was made
	buffer []byte    // what the last read returned, if it lies in several blocks
}

func (s *fileStore) disk() *Disk { return take(&s.disks) }

func (s *fileStore) inode() *inode { return take(&s.inodes) }

// diskKind returns what disks of a configuration share.
func (s *fileStore) diskKind(cfg DiskConfig) *diskKind {
	if s.kind == nil || s.kind.DiskConfig != cfg {
		s.kind = &diskKind{DiskConfig: cfg, most: math.MaxInt, reads: charge{cfg.Read, -1, 0}, writes: charge{cfg.Write, -1, 0}, syncs: charge{cfg.Sync, -1, 0}}
		if cfg.Queue > 0 {
			s.kind.most = cfg.Queue
		}
	}
	return s.kind
}

// take returns one from a free list, or a new one.
func take[T any](free *[]*T) *T {
	n := len(*free) - 1
	if n < 0 {
		return new(T)
	}
	x := (*free)[n]
	(*free)[n] = nil
	*free = (*free)[:n]
	return x
}

// block returns an empty block, with the memory of another one if there is any.
func (s *fileStore) block() (b block) {
	if n := len(s.blocks) - 1; n >= 0 {
		b, s.blocks[n] = s.blocks[n], block{}
		s.blocks = s.blocks[:n]
	}
	return b
}

func (s *fileStore) releaseBlock(b *block) {
	s.blocks = append(s.blocks, block{buf: b.buf[:0], marks: b.marks[:0]})
	*b = block{}
}

func (s *fileStore) releaseInode(n *inode) {
	for i := range n.blocks {
		s.releaseBlock(&n.blocks[i])
	}
	clear(n.changes)
	*n = inode{blocks: n.blocks[:0], changes: n.changes[:0]}
	s.inodes = append(s.inodes, n)
}

// read returns up to k bytes from an offset, without copying them if they lie in one block.
func (s *fileStore) read(n *inode, off int64, k int) []byte {
	if end := off + int64(k); off < n.size && off>>blockBits == (end-1)>>blockBits {
		b := n.blocks[off>>blockBits].buf[off&(blockSize-1):]
		k = min(k, len(b))
		return b[:k:k]
	}
	s.buffer = n.copyOut(s.buffer[:0], off, k)
	return s.buffer
}

// hashBytes is a 64-bit hash of some bytes, eight at a time.
func hashBytes(data []byte) uint64 {
	h, i := uint64(len(data)), 0
	for ; i <= len(data)-32; i += 32 {
		four := (*[32]byte)(data[i : i+32])
		h = rng.Mix(h, binary.LittleEndian.Uint64(four[:8]))
		h = rng.Mix(h, binary.LittleEndian.Uint64(four[8:16]))
		h = rng.Mix(h, binary.LittleEndian.Uint64(four[16:24]))
		h = rng.Mix(h, binary.LittleEndian.Uint64(four[24:]))
	}
	for ; i <= len(data)-8; i += 8 {
		h = rng.Mix(h, binary.LittleEndian.Uint64(data[i:i+8]))
	}
	return rng.Mix(h, lastBytes(data, len(data)-i))
}

// lastBytes is the word that the last k bytes make, fewer than eight.
func lastBytes(data []byte, k int) (word uint64) {
	if len(data) >= 8 {
		return binary.LittleEndian.Uint64(data[len(data)-8:]) >> (64 - 8*uint(k)) // nothing is left of it if k is 0
	}
	for i, b := range data {
		word |= uint64(b) << (8 * i)
	}
	return word
}

// line is a queue of times.
type line struct {
	times []int64
	over  int // of them, how many at the front are known to be over
}

func (l *line) empty() { l.times, l.over = l.times[:0], 0 }

func (l *line) len() int { return len(l.times) - l.over }

// pass takes those out that are over at a time.
func (l *line) pass(now int64) {
	for l.over < len(l.times) && l.times[l.over] <= now {
		l.over++
	}
}

// push adds a time, for which there must be room.
func (l *line) push(t int64) {
	n := len(l.times)
	l.times = l.times[:n+1]
	l.times[n] = t
}

// tidy frees the place of what is over.
func (l *line) tidy() {
	l.times, l.over = slices.Delete(l.times, 0, l.over), 0
}
