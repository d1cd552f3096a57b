package sim

import (
	"fmt"
	"testing"

	"dynamosim/sim/rng"
	"pgregory.net/rapid"
)

// TestPlainOperationsAreTheGeneralOnes: a disk without faults does the same, seen or
// not; with a trace no operation is done the short way.
func TestPlainOperationsAreTheGeneralOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		between, err := rng.Uniform(1*ms, 3*ms)
		if err != nil {
			t.Fatal(err)
		}
		times := []*rng.Dist{nil, rng.Constant(1 * ms), between}
		disk := DiskConfig{
			Read:      rapid.SampledFrom(times).Draw(t, "read"),
			Write:     rapid.SampledFrom(times).Draw(t, "write"),
			Sync:      rapid.SampledFrom(times).Draw(t, "sync"),
			Bandwidth: rapid.SampledFrom([]int64{0, 1_000_000}).Draw(t, "bandwidth"),
			Queue:     rapid.SampledFrom([]int{0, 1, 3, 20}).Draw(t, "queue"),
			Capacity:  rapid.SampledFrom([]int64{0, 3000}).Draw(t, "capacity"),
		}
		cfg := noteConfig()
		plain := stage(cfg, 1, ProcessConfig{Disk: &disk})
		cfg.Trace = &records{}
		general := stage(cfg, 1, ProcessConfig{Disk: &disk})
		do := func(f func(d *Disk)) {
			plain.on(f)
			general.on(f)
		}
		for range rapid.IntRange(1, 60).Draw(t, "operations") {
			n, token := rapid.Int64Range(0, 300).Draw(t, "n"), rapid.Uint64Range(0, 2).Draw(t, "token")
			switch rapid.IntRange(0, 7).Draw(t, "operation") {
			case 0, 1:
				do(func(d *Disk) { d.Append(d.Open("f"), make([]byte, n), 2*n, token) })
			case 2:
				do(func(d *Disk) { d.Read(d.Open("f"), n, int(n), token) })
			case 3:
				do(func(d *Disk) { d.Sync(d.Open("f"), token) })
			case 4:
				do(func(d *Disk) { d.Truncate(d.Open("f"), n, token) })
			case 5:
				do(func(d *Disk) { d.Remove("f", token); d.SyncDir(token) })
			case 6:
				factor := rapid.SampledFrom([]int64{1000, 2500}).Draw(t, "slow")
				plain.Slow(0, 1000, factor, 1000)
				general.Slow(0, 1000, factor, 1000)
			case 7:
				plain.Step(int(n % 5))
				general.Step(int(n % 5))
			}
		}
		plain.Step(1000)
		general.Step(1000)
		a, b := plain.actors[0].seen, general.actors[0].seen
		if plain.Digest().String() != general.Digest().String() || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("plain %v, in general %v", a, b)
		}
	})
}
