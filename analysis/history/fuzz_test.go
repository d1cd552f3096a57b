package history_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// Whatever the bytes: no panic, refusals with a line, and what is read is
// written and read again to the same bytes.
func FuzzRead(f *testing.F) {
	for _, m := range models {
		var b bytes.Buffer
		if err := sample(m, 1, 20).Write(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(strings.Join(good, "\n")))
	for _, c := range malformed {
		for n, text := range c.replace {
			lines := append(append([]string(nil), good[:min(n-1, len(good))]...), text)
			f.Add([]byte(strings.Join(lines, "\n")))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		h, err := history.Read(bytes.NewReader(in))
		if err != nil {
			var refused *history.RefusedError
			if !errors.As(err, &refused) || refused.Line < 1 || refused.Reason == "" {
				t.Fatalf("refused without line and reason: %v", err)
			}
			return
		}
		for _, line := range bytes.Split(bytes.TrimSuffix(in, []byte("\n")), []byte("\n")) {
			if !json.Valid(line) {
				t.Fatalf("read a line that is no JSON: %q", line)
			}
		}
		text := write(t, h)
		again, err := history.Read(strings.NewReader(text))
		if err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, text)
		}
		if second := write(t, again); second != text {
			t.Fatalf("written twice, differently:\n%s", firstDifference(text, second))
		}
	})
}

// long is an ordinary history of about n operations.
func long(n int) *history.History {
	h := history.New(history.Header{Model: history.Siblings, Scenario: "long", Seed: "1"})
	for _, c := range []string{"shoppers/1", "shoppers/2"} {
		h.AddClient(c)
	}
	h.AddKey("cart-1")
	for h.Len() < n {
		recordPair(h, int64(h.Len())*1000)
	}
	return h
}

func BenchmarkWrite(b *testing.B) {
	h := long(100_000)
	b.ReportAllocs()
	for range b.N {
		var out bytes.Buffer
		if err := h.Write(&out); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(out.Len()))
	}
}

func BenchmarkRead(b *testing.B) {
	text := write(b, long(100_000))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for range b.N {
		if _, err := history.Read(strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
