package trace

import (
	"slices"
	"sort"
)

// Stride is how many events lie between two checkpoints.
const Stride = 4096

// kept is how many records a Checkpoints remembers.
const kept = 8192

// Checkpoint is what had happened up to an event.
type Checkpoint struct {
	Event uint64   // its ordinal
	Sum   [16]byte // digest of everything up to and with it
}

// Checkpoints are the course of a run in a few bytes: a checkpoint every Stride events, 6 KB per million events, and the
// last records. They find the first event at which two runs of one plan part, and store no trace for it:
//
//  1. Both runs leave checkpoints, and Parting finds the stretch between two of them in which the runs part.
//  2. Both run again, a Window on each keeps that stretch in full, and FirstDifference finds the record.
//
// They are filled in one of two ways. As a Sink they hash the records. Without records, at the run's full speed, whoever
// steps a run adds the run's own digest every Stride events and at its end.
//
// A run that is not deterministic may part elsewhere when it runs again. Then two runs are to be stepped side by side,
// some 1000 events each in turn, with Checkpoints as sinks: as soon as Parting finds something, their Recent records
// hold it.
//
// The zero value is ready to use.
type Checkpoints struct {
	list   []Checkpoint
	digest Digest // of the records
	event  uint64 // of the last record
	dirty  bool   // there are records since the last checkpoint
	recent []Record
	oldest int // in recent
}

// Record adds a record to the hash and to the recent ones. Checkpoints are at multiples of Stride, whatever events have
// records.
func (c *Checkpoints) Record(r *Record) {
	for next := c.next(); next < r.Ordinal; next += Stride {
		c.Add(next, c.digest.Sum())
	}
	c.event, c.dirty = r.Ordinal, true
	r.addTo(&c.digest)
	if len(c.recent) < kept {
		c.recent = append(c.recent, *r)
		return
	}
	c.recent[c.oldest] = *r
	c.oldest = (c.oldest + 1) % kept
}

func (c *Checkpoints) next() uint64 {
	if len(c.list) == 0 {
		return Stride
	}
	return c.list[len(c.list)-1].Event + Stride
}

// Add adds a checkpoint: the run's digest after an event. Of two runs that are compared, both must be added to at the
// same events for as long as they last.
func (c *Checkpoints) Add(event uint64, sum [16]byte) {
	c.list = append(c.list, Checkpoint{event, sum})
	c.dirty = false
}

// All returns the checkpoints in order, the last one at the last event that had a record.
func (c *Checkpoints) All() []Checkpoint {
	all := make([]Checkpoint, c.count())
	for i := range all {
		all[i] = c.at(i)
	}
	return all
}

func (c *Checkpoints) count() int {
	if c.dirty {
		return len(c.list) + 1
	}
	return len(c.list)
}

func (c *Checkpoints) at(i int) Checkpoint {
	if i < len(c.list) {
		return c.list[i]
	}
	return Checkpoint{c.event, c.digest.Sum()}
}

// Recent returns the records of a stretch of events as far as they are among the last 8192; whole is false if older ones
// of the stretch may be forgotten.
func (c *Checkpoints) Recent(s Span) (records []Record, whole bool) {
	all := slices.Concat(c.recent[c.oldest:], c.recent[:c.oldest])
	whole = len(all) < kept || all[0].Ordinal < s.From
	from := sort.Search(len(all), func(i int) bool { return all[i].Ordinal >= s.From })
	until := sort.Search(len(all), func(i int) bool { return all[i].Ordinal > s.Until })
	return all[from:until], whole
}

// Reset forgets everything and keeps the memory.
func (c *Checkpoints) Reset() {
	clear(c.recent)
	*c = Checkpoints{list: c.list[:0], recent: c.recent[:0]}
}

// addTo adds all of a record to a digest.
func (r *Record) addTo(d *Digest) {
	d.Add4(r.Ordinal, uint64(r.Time), uint64(r.Kind), uint64(uint32(r.Proc))<<32|uint64(uint32(r.Peer)))
	d.Add4(r.Cause, r.Lineage, uint64(r.Arg1), uint64(r.Arg2))
	d.AddString(r.Message)
	d.AddString(r.Key)
	d.AddString(r.Text)
	d.AddString(r.Mark)
}

// Span is a stretch of events: those whose ordinals are From, Until, or between. What happens before the first event has
// ordinal 0.
type Span struct{ From, Until uint64 }

// Parting returns the stretch between two checkpoints in which two runs part; found is false where they are equal. It
// looks at as many checkpoints as their number has binary digits, as digests that differ never meet again.
func Parting(a, b *Checkpoints) (s Span, found bool) {
	equal := sort.Search(min(a.count(), b.count()), func(i int) bool { return a.at(i).Sum != b.at(i).Sum })
	for _, c := range []*Checkpoints{a, b} {
		if equal < c.count() {
			s.Until, found = max(s.Until, c.at(equal).Event), true
		}
		if equal > 0 {
			s.From = max(s.From, c.at(equal-1).Event+1)
		}
	}
	if !found {
		return Span{}, false
	}
	return s, true
}

// Window is a sink that keeps the records of a stretch of events.
type Window struct {
	Span
	Records []Record
}

// Record keeps the record if it is in the window.
func (w *Window) Record(r *Record) {
	if w.From <= r.Ordinal && r.Ordinal <= w.Until {
		w.Records = append(w.Records, *r)
	}
}

// FirstDifference returns the index of the first record in which two lists differ, which may be the length of the
// shorter one; found is false where they are equal.
func FirstDifference(a, b []Record) (i int, found bool) {
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return i, i < max(len(a), len(b))
}
