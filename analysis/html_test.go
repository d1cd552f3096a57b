package analysis

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// busy is a register history of n operations by several clients on one key, with
// a partition in the middle and one stale read near the end.
func busy(n int, clients int) *history.History {
	h := history.New(history.Header{Model: history.Register})
	for c := range clients {
		h.AddClient(fmt.Sprint("c", c))
	}
	k := h.AddKey("hot")
	newest, t := history.NoVersion, int64(0)
	var first history.OpID
	for h.Len() < n {
		t += 1000
		if h.Len() == n/2/clients*clients {
			h.Nemesis(t, "partition", "cut", history.Start, "partition {isolate: 1}")
		}
		var puts, gets []history.OpID
		for c := range int32(clients) {
			f := history.Get
			if c == 0 {
				f = history.Put
			}
			id := h.Invoke(t, c, f, k)
			if f == history.Put {
				puts = append(puts, id)
			} else {
				gets = append(gets, id)
			}
		}
		for _, g := range gets {
			var answer []history.OpID
			if newest != history.NoVersion {
				answer = []history.OpID{newest}
			}
			if h.Len() >= n && g == gets[0] {
				answer = []history.OpID{first}
			}
			h.OkGet(t+500, g, answer)
		}
		for _, p := range puts {
			h.OkPut(t+900, p)
			newest = p
			if p == 0 {
				first = p
			}
		}
	}
	h.MarkPhase(t+1000, history.Heal)
	return h
}

func picture2(t *testing.T, h *history.History) string {
	t.Helper()
	s := NewSubject(h, Facts{})
	r := resultOf("linearizable", s)
	if r.Verdict != Invalid {
		t.Fatalf("verdict %v", r.Verdict)
	}
	var b bytes.Buffer
	if err := s.WritePicture(&b, 0, r.Evidence[0]); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPictureIsBoundedAndRepeats(t *testing.T) {
	for _, n := range []int{40, 30_000} {
		page := picture2(t, busy(n, 6))
		if !strings.Contains(page, "<html") || !strings.Contains(page, "partition {isolate: 1}") {
			t.Errorf("%d operations: no page with the fault on it", n)
		}
		if len(page) > 2<<20 {
			t.Errorf("%d operations: %d bytes", n, len(page))
		}
		for range 3 {
			if again := picture2(t, busy(n, 6)); again != page {
				t.Fatalf("%d operations: the page differs the next time", n)
			}
		}
	}
}

// Porcupine lists partial linearizations in the order of a map, so pages of
// random illegal histories are where bytes would differ.
func TestPicturesOfRandomHistoriesRepeat(t *testing.T) {
	drawn := 0
	for seed := range uint64(300) {
		h := generate(seed, siblings, true, 16)
		s := NewSubject(h, Facts{})
		r := resultOf("linearizable", s)
		if r.Verdict != Invalid {
			continue
		}
		drawn++
		var a, b bytes.Buffer
		if err := s.WritePicture(&a, 0, r.Evidence[0]); err != nil {
			t.Fatal(err)
		}
		if err := s.WritePicture(&b, 0, r.Evidence[0]); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Fatalf("seed %d: two pages of one history differ", seed)
		}
	}
	if drawn < 50 {
		t.Errorf("only %d pages compared", drawn)
	}
}

func TestPartialsAreSorted(t *testing.T) {
	list := [][][]int{{{2}, {0, 1}, {1, 0}, {0, 2}}, {{1}}}
	sortPartials(list)
	if want := "[[[0 1] [0 2] [1 0] [2]] [[1]]]"; fmt.Sprint(list) != want {
		t.Errorf("%v, want %s", list, want)
	}
	many := [][][]int{make([][]int, 100)}
	sortPartials(many)
	if len(many[0]) != picturePartials {
		t.Errorf("%d partial linearizations drawn", len(many[0]))
	}
}

func TestPictureName(t *testing.T) {
	for key, want := range map[string]string{"cart-7": "cart-7.html", "a/../b": "a.2f.2e.2e.2fb.html", "é": ".e9.html", "": ".html"} {
		if got := PictureName(key); got != want {
			t.Errorf("PictureName(%q) = %q, want %q", key, got, want)
		}
	}
}
