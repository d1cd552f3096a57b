package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// writer is a Sink that is closed at the end.
type writer interface {
	Sink
	Close() error
}

// golden compares what a story gives with a file of testdata.
func golden(t *testing.T, file string, tell func(Sink), open func(io.Writer) writer) {
	t.Helper()
	var out bytes.Buffer
	w := open(&out)
	tell(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != string(want) {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}

func TestLadders(t *testing.T) {
	nodes := cast[3:]
	for file, c := range map[string]struct {
		tell func(Sink)
		o    LadderOptions
	}{
		"ladder-120.txt":       {put, LadderOptions{Columns: cast}},
		"ladder-100-ascii.txt": {put, LadderOptions{Columns: cast, Width: 100, ASCII: true}},
		"ladder-nodes.txt":     {put, LadderOptions{Columns: nodes, Width: 100, Timers: true, Disk: true}},
		"ladder-key.txt":       {put, LadderOptions{Columns: cast, Filter: Filter{Key: "cart", From: 400e6, Until: 620e6}}},
		"ladder-list.txt":      {put, LadderOptions{}},
		"ladder-list-two.txt":  {put, LadderOptions{Columns: cast[3:5], Width: 20, ASCII: true}},
		"ladder-lives.txt":     {lives, LadderOptions{Columns: nodes, Width: 80}},
	} {
		t.Run(file, func(t *testing.T) {
			golden(t, file, c.tell, func(w io.Writer) writer { return NewLadder(w, castName, c.o) })
		})
	}
}

func TestJSONL(t *testing.T) {
	golden(t, "trace.jsonl", put, func(w io.Writer) writer {
		return NewJSONL(w, castName, Field{"scenario", "cart-partition"}, Field{"seed", "1"})
	})
	golden(t, "trace-key.jsonl", func(s Sink) { put(Filtered(s, Filter{Key: "cart", From: 500e6})) }, func(w io.Writer) writer {
		return NewJSONL(w, castName)
	})
}

// No line is wider than the page, whatever the width and the texts.
func TestLaddersKeepToThePage(t *testing.T) {
	for width := 16; width < 200; width += 3 {
		for _, tell := range []func(Sink){put, lives} {
			var out strings.Builder
			l := NewLadder(&out, castName, LadderOptions{Columns: cast, Width: width})
			tell(l)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if !l.page.fits {
				continue
			}
			for i, line := range strings.Split(out.String(), "\n")[1:] {
				if n := len([]rune(line)); n > width {
					t.Fatalf("line %d has %d characters, the page %d:\n%s", i, n, width, line)
				}
			}
		}
	}
}

func TestASCIILadderIsASCII(t *testing.T) {
	var out strings.Builder
	l := NewLadder(&out, castName, LadderOptions{Columns: cast, Width: 90, ASCII: true, Timers: true, Disk: true})
	put(l)
	lives(l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexFunc(out.String(), func(r rune) bool { return r >= 0x80 }); i >= 0 {
		t.Errorf("not ASCII: %q", out.String()[i:i+20])
	}
}

// A ladder remembers only the messages that are under way.
func TestLadderForgetsMessagesThatEnded(t *testing.T) {
	l := NewLadder(io.Discard, castName, LadderOptions{Columns: cast, Filter: Filter{Key: "another"}})
	put(l)
	if n := len(l.flights); n != 0 {
		t.Errorf("%d messages are still under way", n)
	}
}

func TestLadderWritesNoControlCharacters(t *testing.T) {
	var out strings.Builder
	l := NewLadder(&out, func(int32) string { return "n\x1b1" }, LadderOptions{Columns: []int32{0, 1}})
	l.Record(&Record{Kind: Mark, Proc: 0, Peer: None, Text: "line\nbreak \x1b[31m \xff"})
	l.Record(&Record{Kind: Deliver, Proc: 0, Peer: 1, Text: "line\nbreak"})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n"); n != 4 || strings.ContainsAny(out.String(), "\x1b\xff") {
		t.Errorf("got %q", out.String())
	}
}

func TestDurations(t *testing.T) {
	for ns, want := range map[int64]string{
		0: "0 ns", 999: "999 ns", 1000: "1.00 µs", 12_345: "12.3 µs", 999_999: "999 µs", 1_000_000: "1.00 ms",
		1_239_999: "1.23 ms", 20_500_000: "20.5 ms", 1_500_000_000: "1.50 s", 3600e9: "3600 s",
	} {
		if got := duration(ns, "µs"); got != want {
			t.Errorf("%d ns is %q, want %q", ns, got, want)
		}
	}
}

func TestSeconds(t *testing.T) {
	for ns, want := range map[int64]string{
		0: "0.000 000", 1: "0.000 000", 12_345_678_999: "12.345 678", -1_000_000: "-0.001 000", 3600e9: "3600.000 000",
	} {
		if got := seconds(ns); got != want {
			t.Errorf("%d ns is %q, want %q", ns, got, want)
		}
	}
}

// full fails after some bytes.
type full struct{ room int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWritersKeepTheFirstError(t *testing.T) {
	for _, room := range []int{0, 100_000} {
		for name, w := range map[string]writer{
			"jsonl":  NewJSONL(&full{room}, castName),
			"ladder": NewLadder(&full{room}, castName, LadderOptions{Columns: cast}),
			"list":   NewLadder(&full{room}, castName, LadderOptions{}),
		} {
			for range 200 {
				put(w)
			}
			for range 2 {
				if err := w.Close(); !errors.Is(err, errFull) || !strings.Contains(err.Error(), "writing the") {
					t.Errorf("%s with room for %d: Close gives %v", name, room, err)
				}
			}
		}
	}
}

func TestTeeAndFilter(t *testing.T) {
	var all, cart collector
	put(Tee(&all, Filtered(&cart, Filter{Key: "cart", Until: 5e6})))
	if len(all) < 40 || len(cart) >= len(all) || len(cart) < 10 {
		t.Errorf("%d records, %d of them about the key", len(all), len(cart))
	}
	for _, r := range cart {
		if r.Time > 5e6 || r.Key != "cart" && r.Kind != Boot {
			t.Errorf("passed %+v", r)
		}
	}
}

type collector []Record

func (c *collector) Record(r *Record) { *c = append(*c, *r) }

func TestKinds(t *testing.T) {
	seen := map[string]bool{}
	for i, k := range Kinds() {
		if int(k.Kind) != i+1 {
			t.Errorf("%s has number %d in place %d", k.Name, k.Kind, i)
		}
		if k.Name == "" || k.Doc == "" || seen[k.Name] || k.Kind.String() != k.Name {
			t.Errorf("kind %d: name %q, doc %q", k.Kind, k.Name, k.Doc)
		}
		seen[k.Name] = true
	}
	for _, k := range []Kind{0, FaultRecovered + 1, 255} {
		if k.String() != "unknown" {
			t.Errorf("kind %d is %q", k, k)
		}
	}
	// Some of the numbers, which golden digests and files rest on.
	if Deliver != 1 || Crash != 11 || Phase != 20 {
		t.Error("the number of a kind has changed")
	}
}

// What encoding/json reads from a line is the record.
func FuzzJSONL(f *testing.F) {
	f.Add("", "", uint64(0), int64(0))
	f.Add("cart\"", "a\\b\n\r\t\x00\x1f\x7f", uint64(1)<<63, int64(-1))
	f.Add("käse", "\xff\xfe\xc3", ^uint64(0), int64(1)<<62)
	f.Add("\u2028", "😀\xf0\x9f\x98", uint64(7), int64(-1)<<63)
	f.Fuzz(func(t *testing.T, key, text string, lineage uint64, number int64) {
		var out bytes.Buffer
		j := NewJSONL(&out, func(int32) string { return text }, Field{key, text})
		j.Record(&Record{Ordinal: lineage, Time: number, Kind: Mark, Proc: 3, Peer: None, Lineage: lineage, Key: key, Text: text, Arg1: number})
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(lines) != 2 {
			t.Fatalf("%d lines: %q", len(lines), out.String())
		}
		var header map[string]any
		if err := json.Unmarshal([]byte(lines[0]), &header); err != nil {
			t.Fatalf("header %s: %v", lines[0], err)
		}
		var got struct {
			Ordinal         uint64
			At              int64
			Kind, Proc      string
			Peer            *string
			Lineage         string
			Key, Text, Mark string
			Arg1, Arg2      int64
		}
		if err := json.Unmarshal([]byte(lines[1]), &got); err != nil {
			t.Fatalf("%s: %v", lines[1], err)
		}
		if got.Ordinal != lineage || got.At != number || got.Kind != "mark" || got.Peer != nil || got.Arg1 != number ||
			got.Key != throughJSON(key) || got.Text != throughJSON(text) || got.Proc != throughJSON(text) {
			t.Errorf("%s reads as %+v", lines[1], got)
		}
	})
}

// throughJSON is what encoding/json makes of a text, which replaces what is no
// UTF-8.
func throughJSON(s string) (back string) {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	if err := json.Unmarshal(b, &back); err != nil {
		panic(err)
	}
	return back
}

func TestJSONLDoesNotAllocate(t *testing.T) {
	j := NewJSONL(io.Discard, castName)
	r := Record{Kind: Deliver, Proc: 1, Peer: 2, Lineage: 3, Message: "replicate", Key: "cart", Text: "[(n1,1)] \"milk\"", Arg1: 5, Arg2: 6}
	if n := testing.AllocsPerRun(100, func() { j.Record(&r) }); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}

func BenchmarkWriters(b *testing.B) {
	for name, w := range map[string]writer{
		"jsonl":  NewJSONL(io.Discard, castName),
		"ladder": NewLadder(io.Discard, castName, LadderOptions{Columns: cast}),
		"list":   NewLadder(io.Discard, castName, LadderOptions{}),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			r := Record{Kind: Deliver, Proc: 1, Peer: 2, Message: "replicate", Key: "cart", Text: "[(n1,1)]"}
			for b.Loop() {
				r.Time += 1000
				w.Record(&r)
			}
		})
	}
}
