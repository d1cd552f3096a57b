package analysis

import "dynamosim/analysis/history"

// Window counts the operations that began in a span of time.
type Window struct {
	From, To   int64 // ns; To is not in it
	Operations Counts
	By         [Kinds]Counts
	Latency    [Kinds]int64 // sum over what succeeded, ns
	StaleGets  int
}

// Windows counts the operations of a span in windows of equal length; the last
// one may be shorter. Final gets and preloaded puts are left out, and so are
// read-modify-writes as such, whose parts are counted.
func (s *Subject) Windows(span Interval, length int64) []Window {
	var all []Window
	for from := span.From; from < span.To; from += length {
		all = append(all, Window{From: from, To: min(from+length, span.To)})
	}
	again := func(part *Subject) { part.countWindows(span, length, all) }
	for !s.eachPart(again) {
		for i := range all {
			all[i] = Window{From: all[i].From, To: all[i].To}
		}
	}
	return all
}

func (s *Subject) countWindows(span Interval, length int64, all []Window) {
	at := func(o *history.Operation) *Window {
		if o.Apart() || o.Invoke < span.From || o.Invoke >= span.To {
			return nil
		}
		return &all[(o.Invoke-span.From)/length]
	}
	for _, ops := range s.History.EachChunk {
		for n := range ops {
			o := &ops[n]
			w := at(o)
			if w == nil {
				continue
			}
			kind := Kind(o.Func)
			w.Operations.add(o.Outcome, 1)
			w.By[kind].add(o.Outcome, 1)
			if o.Outcome == history.Ok {
				w.Latency[kind] += o.Return - o.Invoke
			}
		}
	}
	for _, g := range s.freshness().stale {
		if w := at(s.History.Op(g.get)); w != nil {
			w.StaleGets++
		}
	}
}
