package frames

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// lines are a header and n lines of JSON.
func lines(n int) string {
	var b strings.Builder
	b.WriteString("{\"format\":1}\n")
	r := rand.New(rand.NewPCG(uint64(n), 1))
	for i := range n {
		fmt.Fprintf(&b, "{\"index\":%d,\"value\":\"%x\"}\n", i, r.Uint64()>>r.IntN(64))
	}
	return b.String()
}

func written(t testing.TB, text string, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readAll(t testing.TB, file []byte) (string, *Damage) {
	t.Helper()
	r := NewReader(bytes.NewReader(file))
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), r.Damage()
}

var both = []Options{{Size: 500}, {Size: 500, Plain: true}}

func TestRoundTrip(t *testing.T) {
	for _, o := range both {
		for _, n := range []int{0, 1, 20, 1000} {
			text := lines(n)
			if got, damage := readAll(t, written(t, text, o)); got != text || damage != nil {
				t.Errorf("%+v, %d lines: %d bytes of %d, %v", o, n, len(got), len(text), damage)
			}
		}
	}
	if got := written(t, lines(9), Options{Plain: true}); string(got) != lines(9) {
		t.Error("a plain file is not its lines")
	}
}

// The bytes do not depend on how the lines were handed over.
func TestSameLinesSameBytes(t *testing.T) {
	text := lines(300)
	want := written(t, text, Options{Size: 500})
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		var b bytes.Buffer
		w, _ := NewWriter(&b, Options{Size: 500})
		for rest := text; rest != ""; {
			n := min(len(rest), 1+r.IntN(900))
			w.Write([]byte(rest[:n]))
			rest = rest[n:]
		}
		if err := w.Close(); err != nil || !bytes.Equal(b.Bytes(), want) {
			t.Fatalf("other bytes: %v", err)
		}
	}
}

// Tools that know nothing of us read the file.
func TestStandardToolsRead(t *testing.T) {
	text := lines(500)
	z, err := zstd.NewReader(bytes.NewReader(written(t, text, Options{Size: 500})))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if got, err := io.ReadAll(z); err != nil || string(got) != text {
		t.Errorf("%d bytes of %d, %v", len(got), len(text), err)
	}
}

// Wherever a file is cut short, what is read are whole lines from its beginning, all of those of the frames before, and the loss is told.
func TestTruncationAtEveryByte(t *testing.T) {
	text := lines(60)
	for _, o := range both {
		file := written(t, text, o)
		longest := 0
		for cut := range file {
			got, damage := readAll(t, file[:cut])
			if !strings.HasPrefix(text, got) || got != "" && !strings.HasSuffix(got, "\n") && got+"\n" != text[:len(got)+1] {
				t.Fatalf("%+v, cut at %d: not a beginning of the lines: %q", o, cut, got)
			}
			if len(got) < longest {
				t.Fatalf("%+v, cut at %d: %d bytes, and %d of a shorter file", o, cut, len(got), longest)
			}
			longest = len(got)
			switch {
			case damage != nil && !damage.Torn:
				t.Fatalf("%+v, cut at %d: %v", o, cut, damage)
			case !o.Plain && cut > 0 && damage == nil:
				t.Fatalf("cut at %d: nothing is said", cut)
			case o.Plain && len(got) < cut && damage == nil:
				t.Fatalf("cut at %d: %d bytes read, and nothing is said", cut, len(got))
			case o.Plain && cut-len(got) > 60:
				t.Fatalf("cut at %d: only %d bytes read", cut, len(got))
			}
		}
		if !o.Plain && longest != len(text) { // cut in the end mark
			t.Errorf("%d bytes of %d", longest, len(text))
		}
	}
}

// Whatever single byte is changed, nothing that is read is wrong, and the damage is told. What stands outside of frames may be spared.
func TestDamageAtEveryByte(t *testing.T) {
	text := lines(60)
	file := written(t, text, Options{Size: 500})
	for at := range file {
		bad := bytes.Clone(file)
		bad[at] ^= 1 << (at % 8)
		r := NewReader(bytes.NewReader(bad))
		got, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if at < 4 {
			continue // no compressed file at all
		}
		if !strings.HasPrefix(text, string(got)) {
			t.Fatalf("byte %d changed: %q", at, got)
		}
		if r.Damage() == nil && string(got) != text {
			t.Fatalf("byte %d changed: %d bytes of %d read, and nothing is said", at, len(got), len(text))
		}
	}
}

