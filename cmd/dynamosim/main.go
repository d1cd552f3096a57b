package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"dynamosim/scenarios/lab"
)

func main() { os.Exit(process()) }

// process runs the program as a process of its own.
func process() int {
	collectSeldom(os.Getenv)
	ignoreClosedPipes()
	interrupt := &interrupt{}
	interrupt.watch()
	return guarded(os.Args[1:], &terminal{
		in: os.Stdin, out: &output{w: os.Stdout}, err: os.Stderr, outIs: describe(os.Stdout), errIs: describe(os.Stderr),
		getenv: os.Getenv, interrupt: interrupt, collectAt: collectAt(os.Getenv),
	})
}

// guarded runs the program and turns a panic of its own into an exit code, which Go would make 2, "unknown".
func guarded(args []string, t *terminal) (code int) {
	defer func() {
		if r := recover(); r != nil {
			code = reportPanic(t.err, r, debug.Stack())
		}
	}()
	return run(args, t)
}

func reportPanic(w io.Writer, r any, stack []byte) int {
	fmt.Fprintf(w, "dynamosim: internal error: %v\nThis is a mistake in dynamosim, not in your scenario. Please report it with the command and what follows.\n\n%s", r, stack)
	return lab.ExitInternal
}

// interrupt knows whether the user wants the program to stop.
type interrupt struct {
	asked  atomic.Bool
	cancel atomic.Pointer[func()]
	keeps  atomic.Bool // what is done is being put down, which may take longer than patience; a second signal ends that too
}

// patience is how long a run may take to stop after it was asked to.
const patience = 2 * time.Second

// watch takes the first signal as a wish, which the run grants at its next look, and leaves the second one to kill the process.
func (i *interrupt) watch() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		i.asked.Store(true)
		if f := i.cancel.Load(); f != nil {
			(*f)()
		}
		signal.Stop(signals)
		time.Sleep(patience) // a search of a checker does not look
		for i.keeps.Load() {
			time.Sleep(patience / 20)
		}
		fmt.Fprintln(os.Stderr, "dynamosim: interrupted")
		os.Exit(lab.ExitInterrupted)
	}()
}

// stopped tells whether the user wants the program to stop.
func (i *interrupt) stopped() bool { return i.asked.Load() }

// whenAsked calls f as soon as the user wants the program to stop. The function that it returns ends that.
func (i *interrupt) whenAsked(f func()) (end func()) {
	i.cancel.Store(&f)
	if i.stopped() {
		f()
	}
	return func() { i.cancel.Store(nil) }
}
