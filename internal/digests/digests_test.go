package main

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// What the golden tests print of a wrong value is understood; what else they print is not taken for one.
func TestDifferencesAreRead(t *testing.T) {
	for _, test := range []struct {
		folder, output string
		want           []difference
	}{
		{"scenarios/world", `--- FAIL: TestGoldenDigests (0.73s)
    --- FAIL: TestGoldenDigests/chaos (0.15s)
        world_test.go:74: digest 00ff 151138 events, golden "62a2 7 events"
    --- FAIL: TestGoldenDigests/figure-3+paper (0.00s)
        world_test.go:74: digest aa 1 events, golden ""
    world_test.go:83: golden digest of gone, which is not in the library
FAIL
`, []difference{{"chaos", "62a2 7 events", "00ff 151138 events"}, {"figure-3+paper", "", "aa 1 events"}}},
		{"sim/rng", `--- FAIL: TestSamplesAreTheSameEverywhere (0.20s)
    golden_test.go:45: "Zipf 0.99 of 1e9": "0123", want "18ce156864812c72"
FAIL
`, []difference{{"Zipf 0.99 of 1e9", "18ce156864812c72", "0123"}}},
		{"sim/trace", `--- FAIL: TestDigestNeverChanges (0.00s)
    digest_test.go:15: the digest of nothing is 916f, want 9
    digest_test.go:25: digest 011a, want 022b
`, []difference{{"digest", "022b", "011a"}}},
		{"sim", "PASS\n", nil},
		{"sim", "panic: index out of range\n\ngoroutine 7 [running]:\n", nil},
	} {
		i := slices.IndexFunc(suites(), func(s suite) bool { return s.folder == test.folder })
		if got := suites()[i].differences(test.output); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.folder, got, test.want)
		}
	}
}

func TestTable(t *testing.T) {
	one := []difference{{"chaos", "aa", "bb"}}
	two := append(slices.Clone(one), difference{"put-get", "cc", "dd"})
	for _, test := range []struct {
		name     string
		outcomes []outcome
		want     string // in what is printed
		code     int
	}{
		{"equal", []outcome{{run: 1.25e9}, {skipped: "no qemu"}}, "1 equal, 0 different, 0 failed, 1 skipped", 0},
		{"the time", []outcome{{compile: 12.34e9, run: 1.25e9}}, "amd64              12.3 s      1.2 s  equal", 0},
		{"the reason", []outcome{{}, {skipped: "no qemu"}}, "skipped: no qemu", 0},
		{"nothing compared", []outcome{{skipped: "no qemu"}}, "0 equal", 1},
		{"failed", []outcome{{}, {failed: "compiling:\nx is undefined"}}, "FAILED compiling:\n" + strings.Repeat(" ", 38) + "x is undefined", 1},
		{"different", []outcome{{}, {differences: two}}, `DIFFERS chaos golden "aa" got "bb"`, 1},
		{"the second difference", []outcome{{}, {differences: two}}, `DIFFERS put-get golden "cc" got "dd"`, 1},
		{"another code", []outcome{{differences: two}, {differences: two}, {skipped: "no qemu"}}, "All builds agree with each other", 1},
	} {
		var out strings.Builder
		table := table{w: &out}
		for _, o := range test.outcomes {
			table.add(builds()[0], o)
		}
		code, _ := table.conclude()
		if code != test.code || !strings.Contains(out.String(), test.want) {
			t.Errorf("%s: exit code %d, want %d; printed is\n%s\nwithout %q", test.name, code, test.code, out.String(), test.want)
		}
	}
	var out strings.Builder
	table := table{w: &out}
	table.add(builds()[0], outcome{differences: one})
	table.add(builds()[1], outcome{differences: two})
	if table.conclude(); strings.Contains(out.String(), "agree") {
		t.Errorf("builds that differ are said to agree:\n%s", out.String())
	}
}

func TestBuildsAreChosenByName(t *testing.T) {
	if all, err := choose(nil); err != nil || len(all) != len(builds()) {
		t.Errorf("%d builds, %v", len(all), err)
	}
	some, err := choose([]string{"arm64", "386"})
	if err != nil || len(some) != 2 || some[0].name != "arm64" || some[1].name != "386" {
		t.Errorf("%+v, %v", some, err)
	}
	if _, err := choose([]string{"386", "vax"}); err == nil || !strings.Contains(err.Error(), `"vax"; there are amd64, amd64-v3,`) {
		t.Errorf("a name that is none: %v", err)
	}
}

// Without emulators a build says what is missing and where it comes from.
func TestMissingToolsAreNamed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("emulators are for linux")
	}
	t.Setenv("PATH", t.TempDir())
	for name, want := range map[string]string{
		"s390x": "no qemu-s390x; it comes with qemu-user (apt-get install qemu-user)", "riscv64": "no qemu-riscv64", "wasm": "no node",
		"race": "needs a C compiler", "one-thread": "", "collecting": "",
	} {
		chosen, err := choose([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		if _, missing := chosen[0].runner("/go"); chosen[0].arch != runtime.GOARCH || want == "" || name == "race" {
			if !strings.Contains(missing, want) || want == "" && missing != "" {
				t.Errorf("%s: missing is %q, want %q", name, missing, want)
			}
		}
	}
}

// A golden test that is not there, or does not compile, is no equal one.
func TestWhatDoesNotRunFails(t *testing.T) {
	module := t.TempDir()
	write(t, filepath.Join(module, "go.mod"), "module example\n\ngo 1.26\n")
	if err := os.Mkdir(filepath.Join(module, "p"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(module, "p", "p_test.go"), "package p\n\nimport \"testing\"\n\nfunc TestOther(*testing.T) {}\n")
	chosen, err := choose([]string{"one-thread"})
	if err != nil {
		t.Fatal(err)
	}
	check := func(want string) {
		t.Helper()
		c, err := newComparison(module, t.TempDir(), []suite{{"p", "TestGolden", suites()[0].differ}})
		if err != nil {
			t.Fatal(err)
		}
		if o := c.compare(t.Context(), chosen[0]); !strings.Contains(o.failed, want) {
			t.Errorf("%+v, want %q", o, want)
		}
	}
	check("has no test TestGolden")
	write(t, filepath.Join(module, "p", "p_test.go"), "package p\n\nvar _ = x\n")
	check("undefined: x")
}
