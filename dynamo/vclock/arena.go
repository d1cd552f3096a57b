package vclock

// An entryChunk is what an arena takes from the heap at a time. One value still in
// use keeps its whole chunk, so chunks are small: this is 12 KB. A versionChunk and
// a setChunk are 6 and 4 KB. Go begins such a chunk with 8 bytes of its own: with
// what is left out here, that is a line of the processor's cache, and each set is
// one, too.
type (
	entryChunk   [512]Entry
	versionChunk struct {
		_        [56]byte
		versions [64]Version
	}
	setChunk struct {
		_    [56]byte
		sets [63]Set
	}
)

// Arena hands out memory for clocks, versions and sets in chunks. Nothing is
// freed one by one: a chunk goes when nothing in it is in use any more. The zero
// Arena is ready; a nil one takes each piece from the heap. An Arena serves one
// goroutine.
type Arena struct {
	entries  []Entry
	versions []Version
	sets     []Set

	entryChunks   Chunks[entryChunk]
	versionChunks Chunks[versionChunk]
	setChunks     Chunks[setChunk]
}

// Reset begins anew with the memory of before: no value handed out until now may
// be used any more.
func (a *Arena) Reset() {
	a.entries, a.versions, a.sets = nil, nil, nil
	a.entryChunks.Reset()
	a.versionChunks.Reset()
	a.setChunks.Reset()
}

// Chunks takes memory from the heap a T at a time, and keeps the first ones for
// use after a Reset: what was used a moment ago is in the processor's cache, and
// costs no page from the system.
type Chunks[T any] struct {
	kept []*T
	used int // of those kept
}

// keptChunks is how many are kept, so that what a long run no longer needs can go.
const keptChunks = 256

// Next returns a T that is zero.
func (c *Chunks[T]) Next() *T {
	if c.used < len(c.kept) {
		t := c.kept[c.used]
		c.used++
		var zero T
		*t = zero
		return t
	}
	t := new(T)
	if len(c.kept) < keptChunks {
		c.kept = append(c.kept, t)
		c.used++
	}
	return t
}

// Reset makes everything that Next has returned free to be returned again.
func (c *Chunks[T]) Reset() { c.used = 0 }

// clock returns n zero entries.
func (a *Arena) clock(n int) Clock {
	if a == nil || n > large {
		return make(Clock, n)
	}
	if n > len(a.entries) {
		a.entries = a.entryChunks.Next()[:]
	}
	return take(&a.entries, n)
}

// list returns n zero versions.
func (a *Arena) list(n int) []Version {
	if a == nil || n > large {
		return make([]Version, n)
	}
	if n > len(a.versions) {
		a.versions = a.versionChunks.Next().versions[:]
	}
	return take(&a.versions, n)
}

// set returns a set of these parts, nil if they hold nothing at all.
func (a *Arena) set(context Clock, versions []Version) *Set {
	if len(context) == 0 && len(versions) == 0 {
		return nil
	}
	s := a.newSet()
	s.Context, s.Versions = context, versions
	return s
}

func (a *Arena) newSet() *Set {
	if a == nil {
		return new(Set)
	}
	if len(a.sets) == 0 {
		a.sets = a.setChunks.Next().sets[:]
	}
	return &take(&a.sets, 1)[0]
}

// large is how many elements do not come from a chunk.
const large = 64

// take cuts n elements off the front of *rest. Their capacity is cut too: an append
// to them cannot reach a neighbour.
func take[T any](rest *[]T, n int) []T {
	out := (*rest)[:n:n]
	*rest = (*rest)[n:]
	return out
}

// Join returns the smallest clock that has seen what x and y have seen (pointwise
// maximum): x itself, or y itself, where that is the join, and x if both are.
func (a *Arena) Join(x, y Clock) Clock {
	xLacks, yLacks, union := relate(x, y)
	switch {
	case !xLacks:
		return x
	case !yLacks:
		return y
	}
	return join(a.clock(union), x, y)
}

// join fills out, which has exactly the length needed.
func join(out, x, y Clock) Clock {
	i, j := 0, 0
	for k := range out {
		switch {
		case j == len(y) || i < len(x) && x[i].Actor < y[j].Actor:
			out[k] = x[i]
			i++
		case i == len(x) || y[j].Actor < x[i].Actor:
			out[k] = y[j]
			j++
		default:
			out[k] = later(x[i], y[j])
			i++
			j++
		}
	}
	return out
}

// later picks the entry of two of one actor that has seen more.
func later(e, f Entry) Entry {
	if f.Counter > e.Counter || f.Counter == e.Counter && f.Time > e.Time {
		return f
	}
	return e
}

// With returns the clock c with dot d seen too, at this time: c itself if it
// covers d.
func (a *Arena) With(c Clock, d Dot, time int64) Clock {
	at, have := c.find(d.Actor)
	if have && c[at].Counter >= d.Counter || d.Counter == 0 {
		return c
	}
	tail, n := at, len(c)+1
	if have {
		tail, n = at+1, len(c)
	}
	out := a.clock(n)
	copy(out, c[:at])
	out[at] = Entry{Actor: d.Actor, Counter: d.Counter, Time: time}
	copy(out[at+1:], c[tail:])
	return out
}
