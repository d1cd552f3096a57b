package quorum

import (
	"strings"
	"testing"
)

// TestPictures draws requests as bars: a row a node, a column a moment. There a node
// is silent (.), answers (+), fails (x) or is asked as a stand-in (?); the last row
// is what the tally then says: pending, success, failure. All but stand-ins are
// asked at the start.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		why     string
		need    int
		picture string
	}{
		{"§4.5: the coordinator's own write and the first of two others make W=2", 2, `
			A +..
			B ..+
			C ...
			  pps`},
		{"a third acknowledgement changes nothing any more", 2, `
			A +..
			B .+.
			C ..+
			  pss`},
		{"W=1: §4.6, a write is rejected only if all nodes are unavailable", 1, `
			A x...
			B .x..
			C ..+.
			  ppss`},
		{"W=1, and all are unavailable", 1, `
			A x...
			B .x..
			C ..x.
			  ppff`},
		{"W=N: the slowest decides", 3, `
			A +..
			B .+.
			C ..+
			  pps`},
		{"W=N: the first failure decides", 3, `
			A +.
			B .x
			C ..
			  pf`},
		{"W=2 of 3: one failure is survived, a second is not", 2, `
			A +...
			B .x..
			C ...x
			  pppf`},
		{"failed before anything was acknowledged, as soon as it is certain", 2, `
			A ...
			B x..
			C ..x
			  ppf`},
		{"a node's acknowledgement counts once, however often it comes", 2, `
			A ++++
			B ....
			C ....
			  pppp`},
		{"a node's failure counts once too", 2, `
			A xxx.
			B ...+
			C ....
			  pppp`},
		{"a node that was given up and answers late does count", 2, `
			A +...
			B .x.+
			C ....
			  ppps`},
		{"what has been acknowledged cannot fail afterwards", 2, `
			A +x..
			B ..x.
			C ...+
			  ppps`},
		{"a late answer turns a failure back; the coordinator will have replied", 2, `
			A x...
			B .x.+
			C ..+.
			  pffs`},
		{"sloppy quorum (§4.6): D stands in for A", 2, `
			A x....
			B ..+..
			C .....
			D .?..+
			  pppps`},
		{"a stand-in is one more to hope for, and may be in time to save the request", 2, `
			A +....
			B .x...
			C ..x..
			D .?...
			E ...?+
			  pppps`},
		{"a single node", 1, `
			A .+
			  ps`},
		{"W above N cannot be reached", 3, `
			A .
			B .
			  f`},
		{"nothing needed", 0, `
			A .
			  s`},
	} {
		runPicture(t, c.why, c.need, c.picture)
	}
}

// counter is what Write and Read have in common.
type counter interface {
	Reset(n, need int)
	Ask(k int)
	Fail(node int32) bool
	Status() Status
	Fails() int
	Outstanding() int
}

// answering gives Write and Read one way to say yes.
type answering struct {
	counter
	answer func(node int32) bool
}

func tallies() map[string]answering {
	w, r := new(Write), new(Read)
	return map[string]answering{
		"write": {w, w.Ack},
		"read":  {r, func(node int32) bool { return r.Reply(node, nil) }},
	}
}

func runPicture(t *testing.T, why string, need int, picture string) {
	lines := strings.Split(strings.TrimSpace(picture), "\n")
	rows := make([]string, len(lines))
	for i, line := range lines {
		rows[i] = line[strings.LastIndexAny(line, " \t")+1:]
	}
	nodes, want := rows[:len(rows)-1], rows[len(rows)-1]
	asked := 0
	for _, row := range nodes {
		if !strings.Contains(row, "?") {
			asked++
		}
	}
	for name, q := range tallies() {
		q.Reset(asked, need)
		for moment := range want {
			for node, row := range nodes {
				switch row[moment] {
				case '+':
					q.answer(int32(node))
				case 'x':
					q.Fail(int32(node))
				case '?':
					q.Ask(1)
				}
			}
			if got := q.Status().String()[0]; got != want[moment] {
				t.Errorf("%s: %s at moment %d says %c, want %c:%s", why, name, moment, got, want[moment], picture)
			}
		}
	}
}

func TestStatusNames(t *testing.T) {
	for s, want := range map[Status]string{Pending: "pending", Success: "success", Failure: "failure", 7: "Status(7)"} {
		if s.String() != want {
			t.Errorf("%d prints as %s", s, s)
		}
	}
}
