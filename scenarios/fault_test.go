package scenarios

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func fault(t testing.TB, text string) FaultKind {
	t.Helper()
	k, err := ParseFault(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestFaultKindsAreDocumented(t *testing.T) {
	for _, doc := range FaultKinds() {
		if doc.New().Kind() != doc.Name || doc.Doc == "" || doc.Effect == "" {
			t.Errorf("kind %s: %+v", doc.Name, doc)
		}
		if got := fault(t, doc.Example).String(); got != doc.Example {
			t.Errorf("the example %s prints as %s", doc.Example, got)
		}
		for _, f := range shapeOf(reflect.TypeOf(doc.New()).Elem()).fields {
			if f.tag.Get("doc") == "" {
				t.Errorf("%s.%s has no doc", doc.Name, f.key)
			}
		}
	}
}

// Which kinds are over at once, take nodes down, or name clients.
func TestFaultKindsClassified(t *testing.T) {
	down := map[string]bool{"crash": true, "power-loss": true, "stop": true, "restart": true, "crash-loop": true, "rolling-restart": true, "pause": true, "wipe": true, "rollback": true}
	instant := map[string]bool{"restart": true, "bit-rot": true, "join": true, "leave": true, "replace": true}
	clients := map[string]bool{"partition": true, "loss": true, "duplicate": true, "reorder": true, "delay": true, "bandwidth": true, "corrupt": true, "clog": true, "flap": true}
	for _, doc := range FaultKinds() {
		k := doc.New()
		if (k.Down() != nil) != down[doc.Name] {
			t.Errorf("%s takes nodes down: %v", doc.Name, k.Down() != nil)
		}
		if k.Instant() != instant[doc.Name] {
			t.Errorf("%s is instant: %v", doc.Name, k.Instant())
		}
		k.eachSelector(func(path string, _ *Selector, allowed bool) {
			if allowed != clients[doc.Name] {
				t.Errorf("%s.%s may name clients: %v", doc.Name, path, allowed)
			}
		})
	}
	if !fault(t, "clock {nodes: n1, jump: -2s}").Instant() {
		t.Error("a jump of a clock is not instant")
	}
}

// fill draws a value of any type that kinds of faults have.
func fill(t *rapid.T, v reflect.Value, f field) {
	scalarText := func(texts ...string) {
		d := newDecoder(&Vocabulary{}, newSource("", nil))
		d.value(parseOwn(rapid.SampledFrom(texts).Draw(t, f.key)), f.key, v, &f)
		if len(d.list) > 0 {
			t.Fatalf("%s: %s", f.key, d.list[0].Message)
		}
	}
	switch x := v.Addr().Interface().(type) {
	case *Selector:
		*x = anySelector(2).Draw(t, f.key)
	case *[]Selector:
		*x = rapid.SliceOfN(anySelector(2), 1, 3).Draw(t, f.key)
	case *Link:
		x.Form = rapid.SampledFrom([]LinkForm{LinkAll, LinkSameDC, LinkCrossDC, LinkClient, LinkOneWay, LinkBetween}).Draw(t, f.key)
		if x.Form >= LinkOneWay {
			x.From, x.To = anySelector(1).Draw(t, "from"), anySelector(1).Draw(t, "to")
		}
	case *Share:
		scalarText("0", "1%", "0.25", "100%", "0.0001%")
	case *Duration:
		scalarText("1ns", "250us", "1h5m", "90s")
	case **Duration:
		scalarText("-1ns", "0s", "250us", "-1h5m")
	case **PPM:
		scalarText("0ppm", "-200ppm", "50ppm")
	case *Dist:
		scalarText("0s", "5ms", "{dist: exponential, mean: 3ms, max: 1s}", "{dist: mixture, of: [{share: 90%, dist: exponential, mean: 1ms}, {share: 10%, dist: uniform, min: 1ms, max: 2ms}]}")
	case *Bandwidth:
		scalarText("1Gbit/s", "50MB/s", "9bit/s")
	case *Bytes:
		scalarText("1B", "64KiB", "1MB")
	case *float64:
		scalarText("1", "20", "1.5")
	case *[]string:
		scalarText("[n1, n2]", "[n3, n1, n5, n4]")
	case *[]Share:
		scalarText("[0.25]", "[1%, 50%]")
	case *int:
		scalarText("1", "7", "1000")
	case *[]DiskOperation:
		scalarText("[sync]", "[sync, read]", "[write]")
	case *[]SlowOf:
		scalarText("[disk]", "[cpu, disk, network]", "[network, cpu]")
	case *bool:
		*x = rapid.Bool().Draw(t, f.key)
	default:
		if words := f.enum(); words != nil {
			v.SetString(rapid.SampledFrom(words).Draw(t, f.key))
			return
		}
		if f.tag.Get("format") == "name" {
			v.SetString(rapid.SampledFrom([]string{"n1", "x"}).Draw(t, f.key))
			return
		}
		t.Fatalf("nothing to draw for %s of type %s", f.key, v.Type())
	}
}

func TestFaultRoundTrip(t *testing.T) {
	for _, doc := range FaultKinds() {
		t.Run(doc.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				kind := doc.New()
				v := reflect.ValueOf(kind).Elem()
				v.Set(defaultOf(v.Type()))
				for _, f := range shapeOf(v.Type()).fields {
					if f.flag("need") || rapid.Bool().Draw(t, "has "+f.key) {
						fill(t, v.Field(f.index), f)
					}
				}
				text := kind.String()
				back, err := ParseFault(text)
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				if !reflect.DeepEqual(kind, back) || back.String() != text {
					t.Fatalf("%s comes back as %s", text, back)
				}
			})
		})
	}
}

