package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestGrowthOfTheHeap(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{
		{0, 400}, {1 << 20, 400}, {roomy / 5, 400}, {roomy / 4, 300}, {roomy / 3, 200}, {roomy / 2, 100}, {roomy, 100}, {1 << 40, 100},
	} {
		if got := growth(c.live); got < c.want-1 || got > c.want+1 {
			t.Errorf("%d bytes live: %d %%, want %d", c.live, got, c.want)
		}
		if goal := c.live + c.live/100*uint64(growth(c.live)); c.live <= roomy/2 && goal > roomy+roomy/50 {
			t.Errorf("%d bytes live may grow to %d", c.live, goal)
		}
	}
}

// What the user says in the environment is left alone.
func TestCollectionIsTheUsersToSet(t *testing.T) {
	before := debug.SetGCPercent(123)
	defer debug.SetGCPercent(before)
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		collectSeldom(func(n string) string {
			if n == name {
				return "77"
			}
			return ""
		})
		if got := debug.SetGCPercent(123); got != 123 {
			t.Errorf("%s is set, and the growth is %d %%", name, got)
		}
	}
	runtime.GC()
	if live := liveHeap(); live == 0 || live > 1<<30 {
		t.Errorf("%d bytes live", live)
	}
}
