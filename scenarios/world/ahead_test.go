package world

import (
	"testing"

	"dynamosim/dynamo"
	"dynamosim/sim"
)

// Looking ahead at any process, at any moment, with a message or without, changes nothing of a run: crashes and restarts included.
func TestAheadChangesNothing(t *testing.T) {
	run := func(look bool) (digest string, events uint64) {
		w := watchedWorld(t, "chaos", "", 0)
		m := &dynamo.Message{Kind: dynamo.Get}
		for w.Now() < 25e9 && w.Step(500) {
			for p := 0; look && p < len(w.hosts)+len(w.sessions)+3; p++ {
				w.ahead(sim.ProcID(p), nil)
				w.ahead(sim.ProcID(p), m)
			}
		}
		return w.sys.Digest().String(), w.Events()
	}
	digest, events := run(false)
	if got, n := run(true); got != digest || n != events || events < 10_000 {
		t.Errorf("after %d events the digest is %s, without looking ahead %s after %d", n, got, digest, events)
	}
}
