package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// word returns the text of a scalar; anything else is reported.
func (d *decoder) word(n *yaml.Node, path, want string) (string, bool) {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		d.wrongKind(n, path, want, "")
		return "", false
	}
	return n.Value, true
}

// boolean reads true or false, and no other spelling of them.
func (d *decoder) boolean(n *yaml.Node, path string, v reflect.Value) {
	text, ok := d.word(n, path, "true or false")
	switch {
	case !ok:
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		d.fail(n, path, "without quotes", "%s must be true or false, not the text %s", path, quote(text))
	case text == "true", text == "false":
		v.SetBool(text == "true")
	default:
		d.fail(n, path, boolHint(text), "%s must be true or false, not %s", path, quote(text))
	}
}

// boolHint suggests what YAML 1.1 would have read.
func boolHint(text string) string {
	switch strings.ToLower(text) {
	case "on", "yes", "y", "true":
		return "write true"
	case "off", "no", "n", "false":
		return "write false"
	}
	return ""
}

// text reads a string.
func (d *decoder) text(n *yaml.Node, path string, v reflect.Value, f *field) {
	text, ok := d.word(n, path, "text")
	if !ok {
		return
	}
	if allowed := f.enum(); allowed != nil && !slices.Contains(allowed, text) {
		d.fail(n, path, suggest(text, allowed), "no %s %s", f.noun(path), quote(text))
		return
	}
	if list := f.tag.Get("vocabulary"); list != "" && !d.vocab.knows(list, text) {
		d.fail(n, path, suggest(text, d.vocab.names(list)), "no %s %s", strings.TrimSuffix(list, "s"), quote(text))
		return
	}
	if err := checkFormat(f.tag.Get("format"), text); err != nil {
		message, hint := unwrapHint(err)
		d.fail(n, path, hint, "%s", message)
		return
	}
	v.SetString(text)
}

// lastPart is the key at the end of a path.
func lastPart(path string) string {
	if cut := strings.LastIndexByte(path, '.'); cut >= 0 {
		path = path[cut+1:]
	}
	return path
}

const (
	lowers  = "abcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
	letters = lowers + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// checkFormat tells whether a text is what a format asks: "name" as in
// n1, east-3, cart-partition; "id" with capitals, dots and underscores; "key"
// with / : @ # besides; "" any text without hidden characters.
func checkFormat(format, text string) error {
	switch format {
	case "name":
		if text == "" || len(text) > 64 || !strings.Contains(lowers, text[:1]) || strings.Trim(text, lowers+digits+"-") != "" {
			return hinted{"not a name: " + quote(text), "small letters, digits and hyphens, a letter first, such as east-1"}
		}
	case "id":
		if text == "" || len(text) > 64 || !strings.Contains(letters+digits, text[:1]) || strings.Trim(text, letters+digits+"-._") != "" {
			return hinted{"not an id: " + quote(text), "letters, digits, hyphens, dots and underscores, such as d1"}
		}
	case "key":
		if text == "" || len(text) > 128 || strings.Trim(text, letters+digits+"-._/:@#") != "" {
			return hinted{"not a key: " + quote(text), "letters, digits and - . _ / : @ #, such as cart-7"}
		}
	default:
		for _, r := range text {
			if hidden(r) && r != '\n' && r != '\t' {
				return hinted{fmt.Sprintf("text has the hidden character %U", r), "only visible characters, tabs and line ends"}
			}
		}
	}
	return nil
}

// scalar reads a value written as one word, or draws it from a range.
func (d *decoder) scalar(n *yaml.Node, path string, target scalar, f *field) {
	text, ok := d.word(n, path, typeName(target))
	if !ok {
		return
	}
	for _, w := range f.words() {
		if s, isStepped := target.(stepped); isStepped && text == w.word {
			s.setSteps(w.value)
			return
		}
	}
	if s, isStepped := target.(stepped); isStepped && strings.Contains(text, "..") && d.drawRange(n, path, s, f) {
		return
	}
	if err := d.parseIn(text, target, f); err != nil {
		message, hint := unwrapHint(err)
		d.fail(n, path, hint, "%s: %s", path, message)
	}
}

// parseIn parses text and checks the range of the field.
func (d *decoder) parseIn(text string, target scalar, f *field) error {
	var err error
	if span, ok := target.(*Duration); ok && f.flag("signed") {
		*span, err = ParseOffset(text)
	} else {
		err = target.parse(text)
	}
	if err != nil {
		return withWords(err, f)
	}
	return inRange(text, target, f.tag.Get("range"))
}

// withWords adds the words that a field allows to the hint.
func withWords(err error, f *field) error {
	words := f.words()
	if words == nil {
		return err
	}
	message, hint := unwrapHint(err)
	for _, w := range words {
		hint = strings.TrimPrefix(hint+", or "+w.word, ", or ")
	}
	return hinted{message, hint}
}

// inRange checks bounds such as "1..", "0..10s".
func inRange(text string, value scalar, bounds string) error {
	v, ok := value.(stepped)
	if bounds == "" || !ok {
		return nil
	}
	low, high, _ := strings.Cut(bounds, "..")
	if below(v, low, 1) || below(v, high, -1) {
		return hinted{fmt.Sprintf("%s is out of range", quote(text)), rangeHint(low, high)}
	}
	return nil
}

// below tells whether v is below the bound (sign 1) or above it (sign -1).
func below(v stepped, bound string, sign int64) bool {
	if bound == "" {
		return false
	}
	limit := fresh(v)
	if err := limit.parse(bound); err != nil {
		panic(fmt.Sprintf("scenarios: bound %q of %T: %v", bound, v, err))
	}
	if sign > 0 {
		return v.steps() < limit.steps()
	}
	return v.steps() > limit.steps()
}

// fresh returns a new zero of the same type.
func fresh(v stepped) stepped {
	if n, ok := v.(number); ok {
		return n.like()
	}
	return reflect.New(reflect.TypeOf(v).Elem()).Interface().(stepped)
}

// rangeHint says in words what the bounds are.
func rangeHint(low, high string) string {
	switch {
	case high == "":
		return "at least " + low
	case low == "":
		return "at most " + high
	case low == high:
		return "only " + low
	}
	return "from " + low + " to " + high
}

// typeName says what a scalar is, in words.
func typeName(s scalar) string {
	switch s.(type) {
	case *Duration:
		return "a duration"
	case *Share:
		return "a share"
	case *Rate:
		return "a rate"
	case *Bytes:
		return "a number of bytes"
	case *Bandwidth:
		return "a bandwidth"
	case *PPM, *Drift:
		return "a drift in ppm"
	case intNumber, uintNumber:
		return "a whole number"
	}
	return "a number"
}

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
func (n floatNumber) steps() int64  { return int64(n.v.Float() * floatSteps) }

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
