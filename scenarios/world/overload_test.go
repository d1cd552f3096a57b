package world_test

import (
	"testing"

	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// flood asks four times as much of a cluster as its processors and disks can do, for twelve seconds, and one node is down for a third of it.
const flood = `version: 1
duration: 12s
quiesce: 60s
final_reads: false
cluster:
  nodes: 5
  cpu: {service: 1ms, queue: 200}
  disk: {read: 1ms, sync: 4ms, queue: 20}
  handoff: {max_hints: 40}
  write_buffer: {enabled: true, objects: 50, flush: 2s}
  cache: {enabled: true, size: 20KB}
  timeouts: {client: 400ms}
workloads:
  - {name: flood, clients: 50, rate: 2500/s, ops: {get: 40, put: 60}, context: none, value_size: 1KB, keys: {count: 500}, max_in_flight: 3000, retries: 3, backoff: 10ms}
faults:
  - {name: n3-down, at: 2s, for: 4s, crash: {nodes: n3}}
`

// Whatever is asked of it, a node refuses what it cannot do, and does not grow: requests, accesses to its disk, hints, buffer and cache stay
// within what the configuration says, and the second half of the flood is no worse than the first. Afterwards it has nothing left to do.
func TestOverloadedNodesDoNotGrow(t *testing.T) {
	w, err := world.New(load(t, "flood.yaml", []byte(flood), scenarios.LoadOptions{}), world.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var first, second dynamo.Footprint
	pending := 0
	for w.Step(1000) {
		switch now := w.Now(); {
		case now < 6e9:
			raise(&first, w.Footprints())
		case now < 12e9:
			raise(&second, w.Footprints())
			pending = max(pending, w.Pending())
		}
	}
	within := func(what string, got, most int64) {
		if got > most || got == 0 {
			t.Errorf("%s: up to %d, want more than none and at most %d", what, got, most)
		}
	}
	for _, half := range []dynamo.Footprint{first, second} {
		within("requests", int64(half.Requests), 200)
		within("disk accesses", int64(half.Accesses), 2*20+50)
		within("hints", int64(half.Hints), 40)
		within("buffered objects", int64(half.Buffered), 50)
		within("cached bytes", half.Cached, 20000)
		within("connections", int64(half.Connections), 3000)
	}
	within("events waiting", int64(pending), 30000)
	result := w.Result()
	if shed, busy := result.Counter("shed"), result.Counter("disk_refusals"); shed == 0 || busy == 0 || result.Counter("hints_refused") == 0 {
		t.Errorf("%d messages shed, %d disk operations refused, %d hints refused", shed, busy, result.Counter("hints_refused"))
	}
	for i, f := range w.Footprints() {
		if f.Requests+f.Accesses+f.Hints+f.Buffered > 0 {
			t.Errorf("a minute later node %d still has %+v", i+1, f)
		}
	}
}

// raise takes over what is larger.
func raise(most *dynamo.Footprint, all []dynamo.Footprint) {
	for _, f := range all {
		most.Requests, most.Accesses = max(most.Requests, f.Requests), max(most.Accesses, f.Accesses)
		most.Hints, most.Buffered = max(most.Hints, f.Hints), max(most.Buffered, f.Buffered)
		most.Cached, most.Connections = max(most.Cached, f.Cached), max(most.Connections, f.Connections)
	}
}

// moving lets nodes join and leave with little bandwidth for it.
const moving = `version: 1
duration: 30s
final_reads: false
cluster: {nodes: 5, anti_entropy: false, handoff: {every: 1s}, transfer: {rate: 20KB/s}, ring: {ranges: 64}}
workloads:
  - {name: kv, clients: 5, rate: 200/s, ops: {get: 50, put: 50}, value_size: 1KB, keys: {count: 300}}
faults:
  - {name: n6-joins, at: 5s, join: {nodes: [n6], via: n1}}
  - {name: n2-leaves, at: 12s, leave: {nodes: n2, via: n1}}
`

// What a node keeps of transfers under way is, for each receiver, a range and a batch at most, and nothing when they are over (§4.9).
func TestTransfersKeepARangeAndABatch(t *testing.T) {
	w, err := world.New(load(t, "moving.yaml", []byte(moving), scenarios.LoadOptions{}), world.Options{})
	if err != nil {
		t.Fatal(err)
	}
	handing, ranges := 0, 0
	for w.Step(200) {
		for _, f := range w.Footprints() {
			handing, ranges = max(handing, f.Handing), max(ranges, f.Ranges)
		}
	}
	const batch, rangeful = 128, 30 // keys; 300 keys in 64 ranges
	if handing == 0 || handing > 5*(batch+rangeful) || ranges == 0 || ranges > 2*64 {
		t.Errorf("up to %d sets handed over at a time, and %d ranges to come", handing, ranges)
	}
	for i, f := range w.Footprints() {
		if f.Handing+f.Ranges > 0 {
			t.Errorf("in the end node %d still has %+v", i+1, f)
		}
	}
}
