package history_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"dynamosim/analysis/history"
)

// backing makes a file for histories of a test.
func backing(t *testing.T) func() (history.Backing, error) {
	return func() (history.Backing, error) {
		f, err := os.Create(filepath.Join(t.TempDir(), "history"))
		if err == nil {
			t.Cleanup(func() { f.Close() })
		}
		return f, err
	}
}

// What is put away is as if it had not been: recorded, written, read and asked.
func TestSpilledIsAsInMemory(t *testing.T) {
	for _, m := range models {
		for seed := range uint64(1) {
			kept := sample(m, seed, 8_000)
			h := history.New(history.Header{Model: m, Scenario: "sample", Seed: fmt.Sprint(seed)})
			h.SpillAtOnce(500, backing(t))
			sampleInto(h, seed, 8_000)
			_, inMemory := kept.Memory()
			if _, left := h.Memory(); !h.Spilled() || left > inMemory*3/4 {
				t.Fatalf("%v, seed %d: spilled %v, %d bytes are left in memory of %d", m, seed, h.Spilled(), left, inMemory)
			}
			compareHistories(t, kept, h)
			again := history.New(history.Header{})
			again.SpillAtOnce(1000, backing(t))
			if err := history.ReadInto(again, bytes.NewReader([]byte(write(t, kept))), nil); err != nil {
				t.Fatal(err)
			}
			compareHistories(t, kept, again)
			h.Recall()
			compareHistories(t, kept, h)
			h.Reset(history.Header{Model: m, Scenario: "sample", Seed: fmt.Sprint(seed)})
			sampleInto(h, seed, 8_000)
			compareHistories(t, kept, h)
		}
	}
}

func compareHistories(t *testing.T, a, b *history.History) {
	t.Helper()
	if x, y := write(t, a), write(t, b); x != y {
		t.Fatalf("%v, seed %s: in memory\n%s", a.Model, a.Seed, firstDifference(x, y))
	}
	for id := range history.OpID(a.Len()) {
		compareOperation(t, a, b, id)
	}
	var x, y bytes.Buffer
	if err := errors.Join(a.WriteEDN(&x), b.WriteEDN(&y)); err != nil || x.String() != y.String() {
		t.Fatalf("%v, seed %s: as EDN they differ (%v)", a.Model, a.Seed, err)
	}
}

// A disk that is full costs memory, and no run.
func TestSpillingThatFailsStaysInMemory(t *testing.T) {
	kept := sample(history.Siblings, 1, 5_000)
	for name, open := range map[string]func() (history.Backing, error){
		"no file":   func() (history.Backing, error) { return nil, errors.New("no room") },
		"full disk": func() (history.Backing, error) { f, err := backing(t)(); return &small{f, 200_000}, err },
	} {
		h := history.New(history.Header{Model: history.Siblings, Scenario: "sample", Seed: "1"})
		h.SpillAtOnce(100, open)
		sampleInto(h, 1, 5_000)
		if name == "no file" && h.Spilled() {
			t.Error("spilled into no file")
		}
		compareHistories(t, kept, h)
	}
}

// small is a file on a disk with little room.
type small struct {
	history.Backing
	left int
}

func (s *small) WriteAt(b []byte, at int64) (int, error) {
	if s.left -= len(b); s.left < 0 {
		return 0, io.ErrShortWrite
	}
	return s.Backing.WriteAt(b, at)
}

// The operations of some keys are those of the whole, by other numbers.
func TestParts(t *testing.T) {
	for _, m := range models {
		whole := sample(m, 5, 3_000)
		seen := 0
		for first := range int32(3) {
			p, err := whole.Part(first, first+1)
			if err != nil {
				t.Fatal(err)
			}
			comparePart(t, whole, p)
			seen += p.Len()
		}
		if seen != whole.Len() {
			t.Errorf("%v: parts have %d of %d operations", m, seen, whole.Len())
		}
	}
}

func comparePart(t *testing.T, whole, p *history.History) {
	t.Helper()
	for id := range history.OpID(p.Len()) {
		o, w := p.Op(id), whole.Op(p.InWhole(id))
		if back, ok := p.FromWhole(p.InWhole(id)); !ok || back != id {
			t.Fatalf("operation %d of the part is %d of the whole, which is %d", id, p.InWhole(id), back)
		}
		if o.InvokeIndex != w.InvokeIndex || o.ReturnIndex != w.ReturnIndex || o.Outcome != w.Outcome || p.KeyName(o.Key) != whole.KeyName(w.Key) ||
			p.VersionName(id) != whole.VersionName(p.InWhole(id)) || p.Value(id) != whole.Value(p.InWhole(id)) {
			t.Fatalf("operation %d of the part is %+v, in the whole %+v", id, o, w)
		}
		a, b := append(p.Context(id), p.Versions(id)...), append(whole.Context(p.InWhole(id)), whole.Versions(p.InWhole(id))...)
		for i := range b {
			if len(a) != len(b) || p.InWhole(a[i]) != b[i] {
				t.Fatalf("operation %d of the part names %v, in the whole %v", id, a, b)
			}
		}
	}
}

// A version of another key is not to be had in a part.
func TestKeysThatCannotBeTakenApart(t *testing.T) {
	h := history.New(history.Header{})
	c, x, y := h.AddClient("ann"), h.AddKey("x"), h.AddKey("y")
	v := h.Invoke(0, c, history.Put, x)
	h.OkPut(1, v)
	h.OkGet(2, h.Invoke(1, c, history.Get, y), []history.OpID{v})
	var crossed *history.CrossedError
	if _, err := h.Part(1, 2); !errors.As(err, &crossed) {
		t.Errorf("%v", err)
	}
	if _, err := h.Part(0, 1); err != nil {
		t.Errorf("%v", err)
	}
}
