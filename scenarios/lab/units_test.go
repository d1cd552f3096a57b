package lab

import "testing"

func TestSpan(t *testing.T) {
	for ns, want := range map[int64]string{
		0: "0 ns", 999: "999 ns", 1000: "1.00 µs", 490_000: "490 µs", 999_499: "999 µs", 999_600: "1.00 ms", 2_130_000: "2.13 ms",
		9_994_000: "9.99 ms", 9_996_000: "10.0 ms", 99_960_000: "100 ms", 12_400_000_000: "12.4 s", 999_700_000: "1.00 s",
		3_600_000_000_000: "3 600 s", -2_130_000: "-2.13 ms",
	} {
		if got := span(ns); got != want {
			t.Errorf("span(%d) = %q, want %q", ns, got, want)
		}
	}
}

func TestRound(t *testing.T) {
	for ns, want := range map[int64]string{30e9: "30 s", 1.5e9: "1.5 s", 250e6: "250 ms", 300e9: "300 s", 26_301_000_000: "26.3 s", 100: "100 ns"} {
		if got := round(ns); got != want {
			t.Errorf("round(%d) = %q, want %q", ns, got, want)
		}
	}
}

func TestMoment(t *testing.T) {
	for ns, want := range map[int64]string{0: "0.000 s", 12_345_678_901: "12.345 s", 999_999: "0.000 s", -1_500_000_000: "-1.500 s"} {
		if got := moment(ns); got != want {
			t.Errorf("moment(%d) = %q, want %q", ns, got, want)
		}
	}
	if got := millis(9_944_000_000); got != "9.944s" {
		t.Errorf("as a flag: %q", got)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1 000", 4812: "4 812", 12345: "12 345", 1234567: "1 234 567", -4812: "-4 812"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q, want %q", n, got, want)
		}
	}
}

// 100 % means all of them: one failure in a million must be seen.
func TestPercentRoundsDown(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        string
	}{{4790, 4812, "99.54 %"}, {999_999, 1_000_000, "99.99 %"}, {5, 5, "100 %"}, {0, 5, "0.00 %"}, {0, 0, "–"}} {
		if got := percent(c.part, c.whole); got != c.want {
			t.Errorf("percent(%d, %d) = %q, want %q", c.part, c.whole, got, c.want)
		}
	}
}

func TestListed(t *testing.T) {
	for want, names := range map[string][]string{"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		if got := listed(names); got != want {
			t.Errorf("listed(%v) = %q", names, got)
		}
	}
}

func TestEffectsAgreeWithTheirNumber(t *testing.T) {
	for _, c := range []struct {
		n            int64
		effect, want string
	}{
		{412, "messages cut", "412 messages cut"}, {1, "messages cut", "1 message cut"},
		{3, "nodes down, bytes lost, records torn", "3 nodes down"}, {1, "nodes down, bytes lost, records torn", "1 node down"},
		{2, "versions stamped, or timers fired, under skew", "2 versions stamped, or timers fired, under skew"},
	} {
		if got := effects(c.n, c.effect); got != c.want {
			t.Errorf("effects(%d, %q) = %q, want %q", c.n, c.effect, got, c.want)
		}
	}
}
