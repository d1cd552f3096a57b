package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"dynamosim/scenarios"
	"dynamosim/sim/rng"
)

// SweepOptions say how a sweep is run. None of it changes the result of a run.
type SweepOptions struct {
	Jobs     int           // worlds side by side; 0: as many as there are processors
	Budget   time.Duration // no run begins later than this; 0: no bound
	FailFast bool          // stop at the first failure
	Resume   bool          // go on where an earlier sweep of the same folder stopped
	Force    bool          // write into a folder that holds something else
	Verify   *rng.Chance   // share of the runs that are run twice; nil: as each scenario says
	Known    []scenarios.KnownFailure
	Canary   string // a scenario that must fail; "": the built-in one
	Program  string
	Progress func(SweepProgress)

	Memory MemoryBound   // of all worlds together
	Corpus string        // file of seeds that failed once, run first and kept up to date; "": none
	Keep   Keep          // of the shortest failure of each group; "": KeepFull
	Shrink time.Duration // shrink the shortest failure of each group, for so long in all; 0: do not
	Say    func(string)  // told what is going on before and after the runs; nil: nobody
}

// ParseShare reads a share of runs: 5%, or 0.05.
func ParseShare(text string) (rng.Chance, error) { return rng.ParseChance(text) }

// SweepProgress is how far a sweep has come.
type SweepProgress struct {
	Done, Total, Failed int
	Resumed             int // of Done, found in the folder
	Wall                time.Duration
}

const (
	runsFile    = "runs.jsonl"
	sweepFormat = 1
)

// sweepHeader is the first line of runs.jsonl.
type sweepHeader struct {
	Format   int    `json:"format"`
	Kind     string `json:"kind"`
	Identity string `json:"identity"` // of the whole sweep
	Shard    string `json:"shard"`
	Runs     int    `json:"runs"`  // of the whole sweep
	Here     int    `json:"here"`  // of the shard
	Units    string `json:"units"` // what is run, in words

	LeftOut []LeftOut    `json:"left_out,omitempty"` // cells that cannot be
	Claims  []sweepClaim `json:"claims,omitempty"`   // over the seeds of a cell

	Corpus     []CorpusEntry            `json:"corpus,omitempty"`      // as it was before
	FromCorpus int                      `json:"from_corpus,omitempty"` // runs that it brought, which come first
	KnownList  []scenarios.KnownFailure `json:"known_list,omitempty"`  // failures that do not count
}

// RunSweep runs a sweep, or what is left of it, and writes its folder: runs.jsonl grows by a line a run, in the order of the runs whatever
// the number of jobs, and what follows from it is written at the end. A sweep that is stopped, killed or out of time leaves whole lines;
// Resume goes on after them and ends with the same bytes. The error is a *BadInput, the host's, or ErrInterrupted; there is a result
// with the last, too.
func RunSweep(ctx context.Context, s *Sweep, dir string, o SweepOptions) (*SweepResult, error) {
	corpus, err := o.corpus(dir)
	if err != nil {
		return nil, err
	}
	plan, err := s.layOut(corpus)
	if err != nil {
		return nil, err
	}
	all := plan.units
	if err := canary(o.Canary); err != nil {
		return nil, err
	}
	var mine []unit
	for _, u := range all {
		if s.Shard.has(u.index) {
			mine = append(mine, u)
		}
	}
	if err := s.afford(mine, &o); err != nil {
		return nil, err
	}
	identity, err := s.identity(all, o.Known, corpus)
	if err != nil {
		return nil, err
	}
	header := sweepHeader{sweepFormat, "sweep", identity, s.Shard.String(), len(all), len(mine), s.words(plan), plan.left, plan.claims, corpus, plan.fromCorpus, o.Known}
	j, err := openJournal(dir, header, o.Resume, o.Force)
	if err != nil {
		return nil, err
	}
	defer j.close()
	if err := follows(dir, j.found, mine); err != nil {
		return nil, err
	}
	result := newSweepResult(header)
	for _, r := range j.found {
		result.add(r)
	}
	stopped, err := s.run(ctx, mine[len(j.found):], j, result, &o)
	if err != nil {
		return nil, err
	}
	if err := j.close(); err != nil {
		return nil, err
	}
	if err := result.write(dir, s, o.Keep); err != nil {
		return nil, err
	}
	if o.Shrink > 0 && stopped == nil {
		if err := result.shrink(ctx, dir, &o); err != nil {
			return nil, err
		}
	}
	if o.Corpus != "" && s.Shard.Of <= 1 {
		result.News = result.news(corpus)
		if err := writeCorpus(o.Corpus, updateCorpus(corpus, result.records)); err != nil {
			return nil, err
		}
	}
	return result, stopped
}

