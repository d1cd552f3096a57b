package scenarios

import (
	"math"
	"reflect"
	"strconv"
	"strings"
)

// number is a scalar around a built-in number.
type number interface {
	stepped
	like() stepped // a new zero of the same kind
}

// numberOf wraps a built-in number.
func numberOf(v reflect.Value) number {
	switch v.Kind() {
	case reflect.Int:
		return intNumber{v}
	case reflect.Uint64:
		return uintNumber{v}
	}
	return floatNumber{v}
}

type intNumber struct{ v reflect.Value }

func (n intNumber) like() stepped    { return intNumber{reflect.New(n.v.Type()).Elem()} }
func (n intNumber) text() string     { return strconv.FormatInt(n.v.Int(), 10) }
func (n intNumber) steps() int64     { return n.v.Int() }
func (n intNumber) setSteps(s int64) { n.v.SetInt(s) }

func (n intNumber) parse(text string) error {
	if err := checkInteger(strings.TrimPrefix(text, "-"), text); err != nil {
		return err
	}
	i, err := strconv.ParseInt(text, 10, n.v.Type().Bits())
	if err != nil {
		return hinted{"number too large: " + quote(text), ""}
	}
	n.v.SetInt(i)
	return nil
}

// checkInteger refuses what YAML would read as another number.
func checkInteger(body, text string) error {
	switch {
	case isDigits(body) && (len(body) == 1 || body[0] != '0'):
		return nil
	case isDigits(body):
		return hinted{"not a whole number: " + quote(text), "without leading zeros: " + strings.TrimLeft(body[:len(body)-1], "0") + body[len(body)-1:]}
	case isDigits(strings.ReplaceAll(body, "_", "")):
		return hinted{"not a whole number: " + quote(text), "without underscores: " + strings.ReplaceAll(text, "_", "")}
	}
	return hinted{"not a whole number: " + quote(text), "digits only, such as 3"}
}

type uintNumber struct{ v reflect.Value }

func (n uintNumber) like() stepped    { return uintNumber{reflect.New(n.v.Type()).Elem()} }
func (n uintNumber) text() string     { return strconv.FormatUint(n.v.Uint(), 10) }
func (n uintNumber) steps() int64     { return int64(min(n.v.Uint(), 1<<63-1)) }
func (n uintNumber) setSteps(s int64) { n.v.SetUint(uint64(s)) }

func (n uintNumber) parse(text string) error {
	if err := checkInteger(text, text); err != nil {
		return err
	}
	u, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return hinted{"number too large: " + quote(text), "at most 18446744073709551615"}
	}
	n.v.SetUint(u)
	return nil
}

// floatSteps is the number of steps per unit in which decimals are drawn.
const floatSteps = 1_000_000

type floatNumber struct{ v reflect.Value }

func (n floatNumber) like() stepped { return floatNumber{reflect.New(n.v.Type()).Elem()} }
func (n floatNumber) text() string  { return formatFloat(n.v.Float()) }
func (n floatNumber) steps() int64 {
	return int64(math.Round(float64(n.v.Float() * floatSteps))) // range: fields are bounded far below
}

func (n floatNumber) setSteps(s int64) {
	sign := ""
	if s < 0 {
		sign, s = "-", -s
	}
	f, _ := strconv.ParseFloat(sign+formatSteps(s, floatSteps), 64)
	n.v.SetFloat(f)
}

func (n floatNumber) parse(text string) error {
	whole, frac, point := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if !isDigits(whole) || point && !isDigits(frac) || len(whole) > 1 && whole[0] == '0' {
		return hinted{"not a number: " + quote(text), "a decimal such as 0.99"}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f > 1e12 || f < -1e12 {
		return hinted{"number too large: " + quote(text), ""}
	}
	n.v.SetFloat(f)
	return nil
}

// formatFloat writes a number without an exponent.
func formatFloat(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// mustInt reads a number in a tag.
func mustInt(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic("scenarios: number in a tag: " + text)
	}
	return n
}
