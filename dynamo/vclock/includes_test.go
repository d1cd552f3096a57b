package vclock

import (
	"testing"
)

// A set includes a version exactly where merging it in brings nothing: its own
// set, what superseded it, and what was merged with either.
func TestIncludes(t *testing.T) {
	for _, m := range []Mode{Dotted, Riak, Paper, LastWriteWins, ABD} {
		put := func(s *Set, context Clock, actor Actor, counter uint64, wall int64) (*Set, Version) {
			v := Version{Dot: Dot{actor, counter}, Stamp: Stamp{Wall: wall, Node: uint32(actor)}, Value: Value{ID: uint64(wall)}}
			after, _ := m.Put(nil, s, context, v)
			return after, v
		}
		one, v1 := put(nil, nil, 1, 1, 10)
		two, v2 := put(one, one.ContextFor(m, nil), 1, 2, 20)
		other, v3 := put(one, one.ContextFor(m, nil), 2, 1, 30)
		both := m.Merge(nil, two, other)
		for _, c := range []struct {
			name string
			set  *Set
			v    Version
			want bool
		}{
			{"nothing", nil, v1, false}, {"itself", one, v1, true}, {"what came after it", two, v1, true}, {"what comes later", one, v2, false},
			{"another branch", two, v3, false}, {"merged", both, v2, true}, {"merged", both, v3, true}, {"merged", both, v1, true},
		} {
			if got := m.Includes(c.set, &c.v); got != c.want {
				t.Errorf("%v: %s: %v, want %v", m, c.name, got, c.want)
			}
		}
	}
}