func TestFramesThatDoNotBelong(t *testing.T) {
	text := lines(60)
	file := written(t, text, Options{Size: 500})
	for name, bad := range map[string][]byte{
		"garbage after the end":  append(bytes.Clone(file), "garbage"...),
		"a text in the middle":   append(bytes.Clone(file[:200]), "{\"index\":7}\n{\"index\":8}\n"...),
		"zeros, as a disk gives": append(bytes.Clone(file[:300]), make([]byte, 1000)...),
	} {
		got, damage := readAll(t, bad)
		if damage == nil || !strings.HasPrefix(text, got) {
			t.Errorf("%s: %v, %d bytes", name, damage, len(got))
		}
	}
}

// Files of other programs: one long frame, many frames, lines that straddle them, no last end of a line.
func TestFilesFromElsewhere(t *testing.T) {
	short, long := lines(100), lines(400_000)
	packed := func(text string) []byte {
		z, _ := zstd.NewWriter(nil)
		return z.EncodeAll([]byte(text), nil)
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"one frame":         {packed(short), short},
		"no last newline":   {packed(strings.TrimSuffix(short, "\n")), strings.TrimSuffix(short, "\n")},
		"lines in two":      {append(packed(short[:333]), packed(short[333:])...), short},
		"a long frame":      {packed(long), long},
		"plain, no newline": {[]byte(strings.TrimSuffix(short, "\n")), strings.TrimSuffix(short, "\n")},
		"plain, bad end":    {[]byte(short + "{,}"), short + "{,}"}, // an error to be told, not a line that was cut
	} {
		got, damage := readAll(t, c.file)
		if got != c.want || damage != nil {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(c.want), damage)
		}
	}
	cut := packed(long)
	got, damage := readAll(t, cut[:len(cut)*2/3])
	if !strings.HasPrefix(long, got) || !strings.HasSuffix(got, "\n") || len(got) < len(long)/2 || damage == nil || !damage.Torn {
		t.Errorf("a long frame, cut: %d bytes of %d, %v", len(got), len(long), damage)
	}
}

func TestCut(t *testing.T) {
	var b bytes.Buffer
	w, _ := NewWriter(&b, Options{})
	text := lines(10)
	io.WriteString(w, text+"{\"half")
	if err := w.Cut(); err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, " a line\":1}\n")
	if err := w.Abandon(); err != nil {
		t.Fatal(err)
	}
	got, damage := readAll(t, b.Bytes())
	if want := text + "{\"half a line\":1}\n"; got != want || damage == nil || damage.Why != "the file has no end mark" {
		t.Errorf("%q, %v", got, damage)
	}
}

var errFull = errors.New("no space left on device")

// full takes some bytes.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriteErrorsAreTold(t *testing.T) {
	text := lines(1000)
	for _, o := range both {
		if w, err := NewWriter(&full{10}, o); !o.Plain && !errors.Is(err, errFull) {
			t.Errorf("at the beginning: %v", err)
		} else if o.Plain {
			w.Abandon()
		}
		w, err := NewWriter(&full{2000}, o)
		for range 1000 {
			if _, err = io.WriteString(w, text); err != nil {
				break
			}
		}
		if !errors.Is(err, errFull) || !errors.Is(w.Close(), errFull) || !errors.Is(w.Err(), errFull) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

type failing struct{ after io.Reader }

func (f *failing) Read(b []byte) (int, error) {
	n, err := f.after.Read(b)
	if err != nil {
		err = errFull
	}
	return n, err
}

// What the disk says while a file is read is no damage of the file.
func TestReadErrorsAreErrors(t *testing.T) {
	for _, o := range both {
		file := written(t, lines(100), o)
		if _, err := io.ReadAll(NewReader(&failing{bytes.NewReader(file[:len(file)/2])})); !errors.Is(err, errFull) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// Whatever the bytes: no panic, no endless loop, no error; what is left out is told.
func FuzzReader(f *testing.F) {
	for _, o := range both {
		file := written(f, lines(30), o)
		f.Add(file)
		f.Add(file[:len(file)/2])
	}
	z, _ := zstd.NewWriter(nil)
	f.Add(z.EncodeAll([]byte(lines(5)), nil))
	f.Add([]byte("{\"a\":"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r := NewReader(bytes.NewReader(file))
		defer r.Close()
		got, err := io.ReadAll(io.LimitReader(r, 1<<22))
		if err != nil {
			t.Fatal(err)
		}
		if len(file) > 4 && !isFrame(file[:4]) && !isMark(file[:4]) && r.Damage() == nil && len(got) < 1<<22 && string(got) != string(file) {
			t.Fatalf("%q is read as %q", file, got)
		}
	})
}

func BenchmarkWriter(b *testing.B) {
	text := []byte(lines(20_000))
	for b.Loop() {
		w, _ := NewWriter(io.Discard, Options{})
		w.Write(text)
		w.Close()
	}
	b.SetBytes(int64(len(text)))
}
