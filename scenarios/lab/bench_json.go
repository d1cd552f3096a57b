package lab

import (
	"encoding/json"
	"fmt"
)

// benchVersion is the format of the JSON of a benchmark.
const benchVersion = 1

// JSON is the benchmark for programs, as one object. Times are processor time.
func (b *Bench) JSON() []byte {
	mode := "full"
	if b.Quick {
		mode = "quick"
	}
	o := object{}
	o.add("format", benchVersion)
	o.add("mode", mode)
	o.add("rounds", b.Rounds)
	o.add("cores_of_two", b.Cores)
	workloads, ratios := []object{}, []object{}
	for i := range b.Workloads {
		workloads = append(workloads, b.Workloads[i].object())
	}
	for i := range b.Ratios {
		ratios = append(ratios, b.Ratios[i].object())
	}
	o.add("ratios", ratios)
	o.add("workloads", workloads)
	if b.Peers != nil {
		o.add("others", b.Peers)
	}
	o.add("host", b.Host)
	return o.pretty()
}

func (w *BenchWorkload) object() object {
	o := object{}
	o.add("name", w.Name)
	o.add("about", w.About)
	for _, number := range [...]struct {
		name string
		of   func(c *Cost) float64
	}{
		{"virtual_seconds_per_second", workloadColumns[0].of},
		{"events_per_cpu_second", workloadColumns[1].of},
		{"operations_per_cpu_second", workloadColumns[2].of},
		{"seeds_per_cpu_second", workloadColumns[3].of},
		{"ns_per_event", (*Cost).perEvent},
		{"ns_per_operation", (*Cost).perOperation},
		{"pending", func(c *Cost) float64 { return c.Pending }},
		{"bytes_per_operation", func(c *Cost) float64 { return per(float64(c.Bytes), float64(c.Operations)) }},
		{"steady_allocations_per_operation", func(c *Cost) float64 { return per(float64(c.SteadyAlloc), float64(c.SteadyOps)) }},
		{"steady_bytes_per_operation", func(c *Cost) float64 { return per(float64(c.SteadyBytes), float64(c.SteadyOps)) }},
		{"cpu_ms", func(c *Cost) float64 { return float64(c.CPU.Microseconds()) / 1000 }},
		{"wall_ms", func(c *Cost) float64 { return float64(c.Wall.Microseconds()) / 1000 }},
	} {
		if x := w.Each(number.of); x != 0 {
			o.add(number.name, x)
		}
	}
	return o
}

func (r *BenchRatio) object() object {
	o := object{}
	o.add("name", r.Name)
	o.add("about", r.About)
	o.add("value", r.Value)
	o.add("low", r.Low)
	o.add("high", r.High)
	if r.Quickest > 0 {
		o.add("quickest", r.Quickest)
	}
	if r.AtLeast {
		o.add("at_least", r.Bound)
	} else {
		o.add("at_most", r.Bound)
	}
	if r.Unjudged != "" {
		o.add("unjudged", r.Unjudged)
	} else {
		o.add("holds", r.Holds(0))
	}
	return o
}

// BenchPeers is what the programs of folder bench found about other simulators.
type BenchPeers struct {
	Pending int         `json:"pending"` // events, in all of them
	Rounds  int         `json:"rounds"`
	Peers   []BenchPeer `json:"peers"`
}

// BenchPeer is another simulator, running PHOLD.
type BenchPeer struct {
	Name     string  `json:"name"`
	Language string  `json:"language"`
	NS       float64 `json:"ns_per_event"`
	Ratio    float64 `json:"ours_to_theirs"` // processor time of an event of ours by one of theirs, median of the rounds
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Bound    float64 `json:"at_most,omitempty"`
	Missing  string  `json:"missing,omitempty"` // why it could not be run
}

// ReadBenchPeers reads what folder bench has written.
func ReadBenchPeers(text []byte) (*BenchPeers, error) {
	p := &BenchPeers{}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("reading what was measured of other simulators: %w", err)
	}
	return p, nil
}
