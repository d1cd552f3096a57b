package world

import (
	"os"
	"testing"
	"time"

	"dynamosim/scenarios"
	"dynamosim/sim/trace"
)

func TestSmoke(t *testing.T) {
	file := os.Getenv("SMOKE")
	if file == "" {
		t.Skip()
	}
	text, _ := os.ReadFile(file)
	plan, problems := scenarios.Load(file, text, os.DirFS("."), scenarios.Vocabulary{}, scenarios.LoadOptions{})
	for _, p := range problems {
		t.Log(p)
	}
	if plan == nil {
		t.Fatal("no plan")
	}
	opts := Options{}
	var sink *trace.JSONL
	if os.Getenv("TRACE") != "" {
		f, _ := os.Create(os.Getenv("TRACE"))
		defer f.Close()
		sink = trace.NewJSONL(f, func(p int32) string { return "p" })
		opts.Trace = sink
	}
	w, err := New(plan, opts)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for w.Step(1 << 16) {
	}
	r := w.Result()
	d := time.Since(start)
	t.Logf("%d ops %d events %v  %.0f ns/event  %.1f events/op digest %s exhausted %q end %d", r.History.Len(), r.Events, d, float64(d.Nanoseconds())/float64(r.Events), float64(r.Events)/float64(r.History.Len()), r.Digest, r.Exhausted, r.End)
	for _, c := range r.Counters {
		if c.Total != 0 {
			t.Log(c)
		}
	}
	for _, f := range r.Faults {
		t.Logf("%+v", f)
	}
	for _, c := range r.Claims {
		t.Logf("%+v", c)
	}
	t.Log(r.Converged, r.ConvergedIn)
	if out := os.Getenv("HIST"); out != "" {
		f, _ := os.Create(out)
		r.History.Write(f)
		f.Close()
	}
	if sink != nil {
		sink.Close()
	}
}
