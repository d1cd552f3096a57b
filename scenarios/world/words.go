package world

import (
	"slices"
	"strconv"

	"dynamosim/dynamo/vclock"
)

// words remembers how versions and sets of them were put into words for the trace: each is told of again and again, when it is sent, when it
// arrives, by each replica. Versions, their clocks and sets never change.
type words struct {
	versions [1 << 12]versionWords // by the low bits of the value's id
	sets     [1 << 10]setWords     // by the low bits of the first value's id
	clocks   clockWords
	buf      []byte
}

type versionWords struct {
	id        uint64
	clock     *vclock.Entry // where it lies
	entries   int
	dot       vclock.Dot
	tombstone bool
	text      string
}

type setWords struct {
	set  *vclock.Set
	text string
}

// clockWords puts clocks into words.
type clockWords struct{ parts []clockPart }

// clockPart is where an entry of a clock stands.
type clockPart struct{ from, to int }

// set tells of the versions of a set.
func (t *words) set(w *World, s *vclock.Set) string {
	switch len(s.Versions) {
	case 0:
		return ""
	case 1:
		return t.version(w, &s.Versions[0])
	}
	known := &t.sets[s.Versions[0].Value.ID%uint64(len(t.sets))]
	if known.set != s {
		var text []byte
		for i := range s.Versions {
			if i > 0 {
				text = append(text, ", "...)
			}
			text = append(text, t.version(w, &s.Versions[i])...)
		}
		*known = setWords{s, string(text)}
	}
	return known.text
}

// version tells of a version and its clock.
func (t *words) version(w *World, v *vclock.Version) string {
	want := versionWords{id: v.Value.ID, entries: len(v.Clock), dot: v.Dot, tombstone: v.Tombstone}
	if want.entries > 0 {
		want.clock = &v.Clock[0]
	}
	known := &t.versions[v.Value.ID%uint64(len(t.versions))]
	want.text = known.text
	if *known != want || known.text == "" {
		want.text = t.tell(w, v)
		*known = want
	}
	return want.text
}

func (t *words) tell(w *World, v *vclock.Version) string {
	b := w.history.AppendVersion(t.buf[:0], w.versionRead(v.Value.ID))
	if v.Tombstone {
		b = append(b, " (deleted)"...)
	}
	b = append(b, " {"...)
	b = append(t.clocks.append(w, b, v.Shown(nil)), '}')
	t.buf = b
	return string(b)
}

// append appends the entries of a clock in the order of their texts.
func (t *clockWords) append(w *World, b []byte, c vclock.Clock) []byte {
	t.parts = t.parts[:0]
	from := len(b)
	for _, e := range c {
		at := len(b)
		b = append(w.appendActor(b, e.Actor), ": "...)
		b = strconv.AppendUint(b, e.Counter, 10)
		t.parts = append(t.parts, clockPart{at, len(b)})
	}
	slices.SortStableFunc(t.parts, func(x, y clockPart) int { return slices.Compare(b[x.from:x.to], b[y.from:y.to]) })
	to := len(b)
	for i, p := range t.parts {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, b[p.from:p.to]...)
	}
	return append(b[:from], b[to:]...)
}
