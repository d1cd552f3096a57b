package storage

import (
	"testing"

	"pgregory.net/rapid"
)

// TestRoom: what excessive remembers never changes what it says, whatever has happened to the logs since it looked.
func TestRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := New(nil, Config{CompactAt: rapid.Int64Range(10, 90).Draw(t, "percent"), MinCompact: 8 * minSegment}, nil, TokenSpace{Mask: 1<<32 - 1})
		for range 50 {
			e.live = rapid.Int64Range(0, 1<<20).Draw(t, "live")
			e.total = e.live + rapid.Int64Range(0, 1<<20).Draw(t, "garbage")
			e.order = make([]int32, rapid.IntRange(0, 4*maxLogs).Draw(t, "logs"))
			e.logs = make([]*logFile, len(e.order)+rapid.IntRange(0, maxLogs).Draw(t, "gone"))
			e.crowded()
			if got, want := e.excessive(), e.overfull(); got != want {
				t.Fatalf("%d live of %d bytes in %d logs: excessive %v, want %v", e.live, e.total, len(e.order), got, want)
			}
		}
	})
}
