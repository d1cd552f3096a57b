package scenarios

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// scalar is a value written as one word. parse reads it strictly; text is the
// canonical form, which parse reads back.
type scalar interface {
	parse(text string) error
	text() string
}

// stepped is a scalar of which a range a..b can be drawn: a whole number of
// the smallest steps that it can express.
type stepped interface {
	scalar
	steps() int64
	setSteps(int64)
}

// hinted is an error with advice.
type hinted struct{ message, hint string }

func (h hinted) Error() string {
	if h.hint == "" {
		return h.message
	}
	return h.message + ": " + h.hint
}

// unwrapHint splits an error into what is wrong and what would be right.
func unwrapHint(err error) (message, hint string) {
	var h hinted
	if errors.As(err, &h) {
		return h.message, h.hint
	}
	return err.Error(), ""
}

// quoteASCII is strconv.Quote without any character that could disturb a
// terminal; text in other scripts stays readable.
func quoteASCII(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if hidden(r) || r == '"' || r == '\\' {
			q := strconv.QuoteRuneToASCII(r)
			if r == '"' {
				q = `'\"'`
			}
			b.WriteString(q[1 : len(q)-1])
			continue
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return b.String()
}

// hidden tells whether a character must not be printed as it is: controls,
// and those that turn the direction of text.
func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xfffd, r == 0xfeff:
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// unit is a suffix and how many of the smallest steps it stands for.
type unit struct {
	name  string
	steps int64
}

// cutNumber splits "12.5ms" into "12.5" and "ms".
func cutNumber(text string) (number, suffix string) {
	i := 0
	for i < len(text) && (text[i] >= '0' && text[i] <= '9' || text[i] == '.') {
		i++
	}
	return text[:i], text[i:]
}

// errInexact says that a decimal is finer than the smallest step, errTooLarge
// that it does not fit, errNumber that it is no decimal.
var (
	errInexact  = errors.New("finer than the smallest step")
	errTooLarge = errors.New("too large")
	errNumber   = errors.New("not a number")
)

// decimalSteps returns number × steps, exactly. The number has digits before
// the point and, if there is a point, after it; no leading zeros.
func decimalSteps(number string, steps int64) (int64, error) {
	whole, frac, point := strings.Cut(number, ".")
	if !isDigits(whole) || point && !isDigits(frac) || len(whole) > 1 && whole[0] == '0' {
		return 0, errNumber
	}
	w, err := strconv.ParseUint(whole, 10, 63)
	if err != nil {
		return 0, errTooLarge
	}
	hi, total := bits.Mul64(w, uint64(steps))
	if hi != 0 || total > 1<<62 {
		return 0, errTooLarge
	}
	rest, err := fractionSteps(strings.TrimRight(frac, "0"), steps)
	return int64(total) + rest, err
}

// fractionSteps returns 0.frac × steps, which must be whole.
func fractionSteps(frac string, steps int64) (int64, error) {
	if frac == "" {
		return 0, nil
	}
	if len(frac) > 18 {
		return 0, errInexact
	}
	numerator, _ := strconv.ParseUint(frac, 10, 64)
	power := uint64(1)
	for range frac {
		power *= 10
	}
	hi, lo := bits.Mul64(numerator, uint64(steps))
	quotient, remainder := bits.Div64(hi, lo, power)
	if remainder != 0 {
		return 0, errInexact
	}
	return int64(quotient), nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// formatSteps writes n as a decimal number of units of size steps, exactly;
// steps must have no prime factors but 2 and 5.
func formatSteps(n, steps int64) string {
	whole, rest := n/steps, n%steps
	text := strconv.FormatInt(whole, 10)
	if rest == 0 {
		return text
	}
	text += "."
	for rest > 0 {
		hi, lo := bits.Mul64(uint64(rest), 10)
		q, r := bits.Div64(hi, lo, uint64(steps))
		text += string(rune('0' + q))
		rest = int64(r)
	}
	return text
}

// unitNames lists the names of units for a message.
func unitNames(units []unit) string {
	names := make([]string, len(units))
	for i, u := range units {
		names[i] = u.name
	}
	return strings.Join(names, ", ")
}

// findUnit returns the size of a unit, 0 if there is none of that name.
func findUnit(name string, units []unit) int64 {
	for _, u := range units {
		if u.name == name {
			return u.steps
		}
	}
	return 0
}

// parseUnits reads one number with one of the units.
func parseUnits(text, what, example string, units []unit) (int64, error) {
	number, suffix := cutNumber(text)
	steps := findUnit(suffix, units)
	if steps == 0 {
		hint := "such as " + example
		if suffix == "" && number != "" {
			hint = "add a unit: " + number + units[0].name + " or " + number + units[len(units)/2].name + "?"
		} else if near := nearestUnit(suffix, units); near != "" {
			hint = "did you mean " + quote(number+near) + "?"
		}
		return 0, hinted{fmt.Sprintf("not a %s: %s", what, quote(text)), hint}
	}
	n, err := decimalSteps(number, steps)
	if err != nil {
		return 0, hinted{fmt.Sprintf("not a %s: %s: %v", what, quote(text), err), "such as " + example}
	}
	return n, nil
}

// nearestUnit returns the unit that differs only in upper and lower case.
func nearestUnit(suffix string, units []unit) string {
	for _, u := range units {
		if strings.EqualFold(strings.TrimSpace(suffix), u.name) {
			return u.name
		}
	}
	return ""
}
