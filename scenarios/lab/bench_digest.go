package lab

import (
	"fmt"
	"slices"

	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// digestReplay does the digest's part of a run, and nothing else of it: for every record that the run gives its trace, the words that the
// simulator adds to the digest at that place, and the hash of the content where there is content.
type digestReplay struct {
	kinds      []trace.Kind
	operations int // of the run
	sum        trace.Digest
}

// Record keeps the kind of a record: a digestReplay is the sink of the run that it will repeat.
func (d *digestReplay) Record(r *trace.Record) { d.kinds = append(d.kinds, r.Kind) }

// cancelled is how many timers a client operation sets that do not fire.
func (d *digestReplay) cancelled() float64 {
	n := 0
	for _, k := range d.kinds {
		switch k {
		case trace.SetTimer:
			n++
		case trace.Timer:
			n--
		}
	}
	return per(float64(n), float64(d.operations))
}

// recordWords is the length in words of what the node writes to its disk at once, headers included.
const recordWords = 16

// measureRun replays a run of a plan, the same every time.
func (d *digestReplay) measureRun(plan *scenarios.Scenario) (Cost, error) {
	if d.kinds == nil {
		report, err := Run(plan, RunOptions{Trace: d})
		if err != nil {
			return Cost{}, fmt.Errorf("tracing %s: %w", plan.Name, err)
		}
		d.operations = report.Result.History.Len()
		slices.Sort(d.kinds) // in a run, no branch is about what goes into the digest: so none is to be mispredicted here
	}
	return d.measure(), nil
}

// measure replays.
func (d *digestReplay) measure() Cost {
	keys := dynamo.NewKeys(nil)
	m := dynamo.Message{Kind: dynamo.Replicate, Key: keys.Intern("key")}
	w := startWatch()
	sum := &d.sum
	for i, kind := range d.kinds {
		n := uint64(i)
		switch kind {
		case trace.Send:
			m.Request = n
			sum.Add4(n, n, m.Hash(keys), n)
			sum.Add2(n, n)
		case trace.DiskOp:
			sum.Add4(n, n, hashWords(n), n)
		case trace.DiskDone:
			sum.Add4(n, n, n, n)
			sum.Add3(n, n, n)
		case trace.Invoke, trace.Complete:
			sum.Add5(n, n, n, n, n)
			sum.Add1(n)
		case trace.Mark:
		default:
			sum.Add4(n, n, n, n)
		}
	}
	return w.stop(Cost{Operations: d.operations})
}

// hashWords costs what the hash of a record on disk costs.
func hashWords(h uint64) uint64 {
	for i := range uint64(recordWords) {
		h = rng.Mix(h, i)
	}
	return h
}
