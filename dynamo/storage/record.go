package storage

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// kind says what a record states. The numbers are on disk.
type kind uint8

const (
	kindPut    kind = 1 // the state of a key
	kindRemove kind = 2 // a key has no state
	kindLost   kind = 3 // the state of a key, of this sequence, was found unreadable
	kindStart  kind = 4 // the first record of a log: which other logs there are
	kindDrop   kind = 5 // a log has been compacted away
)

// Layout of a record's header; little endian. The key and the payload follow it.
const (
	atMagic      = 0  // uint32
	atHeaderSum  = 4  // uint32: CRC-32C of header from atPayloadSum on and key, begun with the record's own position
	atPayloadSum = 8  // uint32: CRC-32C of the payload
	atPayloadLen = 12 // uint32
	atKeyLen     = 16 // uint16
	atKind       = 18 // uint8
	atFormat     = 19 // uint8
	atMarkLog    = 20 // uint32
	atMarkOffset = 24 // uint64
	atSequence   = 32 // uint64
	atWeight     = 40 // uint64
	headerSize   = 48
)

const (
	magic      = "DYr1"
	format     = 1
	maxKey     = 1<<16 - 1
	maxPayload = 1 << 28
	maxWeight  = 1 << 40
)

// position is a place in the log of all files: a file's generation and an offset.
type position struct {
	log uint32
	off int64
}

func (p position) before(o position) bool {
	return p.log < o.log || p.log == o.log && p.off < o.off
}

// record is one record; key and payload alias the buffer that it was parsed from.
type record struct {
	kind         kind
	sum          uint32   // of the payload
	mark         position // everything before it was durable when the record was written
	seq          uint64   // of the state: a copy keeps it, the highest of a key counts
	weight       int64    // what the whole record costs
	key, payload []byte
	off, length  int64 // where it lies in its log
}

// salt is the start value of a header's checksum, so that a record is valid only
// where it was written: a misdirected write or read does not look sound.
func salt(at position) uint32 {
	h := (uint64(at.log)<<40 ^ uint64(at.off)) * 0x9e3779b97f4a7c15
	return uint32(h >> 32)
}

// castagnoli is the table of CRC-32C, which is never written to.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) uint32 { return crc32.Update(0, castagnoli, b) }

// appendRecord appends r to b in the form that it has on disk at the position.
func appendRecord(b []byte, at position, r *record) []byte {
	start, body := len(b), headerSize+len(r.key)
	b = extended(b, body+len(r.payload))
	whole := b[start:]
	h := (*[headerSize]byte)(whole)
	copy(h[:], magic)
	binary.LittleEndian.PutUint32(h[atPayloadSum:], r.sum)
	binary.LittleEndian.PutUint32(h[atPayloadLen:], uint32(len(r.payload)))
	binary.LittleEndian.PutUint16(h[atKeyLen:], uint16(len(r.key)))
	h[atKind], h[atFormat] = byte(r.kind), format
	binary.LittleEndian.PutUint32(h[atMarkLog:], r.mark.log)
	binary.LittleEndian.PutUint64(h[atMarkOffset:], uint64(r.mark.off))
	binary.LittleEndian.PutUint64(h[atSequence:], r.seq)
	binary.LittleEndian.PutUint64(h[atWeight:], uint64(r.weight))
	copy(whole[headerSize:], r.key)
	copy(whole[body:], r.payload)
	binary.LittleEndian.PutUint32(h[atHeaderSum:], crc32.Update(salt(at), castagnoli, whole[atPayloadSum:body]))
	return b
}

// extended returns b with n bytes more, whatever they are.
func extended(b []byte, n int) []byte {
	if n > cap(b)-len(b) {
		b = grown(b, n)
	}
	return b[:len(b)+n]
}

//go:noinline — so that extended is, and is short
func grown(b []byte, n int) []byte { return slices.Grow(b, n) }

// verdict is what parse thinks of the bytes.
type verdict uint8

const (
	valid      verdict = 0
	badPayload verdict = 1 // header and key are sound, the payload is not
	badHeader  verdict = 2 // no record begins here
	short      verdict = 3 // record.length bytes are needed to say; if kind is set, header and key are sound
)

// parse reads the record at the beginning of b, which lies at the position.
// Without verify the payload's checksum is not looked at.
func parse(b []byte, at position, verify bool) (r record, v verdict) {
	r.off = at.off
	if len(b) < headerSize {
		r.length = headerSize
		return r, short
	}
	if string(b[:atHeaderSum]) != magic || b[atFormat] != format {
		return r, badHeader
	}
	body := headerSize + int(binary.LittleEndian.Uint16(b[atKeyLen:]))
	if len(b) < body {
		r.length = int64(body)
		return r, short
	}
	sum := crc32.Update(salt(at), castagnoli, b[atPayloadSum:body])
	if sum != binary.LittleEndian.Uint32(b[atHeaderSum:]) || !r.header(b[:body]) {
		return r, badHeader
	}
	if int64(len(b)) < r.length {
		return r, short
	}
	r.payload = b[body:r.length:r.length]
	if verify && checksum(r.payload) != r.sum {
		return r, badPayload
	}
	return r, valid
}

// header fills r from a header and key, and reports whether they make sense.
func (r *record) header(b []byte) bool {
	payload := int64(binary.LittleEndian.Uint32(b[atPayloadLen:]))
	r.length = int64(len(b)) + payload
	r.sum = binary.LittleEndian.Uint32(b[atPayloadSum:])
	r.mark.log = binary.LittleEndian.Uint32(b[atMarkLog:])
	r.mark.off = int64(binary.LittleEndian.Uint64(b[atMarkOffset:]))
	r.seq = binary.LittleEndian.Uint64(b[atSequence:])
	r.weight = int64(binary.LittleEndian.Uint64(b[atWeight:]))
	k := kind(b[atKind])
	if k < kindPut || k > kindDrop || payload > maxPayload || r.mark.off < 0 || r.weight < r.length || r.weight > 2*maxWeight {
		return false
	}
	r.kind = k
	r.key = b[headerSize:len(b):len(b)]
	return true
}
