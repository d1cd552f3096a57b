package scenarios

import (
	"fmt"
	"strings"
)

// Duration is a time span or a moment of a run, in nanoseconds. Its text has
// units: 250us, 1.5ms, 1m30s. At most one simulated year; negative only where
// a field says so. Some fields use the values Auto, Forever, End and Unset.
type Duration int64

// Units of Duration.
const (
	Nanosecond  Duration = 1
	Microsecond          = 1000 * Nanosecond
	Millisecond          = 1000 * Microsecond
	Second               = 1000 * Millisecond
	Minute               = 60 * Second
	Hour                 = 60 * Minute
	Year                 = 8760 * Hour // the longest Duration
)

// durationUnits is in falling order, as in 1h2m3s.
var durationUnits = [...]unit{{"h", int64(Hour)}, {"m", int64(Minute)}, {"s", int64(Second)},
	{"ms", int64(Millisecond)}, {"us", int64(Microsecond)}, {"ns", 1}}

// ParseDuration reads a duration such as 250us, 1.5ms or 1m30s. The unit is
// required, 0 included; signs and more than a year are refused, and so is
// what is finer than a nanosecond.
func ParseDuration(text string) (Duration, error) {
	if text == "" {
		return 0, hinted{"not a duration: it is empty", "such as 250us, 5ms or 1m30s"}
	}
	var total int64
	last := -1
	for rest := text; rest != ""; {
		number, after := cutNumber(rest)
		at, name := cutUnit(after)
		if number == "" || at <= last {
			return 0, durationError(text, number, after)
		}
		n, err := decimalSteps(number, durationUnits[at].steps)
		if err != nil && err != errTooLarge {
			return 0, hinted{fmt.Sprintf("not a duration: %s: %v", quote(text), err), "such as 250us, 5ms or 1m30s"}
		}
		if total += min(n, int64(Year)+1); err != nil || total > int64(Year) {
			return 0, hinted{fmt.Sprintf("duration too long: %s", quote(text)), "at most one year, 8760h"}
		}
		last, rest = at, after[len(name):]
	}
	return Duration(total), nil
}

// cutUnit returns the unit that text begins with, -1 if there is none.
func cutUnit(text string) (at int, name string) {
	end := strings.IndexAny(text, "0123456789.")
	if end < 0 {
		end = len(text)
	}
	name = text[:end]
	if name == "µs" || name == "μs" {
		return 4, name
	}
	for i, u := range durationUnits {
		if u.name == name {
			return i, name
		}
	}
	return -1, name
}

// durationError says what is wrong about the part of text at number.
func durationError(text, number, after string) error {
	hint := "such as 250us, 5ms or 1m30s"
	switch {
	case strings.HasPrefix(text, "-"):
		return hinted{fmt.Sprintf("negative duration: %s", quote(text)), "durations count forward here"}
	case number != "" && after == "":
		hint = "add a unit: " + number + "ms or " + number + "s?"
	case number != "" && after == "d":
		hint = "days are written in hours: 24h"
	case number != "" && after == "min":
		hint = "minutes are m: " + number + "m"
	}
	return hinted{fmt.Sprintf("not a duration: %s", quote(text)), hint}
}

// ParseOffset reads a duration that may be negative: -20ms.
func ParseOffset(text string) (Duration, error) {
	body, negative := strings.CutPrefix(text, "-")
	d, err := ParseDuration(body)
	if err == nil && negative {
		d = -d
	}
	return d, err
}

// String returns the duration as ParseOffset reads it: 1h5m, 90s, 2m30s,
// 1.5ms, 250us.
func (d Duration) String() string {
	if d < 0 {
		return "-" + (-d).String()
	}
	switch {
	case d == 0:
		return "0s"
	case d < Microsecond:
		return formatSteps(int64(d), 1) + "ns"
	case d < Millisecond:
		return formatSteps(int64(d), int64(Microsecond)) + "us"
	case d < Second:
		return formatSteps(int64(d), int64(Millisecond)) + "ms"
	case d%Minute != 0 && d < 2*Minute:
		return formatSteps(int64(d), int64(Second)) + "s"
	}
	return d.clock()
}

// clock writes hours, minutes and seconds.
func (d Duration) clock() string {
	var b strings.Builder
	if h := d / Hour; h > 0 {
		fmt.Fprintf(&b, "%dh", h)
	}
	if m := d % Hour / Minute; m > 0 {
		fmt.Fprintf(&b, "%dm", m)
	}
	if s := d % Minute; s > 0 {
		b.WriteString(formatSteps(int64(s), int64(Second)) + "s")
	}
	return b.String()
}

func (d *Duration) parse(text string) (err error) {
	*d, err = ParseDuration(text)
	return err
}

func (d *Duration) text() string     { return d.String() }
func (d *Duration) steps() int64     { return int64(*d) }
func (d *Duration) setSteps(n int64) { *d = Duration(n) }
