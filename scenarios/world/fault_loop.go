package world

import "dynamosim/scenarios"

// crashLoopFault kills nodes that boot again, each in turns of its own.
type crashLoopFault struct {
	kind  *scenarios.CrashLoop
	hosts []*host
	turns []uint64
	down  []bool
	count int64
}

func (a *crashLoopFault) begin(w *World, f *activeFault) error {
	hosts, err := w.hit(f, &a.kind.Nodes)
	if err != nil {
		return err
	}
	a.hosts, a.turns, a.down = hosts, make([]uint64, len(hosts)), make([]bool, len(hosts))
	for i := range hosts {
		a.kill(w, f, i)
	}
	return nil
}

// kill takes a node down and asks to be woken for its boot.
func (a *crashLoopFault) kill(w *World, f *activeFault, i int) {
	h := a.hosts[i]
	if w.sys.Up(h.id) {
		a.count++
	}
	h.downs++
	f.took(h)
	a.down[i] = true
	crashNode(w, h)
	w.wake(f, w.drawTime(f, a.kind.DownFor, h.name+" down", a.turns[i]), uint64(i))
}

func (a *crashLoopFault) step(w *World, f *activeFault, arg uint64) {
	i := int(arg)
	if !a.down[i] {
		a.turns[i]++
		a.kill(w, f, i)
		return
	}
	a.raise(w, i)
	w.wake(f, w.drawTime(f, a.kind.UpFor, a.hosts[i].name+" up", a.turns[i]), arg)
}

func (a *crashLoopFault) raise(w *World, i int) {
	a.down[i] = false
	w.raise(a.hosts[i])
}

func (a *crashLoopFault) end(w *World, _ *activeFault) {
	for i := range a.hosts {
		if a.down[i] {
			a.raise(w, i)
		}
	}
}

func (a *crashLoopFault) effects(*World, *activeFault) int64 { return a.count }

// rollingFault stops and starts nodes one after the other.
type rollingFault struct {
	kind  *scenarios.RollingRestart
	hosts []*host
	at    int  // the node whose turn it is
	down  bool // and whether it is down
	count int64
}

func (a *rollingFault) begin(w *World, f *activeFault) error {
	hosts, err := w.hit(f, &a.kind.Nodes)
	if err != nil {
		return err
	}
	a.hosts = hosts
	a.next(w, f)
	return nil
}

// next stops the node whose turn it is.
func (a *rollingFault) next(w *World, f *activeFault) {
	h := a.hosts[a.at]
	if w.sys.Up(h.id) {
		a.count++
	}
	h.downs++
	f.took(h)
	a.down = true
	stopNode(w, h)
	w.wake(f, int64(a.kind.DownFor), uint64(a.at))
}

func (a *rollingFault) step(w *World, f *activeFault, _ uint64) {
	if !a.down {
		a.next(w, f)
		return
	}
	a.down = false
	w.raise(a.hosts[a.at])
	if a.at++; a.at < len(a.hosts) {
		w.wake(f, int64(a.kind.Gap), uint64(a.at))
	}
}

func (a *rollingFault) end(w *World, _ *activeFault) {
	if a.down {
		a.down = false
		w.raise(a.hosts[a.at])
	}
}

func (a *rollingFault) effects(*World, *activeFault) int64 { return a.count }
