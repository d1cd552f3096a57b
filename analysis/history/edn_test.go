package history_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// ednReader is an independent reader of the EDN that is written: maps, vectors, keywords, strings, numbers, nil and true.
type ednReader struct {
	s string
	i int
}

func (r *ednReader) space() {
	for r.i < len(r.s) && strings.ContainsRune(" ,\n", rune(r.s[r.i])) {
		r.i++
	}
}

func (r *ednReader) value() any {
	r.space()
	switch c := r.s[r.i]; {
	case c == '{':
		m := map[string]any{}
		for r.i++; ; {
			if r.space(); r.s[r.i] == '}' {
				r.i++
				return m
			}
			key := r.value().(string)
			m[key] = r.value()
		}
	case c == '[':
		list := []any{}
		for r.i++; ; {
			if r.space(); r.s[r.i] == ']' {
				r.i++
				return list
			}
			list = append(list, r.value())
		}
	case c == '"':
		var b strings.Builder
		for r.i++; r.s[r.i] != '"'; r.i++ {
			if r.s[r.i] == '\\' {
				r.i++
				if n := strings.IndexByte("ntr", r.s[r.i]); n >= 0 {
					b.WriteByte("\n\t\r"[n])
					continue
				}
			}
			b.WriteByte(r.s[r.i])
		}
		r.i++
		return b.String()
	}
	from := r.i
	for r.i < len(r.s) && !strings.ContainsRune(" ,\n]}", rune(r.s[r.i])) {
		r.i++
	}
	word := r.s[from:r.i]
	switch {
	case word == "nil":
		return nil
	case word == "true":
		return true
	case word[0] == ':':
		return word
	}
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("%q at %d", word, from))
	}
	return n
}

// What is written is read back by another reader: every operation, in order, with what it wrote or returned.
func TestEDNIsReadBack(t *testing.T) {
	for seed := uint64(1); seed <= 20; seed++ {
		for _, model := range []history.Model{history.Register, history.Siblings, history.LastWriteWins} {
			h := sample(model, seed, 200)
			var b bytes.Buffer
			if err := h.WriteEDN(&b); err != nil {
				t.Fatal(err)
			}
			readEDN(t, h, b.String())
		}
	}
}

func readEDN(t *testing.T, h *history.History, text string) {
	t.Helper()
	open := map[int64]bool{}
	ended := map[int64]bool{}
	invoked, last := 0, int64(-1)
	for n, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		r := &ednReader{s: line}
		e := r.value().(map[string]any)
		if e[":index"] != int64(n) || e[":time"].(int64) < last {
			t.Fatalf("line %d: %s", n, line)
		}
		last = e[":time"].(int64)
		process, ok := e[":process"].(int64)
		if !ok {
			continue // the nemesis
		}
		kind := e[":type"].(string)
		if kind == ":invoke" == open[process] || ended[process] {
			t.Fatalf("line %d: process %d cannot do that: %s", n, process, line)
		}
		open[process] = kind == ":invoke"
		ended[process] = kind == ":info"
		pair := e[":value"].([]any)
		if kind == ":invoke" {
			id := history.OpID(invoked)
			invoked++
			if key := h.KeyName(h.Op(id).Key); pair[0] != key || h.Op(id).Func.Writes() && pair[1] != h.VersionName(id) {
				t.Fatalf("line %d: %s, want key %s", n, line, key)
			}
		}
	}
	if invoked != h.Len() {
		t.Errorf("%d operations, want %d", invoked, h.Len())
	}
}

func TestEDNOfARegister(t *testing.T) {
	h := history.New(history.Header{Model: history.Register, Scenario: "s", Seed: "1"})
	c, k := h.AddClient("ann"), h.AddKey(`ca"rt`)
	put := h.Invoke(10, c, history.Put, k)
	h.OkPut(20, put)
	get := h.Invoke(30, c, history.Get, k)
	h.OkGet(40, get, []history.OpID{put})
	var b bytes.Buffer
	if err := h.WriteEDN(&b); err != nil {
		t.Fatal(err)
	}
	want := `{:index 0, :time 10, :process 0, :type :invoke, :f :write, :value ["ca\"rt" "ann.1"]}
{:index 1, :time 20, :process 0, :type :ok, :f :write, :value ["ca\"rt" "ann.1"]}
{:index 2, :time 30, :process 0, :type :invoke, :f :read, :value ["ca\"rt" nil]}
{:index 3, :time 40, :process 0, :type :ok, :f :read, :value ["ca\"rt" "ann.1"]}
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
