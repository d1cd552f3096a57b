package scenarios

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// parsed reads a text as a type of scalar; text "" means that it is refused.
type parsed struct {
	in   string
	text string // canonical
	n    int64  // steps
}

func checkParse[T any, P interface {
	*T
	stepped
}](t *testing.T, table []parsed) {
	t.Helper()
	for _, row := range table {
		v := P(new(T))
		err := v.parse(row.in)
		switch {
		case row.text == "" && err == nil:
			t.Errorf("%q: accepted as %s", row.in, v.text())
		case row.text == "" && !strings.Contains(err.Error(), quote(row.in)) && row.in != "":
			t.Errorf("%q: the error does not show it: %v", row.in, err)
		case row.text != "" && err != nil:
			t.Errorf("%q: %v", row.in, err)
		case row.text != "" && (v.text() != row.text || v.steps() != row.n):
			t.Errorf("%q: %s, %d steps; want %s, %d", row.in, v.text(), v.steps(), row.text, row.n)
		}
	}
}

func TestDuration(t *testing.T) {
	checkParse[Duration](t, []parsed{
		{"0s", "0s", 0}, {"0ns", "0s", 0}, {"1ns", "1ns", 1}, {"250us", "250us", 250e3}, {"250µs", "250us", 250e3}, {"250μs", "250us", 250e3},
		{"1.5ms", "1.5ms", 1.5e6}, {"1500us", "1.5ms", 1.5e6}, {"60s", "1m", 60e9}, {"90s", "90s", 90e9}, {"1m30s", "90s", 90e9},
		{"150s", "2m30s", 150e9}, {"1h", "1h", 3600e9}, {"1h2m3.5s", "1h2m3.5s", 3723.5e9}, {"61m", "1h1m", 3660e9},
		{"8760h", "8760h", int64(Year)}, {"0.000000001s", "1ns", 1}, {"1h0.25s", "1h0.25s", 3600e9 + 25e7}, {"0.1h", "6m", 360e9},
		{"", "", 0}, {"5", "", 0}, {"0", "", 0}, {"1d", "", 0}, {"1e3s", "", 0}, {"-5s", "", 0}, {"+5s", "", 0}, {".5s", "", 0}, {"5.s", "", 0},
		{"0.0000000001s", "", 0}, {"0.5ns", "", 0}, {"99999h", "", 0}, {"8760h1ns", "", 0}, {"99999999999999999999999s", "", 0}, {"5 ms", "", 0},
		{"5S", "", 0}, {"1s1m", "", 0}, {"1s1s", "", 0}, {"05s", "", 0}, {"5ms ", "", 0}, {"infs", "", 0}, {"1_0s", "", 0}, {"1min", "", 0}, {"٣s", "", 0},
	})
}

func TestDurationHints(t *testing.T) {
	for text, want := range map[string]string{
		"5": "5ms or 5s", "1d": "24h", "5min": "5m", "99999h": "8760h", "-5s": "forward", "0.1ns": "finer",
	} {
		if _, err := ParseDuration(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want a hint with %q", text, err, want)
		}
	}
}

func TestShare(t *testing.T) {
	checkParse[Share](t, []parsed{
		{"0", "0", 0}, {"1", "1", 1e6}, {"100%", "100%", 1e6}, {"1%", "1%", 1e4}, {"0.01", "0.01", 1e4}, {"0.0001%", "0.0001%", 1}, {"50.5%", "50.5%", 505000},
		{"", "", 0}, {"1.5", "", 0}, {"101%", "", 0}, {"-0.1", "", 0}, {"nan", "", 0}, {".inf", "", 0}, {"1e-6", "", 0}, {"1 %", "", 0}, {"%", "", 0}, {"half", "", 0},
	})
}

func TestRate(t *testing.T) {
	checkParse[Rate](t, []parsed{
		{"400/s", "400/s", 400e3}, {"0.5/s", "0.5/s", 500}, {"0.001/s", "0.001/s", 1}, {"1000000000/s", "1000000000/s", 1e12},
		{"", "", 0}, {"400", "", 0}, {"0/s", "", 0}, {"-1/s", "", 0}, {"0.0001/s", "", 0}, {"400/m", "", 0}, {"400 /s", "", 0}, {"1e3/s", "", 0}, {"1000000001/s", "", 0}, {"/s", "", 0},
	})
}

func TestBytes(t *testing.T) {
	checkParse[Bytes](t, []parsed{
		{"0B", "0B", 0}, {"512B", "512B", 512}, {"64KB", "64KB", 64e3}, {"4KiB", "4KiB", 4096}, {"4096B", "4KiB", 4096}, {"1.5GB", "1500MB", 1.5e9},
		{"1MiB", "1MiB", 1 << 20}, {"1000TB", "1000TB", 1e15}, {"0.5KiB", "512B", 512},
		{"", "", 0}, {"512", "", 0}, {"4kb", "", 0}, {"4K", "", 0}, {"-1B", "", 0}, {"1.5B", "", 0}, {"1001TB", "", 0}, {"1e3B", "", 0}, {"KB", "", 0},
	})
}

func TestBandwidth(t *testing.T) {
	checkParse[Bandwidth](t, []parsed{
		{"1Gbit/s", "1Gbit/s", 1e9}, {"50MB/s", "50MB/s", 4e8}, {"500MB/s", "500MB/s", 4e9}, {"100Mbit/s", "100Mbit/s", 1e8}, {"8bit/s", "1B/s", 8}, {"125MB/s", "1Gbit/s", 1e9}, {"2.5Gbit/s", "2500Mbit/s", 2.5e9},
		{"", "", 0}, {"100mbps", "", 0}, {"100Mbps", "", 0}, {"1Gbit", "", 0}, {"50MB", "", 0}, {"0MB/s", "", 0}, {"1bit/s", "", 0}, {"-5MB/s", "", 0}, {"50", "", 0}, {"50mb/s", "", 0}, {"2000000Gbit/s", "", 0},
	})
}

