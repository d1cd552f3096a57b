package sim

import (
	"testing"

	"dynamosim/sim/trace"
)

// announcements compares what is announced with what happens.
type announcements struct {
	next, after     ProcID // announced: for the event that is being handled, for the one after it
	announced, came int
}

func (a *announcements) Record(r *trace.Record) {
	if r.Kind != trace.Deliver {
		return
	}
	if a.next != Nobody {
		a.announced++
	}
	if a.next == ProcID(r.Proc) {
		a.came++
	}
	a.next, a.after = a.after, Nobody
}

// In a large world the next event is announced, nearly always rightly, with either queue, and nothing happens in another way for it; in a small
// one nothing is announced.
func TestAheadIsTheNextEvent(t *testing.T) {
	for _, c := range []struct {
		queue Queue
		n     int
		large bool
	}{{QueueHeap, far, true}, {QueueRadix, far, true}, {QueueHeap, far / 2, false}} {
		log := &announcements{next: Nobody, after: Nobody}
		cfg := parcelConfig()
		cfg.Queue, cfg.Trace = c.queue, log
		cfg.Ahead = func(p ProcID, m *parcel) {
			if log.after = p; m == nil {
				t.Error("no message")
			}
		}
		digest := relays(cfg, c.n, 0).Digest().String()
		switch {
		case !c.large && log.announced > 0:
			t.Errorf("queue %d: %d announced among %d events", c.queue, log.announced, c.n)
		case c.large && (log.announced < 3*c.n || log.came < log.announced*99/100):
			t.Errorf("queue %d: of %d announced %d came next", c.queue, log.announced, log.came)
		}
		cfg.Trace, cfg.Ahead = nil, nil
		if without := relays(cfg, c.n, 0).Digest().String(); without != digest {
			t.Errorf("queue %d: digest %s, without announcements %s", c.queue, digest, without)
		}
	}
}
