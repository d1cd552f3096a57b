package dynamo_test

import (
	"strings"
	"testing"

	"dynamosim/dynamo"
)

// Failure detection by accrual, beside the timeouts of Dynamo §4.8: local all the same.

func accrual(cfg *dynamo.Config) {
	cfg.Detect = false
	cfg.Accrual = &dynamo.Accrual{Heartbeat: 1_000_000_000, Samples: 100, Threshold: 5612 << 16 / 1000} // phi 8
}

// A silent peer is suspected without any request, and cleared when it is heard again; a lost request proves nothing.
func TestAccrualSuspectsTheSilent(t *testing.T) {
	b := newBench(t, "abcd", accrual)
	b.run(t, "advance 20s")
	if b.marks[dynamo.MarkSuspected] != 0 {
		t.Fatalf("%d suspicions while all is well", b.marks[dynamo.MarkSuspected])
	}
	b.run(t, "down b", "advance 1s")
	if b.marks[dynamo.MarkSuspected] != 0 {
		t.Error("suspected after one period")
	}
	b.run(t, "advance 2s")
	if b.marks[dynamo.MarkSuspected] != 3 {
		t.Errorf("%d of three peers suspect it after three periods", b.marks[dynamo.MarkSuspected])
	}
	b.lines = nil
	b.run(t, "put v1 at a")
	expect(t, "the put", b.reply("v1"), "ok")
	expect(t, "the hint", b.hinted(), "d(b):v1")
	if b.went("a", "b", dynamo.Replicate) != 0 {
		t.Errorf("a asks b:\n%s", strings.Join(b.lines, "\n"))
	}
	b.run(t, "up b", "advance 2s")
	if b.marks[dynamo.MarkUnsuspected] < 3 {
		t.Errorf("%d of three peers believe that it is back", b.marks[dynamo.MarkUnsuspected])
	}
}

// "Node A may consider node B failed if B does not respond to A's messages (even if B is responsive to C's messages)" (Dynamo §4.8).
func TestAccrualIsLocal(t *testing.T) {
	b := newBench(t, "abc", accrual)
	b.run(t, "lose b>a", "advance 5s")
	if got := b.marks[dynamo.MarkSuspected]; got != 1 {
		t.Errorf("%d suspicions, want that of b by a", got)
	}
}

// A request that times out makes nobody suspected.
func TestAccrualIgnoresTimeouts(t *testing.T) {
	b := newBench(t, "abcd", accrual)
	b.run(t, "advance 2500ms", "lose a>b", "put v1 at a", "advance 300ms")
	if b.marks[dynamo.MarkSuspected] != 0 {
		t.Error("suspected after a timeout")
	}
}
