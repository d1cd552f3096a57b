package lab

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"dynamosim/analysis"
)

// scale is how the values of a column are written: divided by per, in a unit.
type scale struct {
	per  float64
	unit string
}

// scaleOf chooses the unit of a metric by its largest value.
func scaleOf(unit analysis.Unit, largest float64) scale {
	switch unit {
	case analysis.Share:
		return scale{.01, "%"}
	case analysis.Nanoseconds:
		for _, s := range []scale{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
			if largest >= s.per {
				return s
			}
		}
		return scale{1, "ns"}
	case analysis.Bytes:
		for _, s := range []scale{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
			if largest >= s.per {
				return s
			}
		}
		return scale{1, "B"}
	}
	return scale{1, ""}
}

// estimate writes a value with its interval: 2.62 ±0.03, or 0.12 (0.05–0.22) where the value is not in the middle. The digits go as far as they mean
// something.
func (s scale) estimate(e *analysis.Estimate) string {
	if !e.Known() {
		return "–"
	}
	value, low, high := e.Value/s.per, e.Low/s.per, e.High/s.per
	below, above := value-low, high-value
	digits := digitsFor(value, below, above)
	number := func(v float64) string { return fixed(v, digits) }
	switch {
	case math.IsInf(below, 0) && math.IsInf(above, 0), below == 0 && above == 0:
		return number(value)
	case math.IsInf(above, 0):
		return number(value) + " (≥" + number(low) + ")"
	case math.IsInf(below, 0), below == 0:
		return number(value) + " (≤" + number(high) + ")"
	case above == 0:
		return number(value) + " (≥" + number(low) + ")"
	case max(above, below) <= 2*min(above, below) && (value < 0 || low < 0 || max(above, below) < value):
		return number(value) + " ±" + number(max(below, above))
	}
	digits = digitsFor(value, max(below, above), 0)
	return number(value) + " (" + number(low) + "–" + number(high) + ")"
}

// difference writes a difference with its sign.
func (s scale) difference(d *analysis.Difference) string {
	value, half := d.Value/s.per, d.Half()/s.per
	digits := digitsFor(value, half, half)
	text := fixed(value, digits)
	switch {
	case strings.Trim(text, "-0.") == "":
		text = "±" + strings.TrimPrefix(text, "-")
	case value > 0:
		text = "+" + text
	default:
		text = "−" + strings.TrimPrefix(text, "-")
	}
	if math.IsInf(half, 0) {
		return text
	}
	return text + " ±" + fixed(half, digits)
}

// mostDigits is how many digits stand behind the point at most.
const mostDigits = 4

// digitsFor is how many digits behind the point a value needs: up to the first digit of its uncertainty, the second if that is a 1; three of
// itself where there is none.
func digitsFor(value, below, above float64) int {
	uncertain := 0.
	for _, u := range []float64{below, above} {
		if u > 0 && !math.IsInf(u, 0) && (uncertain == 0 || u < uncertain) {
			uncertain = u
		}
	}
	if uncertain == 0 {
		if value == 0 {
			return 0
		}
		return max(0, min(2-magnitude(value), mostDigits))
	}
	need := -magnitude(uncertain)
	if uncertain*math.Pow(10, float64(need)) < 2 {
		need++
	}
	return max(0, min(need, mostDigits))
}

// magnitude is the power of ten that a number begins with.
func magnitude(v float64) int { return int(math.Floor(math.Log10(abs(v) * 1.0001))) }

// fixed writes a number with so many digits behind the point; what is exactly nothing, or whole where digits say nothing, without.
func fixed(v float64, digits int) string {
	if v == 0 || v == 100 {
		digits = 0
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// exact writes a number for programs: shortest to nine digits, so that the last bits, in which processors may differ, do not show.
func exact(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 9, 64)
}

// number is a float in JSON, to nine digits; null where there is none.
type number float64

// MarshalJSON writes the number.
func (n number) MarshalJSON() ([]byte, error) {
	text := exact(float64(n))
	if text == "" {
		return []byte("null"), nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", text, err)
	}
	return strconv.AppendFloat(nil, v, 'f', -1, 64), nil
}

// heading is the name of a metric on top of a column: get p99.9.
func heading(m *analysis.Metric) string {
	if stat, of, ok := strings.Cut(strings.TrimSuffix(m.Claim, ")"), "("); ok {
		if stat == "availability" {
			return "available " + of
		}
		return strings.ReplaceAll(of, "_", " ") + " " + stat
	}
	switch m.Name {
	case "availability":
		return "available"
	case "stale_reads":
		return "stale gets"
	case "sibling_reads":
		return "siblings"
	}
	return strings.ReplaceAll(m.Name, "_", " ")
}
