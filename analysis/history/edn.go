package history

import (
	"fmt"
	"io"
	"strconv"
)

// WriteEDN writes the history as Jepsen does, an event a line in EDN, for
// checkers such as Knossos and Elle:
//
//	{:index 0, :time 1000, :process 3, :type :invoke, :f :write, :value ["cart" "ann.1"]}
//
// A value is a pair of a key and what was written or read: the name of a version,
// a vector of names where gets may return several, nil where there is nothing.
// After :info a client goes on as another process, as Jepsen wants it. Faults are
// events of the process :nemesis; states are left out.
func (h *History) WriteEDN(w io.Writer) error {
	var b []byte
	index := 0
	h = h.inOrder()
	for lines := range h.EachLine {
		for _, l := range lines {
			number := int(l >> 2)
			switch l & 3 {
			case lineInvoke:
				o := h.Op(OpID(number))
				b = h.appendEDN(b, index, o.Invoke, OpID(number), "invoke")
			case lineReturn:
				o := h.Op(OpID(number))
				b = h.appendEDN(b, index, o.Return, OpID(number), o.Outcome.String())
			case lineEvent:
				b = appendEDNEvent(b, index, &h.events[number])
			default:
				continue
			}
			index++
			if len(b) >= flushAt {
				if _, err := w.Write(b); err != nil {
					return fmt.Errorf("writing EDN: %w", err)
				}
				b = b[:0]
			}
		}
	}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("writing EDN: %w", err)
	}
	return nil
}

// The functions as Jepsen's registers have them.
var ednFuncs = [...]string{Get: "read", Put: "write", Delete: "delete"}

func (h *History) appendEDN(b []byte, index int, t int64, id OpID, kind string) []byte {
	o := h.Op(id)
	b = appendEDNPlace(b, index, t)
	b = strconv.AppendInt(append(b, ", :process "...), int64(o.Process), 10)
	b = append(append(b, ", :type :"...), kind...)
	b = append(append(b, ", :f :"...), ednFuncs[o.Func]...)
	b = append(appendEDNText(append(b, ", :value ["...), h.keys.list[o.Key]), ' ')
	switch {
	case o.Func.Writes():
		b = appendEDNText(b, h.VersionName(id))
	case kind == "ok":
		b = h.appendEDNRead(b, id)
	default:
		b = append(b, "nil"...)
	}
	b = append(b, ']')
	if o.Final() {
		b = append(b, ", :final? true"...)
	}
	if reason := h.Reason(id); reason != "" && kind != "invoke" {
		b = appendEDNText(append(b, ", :error "...), reason)
	}
	return append(b, "}\n"...)
}

// appendEDNRead appends what a get returned: of a register its version or nil, else all versions.
func (h *History) appendEDNRead(b []byte, id OpID) []byte {
	versions := h.Versions(id)
	if h.Model == Register {
		if len(versions) == 0 {
			return append(b, "nil"...)
		}
		return appendEDNText(b, h.VersionName(versions[0]))
	}
	b = append(b, '[')
	for i, v := range versions {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendEDNText(b, h.VersionName(v))
	}
	return append(b, ']')
}

func appendEDNEvent(b []byte, index int, e *Event) []byte {
	b = appendEDNPlace(b, index, e.Time)
	b = append(b, ", :process :nemesis, :type :info, :f :"...)
	b = append(b, e.Kind...)
	if phase := e.Phase.String(); phase != "" {
		b = append(append(b, ", :phase :"...), phase...)
	}
	b = appendEDNText(append(b, ", :value "...), e.Text)
	return append(b, "}\n"...)
}

func appendEDNPlace(b []byte, index int, t int64) []byte {
	b = strconv.AppendInt(append(b, "{:index "...), int64(index), 10)
	return strconv.AppendInt(append(b, ", :time "...), t, 10)
}

// appendEDNText appends a string. EDN knows fewer escapes than JSON: what it
// has no escape for stands as it is.
func appendEDNText(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\t':
			b = append(b, `\t`...)
		case '\r':
			b = append(b, `\r`...)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
