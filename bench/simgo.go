package main

import "github.com/fschuetz04/simgo"

// Simgo counts time as a float; all times here are whole.

// runSimgoCallbacks has a handler an event.
func runSimgoCallbacks(t *task) *result {
	m, s := newModel(t), simgo.NewSimulation()
	var schedule func(p int, delay int64)
	schedule = func(p int, delay int64) {
		s.Timeout(float64(delay)).AddHandler(func(*simgo.Event) {
			target, delay := m.handle(p, int64(s.Now()))
			schedule(target, delay)
		})
	}
	for p := range t.pending {
		schedule(p, m.first(p))
	}
	return m.measured(func() { s.RunUntil(float64(t.until) + 0.5) })
}

// runSimgoProcesses has a process for each pending event, which waits and then is the next one.
func runSimgoProcesses(t *task) *result {
	m, s := newModel(t), simgo.NewSimulation()
	defer s.Shutdown()
	for p := range t.pending {
		s.Process(func(proc simgo.Process) {
			delay := m.first(p)
			for {
				proc.Wait(proc.Timeout(float64(delay)))
				p, delay = m.handle(p, int64(proc.Now()))
			}
		})
	}
	return m.measured(func() { s.RunUntil(float64(t.until) + 0.5) })
}
