package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"dynamosim/sim"
)

// The children of these tests are this test's own program.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "-child" {
		name := os.Args[2]
		os.Args = os.Args[:1] // package testing reads them, too
		if err := beChild(name, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// All simulators that are installed run the same PHOLD.
func TestPeersAgree(t *testing.T) {
	all := peers(t.TempDir())
	for _, p := range all {
		p.until = 20 * ms
	}
	found, err := measureAll(all, 100, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range found.Peers {
		switch {
		case p.Missing == "" && p.Ratio > 0 && p.NS > 0 && p.Low <= p.Ratio && p.Ratio <= p.High:
		case p.Language == "Go" || strings.Contains(p.Missing, "another PHOLD") || p.Missing == "":
			t.Errorf("%+v", p)
		default:
			t.Logf("%s: %s", p.Name, p.Missing)
		}
	}
}

// A simulator that runs something else is found out, one that breaks is left out.
func TestPeersThatDoNotAgree(t *testing.T) {
	says := func(line string) *peer {
		return &peer{until: 10 * ms, command: func() ([]string, error) { return []string{"echo", line}, nil }}
	}
	broken := &peer{until: 10 * ms, command: func() ([]string, error) { return []string{"sh", "-c", "echo no good >&2; exit 3"}, nil }}
	found, err := measureAll([]*peer{says("1 2 3"), says("nothing"), broken}, 10, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"another PHOLD", "it said", "no good"} {
		if got := found.Peers[i].Missing; !strings.Contains(got, want) {
			t.Errorf("peer %d: %q, want %q", i, got, want)
		}
	}
}

// What a child reads is what it was given.
func TestTaskRoundTrip(t *testing.T) {
	given := &task{pending: 7, until: 123, delays: sim.PholdDelays()}
	var text strings.Builder
	given.write(&text)
	got, err := readTask(strings.NewReader(text.String()))
	if err != nil || fmt.Sprint(got) != fmt.Sprint(given) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "7", "7 123\n5", "7 x\n"} {
		if _, err := readTask(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is a task", bad)
		}
	}
}
