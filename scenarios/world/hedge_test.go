package world_test

import (
	"math"
	"testing"

	"dynamosim/analysis/history"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// Of two independent replicas, the second asked after d, P(T > t) is S(t) below d and S(t) S(t-d) from there on, S being the survival function of one;
// a share S(d) of the gets is sent twice (Dean and Barroso, "The Tail at Scale").
func TestHedgedGetsFollowTheClosedForm(t *testing.T) {
	const text = `
version: 1
duration: 300s
final_reads: false
cluster:
  nodes: 2
  n: 2
  r: 1
  w: 1
  read_repair: false
  routing: {read_by: any}
  hedge: {enabled: true, after: 10ms}
  cpu: {service: 0s}
  timeouts: {client: 60s}
network: {client: {latency: {dist: exponential, mean: 5ms}}}
workloads: [{name: kv, clients: 20, count: 40000, ops: {get: 1}, keys: {preload: false}}]
`
	r := run(t, load(t, "hedge", []byte(text), scenarios.LoadOptions{}), world.Options{}, 1<<15)
	const mean, d = 5e6, 10e6
	alone := func(t float64) float64 { return math.Exp(-t/mean) * (1 + t/mean) } // there and back
	var took []float64
	for i := range r.History.Len() {
		if o := r.History.Op(history.OpID(i)); o.Outcome == history.Ok {
			took = append(took, float64(o.Return-o.Invoke))
		}
	}
	n := float64(len(took))
	near := func(what string, got, want float64) {
		if bound := 3.5 * math.Sqrt(want*(1-want)/n); math.Abs(got-want) > bound {
			t.Errorf("%s: %.5f, want %.5f within %.5f", what, got, want, bound)
		}
	}
	for _, at := range []float64{4e6, 8e6, 12e6, 16e6, 20e6, 25e6, 30e6} {
		want := alone(at)
		if at >= d {
			want *= alone(at - d)
		}
		beyond := 0
		for _, x := range took {
			if x > at {
				beyond++
			}
		}
		near("P(T>"+scenarios.Duration(at).String()+")", float64(beyond)/n, want)
	}
	near("share of gets sent twice", float64(r.Counter("hedged_gets"))/n, alone(d))
}
