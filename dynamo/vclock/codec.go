package vclock

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// The storage form, all numbers little endian:
//
//	set      entries u32, versions u32, context entry..., version...
//	entry    actor u64, counter u64, time i64
//	version  dot actor u64, counter u64, wall i64, node u32, flags u8 (1 = tombstone),
//	         value id u64, value length u32, content length u32, clock entries u32,
//	         content bytes, clock entry...
const (
	setHead     = 4 + 4
	entrySize   = 8 + 8 + 8
	versionHead = 8 + 8 + 8 + 4 + 1 + 8 + 4 + 4 + 4
)

// ErrEncoding is wrapped by every error of DecodeSet.
var ErrEncoding = errors.New("vclock: bad encoding of a set")

// AppendSet appends the storage form of s to b. nil takes 8 bytes.
func AppendSet(b []byte, s *Set) []byte {
	context, versions := s.parts()
	b = binary.LittleEndian.AppendUint32(b, uint32(len(context)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(versions)))
	b = appendEntries(b, context)
	for i := range versions {
		b = appendVersion(b, &versions[i])
	}
	return b
}

func appendEntries(b []byte, c Clock) []byte {
	for i := range c {
		b = binary.LittleEndian.AppendUint64(b, uint64(c[i].Actor))
		b = binary.LittleEndian.AppendUint64(b, c[i].Counter)
		b = binary.LittleEndian.AppendUint64(b, uint64(c[i].Time))
	}
	return b
}

func appendVersion(b []byte, v *Version) []byte {
	flags := byte(0)
	if v.Tombstone {
		flags = 1
	}
	b = binary.LittleEndian.AppendUint64(b, uint64(v.Dot.Actor))
	b = binary.LittleEndian.AppendUint64(b, v.Dot.Counter)
	b = binary.LittleEndian.AppendUint64(b, uint64(v.Stamp.Wall))
	b = binary.LittleEndian.AppendUint32(b, v.Stamp.Node)
	b = append(b, flags)
	b = binary.LittleEndian.AppendUint64(b, v.Value.ID)
	b = binary.LittleEndian.AppendUint32(b, v.Value.Len)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(v.Value.Content)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(v.Clock)))
	b = append(b, v.Value.Content...)
	return appendEntries(b, v.Clock)
}

// WireSize returns the bytes that the set would take in a message or a record:
// its storage form with each value at its full length (a Content is part of its
// value and not counted twice). Like Hash, it is computed once.
func (s *Set) WireSize() int64 {
	if s != nil && s.wire != 0 {
		return int64(s.wire)
	}
	return s.computeWireSize()
}

//go:noinline — so that WireSize is
func (s *Set) computeWireSize() int64 {
	context, versions := s.parts()
	size := int64(setHead) + context.WireSize()
	for i := range versions {
		size += versions[i].WireSize()
	}
	if s != nil && size <= math.MaxUint32 {
		s.wire = uint32(size)
	}
	return size
}

// WireSize returns the bytes of one version within a set.
func (v *Version) WireSize() int64 {
	return versionHead + v.Clock.WireSize() + max(int64(v.Value.Len), int64(len(v.Value.Content)))
}

// WireSize returns the bytes of the clock's entries: 24 each.
func (c Clock) WireSize() int64 { return entrySize * int64(len(c)) }

// DecodeSet reads the storage form back. It accepts what AppendSet writes and
// nothing else: clocks sorted, versions in canonical order, no byte left over.
// Every error wraps ErrEncoding. The set shares no memory with b.
func DecodeSet(a *Arena, b []byte) (*Set, error) {
	d := decoder{rest: b, arena: a}
	entries, count := d.u32(), d.u32()
	context := d.clock(entries)
	if !d.has(uint64(count) * versionHead) {
		count = 0
	}
	versions := a.list(int(count))
	for i := range versions {
		d.version(&versions[i])
		if d.fault == "" && i > 0 && versions[i-1].compare(&versions[i]) >= 0 {
			d.fail("versions out of order")
		}
	}
	if d.fault == "" && len(d.rest) > 0 {
		d.fail("bytes left over")
	}
	if d.fault != "" {
		return nil, fmt.Errorf("%w: %s at byte %d of %d", ErrEncoding, d.fault, len(b)-len(d.rest), len(b))
	}
	return a.set(context, versions), nil
}

// decoder reads from the front of rest; after the first fault it yields zeros.
type decoder struct {
	rest  []byte
	arena *Arena
	fault string
}

func (d *decoder) fail(why string) {
	if d.fault == "" {
		d.fault = why
	}
}

// has checks that n more bytes are there.
func (d *decoder) has(n uint64) bool {
	if d.fault == "" && n > uint64(len(d.rest)) {
		d.fail("cut short")
	}
	return d.fault == ""
}

func (d *decoder) take(n int) []byte {
	out := d.rest[:n]
	d.rest = d.rest[n:]
	return out
}

func (d *decoder) u32() uint32 {
	if !d.has(4) {
		return 0
	}
	return binary.LittleEndian.Uint32(d.take(4))
}

func (d *decoder) u64() uint64 {
	if !d.has(8) {
		return 0
	}
	return binary.LittleEndian.Uint64(d.take(8))
}

func (d *decoder) flag() bool {
	if !d.has(1) {
		return false
	}
	f := d.take(1)[0]
	if f > 1 {
		d.fail("unknown flags")
	}
	return f == 1
}

func (d *decoder) clock(n uint32) Clock {
	if !d.has(uint64(n)*entrySize) || n == 0 {
		return nil
	}
	c := d.arena.clock(int(n))
	for i := range c {
		c[i] = Entry{Actor: Actor(d.u64()), Counter: d.u64(), Time: int64(d.u64())}
		if c[i].Counter == 0 {
			d.fail("a counter of 0")
		}
		if i > 0 && c[i-1].Actor >= c[i].Actor {
			d.fail("clock out of order")
		}
	}
	return c
}

func (d *decoder) version(v *Version) {
	v.Dot = Dot{Actor: Actor(d.u64()), Counter: d.u64()}
	v.Stamp = Stamp{Wall: int64(d.u64()), Node: d.u32()}
	v.Tombstone = d.flag()
	v.Value.ID = d.u64()
	v.Value.Len = d.u32()
	content, entries := d.u32(), d.u32()
	if content > math.MaxInt32 || !d.has(uint64(content)) {
		d.fail("content too long")
		return
	}
	v.Value.Content = string(d.take(int(content)))
	v.Clock = d.clock(entries)
}
