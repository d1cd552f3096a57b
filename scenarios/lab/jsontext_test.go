package lab

import (
	"encoding/json"
	"math"
	"testing"
)

func TestObjectKeepsItsOrder(t *testing.T) {
	o := object{{"b", 1}, {"a", object{{"z", "<&>"}, {"y", nil}}}, {"list", []object{{{"k", 1}}}}, {"empty", []object{}}, {"none", object{}}}
	line, err := o.MarshalJSON()
	if want := `{"b":1,"a":{"z":"<&>","y":null},"list":[{"k":1}],"empty":[],"none":{}}`; err != nil || string(line) != want {
		t.Errorf("got  %s\nwant %s", line, want)
	}
	var fromLine, fromPretty any
	if err := json.Unmarshal(line, &fromLine); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(o.pretty(), &fromPretty); err != nil {
		t.Fatalf("%v in %s", err, o.pretty())
	}
	a, _ := json.Marshal(fromLine)
	b, _ := json.Marshal(fromPretty)
	if string(a) != string(b) {
		t.Errorf("on one line %s, on many %s", a, b)
	}
}

func TestObjectInLines(t *testing.T) {
	o := object{{"n", 1}, {"flat", object{{"a", 1}}}, {"deep", object{{"x", object{{"a", 1}}}, {"y", object{}}}}, {"list", []object{{{"k", 1}}, {{"k", 2}}}}}
	want := `{
 "n": 1,
 "flat": {"a":1},
 "deep": {
  "x": {"a":1},
  "y": {}},
 "list": [
  {"k":1},
  {"k":2}]
}
`
	if got := string(o.pretty()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestInMS(t *testing.T) {
	for ns, want := range map[inMS]string{0: "0", 2_100_000: "2.1", 1: "0.000001", 1_000_000: "1", 1_624_499: "1.624499", -1_500_000: "-1.5",
		math.MinInt64: "-9223372036854.775808"} {
		if got, err := ns.MarshalJSON(); err != nil || string(got) != want {
			t.Errorf("%d ns = %s ms, want %s", int64(ns), got, want)
		}
	}
}