func FuzzParseFault(f *testing.F) {
	for _, doc := range FaultKinds() {
		f.Add(doc.Example)
	}
	f.Add("partition {isolate: {any_of: [one, replicas of k]}, direction: in}")
	f.Add("clock {nodes: all, drift: -5ppm}")
	f.Fuzz(func(t *testing.T, text string) {
		kind, err := ParseFault(text)
		if err != nil {
			return
		}
		back, err := ParseFault(kind.String())
		if err != nil || !reflect.DeepEqual(kind, back) {
			t.Fatalf("%q reads as %s, which reads as %v, %v", text, kind, back, err)
		}
	})
}

func TestRefusedFaultTexts(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "no fault",
		"crush {nodes: n1}":                    `did you mean "crash"?`,
		"crash":                                `missing key "nodes"`,
		"crash {node: n1}":                     `unknown key "node"`,
		"crash {nodes: n1} and more":           "not YAML",
		"loss {share: 150%}":                   "not a share",
		"loss {share: 1%..2%}":                 "not concrete",
		"loss {share: {one_of: [1%, 2%]}}":     "not concrete",
		"loss {share: NaN}":                    "not a share",
		"loss {share: -0.1}":                   "not a share",
		"delay {add: 5}":                       "add a unit",
		"bandwidth {rate: 10mbps}":             "bits are",
		"bandwidth {rate: 1MB/s, buffer: 0B}":  "out of range",
		"reorder {share: 1%, gap: 0s}":         "out of range",
		"slow {nodes: n1, factor: 0.5}":        "out of range",
		"slow {nodes: n1, factor: 2, of: [a]}": "one of cpu, disk, network",
		"power-loss {nodes: n1, unsynced: x}":  "one of lose, keep, torn, random",
		"clock {nodes: n1, drift: 200000ppm}":  "out of range",
		"partition {shape: thirds}":            "one of halves, one, minority-third",
		"partition {groups: [[n1], []]}":       "names nobody",
		"partition {groups: n1}":               "a list",
	} {
		if k, err := ParseFault(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want an error about %q", text, k, err, want)
		}
	}
}
