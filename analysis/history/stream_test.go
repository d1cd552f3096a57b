package history_test

import (
	"bytes"
	"errors"
	"testing"

	"dynamosim/analysis/history"
)

// However often it is written on, a stream gives the bytes of Write.
func TestStreamIsWrite(t *testing.T) {
	for _, every := range []int{1, 7, 1000} {
		h := history.New(history.Header{Model: history.Siblings, Scenario: "stream", Seed: "1"})
		h.AddClient("shoppers/1")
		h.AddClient("shoppers/2")
		h.AddKey("cart-1")
		var b bytes.Buffer
		s, err := history.NewStream(h, &b)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 500 {
			recordPair(h, int64(i)*1000)
			if i%every == 0 {
				if err := s.Advance(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := s.Advance(); err != nil || b.String() != write(t, h) {
			t.Fatalf("every %d: %v\n%s", every, err, firstDifference(b.String(), write(t, h)))
		}
	}
}

func TestWriteKeys(t *testing.T) {
	for _, m := range models {
		h := sample(m, 9, 200)
		var lines, state bytes.Buffer
		one := func(key int32) bool { return key == 1 }
		if err := errors.Join(h.WriteKeys(&lines, one), h.WriteStateOf(&state, one)); err != nil {
			t.Fatal(err)
		}
		if want := linesOf(write(t, h), h.KeyName(1)); lines.String() != want {
			t.Errorf("%v: %s", m, firstDifference(lines.String(), want))
		}
		var all bytes.Buffer
		if err := h.WriteState(&all); err != nil {
			t.Fatal(err)
		}
		if want := linesOf(all.String(), h.KeyName(1)); state.String() != want || state.Len() == all.Len() {
			t.Errorf("%v: %s", m, firstDifference(state.String(), want))
		}
		if err := h.WriteKeys(brokenPipe{}, one); !errors.Is(err, errBroken) {
			t.Error(err)
		}
	}
}
