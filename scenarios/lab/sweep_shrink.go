package lab

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"
)

// shrunkFile is the smallest scenario of a group of failures, in its folder.
const shrunkFile = "shrunk.yaml"

// shrink makes the shortest failure of each group that is not known smaller, the most frequent first, each for its part of the time that is
// left. How far that comes depends on the machine, so that nothing but the files tells of it.
func (r *SweepResult) shrink(ctx context.Context, dir string, o *SweepOptions) error {
	var groups []*FailureGroup
	for _, g := range r.Groups {
		if g.Known == "" && g.Shortest.ExitCode == ExitFail {
			groups = append(groups, g)
		}
	}
	end := time.Now().Add(o.Shrink)
	for i, g := range groups {
		if o.Say != nil {
			o.Say(fmt.Sprintf("shrinking %s (%d of %d)", g.Signature, i+1, len(groups)))
		}
		part := time.Until(end) / time.Duration(len(groups)-i)
		if err := g.shrink(ctx, dir, part, o.Jobs); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
	}
	return nil
}

func (g *FailureGroup) shrink(ctx context.Context, dir string, part time.Duration, jobs int) error {
	run := g.Shortest
	seed, err := strconv.ParseUint(run.Seed, 10, 64)
	if err != nil {
		return fmt.Errorf("the seed of run %d: %w", run.Index, err)
	}
	plan, _, err := Open(run.Scenario, OpenOptions{Seed: &seed, Case: run.Case, Set: run.Set})
	if err != nil {
		return nil // the failure's story says so
	}
	ctx, cancel := context.WithTimeout(ctx, part)
	defer cancel()
	g.Shrunk, err = Shrink(ctx, plan, ShrinkOptions{TargetOptions: TargetOptions{Operation: -1}, Jobs: jobs})
	var bad *BadInput
	switch {
	case errors.Is(err, ErrInterrupted), errors.As(err, &bad):
		return nil // no time, or nothing that can be shrunk, such as a fault without effect
	case err != nil:
		return err
	}
	return writeWhole(filepath.Join(dir, "failures", slug(g.Signature), shrunkFile), g.Shrunk.YAML)
}

// unfinished says that there may be more to take away.
func (s *Shrunk) unfinished() string {
	if s.Whole {
		return ""
	}
	return ", not finished"
}
