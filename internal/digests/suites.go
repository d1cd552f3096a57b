package main

import (
	"regexp"
	"strings"
)

// suite is a golden test.
type suite struct {
	folder string         // of its package
	test   string         // its name, or a pattern for the names of several
	differ *regexp.Regexp // what it prints of a value that is not golden: its name if it is no subtest's, got, golden
}

// suites are the golden tests of what must be equal everywhere: runs, the simulator under every fault, samples of every
// distribution, the digest itself.
func suites() []suite {
	subtests := regexp.MustCompile(`digest (?P<got>.*), golden "(?P<golden>.*)"$`)
	return []suite{
		{"scenarios/world", "Test(Golden(Digests|Seeds)|FormatOne)", subtests},
		{"sim", "TestGoldenStorms", subtests},
		{"sim/rng", "TestSamplesAreTheSameEverywhere", regexp.MustCompile(`"(?P<name>.*)": "(?P<got>.*)", want "(?P<golden>.*)"$`)},
		{"sim/trace", "TestDigestNeverChanges", regexp.MustCompile(`(?P<name>digest) (?P<got>\S+), want (?P<golden>\S+)$`)},
	}
}

// difference is a value that is not the golden one.
type difference struct{ name, golden, got string }

var failedSubtest = regexp.MustCompile(`^\s+--- FAIL: [^/]*/(\S+) `)

// differences reads what a golden test printed.
func (s suite) differences(output string) []difference {
	var all []difference
	subtest := ""
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		if m := failedSubtest.FindStringSubmatch(line); m != nil {
			subtest = m[1]
		}
		if m := s.differ.FindStringSubmatch(line); m != nil {
			d := difference{subtest, m[s.differ.SubexpIndex("golden")], m[s.differ.SubexpIndex("got")]}
			if i := s.differ.SubexpIndex("name"); i >= 0 {
				d.name = m[i]
			}
			all = append(all, d)
		}
	}
	return all
}
