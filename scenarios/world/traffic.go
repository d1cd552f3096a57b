package world

import "dynamosim/dynamo"

// Traffic is what was sent so far of a kind of message.
type Traffic struct {
	Kind            dynamo.Kind
	Messages, Bytes int64 // on the wire
}

// Traffic lists the kinds of messages that were sent so far, in the order of their numbers.
func (w *World) Traffic() []Traffic {
	var all []Traffic
	kinds := w.sys.Counters().Kinds
	for k, c := range kinds {
		if c.Messages > 0 {
			all = append(all, Traffic{dynamo.Kind(k), c.Messages, c.Bytes})
		}
	}
	return all
}

// Counter is what a counter has come to so far, 0 where there is none of that name.
func (w *World) Counter(name string) int64 {
	for _, m := range dynamo.Marks() {
		if m.Counter == name {
			total := w.marked[m.Mark]
			for _, h := range w.hosts {
				total += h.counted[counterOf(m.Mark)]
			}
			return total
		}
	}
	c, _ := w.worldCounter(name)
	return c.Total
}