// corpus reads the corpus; a sweep that is gone on with has the one that it began with.
func (o *SweepOptions) corpus(dir string) ([]CorpusEntry, error) {
	if o.Corpus == "" {
		return nil, nil
	}
	list, err := ReadCorpus(o.Corpus)
	if err == nil {
		err = writable(o.Corpus)
	}
	if err != nil || !o.Resume {
		return list, err
	}
	if text, err := os.ReadFile(filepath.Join(dir, runsFile)); err == nil {
		if h, _, _, err := parseJournal(text); err == nil {
			return h.Corpus, nil
		}
	}
	return list, nil
}

// follows makes sure that the runs found are the first of those to do.
func follows(dir string, found []*RunRecord, mine []unit) error {
	for i, r := range found {
		if i >= len(mine) || r.Index != mine[i].index || r.Scenario != mine[i].source || r.Seed != strconv.FormatUint(mine[i].seed, 10) {
			return &BadInput{fmt.Sprintf("-o %s: error: %s: line %d: the run is not the one that comes next\n  choose another folder, or overwrite it with --force and without --resume", Quote(dir), runsFile, i+2)}
		}
	}
	return nil
}

// errEnough ends a sweep early, as its options say.
var errEnough = errors.New("enough")

// run runs units and journals them. stopped is ErrInterrupted if the context ended it.
func (s *Sweep) run(ctx context.Context, due []unit, j *journal, result *SweepResult, o *SweepOptions) (stopped, err error) {
	began := time.Now()
	resumed := result.Done
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if o.Budget > 0 {
		var end context.CancelFunc
		ctx, end = context.WithTimeoutCause(ctx, o.Budget, errEnough)
		defer end()
	}
	places := make([]uint64, len(due))
	for i := range places {
		places[i] = uint64(i)
	}
	plan := func(place uint64) (*scenarios.Scenario, error) {
		u := &due[place]
		return s.open(u.source, u.cell, u.seed)
	}
	verify := func(place uint64, report *Report) {
		u := &due[place]
		share := report.Plan.Sweep.Verify.Chance
		if o.Verify != nil {
			share = *o.Verify
		}
		if share.Hit(rng.Draw(u.seed, 0x766572696679, uint64(u.index), 0)) {
			s.verify(*u, report)
		}
	}
	err = eachSeed(ctx, places, o.Jobs, plan, verify, func(run SeedRun) error {
		u := due[run.Seed]
		r := s.recordOf(u, run.Report, run.Err)
		r.know(o.Known)
		if err := j.append(r); err != nil {
			return err
		}
		result.add(r)
		if o.Progress != nil {
			o.Progress(SweepProgress{result.Done, result.Here, result.Failed, resumed, time.Since(began)})
		}
		if o.FailFast && r.fails() {
			return errEnough
		}
		return nil
	})
	switch {
	case err == nil, errors.Is(err, errEnough):
		return nil, nil
	case errors.Is(err, context.Canceled), errors.Is(err, ErrInterrupted):
		return ErrInterrupted, nil
	}
	return nil, err
}

// verify runs a unit again and distrusts its report where the digests differ.
func (s *Sweep) verify(u unit, report *Report) {
	again, err := s.open(u.source, u.cell, u.seed)
	if err != nil {
		return
	}
	second, err := Run(again, RunOptions{})
	if err != nil || second.Result.Digest != report.Result.Digest {
		report.Distrust(&Difference{In: "digest"})
	}
}

// know marks a failure that is known.
func (r *RunRecord) know(known []scenarios.KnownFailure) {
	for _, k := range known {
		if k.Signature == r.Signature && r.ExitCode != ExitPass {
			r.Known = k.Note
			if r.Known == "" {
				r.Known = "known"
			}
		}
	}
}

// fails tells whether the record fails the sweep.
func (r *RunRecord) fails() bool { return r.ExitCode != ExitPass && r.Known == "" }

// canary runs a scenario that must fail: a sweep that cannot see failures is worse than none.
func canary(source string) error {
	o := OpenOptions{}
	if source == "" {
		source, o.Set = "@stale-read", []string{"checks.linearizable=valid", "requires=[]", "duration=2s"}
	}
	plan, _, err := Open(source, o)
	if err != nil {
		return err
	}
	report, err := Run(plan, RunOptions{})
	var crash *Crash
	switch {
	case errors.As(err, &crash):
		return nil
	case err != nil:
		return err
	case report.ExitCode == ExitPass:
		return fmt.Errorf("the canary %s passes, and must fail: this sweep cannot see failures", source)
	}
	return nil
}

// journal is runs.jsonl: a header, then a line a run. Whole lines survive whatever happens to the process.
type journal struct {
	file  *os.File
	name  string
	found []*RunRecord
}