func TestPPM(t *testing.T) {
	checkParse[PPM](t, []parsed{
		{"0ppm", "0ppm", 0}, {"50ppm", "50ppm", 50}, {"-200ppm", "-200ppm", -200}, {"100000ppm", "100000ppm", 1e5},
		{"", "", 0}, {"50", "", 0}, {"1.5ppm", "", 0}, {"100001ppm", "", 0}, {"--5ppm", "", 0}, {"+5ppm", "", 0}, {"ppm", "", 0}, {"5 ppm", "", 0},
	})
	var d Drift
	for text, want := range map[string]Drift{"5ppm": {5, 5}, "-50ppm..50ppm": {-50, 50}, "0ppm..0ppm": {0, 0}} {
		if err := d.parse(text); err != nil || d != want {
			t.Errorf("%s: %v, %v", text, d, err)
		}
	}
	for _, text := range []string{"50ppm..-50ppm", "5", "5ppm..", "..5ppm", "1ppm..2ppm..3ppm"} {
		if err := d.parse(text); err == nil {
			t.Errorf("%s: accepted as %v", text, d)
		}
	}
}

// Every value prints as a text that reads back as the same value.
func TestValuesRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := rapid.SampledFrom([]stepped{new(Duration), new(Share), new(Rate), new(Bytes), new(Bandwidth), new(PPM)}).Draw(rt, "type")
		limits := map[reflect.Type][2]int64{
			reflect.TypeFor[*Duration](): {0, int64(Year)}, reflect.TypeFor[*Share](): {0, shareSteps}, reflect.TypeFor[*Rate](): {1, 1e12},
			reflect.TypeFor[*Bytes](): {0, 1e15}, reflect.TypeFor[*Bandwidth](): {8, 1e15}, reflect.TypeFor[*PPM](): {-1e5, 1e5},
		}[reflect.TypeOf(v)]
		n := rapid.Int64Range(limits[0], limits[1]).Draw(rt, "steps")
		if rapid.Bool().Draw(rt, "round") {
			n -= n % rapid.SampledFrom([]int64{1000, 1024, 1e6, 1e9}).Draw(rt, "unit")
			n = max(n, limits[0])
		}
		v.setSteps(n)
		back := fresh(v)
		if err := back.parse(v.text()); err != nil || back.steps() != n || back.text() != v.text() {
			rt.Fatalf("%d steps print as %s, which reads as %d (%s): %v", n, v.text(), back.steps(), back.text(), err)
		}
	})
}

// Where the standard library reads a duration without rounding, so do we.
func TestDurationAgainstTime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`[0-9]{1,3}(\.[0-9]{1,3})?(ms|s|m|h)([0-9]{1,2}s)?`).Draw(rt, "text")
		ours, err := ParseDuration(text)
		theirs, theirErr := time.ParseDuration(text)
		if err == nil && (theirErr != nil || int64(ours) != int64(theirs)) {
			rt.Fatalf("%s: %d, the library says %v, %v", text, ours, theirs, theirErr)
		}
	})
}

func FuzzValues(f *testing.F) {
	for _, seed := range []string{"5ms", "1m30s", "1%", "0.01", "400/s", "64KB", "4KiB", "1Gbit/s", "50MB/s", "-20ppm", "-5ppm..5ppm", "1e9s", "µs", ".", "1h1ns"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range []scalar{new(Duration), new(Share), new(Rate), new(Bytes), new(Bandwidth), new(PPM), new(Drift), new(Percentile), new(HedgeAfter)} {
			if v.parse(text) != nil {
				continue
			}
			back := reflect.New(reflect.TypeOf(v).Elem()).Interface().(scalar)
			if err := back.parse(v.text()); err != nil || !reflect.DeepEqual(back, v) && !sameChance(back, v) {
				t.Errorf("%T %q prints as %q, which reads as %v: %v", v, text, v.text(), back, err)
			}
		}
	})
}

func sameChance(a, b scalar) bool {
	x, ok := a.(*Share)
	y, ok2 := b.(*Share)
	return ok && ok2 && x.Chance == y.Chance
}

func TestDecimalSteps(t *testing.T) {
	for _, row := range []struct {
		number string
		steps  int64
		want   int64
		err    error
	}{
		{"1.5", 10, 15, nil}, {"1.50", 10, 15, nil}, {"0.000000001", 1e9, 1, nil}, {"1.55", 10, 0, errInexact}, {"01", 1, 0, errNumber}, {"", 1, 0, errNumber},
		{"1.", 10, 0, errNumber}, {"9223372036854775807", 1, 0, errTooLarge}, {"99999999999999999999", 1, 0, errTooLarge}, {"0.1234567890123456789", 1, 0, errInexact},
		{"4611686018427387904", 1, 1 << 62, nil},
	} {
		got, err := decimalSteps(row.number, row.steps)
		if err != row.err || err == nil && got != row.want {
			t.Errorf("%s × %d: %d, %v; want %d, %v", row.number, row.steps, got, err, row.want, row.err)
		}
	}
}

func TestClassSeedsDiffer(t *testing.T) {
	seen := map[uint64]string{}
	for _, class := range []string{"plan", "workload", "environment", "node"} {
		for _, seed := range []uint64{0, 1, math.MaxUint64} {
			s := ClassSeed(seed, class)
			if other := seen[s]; other != "" {
				t.Errorf("%s and %s share a seed", class, other)
			}
			seen[s] = class
		}
	}
}
