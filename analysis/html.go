package analysis

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/anishathalye/porcupine"

	"dynamosim/analysis/history"
)

// Bounds of a picture: a browser can show so much, and Porcupine draws every
// partial linearization step by step.
const (
	pictureCalls    = 400     // operations around the witness
	picturePartials = 20      // longest partial linearizations
	pictureSteps    = 200_000 // of the search for them
)

// WritePicture draws a key as one self-contained HTML page by Porcupine: a bar
// for every operation, the longest linearizations that could be found, and the
// faults of the run as annotations. If the key has many operations, those
// around the ones of the evidence are drawn. The same history gives the same
// bytes.
func (s *Subject) WritePicture(w io.Writer, key int32, e Evidence) error {
	if s.inParts() {
		if part, err := s.keysFrom(key, key+1); err == nil {
			return part.WritePicture(w, 0, e)
		}
		s.putTogether()
	}
	p := picture{s: s, key: key}
	keep := p.window(e)
	calls := newCallBuilder(s).build(key, keep)
	q := &sequential{s: s, model: s.Model, calls: calls, limit: pictureSteps}
	model := q.porcupineModel()
	_, info := porcupine.CheckOperationsVerbose(model, p.rows(q), 0)
	sortPartials(info.PartialLinearizations())
	info.AddAnnotations(p.annotations(calls))
	q.steps, q.limit = 0, math.MaxInt
	if err := porcupine.Visualize(model, info, w); err != nil {
		return fmt.Errorf("drawing %s: %w", s.History.KeyName(key), err)
	}
	return nil
}

// sortPartials puts the partial linearizations of each partition into one
// order, longest first, and keeps the first few. Porcupine lists them in the
// order of a map; the slices are its own.
func sortPartials(partitions [][][]int) {
	for i, list := range partitions {
		slices.SortFunc(list, func(a, b []int) int { return cmp.Or(len(b)-len(a), slices.Compare(a, b)) })
		partitions[i] = list[:min(len(list), picturePartials)]
	}
}

type picture struct {
	s   *Subject
	key int32
}

// window marks the operations to draw, by position; nil is all of them.
func (p *picture) window(e Evidence) []bool {
	ops := p.s.operations(p.key)
	if len(ops) <= pictureCalls {
		return nil
	}
	first, last := p.extent(e, ops)
	spare := max(0, pictureCalls-(last-first+1)) / 2
	m := minimiser{s: p.s, key: p.key, keep: allOf(p.s, p.key)}
	m.superseded = newSupersession(newAncestry(p.s, p.key), p.s.acknowledgedAt(p.key))
	keep := make([]bool, len(ops))
	for i := max(0, first-spare); i <= min(len(ops)-1, last+spare); i++ {
		keep[i] = i-first+spare < pictureCalls || slices.Contains(e.Operations, p.s.index(ops[i]))
	}
	for i, id := range ops {
		keep[i] = keep[i] || slices.Contains(e.Operations, p.s.index(id))
	}
	m.hold(keep)
	return keep
}

// extent returns the first and last position of the evidence's operations.
func (p *picture) extent(e Evidence, ops []history.OpID) (first, last int) {
	first, last = len(ops)-1, 0
	for i, id := range ops {
		if slices.Contains(e.Operations, p.s.index(id)) {
			first, last = min(first, i), max(last, i)
		}
	}
	if first > last {
		return 0, 0
	}
	return first, last
}

// rows gives every client as many rows as it had operations open at once.
func (p *picture) rows(q *sequential) []porcupine.Operation {
	ops := q.operations()
	type lane struct {
		client int32
		number int
		free   int64
	}
	var lanes []lane
	at := make([]int, len(ops))
	for i := range ops {
		client, number := q.s.History.Op(q.calls[i].id).Client, 0
		at[i] = -1
		for j := range lanes {
			if lanes[j].client == client {
				number++
				if at[i] < 0 && lanes[j].free < ops[i].Call {
					at[i] = j
				}
			}
		}
		if at[i] < 0 {
			at[i] = len(lanes)
			lanes = append(lanes, lane{client: client, number: number})
		}
		lanes[at[i]].free = ops[i].Return
	}
	order := make([]int, len(lanes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(lanes[a].client, lanes[b].client), cmp.Compare(lanes[a].number, lanes[b].number))
	})
	for i := range ops {
		ops[i].ClientId = slices.Index(order, at[i])
		ops[i].Metadata = p.details(q.calls[i].id)
	}
	return ops
}

// details is what the page shows of an operation on demand.
func (p *picture) details(id history.OpID) string {
	o := p.s.History.Op(id)
	end := "never ended"
	if o.Outcome != history.Open {
		end = fmt.Sprintf("%v at %s", o.Outcome, p.s.at(o.Return))
	}
	return fmt.Sprintf("%s, operation %d, invoked at %s, %s", p.s.client(id), o.InvokeIndex, p.s.at(o.Invoke), end)
}

// annotations draws the faults that were there during the calls, a row for
// each kind.
func (p *picture) annotations(calls []call) []porcupine.Annotation {
	from, to := int32(never), int32(0)
	for i := range calls {
		from, to = min(from, calls[i].begin), max(to, calls[i].begin)
		if calls[i].end != never {
			to = max(to, calls[i].end)
		}
	}
	var list []porcupine.Annotation
	events := p.s.History.Events()
	for i, e := range events {
		end := e.Index
		if e.Phase == history.Start {
			end = endIndex(events[i:], to)
		}
		if e.Phase == history.End || e.Phase >= history.Scheduled || end < from || e.Index > to {
			continue
		}
		list = append(list, porcupine.Annotation{
			Tag: e.Kind, Start: int64(max(e.Index, from)), End: int64(min(end, to)),
			Description: cmp.Or(e.Fault, e.Kind), Details: p.s.at(e.Time) + " " + e.Text, BackgroundColor: "#f2b8b5",
		})
	}
	return list
}

// endIndex returns the index at which the fault of the first event ends, to if
// it never does.
func endIndex(events []history.Event, to int32) int32 {
	start := events[0]
	for _, e := range events[1:] {
		if e.Phase == history.End && e.Fault == start.Fault && e.Kind == start.Kind || e.Phase == history.Heal {
			return e.Index
		}
	}
	return max(to, start.Index)
}

// PictureName is the file name of a key's picture: its name, with what does
// not belong into file names written as numbers.
func PictureName(key string) string {
	var b []byte
	for _, r := range key {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			b = append(b, byte(r))
		default:
			b = append(b, '.')
			b = strconv.AppendInt(b, int64(r), 16)
		}
	}
	return string(b) + ".html"
}
