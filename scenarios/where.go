package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Where is a condition on the settings of a scenario, such as
// cluster.r + cluster.w > cluster.n.
type Where struct {
	left, right []term
	cmp         Comparison
}

// term is a setting or a number, added or taken away.
type term struct {
	minus bool
	path  string // "": number
	value int64
}

// whereHint says what a condition looks like.
const whereHint = "such as cluster.r + cluster.w > cluster.n"

// ParseWhere reads a condition. The empty text is one that always holds.
func ParseWhere(text string) (*Where, error) {
	if strings.TrimSpace(text) == "" {
		return &Where{}, nil
	}
	words := strings.Fields(text)
	at := slices.IndexFunc(words, func(w string) bool {
		return slices.Contains([]Comparison{Equals, Differs, Less, AtMost, Greater, AtLeast}, Comparison(w))
	})
	if at < 0 {
		return nil, hinted{"not a condition: " + quote(text) + " compares nothing", whereHint}
	}
	w := &Where{cmp: Comparison(words[at])}
	var err error
	if w.left, err = parseTerms(words[:at]); err == nil {
		w.right, err = parseTerms(words[at+1:])
	}
	if err != nil {
		return nil, hinted{"not a condition: " + quote(text) + ": " + err.Error(), whereHint}
	}
	return w, nil
}

// parseTerms reads a sum: terms with signs between.
func parseTerms(words []string) (list []term, err error) {
	if len(words)%2 == 0 {
		return nil, fmt.Errorf("a sum is settings or whole numbers with + or - between, and spaces around")
	}
	for i := 0; i < len(words); i += 2 {
		t := term{minus: i > 0 && words[i-1] == "-"}
		if i > 0 && words[i-1] != "+" && words[i-1] != "-" {
			return nil, fmt.Errorf("%s is neither + nor -", quote(words[i-1]))
		}
		if n, err := strconv.ParseInt(words[i], 10, 32); err == nil {
			t.value = n
		} else if t.path = words[i]; settingType(t.path) == nil {
			return nil, fmt.Errorf("%s is no setting that is a number", quote(t.path))
		}
		list = append(list, t)
	}
	return list, nil
}

// settingType is the type of the number at a path, nil if there is none.
func settingType(path string) reflect.Type {
	if v := settingOf(reflect.ValueOf(Scenario{}), path); v.IsValid() && v.CanInt() {
		return v.Type()
	}
	return nil
}

// settingOf goes down a path of keys. It returns the zero Value where there is
// no such key.
func settingOf(v reflect.Value, path string) reflect.Value {
	if path == "cluster.nodes" {
		return reflect.ValueOf(len(v.FieldByName("Cluster").FieldByName("Nodes").Interface().(Nodes)))
	}
	for key := range strings.SplitSeq(path, ".") {
		if v.Kind() != reflect.Struct {
			return reflect.Value{}
		}
		s := shapeOf(v.Type())
		f := s.find(key)
		if f == nil {
			return reflect.Value{}
		}
		v = v.Field(f.index)
	}
	return v
}

// Holds tells whether the settings of a scenario fulfil the condition.
func (w *Where) Holds(s *Scenario) bool {
	if w.cmp == "" {
		return true
	}
	left, right := sum(w.left, s), sum(w.right, s)
	switch w.cmp {
	case Equals:
		return left == right
	case Differs:
		return left != right
	case Less:
		return left < right
	case AtMost:
		return left <= right
	case Greater:
		return left > right
	}
	return left >= right
}

func sum(terms []term, s *Scenario) (total int64) {
	for _, t := range terms {
		value := t.value
		if t.path != "" {
			value = settingOf(reflect.ValueOf(*s), t.path).Int()
		}
		if t.minus {
			value = -value
		}
		total += value
	}
	return total
}

// checkSweep reports what a sweep over the scenario could not do.
func (d *decoder) checkSweep(s *Scenario) {
	var cases []string
	for _, c := range s.Cases {
		cases = append(cases, c.Name)
	}
	for i, name := range s.Sweep.Cases {
		if name != "all" && !slices.Contains(cases, name) {
			d.failAt("sweep.cases", suggest(name, append(cases, "all")), "no case %s", quote(s.Sweep.Cases[i]))
		}
	}
	for _, a := range s.Sweep.Axes {
		if len(a.Values) == 0 {
			d.failAt(join("sweep.axes", a.Path), "such as [1, 2, 3]", "axis %s has no values", a.Path)
		}
	}
	if _, err := ParseWhere(s.Sweep.Where); err != nil {
		message, hint := unwrapHint(err)
		d.failAt("sweep.where", hint, "%s", message)
	}
	for _, c := range s.Sweep.Expect {
		if !d.vocab.knows("checks", c.Check) {
			d.failAt("sweep.expect", suggest(c.Check, d.vocab.Checks), "no check %s", quote(c.Check))
		}
	}
}
