package vclock

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCodecRoundTrip(t *testing.T) {
	forModes(t, func(t *testing.T, m Mode) {
		rapid.Check(t, func(t *rapid.T) {
			for _, s := range everySet(t, m) {
				b := AppendSet([]byte("before"), s)[6:]
				got, err := DecodeSet(new(Arena), b)
				if err != nil || !got.Equal(s) || got.Hash() != s.Hash() {
					t.Fatalf("%v became %v, %v", s, got, err)
				}
				if again := AppendSet(nil, got); !bytes.Equal(again, b) {
					t.Fatalf("bytes changed: %x, %x", b, again)
				}
				for cut := range b {
					if _, err := DecodeSet(nil, b[:cut]); !errors.Is(err, ErrEncoding) {
						t.Fatalf("%d of %d bytes: %v", cut, len(b), err)
					}
				}
			}
		})
	})
}

func sample() *Set {
	return &Set{
		Context: clockOf("a2 b1"),
		Versions: []Version{
			{Dot: Dot{1, 2}, Clock: clockOf("a1"), Stamp: Stamp{5, 7}, Value: Value{ID: 3, Len: 400, Content: "milk"}},
			{Dot: Dot{2, 1}, Tombstone: true, Value: Value{ID: 5}},
		},
	}
}

// TestWireSize: the storage form with values at their full length, contents being
// part of them.
func TestWireSize(t *testing.T) {
	s := sample()
	if got, want := s.WireSize(), int64(len(AppendSet(nil, s))+400-len("milk")); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
	s = sample()
	s.Versions[0].Value = Value{Len: 3, Content: "more"}
	if got, want := s.WireSize(), int64(len(AppendSet(nil, s))); got != want {
		t.Errorf("content beyond the length: %d bytes, want %d", got, want)
	}
	if got := (*Set)(nil).WireSize(); got != int64(len(AppendSet(nil, nil))) {
		t.Errorf("nothing takes %d bytes", got)
	}
	if got := clockOf("a1 b2 c3").WireSize(); got != 72 {
		t.Errorf("a clock of three takes %d bytes", got)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := AppendSet(nil, sample())
	for _, c := range []struct {
		name, want string
		spoil      func(b []byte) []byte
	}{
		{"empty", "cut short", func([]byte) []byte { return nil }},
		{"trailing", "left over", func(b []byte) []byte { return append(b, 0) }},
		{"entries", "cut short", func(b []byte) []byte { b[3] = 0xff; return b }},
		{"versions", "cut short", func(b []byte) []byte { b[7] = 0xff; return b }},
		{"counter", "counter of 0", func(b []byte) []byte { b[8+8] = 0; return b }},
		{"actors", "clock out of order", func(b []byte) []byte { b[8] = 2; return b }},
		{"flags", "unknown flags", func(b []byte) []byte { b[8+48+28] = 2; return b }},
		{"content", "too long", func(b []byte) []byte { b[8+48+44] = 0xff; return b }},
		{"dots", "versions out of order", func(b []byte) []byte { b[8+48] = 3; return b }},
		{"twice", "versions out of order", func(b []byte) []byte {
			b[4]++
			return append(b, b[len(b)-versionHead:]...)
		}},
	} {
		_, err := DecodeSet(nil, c.spoil(bytes.Clone(good)))
		if !errors.Is(err, ErrEncoding) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzDecodeSet(f *testing.F) {
	f.Add([]byte{})
	f.Add(AppendSet(nil, nil))
	f.Add(AppendSet(nil, sample()))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := DecodeSet(new(Arena), b)
		if err != nil {
			if !errors.Is(err, ErrEncoding) || s != nil {
				t.Fatalf("%v with %v", err, s)
			}
			return
		}
		valid(t, s)
		if again := AppendSet(nil, s); !bytes.Equal(again, b) {
			t.Fatalf("accepted %x, would write %x", b, again)
		}
	})
}
