package world

import (
	"testing"

	"dynamosim/scenarios"
)

// A node is what the cluster says, then its datacenter, then itself, each only as far as it says something.
func TestNodesDifferAsFarAsThePlanSays(t *testing.T) {
	const text = `version: 1
duration: 1s
cluster:
  datacenters: {east: 2, west: 2}
  n: 2
  disk: {read: 1ms}
  per_node:
    east: {capacity: 3, disk: {read: 5ms, queue: 7}}
    east-1: {clock: {offset: 1ms}, cpu: {cores: 4, service: 9us}}
    west-1: {capacity: 2, disk: {read: 9ms}}
`
	plan, problems := scenarios.Load("machines.yaml", []byte(text), nil, scenarios.Vocabulary{}, scenarios.LoadOptions{})
	if plan == nil {
		t.Fatal(scenarios.FormatAll(problems))
	}
	w, err := New(plan, Options{})
	if err != nil {
		t.Fatal(err)
	}
	type machine struct {
		capacity      float64
		cores, queue  int
		service, read int64
	}
	for i, want := range []machine{{3, 4, 7, 9e3, 5e6}, {3, 1, 7, 20e3, 5e6}, {2, 1, 1024, 20e3, 9e6}, {1, 1, 1024, 20e3, 1e6}} {
		c := w.machine(i)
		got := machine{capacityOf(&plan.Cluster, i), c.Cores, c.Disk.Queue, c.Service[1].Mean(), c.Disk.Read.Mean()}
		if got != want {
			t.Errorf("node %d: %+v, want %+v", i+1, got, want)
		}
	}
}
