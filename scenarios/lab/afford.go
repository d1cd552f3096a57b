package lab

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"dynamosim/scenarios"
)

// MemoryBound is how much memory the runs of a command may take together. Each of them may take what its scenario says under limits.memory, too,
// unless the bound was given by a person.
type MemoryBound struct {
	Bytes int64  // 0: no bound
	From  string // who says so, such as "this machine"
	Given bool   // by a person, who knows better than the scenario
}

// Afford refuses a run that is forecast to take more memory than it may, with a *BadInput that says what takes most of it.
func (b MemoryBound) Afford(plan *scenarios.Scenario, f *Forecast) error {
	return b.afford(plan.Name, plan, f, 1)
}

func (b MemoryBound) afford(name string, plan *scenarios.Scenario, f *Forecast, jobs int) error {
	if own := int64(plan.Limits.Memory); !b.Given && f.Memory > own {
		return f.tooLarge(name, own, "limits.memory", 1)
	}
	if b.Bytes > 0 && f.Memory*int64(jobs) > b.Bytes {
		return f.tooLarge(name, b.Bytes, b.From, jobs)
	}
	return nil
}

// tooLarge is the refusal of runs side by side that would take more than a bound.
func (f *Forecast) tooLarge(name string, bound int64, from string, jobs int) error {
	need := f.Memory * int64(jobs)
	var b strings.Builder
	what := "the run"
	if jobs > 1 {
		what = fmt.Sprintf("%d runs side by side", jobs)
	}
	fmt.Fprintf(&b, "%s: error: %s would take about %s of memory, and %s allows %s", Clean(name), what, roughBytes(need), from, roughBytes(bound))
	if jobs > 1 {
		b.WriteString("\n  with fewer --jobs it is less; of each run:")
	}
	for _, p := range f.MemoryParts[:min(3, len(f.MemoryParts))] {
		if p.Amount*20 >= f.Memory {
			fmt.Fprintf(&b, "\n  %s for %s; lower %s", roughBytes(p.Amount), p.What, p.Lower)
		}
	}
	fmt.Fprintf(&b, "\n  nothing was run; --max-memory %s would do", scenarios.Bytes(roundUpTo(need, 1e8)))
	return &BadInput{b.String()}
}

func roundUpTo(n, step int64) int64 { return (n + step - 1) / step * step }

// forecasts are those of the runs of a sweep or a comparison: the largest, and all together.
type forecasts struct {
	plan    *scenarios.Scenario // with the largest
	largest *Forecast
	time    time.Duration
	runs    int
}

// add takes in the runs of a cell, of which one is looked at.
func (s *forecasts) add(plan *scenarios.Scenario, runs int) {
	f := ForecastRun(plan, ForecastOptions{})
	if s.largest == nil || f.Memory > s.largest.Memory {
		s.plan, s.largest = plan, f
	}
	s.runs += runs
	s.time += f.Time * time.Duration(runs)
}

// afford says how many of the runs may be side by side: as many as there are processors, if memory allows, unless a number was asked for.
func (s *forecasts) afford(b MemoryBound, asked int) (jobs int, err error) {
	jobs = asked
	if asked <= 0 {
		jobs = min(runtime.GOMAXPROCS(0), max(1, s.runs))
		for jobs > 1 && b.Bytes > 0 && s.largest.Memory*int64(jobs) > b.Bytes {
			jobs--
		}
	}
	return jobs, b.afford(s.plan.Name, s.plan, s.largest, min(jobs, max(1, s.runs)))
}

// longRun is the processor time from which on it is worth saying beforehand how long it will be.
const longRun, longSweep = 10 * time.Second, time.Minute

// largeRun is the memory from which on it is worth saying beforehand.
const largeRun = 500_000_000

// Large tells whether a forecast is worth a line before the run.
func (f *Forecast) Large() bool { return f.Time >= longRun || f.Memory >= largeRun }

// line is what is worth saying before a long sweep; "" for nothing.
func (s *forecasts) line(jobs int) string {
	wall := s.time / time.Duration(max(1, jobs))
	if wall < longSweep && s.largest.Memory*int64(jobs) < largeRun {
		return ""
	}
	return fmt.Sprintf("estimate: %s, %d side by side: about %s and %s", counted(int64(s.runs), "run", "runs"), jobs, roughTime(wall), roughBytes(s.largest.Memory*int64(jobs)))
}

// afford looks at one run of each cell of a sweep.
func (s *Sweep) afford(units []unit, o *SweepOptions) error {
	if len(units) == 0 {
		return nil
	}
	runs, order := map[string]int{}, []unit{}
	key := func(u *unit) string {
		return u.source + "\x00" + u.cell.Case + "\x00" + strings.Join(u.cell.Set, "\x00")
	}
	for i := range units {
		k := key(&units[i])
		if runs[k]++; runs[k] == 1 {
			order = append(order, units[i])
		}
	}
	all := &forecasts{}
	for i := range order {
		plan, err := s.open(order[i].source, order[i].cell, order[i].seed)
		if err != nil {
			return nil // the run will say so
		}
		all.add(plan, runs[key(&order[i])])
	}
	jobs, err := all.afford(o.Memory, o.Jobs)
	if err != nil {
		return err
	}
	o.Jobs = jobs
	if line := all.line(jobs); line != "" && o.Say != nil {
		o.Say(line)
	}
	return nil
}

// Afford looks at one run of each cell of a comparison: how many may be side by side, what is worth saying beforehand, and a *BadInput where not even
// one may be run.
func (c *Comparison) Afford(b MemoryBound, asked int) (jobs int, note string, err error) {
	all := &forecasts{}
	for _, cell := range c.cells {
		plan, err := c.open(cell, &c.Seeds[0])
		if err != nil {
			return asked, "", nil // the run will say so
		}
		all.add(plan, len(c.Seeds))
	}
	jobs, err = all.afford(b, asked)
	return jobs, all.line(jobs), err
}
