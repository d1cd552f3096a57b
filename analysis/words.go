package analysis

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"dynamosim/analysis/history"
)

// Sentences about operations. They name clients, values and times, so that a
// reader needs no index to follow them.

// longestValue is how many characters of a value a sentence shows.
const longestValue = 40

// at writes a virtual time: in seconds, or in the finer unit in which a short
// history can be read.
func (s *Subject) at(t int64) string { return clock(t, s.History.End()) }

// apart is at with as many digits as tell a time from another one.
func (s *Subject) apart(t, other int64) string {
	text, end := s.at(t), s.History.End()
	if t == other || text != s.at(other) || end < 1e6 {
		return text
	}
	unit, name := int64(1e6), " ms"
	if end >= 1e9 {
		unit, name = 1e9, " s"
	}
	for parts := int64(1e6); parts <= unit; parts *= 1000 {
		if text = finely(t, unit, parts) + name; text != finely(other, unit, parts)+name {
			break
		}
	}
	return text
}

// finely writes t/unit in parts of the unit, cut off: with six digits after the point, or nine.
func finely(t, unit, parts int64) string {
	return fmt.Sprintf("%d.%0*d", t/unit, len(strconv.FormatInt(parts, 10))-1, t%unit/(unit/parts))
}

func clock(t, end int64) string {
	switch {
	case end >= 1e9:
		return decimal(t, 1e9) + " s"
	case end >= 1e6:
		return decimal(t, 1e6) + " ms"
	}
	return strconv.FormatInt(t, 10) + " ns"
}

// decimal writes t/unit with three digits after the point, cut off.
func decimal(t, unit int64) string {
	sign := ""
	if t < 0 {
		sign, t = "-", -t
	}
	return fmt.Sprintf("%s%d.%03d", sign, t/unit, t%unit/(unit/1000))
}

// duration writes a span of time with three significant digits and its unit.
func duration(ns int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1e9, " s"}, {1e6, " ms"}, {1e3, " us"}} {
		if ns >= u.size {
			return significant(ns, u.size) + u.name
		}
	}
	return strconv.FormatInt(ns, 10) + " ns"
}

func significant(ns, unit int64) string {
	switch whole := ns / unit; {
	case whole >= 100:
		return strconv.FormatInt(whole, 10)
	case whole >= 10:
		return fmt.Sprintf("%d.%d", whole, ns%unit/(unit/10))
	default:
		return fmt.Sprintf("%d.%02d", whole, ns%unit/(unit/100))
	}
}

// share writes part of whole as a percentage with two digits after the point.
func share(part, whole int64) string {
	if whole == 0 {
		return "0 %"
	}
	p := part * 10000 / whole
	return fmt.Sprintf("%d.%02d %%", p/100, p%100)
}

// count writes a number with its noun, in the plural unless it is 1.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func (s *Subject) client(id history.OpID) string {
	return "client " + s.History.ClientName(s.History.Op(id).Client)
}

// version writes a version as its value, in braces, or as its name where the
// value says nothing.
func (s *Subject) version(v history.OpID) string {
	h := s.History
	if v.Written() && h.Op(v).Func == history.Delete {
		return "the deletion " + h.VersionName(v)
	}
	switch {
	case !v.Written() || h.Value(v) == "":
		return h.VersionName(v)
	case utf8.RuneCountInString(h.Value(v)) > longestValue && h.IsCart(v):
		return h.VersionName(v) + s.cartChange(v)
	}
	return "{" + shorten(h.Value(v)) + "}"
}

// cartChange writes what a put changed in a cart that is too long to show:
// " (+milk)", " (-eggs)".
func (s *Subject) cartChange(v history.OpID) string {
	h := s.History
	if adds := h.Adds(v); len(adds) > 0 {
		return " (+" + shorten(h.ItemName(adds[0].Item)) + ")"
	}
	for _, context := range h.Context(v) {
		if gone, ok := s.removed(v, context); ok {
			return " (-" + shorten(gone) + ")"
		}
	}
	return ""
}

// removed finds the item that a put took out of a cart, if the version that it
// replaced had put it there.
func (s *Subject) removed(v, context history.OpID) (item string, ok bool) {
	if !context.Written() {
		return "", false
	}
	for _, tag := range s.History.Removes(v) {
		for _, add := range s.History.Adds(context) {
			if add.Tag == tag {
				return s.History.ItemName(add.Item), true
			}
		}
	}
	return "", false
}

func shorten(text string) string {
	if utf8.RuneCountInString(text) <= longestValue {
		return text
	}
	return string([]rune(text)[:longestValue-1]) + "…"
}

// versions writes what a get returned.
func (s *Subject) versions(list []history.OpID) string {
	if len(list) == 0 {
		return "nothing"
	}
	const most = 6
	var words []string
	for _, v := range list[:min(most, len(list))] {
		words = append(words, s.version(v))
	}
	if len(list) > most {
		words = append(words, fmt.Sprintf("%d more", len(list)-most))
	}
	return strings.Join(words, " and ")
}

// readText writes "client c read {a} at 1.200 s".
func (s *Subject) readText(g history.OpID) string {
	return s.readApart(g, g)
}

// readApart is readText with a time that is told from that of another operation's end.
func (s *Subject) readApart(g, other history.OpID) string {
	return fmt.Sprintf("%s read %s at %s", s.client(g), s.versions(s.History.Versions(g)), s.ended(g, other))
}

// ended is when an operation ended, told from when another did.
func (s *Subject) ended(op, other history.OpID) string {
	return s.apart(s.History.Op(op).Return, s.History.Op(other).Return)
}

// acknowledgedText writes "{b} had been acknowledged at 1.100 s", told from when another operation ended.
func (s *Subject) acknowledgedText(w, other history.OpID) string {
	return fmt.Sprintf("%s had been acknowledged at %s", s.version(w), s.ended(w, other))
}

// evidence builds the evidence on a key from operations in any order.
func (s *Subject) evidence(kind string, key int32, ids []history.OpID, format string, args ...any) *Evidence {
	name := s.History.KeyName(key)
	e := &Evidence{Kind: kind, Key: name, Operations: []int{}, Text: name + ": " + fmt.Sprintf(format, args...)}
	for _, id := range ids {
		if id.Written() {
			e.Operations = append(e.Operations, s.index(id))
		}
	}
	slices.Sort(e.Operations)
	e.Operations = slices.Compact(e.Operations)
	return e
}
