package main

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// maxMemory is --max-memory: how much memory the runs of a command may take, as estimated before they begin.
type maxMemory struct{ text string }

func (m *maxMemory) flag(f *pflag.FlagSet) {
	f.StringVar(&m.text, "max-memory", "", "refuse to run what would take more than this `SIZE`, such as 2GB, or none (default: limits.memory, and three quarters of what the machine has)")
}

// bound reads the flag; without it, it asks the machine.
func (m *maxMemory) bound(t *terminal) (lab.MemoryBound, error) {
	switch m.text {
	case "":
		return machineBound(t.machine()), nil
	case "none":
		return lab.MemoryBound{Given: true}, nil
	}
	size, err := scenarios.ParseBytes(m.text)
	if err != nil || size <= 0 {
		return lab.MemoryBound{}, usage("--max-memory %s is no size\n  such as --max-memory 2GB, or none", lab.Clean(m.text))
	}
	return lab.MemoryBound{Bytes: int64(size), From: "--max-memory", Given: true}, nil
}

// machineBound leaves a quarter of the machine to others.
func machineBound(memory int64) lab.MemoryBound {
	if memory <= 0 {
		return lab.MemoryBound{}
	}
	return lab.MemoryBound{Bytes: memory / 4 * 3, From: fmt.Sprintf("this machine, three quarters of its %.1f GB,", float64(memory)/1e9)}
}

// machine is how much memory there is for this process, in bytes; 0 where nobody says.
func (t *terminal) machine() int64 {
	if t.memory != nil {
		return t.memory()
	}
	return machineMemory(os.ReadFile, debug.SetMemoryLimit(-1))
}

// machineMemory is the least of what says how much memory there is: the machine itself and the group of processes that a container is, both of which
// Linux tells in files, and GOMEMLIMIT. Other systems have no such files: 0, unless GOMEMLIMIT is set.
func machineMemory(read func(name string) ([]byte, error), goLimit int64) int64 {
	least := int64(math.MaxInt64)
	if goLimit > 0 {
		least = goLimit
	}
	for _, name := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if text, err := read(name); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 {
				least = min(least, n)
			}
		}
	}
	if text, err := read("/proc/meminfo"); err == nil {
		if n := memTotal(string(text)); n > 0 {
			least = min(least, n)
		}
	}
	if least > 1<<50 { // no limit is a large number to some
		return 0
	}
	return least
}

// memTotal finds the line MemTotal of /proc/meminfo, in bytes; 0 without one.
func memTotal(text string) int64 {
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "MemTotal:" && f[2] == "kB" {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			return n * 1024
		}
	}
	return 0
}

// keepBelow has garbage collected more often before the program takes more than it may.
func (t *terminal) keepBelow(bound lab.MemoryBound) {
	if t.collectAt != nil && bound.Bytes > 0 {
		t.collectAt(bound.Bytes)
	}
}

// collectAt sets where that begins, unless GOMEMLIMIT does.
func collectAt(getenv func(string) string) func(bytes int64) {
	if getenv("GOMEMLIMIT") != "" {
		return nil
	}
	return func(bytes int64) { debug.SetMemoryLimit(bytes) }
}

// openToRun is open for a command that runs the plan: refused where it would take too much memory, announced where it is large.
func (s *source) openToRun(t *terminal, name string, quiet bool, o lab.ForecastOptions) (*scenarios.Scenario, error) {
	bound, err := s.memory.bound(t)
	if err != nil {
		return nil, err
	}
	plan, err := s.open(t, name, quiet)
	if err != nil {
		return nil, err
	}
	f := lab.ForecastRun(plan, o)
	if err := bound.Afford(plan, f); err != nil {
		return nil, err
	}
	t.keepBelow(bound)
	if f.Large() && !quiet {
		t.note("estimate: %s", f.Line())
		if f.Events > int64(plan.Limits.Events) {
			t.note("  limits.events, %d, may end the run before: --set limits.events=%d", plan.Limits.Events, 2*f.Events)
		}
	}
	return plan, nil
}
