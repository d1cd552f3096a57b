package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// comparison runs golden tests of a module.
type comparison struct {
	module  string // its folder
	scratch string // where programs are kept
	goroot  string
	suites  []suite

	mutex    sync.Mutex
	compiled map[string]func() programs
}

// programs are the compiled golden tests of a build.
type programs struct {
	folder string
	took   time.Duration
	err    error
}

// newComparison prepares to compare the golden tests of a module; programs go to a folder that the caller removes.
func newComparison(module, scratch string, suites []suite) (*comparison, error) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("asking the go command where it is: %w", err)
	}
	return &comparison{
		module: module, scratch: scratch, goroot: strings.TrimSpace(string(out)), suites: suites,
		compiled: map[string]func() programs{},
	}, nil
}

// outcome is what the golden tests of a build came to. They are equal where nothing is skipped, failed or different.
type outcome struct {
	compile, run time.Duration // time of the processor
	skipped      string        // why they did not run
	failed       string        // why they did not come to an end
	differences  []difference
}

// compare compiles and runs the golden tests in one build.
func (c *comparison) compare(ctx context.Context, b build) outcome {
	command, missing := b.runner(c.goroot)
	if missing != "" {
		return outcome{skipped: missing}
	}
	p := c.programs(ctx, b)
	o := outcome{compile: p.took}
	if p.err != nil {
		o.failed = p.err.Error()
		return o
	}
	for _, s := range c.suites {
		program := filepath.Join(p.folder, path.Base(s.folder)+".test")
		if c.runSuite(ctx, b, s, append(slices.Clone(command), program), &o); o.failed+o.skipped != "" {
			break
		}
	}
	return o
}

// programs compiles the golden tests for a build, once for all builds that differ only in how they are run.
func (c *comparison) programs(ctx context.Context, b build) programs {
	key := strings.Join(b.compiler(), " ")
	c.mutex.Lock()
	compiled, ok := c.compiled[key]
	if !ok {
		compiled = sync.OnceValue(func() programs { return c.compileTo(ctx, filepath.Join(c.scratch, b.name), b) })
		c.compiled[key] = compiled
	}
	c.mutex.Unlock()
	return compiled()
}

func (c *comparison) compileTo(ctx context.Context, folder string, b build) programs {
	args := []string{"test", "-c", "-vet=off", "-o", folder + string(filepath.Separator)}
	if b.race {
		args = append(args, "-race")
	}
	for _, s := range c.suites {
		args = append(args, "./"+s.folder)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = c.module
	cmd.Env = append(os.Environ(), b.compiler()...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("compiling: %w\n%s", err, out)
	}
	return programs{folder, used(cmd), err}
}

// runSuite runs one golden test and adds to the outcome.
func (c *comparison) runSuite(ctx context.Context, b build, s suite, command []string, o *outcome) {
	command = append(command, "-test.run=^"+s.test+"$", "-test.timeout=20m")
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = filepath.Join(c.module, filepath.FromSlash(s.folder))
	cmd.Env = append(bare(), b.env...)
	bytes, err := cmd.CombinedOutput()
	out := string(bytes)
	o.run += used(cmd)
	found := s.differences(out)
	o.differences = append(o.differences, found...)
	var exit *exec.ExitError
	switch {
	case strings.Contains(out, "can only be run on AMD64 processors with"):
		o.skipped = "this processor is too old for it"
	case err != nil && (!errors.As(err, &exit) || len(found) == 0):
		o.failed = fmt.Sprintf("%s: %v\n%s", s.folder, err, out)
	case err == nil && strings.Contains(out, "no tests to run"):
		o.failed = fmt.Sprintf("%s has no test %s", s.folder, s.test)
	}
}

// bare is an environment without settings.
func bare() []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "SYSTEMROOT"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func used(cmd *exec.Cmd) time.Duration {
	if cmd.ProcessState == nil {
		return 0
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// compareAll compares builds, as many at a time as there are processors, and calls f with the outcomes in order.
func (c *comparison) compareAll(ctx context.Context, all []build, f func(b build, o outcome)) {
	free := make(chan struct{}, runtime.NumCPU())
	done := make([]chan outcome, len(all))
	for i, b := range all {
		done[i] = make(chan outcome, 1)
		go func() {
			free <- struct{}{}
			defer func() { <-free }()
			done[i] <- c.compare(ctx, b)
		}()
	}
	for i, b := range all {
		f(b, <-done[i])
	}
}
