package membership

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Lengths in bytes: of a view without changes, of a change without tokens, of a token. They are those of the storage form, and count for the
// wire too.
const (
	viewSize   = 4
	changeSize = 4 + 1 + 8 + 4 + 8 + 8 + 4 + 4
	tokenSize  = 16
)

// Append writes the storage form of a view: numbers in little endian, changes in their order.
func Append(b []byte, v *View) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, uint32(len(v.changes)))
	for i := range v.changes {
		c := &v.changes[i]
		b = le.AppendUint32(b, uint32(c.Node))
		b = append(b, byte(c.What))
		b = le.AppendUint64(b, c.Counter)
		b = le.AppendUint32(b, uint32(c.Issuer))
		b = le.AppendUint64(b, uint64(c.Time))
		b = le.AppendUint64(b, math.Float64bits(c.Capacity))
		b = le.AppendUint32(b, uint32(c.Zone))
		b = le.AppendUint32(b, uint32(len(c.Tokens)))
		for _, t := range c.Tokens {
			b = le.AppendUint64(le.AppendUint64(b, t.Hi), t.Lo)
		}
	}
	return b
}

// Decode reads what Append wrote, and nothing else.
func Decode(b []byte) (*View, error) {
	le := binary.LittleEndian
	if len(b) < viewSize {
		return nil, fmt.Errorf("view of %d bytes: it has no length", len(b))
	}
	count := le.Uint32(b)
	b = b[viewSize:]
	if uint64(count)*changeSize > uint64(len(b)) {
		return nil, fmt.Errorf("view of %d changes in %d bytes", count, len(b))
	}
	changes := make([]Change, count)
	for i := range changes {
		if len(b) < changeSize {
			return nil, fmt.Errorf("change %d: cut short", i)
		}
		c := &changes[i]
		*c = Change{
			Node: int32(le.Uint32(b)), What: What(b[4]), Counter: le.Uint64(b[5:]), Issuer: int32(le.Uint32(b[13:])), Time: int64(le.Uint64(b[17:])),
			Capacity: math.Float64frombits(le.Uint64(b[25:])), Zone: int32(le.Uint32(b[33:])),
		}
		tokens := le.Uint32(b[37:])
		b = b[changeSize:]
		if uint64(tokens)*tokenSize > uint64(len(b)) {
			return nil, fmt.Errorf("change %d: %d tokens in %d bytes", i, tokens, len(b))
		}
		if c.What < Join || c.What > Drained {
			return nil, fmt.Errorf("change %d: unknown kind %d", i, c.What)
		}
		for range tokens {
			c.Tokens = append(c.Tokens, Token{le.Uint64(b), le.Uint64(b[8:])})
			b = b[tokenSize:]
		}
		if i > 0 && changes[i-1].Compare(c) >= 0 {
			return nil, fmt.Errorf("change %d is out of order", i)
		}
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("%d bytes after the last change", len(b))
	}
	return of(changes), nil
}
