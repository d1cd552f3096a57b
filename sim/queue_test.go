package sim

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// sorted is the plain twin of the queues: a sorted list.
type sorted struct{ keys []key }

func compareKeys(a, b key) int {
	switch {
	case a == b:
		return 0
	case a.hi < b.hi || a.hi == b.hi && a.lo < b.lo:
		return -1
	}
	return 1
}

func (s *sorted) list() []key { return slices.Clone(s.keys) }

func (s *sorted) reset() { s.keys = s.keys[:0] }

func (s *sorted) push(k key) {
	i, _ := slices.BinarySearchFunc(s.keys, k, compareKeys)
	s.keys = slices.Insert(s.keys, i, k)
}

func (s *sorted) min() key {
	if len(s.keys) == 0 {
		return noKey()
	}
	return s.keys[0]
}

func (s *sorted) pop() { s.keys = slices.Delete(s.keys, 0, 1) }

func TestLessIsTheOrderOfKeys(t *testing.T) {
	words := []uint64{0, 1, 1 << 63, ^uint64(0)}
	for _, a := range words {
		for _, b := range words {
			for _, c := range words {
				for _, d := range words {
					x, y := key{a, b}, key{c, d}
					if got, want := less(&x, &y) == 1, compareKeys(x, y) < 0; got != want {
						t.Errorf("less(%v, %v) = %v", x, y, got)
					}
				}
			}
		}
	}
}

// drawKey draws a key that ties with others in time often.
func drawKey(t *rapid.T, seq *uint64, index int) key {
	*seq++
	return key{uint64(rapid.IntRange(0, 20).Draw(t, "time")), *seq<<indexBits | uint64(index)}
}

func TestQueueAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var twin sorted
		q.reset()
		var seq uint64
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			if got, want := q.min(), twin.min(); got != want {
				t.Fatalf("min is %v, want %v", got, want)
			}
			if len(twin.keys) > 0 && rapid.IntRange(0, 2).Draw(t, "pop") == 0 {
				q.pop()
				twin.pop()
				if rapid.Bool().Draw(t, "alone") {
					continue
				}
			}
			k := drawKey(t, &seq, 0)
			q.push(k)
			twin.push(k)
		}
		for len(twin.keys) > 0 {
			if got, want := q.min(), twin.min(); got != want {
				t.Fatalf("min is %v, want %v", got, want)
			}
			q.pop()
			twin.pop()
		}
		if q.min() != noKey() {
			t.Fatalf("empty queue has %v", q.min())
		}
	})
}

// The radix heap takes keys that are before the last one taken, too.
func TestRadixAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, twin := new(radix), new(sorted)
		q.reset()
		var seq, now uint64
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			if got, want := q.min(), twin.min(); got != want {
				t.Fatalf("min is %v, want %v", got, want)
			}
			if len(twin.keys) > 0 && rapid.IntRange(0, 2).Draw(t, "pop") == 0 {
				if rapid.IntRange(0, 9).Draw(t, "dispatched") > 0 {
					now = twin.min().hi
				}
				q.pop()
				twin.pop()
				continue
			}
			k := drawKey(t, &seq, 0)
			k.hi = now + k.hi<<rapid.IntRange(0, 40).Draw(t, "scale")
			if rapid.IntRange(0, 3).Draw(t, "lot") == 0 {
				k.lo = shuffle(seq, 99) << indexBits // no other has it
			}
			q.push(k)
			twin.push(k)
		}
		for len(twin.keys) > 0 {
			if got, want := q.min(), twin.min(); got != want {
				t.Fatalf("min is %v, want %v", got, want)
			}
			q.pop()
			twin.pop()
		}
		if q.min() != noKey() {
			t.Fatalf("empty queue has %v", q.min())
		}
	})
}

func TestTimersAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q timerQueue
		var twin sorted
		q.reset()
		var seq uint64
		var gone []key
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			switch action := rapid.IntRange(0, 5).Draw(t, "action"); {
			case action == 0 && len(twin.keys) > 0:
				gone = append(gone, twin.keys[0])
				q.pop()
				twin.pop()
			case action == 1 && len(twin.keys) > 0:
				i := rapid.IntRange(0, len(twin.keys)-1).Draw(t, "which")
				gone = append(gone, twin.keys[i])
				if !q.remove(twin.keys[i].lo) {
					t.Fatalf("%v was not there", twin.keys[i])
				}
				twin.keys = slices.Delete(twin.keys, i, i+1)
			case action == 2 && len(gone) > 0:
				if k := rapid.SampledFrom(gone).Draw(t, "stale"); q.remove(k.lo) {
					t.Fatalf("removed %v twice", k)
				}
			default:
				k := drawKey(t, &seq, freeIndex(&twin))
				q.push(k)
				twin.push(k)
			}
			if got, want := q.min(), twin.min(); got != want || q.len() != len(twin.keys) {
				t.Fatalf("min is %v of %d, want %v of %d", got, q.len(), want, len(twin.keys))
			}
		}
	})
}

// freeIndex is the lowest slab index that no key uses, as the kernel's free
// list may give it out: indexes are used again at once.
func freeIndex(s *sorted) int {
	for i := 0; ; i++ {
		if !slices.ContainsFunc(s.keys, func(k key) bool { return int(k.lo&indexMask) == i }) {
			return i
		}
	}
}

func TestShuffleIsABijection(t *testing.T) {
	const n = 1 << 16
	seen := make(map[uint64]bool, n)
	inOrder := 0
	last := uint64(0)
	for seq := range uint64(n) {
		s := shuffle(seq, 77)
		if s > maxSeq || seen[s] {
			t.Fatalf("shuffle(%d) = %d: out of range or seen before", seq, s)
		}
		seen[s] = true
		if s > last {
			inOrder++
		}
		last = s
	}
	if inOrder < n*48/100 || inOrder > n*52/100 {
		t.Errorf("%d of %d neighbours stay in order, want about half", inOrder, n)
	}
}

func TestShuffleIsABijectionOfEveryWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.Uint64().Draw(t, "key")
		a := rapid.Uint64Range(0, maxSeq).Draw(t, "a")
		b := rapid.Uint64Range(0, maxSeq).Draw(t, "b")
		if (shuffle(a, key) == shuffle(b, key)) != (a == b) {
			t.Fatalf("%d and %d meet", a, b)
		}
	})
}
