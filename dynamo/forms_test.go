package dynamo

import (
	"bytes"
	"testing"

	"dynamosim/dynamo/vclock"
)

// A storage form that is remembered is the one that would be made anew, whichever sets were written in between.
func TestForms(t *testing.T) {
	var f forms
	var sets []*vclock.Set
	for i := range uint64(5 * leastForms) {
		s, _ := vclock.Dotted.Put(nil, nil, nil, vclock.Version{Dot: vclock.Dot{Actor: 1, Counter: i + 1}, Value: vclock.Value{ID: i, Len: 100, Content: "abc"}})
		sets = append(sets, s)
	}
	sets = append(sets, nil)
	for i := range 3 * len(sets) {
		for _, s := range []*vclock.Set{sets[i*i%len(sets)], sets[i%len(sets)], sets[i*i%len(sets)], nil} {
			p := f.of(s, 1)
			if want := vclock.AppendSet(nil, s); !bytes.Equal(p.Bytes, want) {
				t.Fatalf("form %x of a set whose form is %x", p.Bytes, want)
			}
			if want := s.WireSize(); s != nil && p.Weight != want {
				t.Fatalf("weight %d of a set of %d bytes", p.Weight, want)
			}
			if len(f.recent) != leastForms {
				t.Fatalf("%d forms are remembered, want %d", len(f.recent), leastForms)
			}
		}
	}
}

// There is room for what a large cluster has under way, and remembering takes no memory once there is.
func TestFormsOfLargeClusters(t *testing.T) {
	var f forms
	s, _ := vclock.Dotted.Put(nil, nil, nil, vclock.Version{Dot: vclock.Dot{Actor: 1, Counter: 1}})
	o, _ := vclock.Dotted.Put(nil, nil, nil, vclock.Version{Dot: vclock.Dot{Actor: 2, Counter: 1}})
	f.of(s, 1000)
	f.of(o, 1000)
	if len(f.recent) != 512 {
		t.Errorf("%d forms of 1,000 nodes, want 512", len(f.recent))
	}
	if n := testing.AllocsPerRun(100, func() { f.of(s, 1000); f.of(o, 1000) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
