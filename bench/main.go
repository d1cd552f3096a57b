package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"dynamosim/scenarios/lab"
)

func main() {
	rounds := flag.Int("rounds", 5, "measure every simulator `N` times")
	pending := flag.Int("n", 1024, "processes, and events pending")
	asJSON := flag.Bool("json", false, "print one JSON object")
	child := flag.String("child", "", "be the child process that runs a `SIMULATOR`; what is to be run is read from stdin")
	flag.Parse()
	err := error(nil)
	if *child != "" {
		err = beChild(*child, os.Stdin, os.Stdout)
	} else {
		err = compare(*pending, *rounds, *asJSON)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// compare measures all simulators and prints the result.
func compare(pending, rounds int, asJSON bool) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return fmt.Errorf("folder for programs: %w", err)
	}
	defer os.RemoveAll(dir)
	found, err := measureAll(peers(dir), pending, rounds)
	if err != nil {
		return err
	}
	if asJSON {
		text, err := json.MarshalIndent(found, "", "  ")
		if err != nil {
			return fmt.Errorf("writing the result: %w", err)
		}
		fmt.Println(string(text))
		return nil
	}
	return print(os.Stdout, found)
}

func print(w io.Writer, found *lab.BenchPeers) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "PHOLD, %d events pending, medians of %d rounds\n\n", found.Pending, found.Rounds)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "simulator\tlanguage\tns/event\tours / theirs\trounds\tbound")
	for _, p := range found.Peers {
		if p.Missing != "" {
			fmt.Fprintf(t, "%s\t%s\t\t\t\tnot measured: %s\n", p.Name, p.Language, p.Missing)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%.1f\t%.3f\t%.3f … %.3f\t%s\n", p.Name, p.Language, p.NS, p.Ratio, p.Low, p.High, bound(&p))
	}
	t.Flush()
	return out.Flush()
}

func bound(p *lab.BenchPeer) string {
	switch {
	case p.Bound == 0:
		return ""
	case p.Ratio > p.Bound:
		return fmt.Sprintf("≤ %v, exceeded", p.Bound)
	}
	return fmt.Sprintf("≤ %v, holds", p.Bound)
}
