package main

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Package testing/synctest is no simulator, but its bubbles have a virtual clock, and many use it as one. The order of what happens at one
// time is the scheduler's there; PHOLD does not depend on it.

// inBubble runs f in a bubble, on one processor. A bubble is only to be had in a test, and a test without `go test` only from testing.Main,
// which ends the process when its tests are over; so this one never is.
func inBubble(f func()) {
	runtime.GOMAXPROCS(1)
	done := make(chan struct{})
	every := func(string, string) (bool, error) { return true, nil }
	go testing.Main(every, []testing.InternalTest{{Name: "PHOLD", F: func(t *testing.T) {
		synctest.Test(t, func(*testing.T) { f() })
		close(done)
		select {}
	}}}, nil, nil)
	<-done
}

// runSynctestTimers has a time.AfterFunc an event.
func runSynctestTimers(t *task) *result {
	m := newModel(t)
	inBubble(func() {
		var mu sync.Mutex
		var pending sync.WaitGroup
		began := time.Now()
		var schedule func(p int, at, delay int64)
		schedule = func(p int, at, delay int64) {
			if at+delay > t.until {
				return
			}
			pending.Add(1)
			time.AfterFunc(time.Duration(delay), func() {
				defer pending.Done()
				at := int64(time.Since(began))
				mu.Lock()
				target, delay := m.handle(p, at)
				mu.Unlock()
				schedule(target, at, delay)
			})
		}
		m.measured(func() {
			for p := range t.pending {
				schedule(p, 0, m.first(p))
			}
			pending.Wait()
		})
	})
	return &m.seen
}

// runSynctestSleepers has a goroutine for each pending event, which sleeps and then is the next one.
func runSynctestSleepers(t *task) *result {
	m := newModel(t)
	inBubble(func() {
		var mu sync.Mutex
		var sleepers sync.WaitGroup
		began := time.Now()
		m.measured(func() {
			for p := range t.pending {
				sleepers.Go(func() {
					for at, delay := int64(0), m.first(p); at+delay <= t.until; {
						time.Sleep(time.Duration(delay))
						at = int64(time.Since(began))
						mu.Lock()
						p, delay = m.handle(p, at)
						mu.Unlock()
					}
				})
			}
			sleepers.Wait()
		})
	})
	return &m.seen
}
