package sim

import "testing"

// A disk that is slow no longer, or slower, does what waits at its new speed: the third operation is half done when the speed changes.
func TestWhatWaitsForADiskTakesItsNewSpeed(t *testing.T) {
	for _, queue := range []Queue{QueueAuto, QueueRadix} {
		c := withDisk(nil)
		if queue == QueueRadix {
			c.useRadix()
		}
		c.Slow(0, 1000, 10_000, 1000)
		c.on(func(d *Disk) {
			f := d.Open("f")
			for token := range uint64(4) {
				d.Append(f, []byte("a"), 0, token+1)
			}
			d.Sync(f, 5)
		})
		c.RunUntil(25 * ms)
		if c.Queues(0).Disk != 3 {
			t.Errorf("%d operations under way", c.Queues(0).Disk)
		}
		c.Slow(0, 1000, 1000, 1000)
		c.RunUntil(26 * ms)
		c.Slow(0, 1000, 2000, 1000)
		c.Step(10)
		wantSeen(t, c.actors[0], "10 append 1 ok", "20 append 2 ok", "25.5 append 3 ok", "27 append 4 ok", "31 sync 5 ok")
	}
}

func TestRescale(t *testing.T) {
	for _, x := range [][4]int64{{10, 1000, 1000, 10}, {7, 2000, 1000, 3}, {7, 1000, 1500, 10}, {1 << 62, 1000, 1_000_000, 1<<63 - 1}, {1 << 62, 1000, 2000, 1<<63 - 1}} {
		if got := rescale(x[0], x[1], x[2]); got != x[3] {
			t.Errorf("%d·%d/%d = %d, want %d", x[0], x[2], x[1], got, x[3])
		}
	}
}
