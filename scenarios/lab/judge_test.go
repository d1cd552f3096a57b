package lab

import (
	"testing"
	"time"

	"dynamosim/scenarios/world"
)

// BenchmarkJudge measures what judging a run costs, with all its default checks and measures, by an operation of its clients.
func BenchmarkJudge(b *testing.B) {
	for name, text := range map[string]string{
		"healthy-5": healthy(5, 5*time.Second), "healthy-100": healthy(100, time.Second), "chaos": chaos(5 * time.Second), "chaos-20s": chaos(20 * time.Second),
	} {
		c, err := newCluster(text)
		if err != nil {
			b.Fatal(err)
		}
		w, err := world.New(c.plan, world.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for w.Step(stride) {
		}
		result := w.Result()
		operations := result.History.Len()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			watch := startWatch()
			for b.Loop() {
				judge(c.plan, result)
			}
			cost := watch.stop(Cost{Operations: b.N * operations})
			b.ReportMetric(cost.perOperation(), "cpu-ns/operation")
			b.ReportMetric(per(float64(cost.Bytes), float64(cost.Operations)), "B/operation")
		})
	}
}
