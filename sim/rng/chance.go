package rng

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Chance is a probability p as the threshold p*2^64: a draw below it is a hit.
// Certain is a value of its own, so that every draw hits.
type Chance uint64

const (
	// Never is the probability 0.
	Never Chance = 0
	// Certain is the probability 1.
	Certain Chance = math.MaxUint64
)

// Hit tells whether the draw u hits.
func (c Chance) Hit(u uint64) bool { return u < uint64(c) || c == Certain }

// Float returns the probability, for display and estimates.
func (c Chance) Float() float64 {
	if c == Certain {
		return 1
	}
	return math.Ldexp(float64(c), -64)
}

// errChance says what a probability may look like.
var errChance = errors.New(`want a probability from 0 to 1 ("0.01") or from 0% to 100% ("1%")`)

// ParseChance reads a probability: a decimal from 0 to 1, or a percentage from
// 0% to 100%; an exponent is allowed ("1e-6"). The text is turned into the
// nearest threshold with integers alone; what is above 0 stays above 0 and
// what is below 1 stays below Certain.
func ParseChance(text string) (Chance, error) {
	digits, point, err := parseDecimal(text)
	if err != nil {
		return 0, fmt.Errorf("probability %q: %w", text, err)
	}
	switch {
	case digits == "":
		return Never, nil
	case point > 0 && (point > 1 || digits != "1"):
		return 0, fmt.Errorf("probability %q: more than 1: %w", text, errChance)
	case point > 0:
		return Certain, nil
	}
	return fraction(digits, point), nil
}

// maxDigits bounds the digits and the exponent of a probability.
const maxDigits = 60

// parseDecimal splits text into its significant digits d1 d2 .. and the place
// of the decimal point: the value is 0.d1d2.. * 10^point. No digits mean zero.
func parseDecimal(text string) (digits string, point int, err error) {
	body, percent := strings.CutSuffix(text, "%")
	body, exponent, err := cutExponent(body)
	if err != nil {
		return "", 0, err
	}
	whole, frac, _ := strings.Cut(body, ".")
	if whole+frac == "" || len(whole)+len(frac) > maxDigits || strings.Trim(whole+frac, "0123456789") != "" {
		return "", 0, errChance
	}
	point = len(whole) + exponent
	if percent {
		point -= 2
	}
	digits = strings.TrimLeft(whole+frac, "0")
	point -= len(whole+frac) - len(digits)
	return strings.TrimRight(digits, "0"), point, nil
}

// cutExponent takes "e-6" off a number.
func cutExponent(body string) (rest string, exponent int, err error) {
	at := strings.IndexAny(body, "eE")
	if at < 0 {
		return body, 0, nil
	}
	exponent, err = strconv.Atoi(body[at+1:])
	if err != nil || exponent < -maxDigits || exponent > maxDigits {
		return "", 0, errChance
	}
	return body[:at], exponent, nil
}

// fraction returns the threshold nearest to 0.d1d2.. * 10^point, point <= 0,
// by doubling the decimal fraction 65 times and collecting what is carried out.
func fraction(digits string, point int) Chance {
	dec := make([]byte, -point, len(digits)-point)
	for i := 0; i < len(digits); i++ {
		dec = append(dec, digits[i]-'0')
	}
	var threshold uint64
	for range 64 {
		threshold = threshold<<1 | uint64(double(dec))
	}
	if double(dec) == 1 && threshold < math.MaxUint64 {
		threshold++
	}
	return Chance(min(max(threshold, 1), math.MaxUint64-1))
}

// double doubles a decimal fraction in place and returns the carry.
func double(dec []byte) (carry byte) {
	for i := len(dec) - 1; i >= 0; i-- {
		d := dec[i]*2 + carry
		carry = d / 10
		dec[i] = d % 10
	}
	return carry
}

// String returns the shortest percentage that ParseChance reads back as c.
func (c Chance) String() string {
	switch c {
	case Never:
		return "0%"
	case Certain:
		return "100%"
	}
	exact := decimalDigits(uint64(c))
	for n := 1; n < len(exact); n++ {
		text := percentText(roundDigits(exact, n))
		if back, err := ParseChance(text); err == nil && back == c {
			return text
		}
	}
	return percentText(exact)
}

// decimalDigits returns the first 21 digits of threshold/2^64 after the point:
// the thresholds are further apart than 10^-20.
func decimalDigits(threshold uint64) string {
	var digits [21]byte
	for i := range digits {
		var d uint64
		d, threshold = bits.Mul64(threshold, 10)
		digits[i] = '0' + byte(d)
	}
	return string(digits[:])
}

// roundDigits rounds the fraction 0.d1d2.. to n digits, half up. A carry out
// of the first digit leaves zeros, which are the digits of no chance between
// Never and Certain.
func roundDigits(exact string, n int) string {
	d := []byte(exact[:n])
	if exact[n] < '5' {
		return string(d)
	}
	for i := n - 1; i >= 0; i-- {
		if d[i]++; d[i] <= '9' {
			break
		}
		d[i] = '0'
	}
	return string(d)
}

// percentText writes 0.d1d2d3.. as the percentage "d1d2.d3..%".
func percentText(digits string) string {
	for len(digits) < 2 {
		digits += "0"
	}
	whole, frac := strings.TrimLeft(digits[:2], "0"), strings.TrimRight(digits[2:], "0")
	if whole == "" {
		whole = "0"
	}
	if frac != "" {
		frac = "." + frac
	}
	return whole + frac + "%"
}
