package history

import (
	"io"
	"strconv"
)

// Format is the version of the file format that Write writes and Read reads.
const Format = 1

// flushAt is how many bytes the writer gathers before it writes.
const flushAt = 64 << 10

// Write writes the history as JSON lines: a header, then one event a line in
// the order in which they happened. The same history gives the same bytes.
func (h *History) Write(w io.Writer) error {
	s, err := NewStream(h.inOrder(), w)
	if err != nil {
		return err
	}
	return s.Advance()
}

// WriteState writes the state lines alone, under a header of kind "state".
func (h *History) WriteState(w io.Writer) error {
	return h.WriteStateOf(w, func(int32) bool { return true })
}

func (h *History) appendHeader(b []byte, kind string) []byte {
	b = append(b, '{')
	b = appendInt(b, "format", Format)
	b = appendText(b, "kind", kind)
	b = appendText(b, "model", h.Model.String())
	b = appendText(b, "scenario", h.Scenario)
	b = appendText(b, "seed", h.Seed)
	return append(b, '}')
}

func (h *History) appendLine(b []byte, l Line) []byte {
	number := int(l >> 2)
	switch l & 3 {
	case lineInvoke:
		return h.appendInvoke(b, OpID(number))
	case lineReturn:
		return h.appendReturn(b, OpID(number))
	case lineEvent:
		return h.appendEvent(b, &h.events[number])
	}
	return h.appendState(b, h.states.at(number))
}

// AppendInvoke appends the JSON line, without its end, of op's invocation.
func (h *History) AppendInvoke(b []byte, op OpID) []byte { return h.appendInvoke(b, op) }

// AppendReturn appends the JSON line, without its end, of op's end, which must
// have been recorded.
func (h *History) AppendReturn(b []byte, op OpID) []byte { return h.appendReturn(b, op) }

func appendPlace(b []byte, index int32, t int64) []byte {
	b = append(b, '{')
	b = appendInt(b, "index", int64(index))
	return appendInt(b, "time_ns", t)
}

func (h *History) appendInvoke(b []byte, id OpID) []byte {
	o := h.Op(id)
	b = appendPlace(b, o.InvokeIndex, o.Invoke)
	b = appendInt(b, "process", int64(o.Process))
	if name := h.clients.list[o.Client]; !isNumber(name, o.Process) {
		b = appendText(b, "client", name)
	}
	b = appendText(b, "type", "invoke")
	b = appendText(b, "f", o.Func.String())
	b = appendText(b, "key", h.keys.list[o.Key])
	if o.Func.Writes() {
		b = h.appendWritten(b, id, o)
	}
	if o.Group != NoVersion {
		b = appendInt(b, "op", int64(h.Op(o.Group).InvokeIndex))
	}
	if o.Final() {
		b = append(appendField(b, "final"), "true"...)
	}
	if o.Preloaded() {
		b = append(appendField(b, "preload"), "true"...)
	}
	return append(b, '}')
}

// appendWritten appends what a put or delete writes.
func (h *History) appendWritten(b []byte, id OpID, o *Operation) []byte {
	b = h.appendVersion(appendField(b, "version"), id)
	if o.Func == Put && o.flags&flagNoValue == 0 {
		value := h.Value(id)
		b = appendText(b, "value", value)
		if size := h.Size(id); len(value) != size {
			b = appendInt(b, "size", int64(size))
		}
	}
	if o.Names() || h.Model == Siblings {
		b = h.appendVersions(b, "context", h.Context(id))
	}
	if e := h.extraOf(id); e != nil && e.cart {
		b = h.appendCart(b, "adds", h.carts.get(e.adds))
		removes := h.numbers.get(e.removes)
		b = appendList(b, "removes", len(removes), func(b []byte, i int) []byte {
			return appendString(b, h.tags.list[removes[i]])
		})
	}
	return b
}

func (h *History) appendReturn(b []byte, id OpID) []byte {
	o := h.Op(id)
	b = appendPlace(b, o.ReturnIndex, o.Return)
	b = appendInt(b, "process", int64(o.Process))
	b = appendText(b, "type", o.Outcome.String())
	b = appendText(b, "f", o.Func.String())
	b = appendText(b, "key", h.keys.list[o.Key])
	switch {
	case o.Outcome == Ok && o.Func == Get:
		b = h.appendReturned(b, id, o)
	case o.Func.Writes():
		b = h.appendVersion(appendField(b, "version"), id)
		if o.Outcome == Ok && o.Stamped() {
			t, node, _ := h.StampOf(id)
			b = appendInt(b, "ts", t)
			b = h.appendTiebreak(appendField(b, "node"), node)
		}
	}
	if reason := h.Reason(id); reason != "" {
		b = appendText(b, "error", reason)
	}
	return append(b, '}')
}

