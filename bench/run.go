package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"dynamosim/scenarios/lab"
	"dynamosim/sim"
)

// task is what a simulator is to run.
type task struct {
	pending int
	until   int64 // ns of virtual time
	delays  []int64
}

// result is what it has to say then.
type result struct {
	events, checksum uint64
	cpu              int64 // ns of processor time of the loop
}

func (r *result) perEvent() float64 { return float64(r.cpu) / float64(r.events) }

// write gives a task to a child: the number of processes, the time, and the 4096 delays, each on a line.
func (t *task) write(w io.Writer) {
	fmt.Fprintln(w, t.pending, t.until)
	for _, d := range t.delays {
		fmt.Fprintln(w, d)
	}
}

func readTask(r io.Reader) (*task, error) {
	t := &task{delays: make([]int64, len(sim.PholdDelays()))}
	if _, err := fmt.Fscan(r, &t.pending, &t.until); err != nil {
		return nil, fmt.Errorf("reading the task: %w", err)
	}
	for i := range t.delays {
		if _, err := fmt.Fscan(r, &t.delays[i]); err != nil {
			return nil, fmt.Errorf("reading delay %d: %w", i, err)
		}
	}
	return t, nil
}

// beChild runs a simulator written in Go and prints events, checksum and processor time.
func beChild(name string, in io.Reader, out io.Writer) error {
	run, ok := inGo[name]
	if !ok {
		return fmt.Errorf("there is no simulator %q in Go", name)
	}
	t, err := readTask(in)
	if err != nil {
		return err
	}
	r := run(t)
	_, err = fmt.Fprintln(out, r.events, r.checksum, r.cpu)
	return err
}

// cpuTime is the processor time of the process in ns.
func cpuTime() int64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return time.Now().UnixNano()
	}
	return use.Utime.Nano() + use.Stime.Nano()
}

// run starts a child with a task and reads what it says.
func (p *peer) run(t *task) (*result, error) {
	command, err := p.command()
	if err != nil {
		return nil, err
	}
	var in, said bytes.Buffer
	t.write(&in)
	c := exec.Command(command[0], command[1:]...)
	c.Stdin, c.Stderr = &in, &said
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, lastLine(said.String()))
	}
	r := &result{}
	if _, err := fmt.Sscan(string(out), &r.events, &r.checksum, &r.cpu); err != nil {
		return nil, fmt.Errorf("it said %q: %w", out, err)
	}
	return r, nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// ourselves is the command line of a child that runs a simulator written in Go.
func ourselves(name string) func() ([]string, error) {
	return func() ([]string, error) {
		program, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("finding this program: %w", err)
		}
		return []string{program, "-child", name}, nil
	}
}

// measureAll measures every peer in turn, round after round, each right after ours.
func measureAll(all []*peer, pending, rounds int) (*lab.BenchPeers, error) {
	ours := &peer{name: "dynamosim", command: ourselves("dynamosim")}
	for round := range rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, rounds)
		for _, p := range all {
			if p.missing != nil {
				continue
			}
			t := &task{pending: pending, until: p.until, delays: sim.PholdDelays()}
			want, err := ours.run(t)
			if err != nil {
				return nil, fmt.Errorf("running dynamosim: %w", err)
			}
			p.measure(t, want)
		}
	}
	found := &lab.BenchPeers{Pending: pending, Rounds: rounds}
	for _, p := range all {
		found.Peers = append(found.Peers, p.result())
	}
	return found, nil
}

// measure runs a peer once and compares it with what ours said.
func (p *peer) measure(t *task, ours *result) {
	theirs, err := p.run(t)
	switch {
	case err != nil:
		p.missing = err
	case theirs.events != ours.events || theirs.checksum != ours.checksum:
		p.missing = fmt.Errorf("it ran another PHOLD: %d events with checksum %x, not %d with %x", theirs.events, theirs.checksum, ours.events, ours.checksum)
	default:
		p.times = append(p.times, theirs.perEvent())
		p.ratios = append(p.ratios, ours.perEvent()/theirs.perEvent())
	}
}

func (p *peer) result() lab.BenchPeer {
	r := lab.BenchPeer{Name: p.name, Language: p.language, Bound: p.bound}
	if p.missing != nil {
		r.Missing = p.missing.Error()
		return r
	}
	r.NS, r.Ratio, r.Low, r.High = median(p.times), median(p.ratios), slices.Min(p.ratios), slices.Max(p.ratios)
	return r
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
