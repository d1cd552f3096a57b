package trace

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// again writes what is read of a trace.
func again(t testing.TB, text string) (string, error) {
	t.Helper()
	in, err := NewReader(strings.NewReader(text))
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	w := NewJSONL(&out, in.Name, Field{"scenario", in.Header("scenario")}, Field{"seed", in.Header("seed")})
	for {
		r, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		w.Record(r)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), nil
}

func told(t testing.TB, tell func(Sink), names func(int32) string) string {
	t.Helper()
	var out bytes.Buffer
	w := NewJSONL(&out, names, Field{"scenario", "a \"quoted\"\\\n\tone\x01\x7fé"}, Field{"seed", "1"})
	tell(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What is written is read as it was, byte for byte.
func TestReadIsTheInverseOfWrite(t *testing.T) {
	odd := func(s Sink) {
		for _, d := range Kinds() {
			s.Record(&Record{Kind: d.Kind, Proc: 1, Peer: 0, Ordinal: 1<<64 - 1, Time: -1e9, Cause: 7, Lineage: 1<<64 - 1,
				Message: "m\"\\", Key: "k\x00\r", Text: "ü\u2028\U0001F600\xff", Mark: "m", Arg1: -1 << 63, Arg2: 1<<63 - 1})
		}
	}
	for _, tell := range []func(Sink){put, lives, odd, func(Sink) {}} {
		text := told(t, tell, castName)
		if got, err := again(t, text); err != nil || got != text {
			t.Errorf("%v\n%s\nnot\n%s", err, got, text)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	head := `{"format":1,"kind":"trace"}` + "\n"
	for text, want := range map[string]string{
		"":                                   "line 1: the file is empty",
		"{}\n":                               "line 1: no header",
		`{"format":2,"kind":"trace"}`:        "line 1: no header of a trace of format 1",
		`{"format":1,"kind":"history"}`:      `of kind "history", not a trace`,
		`{"format":1,"kind":3}`:              "line 1: '3' at column 20",
		head + "\n":                          "line 2: the line ends where '{' should be",
		head + `{"ordinal":-1}`:              `line 2: field "ordinal": no whole number from 0`,
		head + `{"kind":"dance"}`:            `line 2: unknown kind "dance"`,
		head + `{"at":1}`:                    `line 2: no "kind"`,
		head + `{"kind":"send","colour":1}`:  `line 2: unknown field "colour"`,
		head + `{"kind":"send"} x`:           "where the line should end",
		head + `{"kind":"se`:                 "the line ends in a text",
		head + `{"kind":"send","text":"\q"}`: `no escape: \q`,
		head + `{"kind":"send","text":"\u0"`: "an escape is cut off",
		head + "{\"text\":\"\xff\"}":         "not UTF-8",
		head + `{"lineage":"xyz"}`:           `field "lineage"`,
	} {
		if _, err := again(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// Whatever the bytes: no panic, and what is read is written and read again to the same bytes.
func FuzzRead(f *testing.F) {
	f.Add(told(f, put, castName))
	f.Add(told(f, lives, castName))
	f.Add(`{"format":1,"kind":"trace"}` + "\n" + `{"kind":"send","text":"\u00e9\/"}`)
	f.Fuzz(func(t *testing.T, text string) {
		first, err := again(t, text)
		if err != nil {
			return
		}
		if second, err := again(t, first); err != nil || second != first {
			t.Fatalf("%v\n%s\nnot\n%s", err, second, first)
		}
	})
}

func BenchmarkJSONL(b *testing.B) {
	for b.Loop() {
		w := NewJSONL(io.Discard, castName)
		for range 100 {
			put(w)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