// appendReturned appends what a get returned.
func (h *History) appendReturned(b []byte, id OpID, o *Operation) []byte {
	versions := h.Versions(id)
	b = h.appendVersions(b, "versions", versions)
	b = appendList(b, "values", len(versions), func(b []byte, i int) []byte {
		if v := h.valueAt(id, i); !v.Null {
			return appendString(b, v.Text)
		}
		return append(b, "null"...)
	})
	if h.allStamped(versions) {
		b = h.appendStamps(b, versions)
	}
	if e := h.extraOf(id); e != nil && e.cart {
		b = h.appendCart(b, "items", h.carts.get(e.items))
	}
	if o.Final() {
		b = append(appendField(b, "final"), "true"...)
	}
	return b
}

func (h *History) allStamped(versions []OpID) bool {
	for _, v := range versions {
		if _, _, ok := h.StampOf(v); !ok {
			return false
		}
	}
	return len(versions) > 0
}

func (h *History) appendStamps(b []byte, versions []OpID) []byte {
	b = appendList(b, "ts", len(versions), func(b []byte, i int) []byte {
		t, _, _ := h.StampOf(versions[i])
		return strconv.AppendInt(b, t, 10)
	})
	return appendList(b, "node", len(versions), func(b []byte, i int) []byte {
		_, n, _ := h.StampOf(versions[i])
		return h.appendTiebreak(b, n)
	})
}

func (h *History) appendTiebreak(b []byte, node int32) []byte {
	if h.tiebreak != nil {
		return appendString(b, h.tiebreak[node])
	}
	return strconv.AppendInt(b, int64(node), 10)
}

func (h *History) appendVersions(b []byte, field string, versions []OpID) []byte {
	b = append(appendField(b, field), '[')
	for i, v := range versions {
		if i > 0 {
			b = append(b, ',')
		}
		b = h.appendVersion(b, v)
	}
	return append(b, ']')
}

// appendVersion appends a version's name as a JSON string.
func (h *History) appendVersion(b []byte, v OpID) []byte {
	if !v.Written() || len(h.labels) > 0 && h.labels[v] != "" {
		return appendString(b, h.VersionName(v))
	}
	o := h.Op(v)
	b = appendString(b, h.clients.list[o.Client])
	b[len(b)-1] = '.' // in place of the closing quote
	b = strconv.AppendInt(b, int64(o.Number), 10)
	return append(b, '"')
}

func (h *History) appendCart(b []byte, field string, items []CartItem) []byte {
	return appendList(b, field, len(items), func(b []byte, i int) []byte {
		b = appendString(append(b, '['), h.items.list[items[i].Item])
		b = appendString(append(b, ','), h.tags.list[items[i].Tag])
		return append(b, ']')
	})
}

func (h *History) appendEvent(b []byte, e *Event) []byte {
	b = appendPlace(b, e.Index, e.Time)
	b = appendText(b, "process", "nemesis")
	b = appendText(b, "type", "info")
	b = appendText(b, "f", e.Kind)
	if e.Fault != "" {
		b = appendText(b, "fault", e.Fault)
	}
	if e.Phase != Unphased {
		b = appendText(b, "phase", e.Phase.String())
	}
	if e.Text != "" {
		b = appendText(b, "value", e.Text)
	}
	return append(b, '}')
}

func (h *History) appendState(b []byte, s *State) []byte {
	b = appendPlace(b, s.Index, s.Time)
	b = appendText(b, "process", "world")
	b = appendText(b, "type", "info")
	b = appendText(b, "f", "state")
	b = appendText(b, "node", h.nodes.list[s.Node])
	b = appendText(b, "role", s.Role.String())
	b = appendText(b, "key", h.keys.list[s.Key])
	b = h.appendVersions(b, "versions", h.versions.get(s.versions))
	return append(b, '}')
}

// isNumber reports whether name is the decimal form of n.
func isNumber(name string, n int32) bool {
	var digits [11]byte
	return string(strconv.AppendInt(digits[:0], int64(n), 10)) == name
}
