package lab

import (
	"fmt"
	"strconv"
	"strings"
)

// Numbers for people: three significant digits and a unit, thousands apart.

// span writes a length of time in ns: 12.4 s, 2.13 ms, 850 µs.
func span(ns int64) string {
	if ns < 0 {
		return "-" + span(-ns)
	}
	for _, u := range [...]struct {
		ns   int64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
		if ns >= u.ns-u.ns/2000 { // what is below rounds to less than 1000 of the next unit
			return threeDigits(ns, u.ns) + " " + u.name
		}
	}
	return strconv.FormatInt(ns, 10) + " ns"
}

// threeDigits writes n/unit with three significant digits, rounded to nearest; more before the point where there are more.
func threeDigits(n, unit int64) string {
	switch {
	case n >= 100*unit-unit/20:
		return thousands((n + unit/2) / unit)
	case n >= 10*unit-unit/200:
		return decimals(n, unit, 10)
	}
	return decimals(n, unit, 100)
}

// decimals writes n/unit with as many digits after the point as parts has zeros.
func decimals(n, unit, parts int64) string {
	step := unit / parts
	n = (n + step/2) / step
	return fmt.Sprintf("%d.%0*d", n/parts, len(strconv.FormatInt(parts, 10))-1, n%parts)
}

// round writes a length of time without the zeros that round ones end in: 30 s, 1.5 s, 250 ms.
func round(ns int64) string {
	text := span(ns)
	number, unit, _ := strings.Cut(text, " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number + " " + unit
}

// moment writes a time of the run in seconds: 12.345 s.
func moment(ns int64) string {
	if ns < 0 {
		return "-" + moment(-ns)
	}
	return fmt.Sprintf("%d.%03d s", ns/1e9, ns%1e9/1e6)
}

// thousands writes a whole number in groups of three digits: 4 812.
func thousands(n int64) string {
	if n < 0 {
		return "-" + thousands(-n)
	}
	text := strconv.FormatInt(n, 10)
	if len(text) < 4 {
		return text
	}
	first := len(text) % 3
	var groups []string
	if first > 0 {
		groups = append(groups, text[:first])
	}
	for i := first; i < len(text); i += 3 {
		groups = append(groups, text[i:i+3])
	}
	return strings.Join(groups, " ")
}

// percent writes part of whole: 99.54 %. It rounds down, so that 100 % means all of them.
func percent(part, whole int64) string {
	if whole <= 0 {
		return "–"
	}
	share := part * 10_000 / whole
	if part == whole {
		return "100 %"
	}
	return fmt.Sprintf("%d.%02d %%", share/100, share%100)
}

// counted writes a number with its noun.
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// listed joins names: a, b and c.
func listed(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}
