package main

import (
	"fmt"
	"strings"
	"time"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// progress tells on stderr how far a run has come: on a terminal in one line that is written again, otherwise in lines that come at
// growing intervals, so that a log of a long run stays short.
type progress struct {
	t       *terminal
	off     bool
	next    time.Duration // wall time of the next message
	drawn   bool          // the line is on the screen
	longest int           // that the line has been
}

// The first message in a log comes late, since most runs are over by then; on a terminal soon.
const (
	firstInLog      = 2 * time.Second
	firstOnTerminal = 300 * time.Millisecond
	redraw          = 100 * time.Millisecond
)

func newProgress(t *terminal, off bool) *progress {
	return &progress{t: t, off: off, next: t.firstMessage()}
}

// firstMessage is when the first message of progress is due.
func (t *terminal) firstMessage() time.Duration {
	if t.errIs.terminal {
		return firstOnTerminal
	}
	return firstInLog
}

// paced tells how far many runs have come: a line that is written again on a terminal, lines at growing intervals in a log.
func (t *terminal) paced(off bool) func(wall time.Duration, line func() string) {
	next := t.firstMessage()
	return func(wall time.Duration, line func() string) {
		switch {
		case off || wall < next:
		case t.errIs.terminal:
			next = wall + redraw
			fmt.Fprintf(t.err, "\r\x1b[K%s", line())
		default:
			next = wall + max(firstInLog, wall/2)
			t.note("%s", line())
		}
	}
}

// show is called now and then by a run.
func (p *progress) show(now lab.Progress) {
	if p.off || now.Wall < p.next {
		return
	}
	line := progressLine(now)
	if !p.t.errIs.terminal {
		p.t.note("%s", line)
		p.next = 2 * now.Wall
		return
	}
	if w := p.t.errIs.width - 1; w > 0 && len(line) > w {
		line = line[:w] // a line that wraps cannot be written again
	}
	p.longest = max(p.longest, len(line))
	fmt.Fprintf(p.t.err, "\r%-*s", p.longest, line)
	p.drawn = true
	p.next = now.Wall + redraw
}

// say shows what is going on, on a terminal only.
func (p *progress) say(line string) {
	if p.off || !p.t.errIs.terminal {
		return
	}
	p.longest = max(p.longest, len(line))
	fmt.Fprintf(p.t.err, "\r%-*s", p.longest, line)
	p.drawn = true
}

func progressLine(now lab.Progress) string {
	share := 100 * max(now.Virtual, 0) / max(now.End, 1)
	return fmt.Sprintf("%3d %%  %v of %v virtual time, %d operations, %d events", min(share, 100), seconds(now.Virtual), seconds(now.End),
		now.Operations, now.Events)
}

// seconds rounds a time down to tenths of a second.
func seconds(ns int64) scenarios.Duration {
	return scenarios.Duration(max(ns, 0) / 1e8 * 1e8)
}

// clear takes the line off the screen.
func (p *progress) clear() {
	if p.drawn {
		fmt.Fprintf(p.t.err, "\r%s\r", strings.Repeat(" ", p.longest))
		p.drawn = false
	}
}
