package scenarios

import (
	"fmt"
	"reflect"
	"slices"
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
	case isQuoted(n):
		d.fail(n, path, "without quotes", "%s must be true or false, not the text %s", subject(path), quote(text))
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
		d.fail(n, path, suggest(text, allowed), "%s", f.refuses(path, text))
		return
	}
	if list := f.tag.Get("vocabulary"); list != "" && !d.vocab.knows(list, text) {
		d.fail(n, path, suggest(text, d.vocab.names(list)), "no %s %s", strings.TrimSuffix(list, "s"), quote(text))
		return
	}
	if err := checkFormat(f.tag.Get("format"), text); err != nil {
		message, hint := unwrapHint(err)
		d.fail(n, path, hint, "%s: %s", subject(path), message)
		return
	}
	v.SetString(text)
}

// isQuoted tells whether a scalar is text by its quotes.
func isQuoted(n *yaml.Node) bool {
	return n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
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
	case "client":
		name, number, numbered := strings.Cut(text, "/")
		if err := checkFormat("id", name); err != nil || numbered && !isCount(number) {
			return hinted{"not a client: " + quote(text), "an id such as ann, or a workload and a number such as kv/3"}
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
	if _, ok := target.(number); ok && isQuoted(n) {
		d.fail(n, path, "without quotes", "%s must be %s, not the text %s", subject(path), typeName(target), quote(text))
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
		d.fail(n, path, hint, "%s: %s", subject(path), message)
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
	case *Percentile:
		return "a percentile"
	case *HedgeAfter:
		return "a duration or a percentile"
	case *PPM, *Drift:
		return "a drift in ppm"
	case intNumber, uintNumber:
		return "a whole number"
	}
	return "a number"
}
