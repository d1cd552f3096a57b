package vclock

// entryChunk is how many entries an arena takes from the heap at a time. One value
// still in use keeps its whole chunk, so chunks are small: 12 KB of entries.
const entryChunk = 512

// versionChunk and setChunk are the same for versions and sets, of 6 and 4 KB. Go
// begins such a chunk with 8 bytes of its own: with what is left out here, that is a
// line of the processor's cache, and each set is one, too.
type (
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
}

// Reset forgets the chunks begun. Values handed out before stay valid.
func (a *Arena) Reset() {
	if a != nil {
		*a = Arena{}
	}
}

// clock returns n zero entries.
func (a *Arena) clock(n int) Clock {
	if a == nil {
		return make(Clock, n)
	}
	return take(&a.entries, n, func() []Entry { return make([]Entry, entryChunk) })
}

// list returns n zero versions.
func (a *Arena) list(n int) []Version {
	if a == nil {
		return make([]Version, n)
	}
	return take(&a.versions, n, func() []Version { return new(versionChunk).versions[:] })
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
	return &take(&a.sets, 1, func() []Set { return new(setChunk).sets[:] })[0]
}

// large is how many elements do not come from a chunk.
const large = 64

// take cuts n elements off the front of *rest, from a new chunk if too few are
// left. Its capacity is cut too: an append to what it returned cannot reach a
// neighbour.
func take[T any](rest *[]T, n int, chunk func() []T) []T {
	if n > len(*rest) {
		if n > large {
			return make([]T, n)
		}
		*rest = chunk()
	}
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
