package sim

import (
	"testing"

	"pgregory.net/rapid"
)

// Events, timers and cancellations in any mixture come out as a sorted list
// has them, at their times, each once, in the order of scheduling at one time.
func TestKernelAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var k kernel
		k.reset()
		var twin sorted
		names := map[uint64]uint64{} // by low word of the key
		var timers []uint64
		for n := range uint64(rapid.IntRange(1, 200).Draw(t, "steps")) {
			switch action := rapid.IntRange(0, 4).Draw(t, "action"); {
			case action <= 1:
				i, e := k.alloc()
				*e = event{a: n}
				at := k.after(rapid.Int64Range(0, 10).Draw(t, "delay"))
				if action == 0 {
					k.schedule(at, i)
				} else {
					timers = append(timers, k.scheduleTimer(at, i))
				}
				names[k.events[i].id] = n
				twin.push(key{uint64(at), k.events[i].id})
			case action == 2 && len(timers) > 0:
				id := rapid.SampledFrom(timers).Draw(t, "timer")
				if k.timers.remove(id) != twin.remove(id) {
					t.Fatalf("timer %x is there in one and not in the other", id)
				} else if _, pending := names[id]; pending && k.events[id&indexMask].id == id {
					k.release(int32(id & indexMask))
				}
			default:
				limit := k.now + rapid.Int64Range(0, 10).Draw(t, "limit")
				first := twin.min()
				i, at, ok := k.next(limit)
				if want := first.hi <= uint64(limit); ok != want {
					t.Fatalf("an event by %d: %v, want %v", limit, ok, want)
				}
				if !ok {
					continue
				}
				twin.pop()
				if uint64(at) != first.hi || k.events[i].id != first.lo || k.events[i].a != names[first.lo] {
					t.Fatalf("event %d at %d, want %d at %d", k.events[i].a, at, names[first.lo], first.hi)
				}
				k.begin(at)
				k.release(i)
			}
			if k.live != len(twin.keys) {
				t.Fatalf("%d events, want %d", k.live, len(twin.keys))
			}
		}
	})
}

// remove takes the key with a low word out.
func (s *sorted) remove(lo uint64) bool {
	for i, k := range s.keys {
		if k.lo == lo {
			s.keys = append(s.keys[:i], s.keys[i+1:]...)
			return true
		}
	}
	return false
}