// openJournal makes the folder of a sweep, or opens the one of a sweep that is gone on with.
func openJournal(dir string, header sweepHeader, resume, force bool) (*journal, error) {
	if dir == "" {
		return nil, &BadInput{"error: a sweep needs a folder for its runs\n  such as: -o out"}
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, &BadInput{fmt.Sprintf("-o %s: error: that is a file, not a folder", Quote(dir))}
	}
	j := &journal{name: filepath.Join(dir, runsFile)}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("-o %s: %w", Quote(dir), reasonOf(err))
	}
	old, err := os.ReadFile(j.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := refuseForeign(dir, force); err != nil {
			return nil, err
		}
		old = nil
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", j.name, reasonOf(err))
	}
	whole := 0
	if old != nil {
		if whole, err = j.read(dir, old, header, resume, force); err != nil {
			return nil, err
		}
	}
	if j.file, err = os.OpenFile(j.name, os.O_CREATE|os.O_RDWR, 0o666); err != nil {
		return nil, fmt.Errorf("writing %s: %w", j.name, reasonOf(err))
	}
	if err := j.begin(whole, header); err != nil {
		j.file.Close()
		return nil, err
	}
	return j, nil
}

func refuseForeign(dir string, force bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("-o %s: %w", Quote(dir), reasonOf(err))
	}
	if len(entries) > 0 && !force {
		return &BadInput{fmt.Sprintf("-o %s: error: the folder is not empty, and what is in it is no sweep\n  choose another one, or write into it with --force", Quote(dir))}
	}
	return nil
}

// read takes the runs of an earlier sweep from its journal, if that is the same sweep; whole is the length of its whole lines. A last line
// that was cut off is not a run.
func (j *journal) read(dir string, old []byte, header sweepHeader, resume, force bool) (whole int, err error) {
	if bytes.HasPrefix(headerLine(header), old) {
		return 0, nil // a sweep that was killed before its first run
	}
	h, runs, length, err := parseJournal(old)
	same := err == nil && bytes.Equal(headerLine(h), headerLine(header))
	switch {
	case !same && !force:
		why := "the folder holds another sweep"
		if err != nil {
			why = fmt.Sprintf("%s: %v", runsFile, err)
		}
		return 0, &BadInput{fmt.Sprintf("-o %s: error: %s\n  choose another one, or overwrite it with --force", Quote(dir), why)}
	case !same || !resume:
		return 0, nil
	}
	j.found = runs
	return length, nil
}

// parseJournal reads a journal up to its last whole line.
func parseJournal(text []byte) (h sweepHeader, runs []*RunRecord, whole int, err error) {
	line, rest, found := bytes.Cut(text, []byte("\n"))
	if !found {
		return h, nil, 0, fmt.Errorf("line 1: there is no header")
	}
	if err := json.Unmarshal(line, &h); err != nil || h.Kind != "sweep" || h.Format != sweepFormat {
		return h, nil, 0, fmt.Errorf("line 1: this is no sweep of format %d", sweepFormat)
	}
	whole = len(line) + 1
	for n := 2; ; n++ {
		if line, rest, found = bytes.Cut(rest, []byte("\n")); !found {
			return h, runs, whole, nil
		}
		r, err := parseRecord(line)
		if err != nil {
			return h, nil, 0, fmt.Errorf("line %d: %v", n, err)
		}
		runs = append(runs, r)
		whole += len(line) + 1
	}
}

// begin cuts off what is no whole line, and writes the header where there is nothing.
func (j *journal) begin(whole int, header sweepHeader) error {
	if err := j.file.Truncate(int64(whole)); err != nil {
		return j.failed(err)
	}
	if _, err := j.file.Seek(int64(whole), io.SeekStart); err != nil {
		return j.failed(err)
	}
	if whole == 0 {
		return j.write(headerLine(header))
	}
	return nil
}

func headerLine(header sweepHeader) []byte { return append(appendValue(nil, header), '\n') }

func (j *journal) append(r *RunRecord) error { return j.write(r.line()) }

func (j *journal) write(line []byte) error {
	if _, err := j.file.Write(line); err != nil {
		return j.failed(err)
	}
	return nil
}

func (j *journal) failed(err error) error { return fmt.Errorf("writing %s: %w", j.name, reasonOf(err)) }

// close makes the journal durable. It may be called again.
func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	err := errors.Join(j.file.Sync(), j.file.Close())
	j.file = nil
	if err != nil {
		return j.failed(err)
	}
	return nil
}

// words is what is run.
func (s *Sweep) words(l *layout) string {
	seeds, runs := map[uint64]bool{}, len(l.units)
	for _, u := range l.units {
		seeds[u.seed] = true
	}
	text := strings.Join(s.Sources, ", ")
	for _, a := range s.Axes {
		text += fmt.Sprintf(" × %s (%d)", a.Path, len(a.Values))
	}
	text += " × " + counted(int64(len(seeds)), "seed", "seeds")
	if cells := runs / len(seeds); cells > len(s.Sources) && len(s.Axes) == 0 {
		text += fmt.Sprintf(", %s", counted(int64(cells), "cell", "cells"))
	}
	return text
}
