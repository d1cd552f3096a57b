package trace

import (
	"fmt"
	"strconv"
	"strings"
)

// label is the text beside an arrow: what was sent, why it was lost, how long
// it was under way.
func (l *Ladder) label(r *Record, f flight) string {
	words := join(r.Message, l.key(r), r.Text)
	switch {
	case r.Kind == Drop && r.Mark != "":
		words = join(words, "("+r.Mark+")")
	case r.Kind == Shed:
		words = join(words, "(refused: queue full)")
	case r.Time > f.sent:
		words = join(words, "("+duration(r.Time-f.sent, l.glyphs.micro)+")")
	}
	return clean(words)
}

// text is what is told of a record that is no message.
func (l *Ladder) text(r *Record) string {
	words := join(r.Mark, r.Message, l.key(r), r.Text)
	switch r.Kind {
	case FaultEnd:
		words = join("end of", words)
	case Boot, Crash, Pause, Resume, Timer:
		words = join(r.Kind.String(), words)
	case Mark:
		if r.Text == "" && r.Arg1 != 0 {
			words = join(words, strconv.FormatInt(r.Arg1, 10))
		}
	}
	return clean(words)
}

// key is the record's key, unless all that is shown has that one.
func (l *Ladder) key(r *Record) string {
	if r.Key == l.o.Key {
		return ""
	}
	return r.Key
}

// sign is the character that stands in the column of a process.
func (l *Ladder) sign(k Kind) string {
	switch k {
	case Invoke:
		return l.glyphs.invoke
	case Complete:
		return l.glyphs.complete
	case Boot, Resume:
		return l.glyphs.boot
	case Crash:
		return l.glyphs.crash
	case Pause:
		return l.glyphs.pause
	case Timer:
		return l.glyphs.timer
	}
	return "*"
}

func join(words ...string) string {
	var b strings.Builder
	for _, w := range words {
		if w != "" && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// seconds writes a time in ns as "12.345 678", cut to microseconds.
func seconds(ns int64) string {
	sign, us := "", uint64(ns)/1000
	if ns < 0 {
		sign, us = "-", -uint64(ns)/1000
	}
	return fmt.Sprintf("%s%d.%03d %03d", sign, us/1_000_000, us/1000%1000, us%1000)
}

// duration writes a time in ns with three digits.
func duration(ns int64, micro string) string {
	for _, unit := range []struct {
		ns   int64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, micro}} {
		if ns < unit.ns {
			continue
		}
		whole, rest := ns/unit.ns, ns%unit.ns*100/unit.ns
		switch {
		case whole >= 100:
			return fmt.Sprintf("%d %s", whole, unit.name)
		case whole >= 10:
			return fmt.Sprintf("%d.%d %s", whole, rest/10, unit.name)
		}
		return fmt.Sprintf("%d.%02d %s", whole, rest, unit.name)
	}
	return fmt.Sprintf("%d ns", ns)
}
