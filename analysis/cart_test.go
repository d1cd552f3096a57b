package analysis

import (
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// recordCart records a cart by words: "+x" adds item x under its own tag, "?x"
// adds it with an unknown outcome, "-x" removes it, "~x" removes it with an
// unknown outcome, "=x,y" is the final get.
func recordCart(words ...string) *history.History {
	h := history.New(history.Header{Model: history.Siblings})
	c, k := h.AddClient("ann"), h.AddKey("cart")
	item := func(name string) history.CartItem {
		return history.CartItem{Item: h.AddItem(name), Tag: h.AddTag("tag-of-" + name)}
	}
	for i, w := range words {
		t := int64(i) * 10
		verb, name := w[0], w[1:]
		if verb == '=' {
			get := h.Invoke(t, c, history.Get, k)
			h.SetFinal(get)
			h.OkGet(t+5, get, nil)
			var items []history.CartItem
			for _, n := range names(name) {
				items = append(items, item(n))
			}
			h.SetItems(get, items)
			continue
		}
		put := h.Invoke(t, c, history.Put, k)
		if verb == '+' || verb == '?' {
			h.SetCart(put, []history.CartItem{item(name)}, nil)
		} else {
			h.SetCart(put, nil, []int32{item(name).Tag})
		}
		if verb == '?' || verb == '~' {
			h.Info(t+5, put, "timeout")
		} else {
			h.OkPut(t+5, put)
		}
	}
	return h
}

func TestCartTable(t *testing.T) {
	for _, c := range []struct {
		name         string
		words        string
		want, strict Verdict
		kind         string
	}{
		{"C1 add lost", "+x +y =x", Invalid, Invalid, "lost-item"},
		{"C2 deletion resurfaced", "+x -x =x", Valid, Invalid, "resurfaced-item"},
		{"C3 deleted", "+x -x =", Valid, Valid, ""},
		{"kept", "+x +y =x,y", Valid, Valid, ""},
		{"unknown addition there", "+x ?y =x,y", Valid, Valid, ""},
		{"unknown addition not there", "+x ?y =x", Valid, Valid, ""},
		{"unknown removal, gone", "+x ~x =", Valid, Valid, ""},
		{"unknown removal, still there", "+x ~x =x", Valid, Valid, ""},
		{"nobody added it", "+x =x,z", Invalid, Invalid, "phantom-item"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := recordCart(strings.Fields(c.words)...)
			for strict, want := range map[bool]Verdict{false: c.want, true: c.strict} {
				r := Judge(h, Options{Checks: []Request{{Check: "cart", Strict: strict}}})[0]
				if r.Verdict != want || want == Invalid && r.Evidence[0].Kind != c.kind {
					t.Errorf("strict %v: %v (%s) %+v, want %v", strict, r.Verdict, r.Summary, r.Evidence, want)
				}
			}
		})
	}
}

func TestCartNeedsTagsAndFinalGets(t *testing.T) {
	if r := judgeText(t, siblings, "cart", "put:a[0,10]"); r.Verdict != NotApplicable {
		t.Errorf("without tags: %v", r.Verdict)
	}
	if r := judgeOn(recordCart("+x"), "cart", Facts{}); r.Verdict != NotApplicable {
		t.Errorf("without a final get: %v", r.Verdict)
	}
}
