package analysis

import "slices"

// Costs are what a run took, which its history does not tell. All of it is of
// the whole run, warm-up and settling included.
type Costs struct {
	Operations int64                                    // that clients began, final reads included
	Counter    func(name string) (total int64, ok bool) // of the world: messages, disk_syncs, ...
	Requests   []int64                                  // by node: gets and puts that it coordinated
	Windows    [][]int64                                // the same by window of time, then by node; -1: it was no member then
}

// counter returns a total, ok false if there is none of that name.
func (c *Costs) counter(name string) (total int64, ok bool) {
	if c == nil || c.Counter == nil {
		return 0, false
	}
	return c.Counter(name)
}

// costMetrics are what an operation of a client costs the cluster.
func costMetrics() []Metric {
	const per = ", the whole run's over all operations that clients began"
	var all []Metric
	for _, m := range []struct {
		name, counter, doc string
		unit               Unit
	}{
		{"messages_per_operation", "messages", "messages for each operation", Plain},
		{"bytes_per_operation", "message_bytes", "bytes on the wire for each operation", Bytes},
		{"foreground_messages_per_operation", "foreground_messages", "messages for each operation that a client's request waits for or caused at once", Plain},
		{"foreground_bytes_per_operation", "foreground_bytes", "bytes of those messages for each operation", Bytes},
		{"background_messages_per_operation", "background_messages", "messages for each operation of gossip, hints, repair, anti-entropy, transfers and probes", Plain},
		{"background_bytes_per_operation", "background_bytes", "bytes of those messages for each operation", Bytes},
		{"disk_reads_per_operation", "disk_reads", "reads of disks for each operation", Plain},
		{"disk_writes_per_operation", "disk_writes", "writes to disks for each operation", Plain},
		{"disk_syncs_per_operation", "disk_syncs", "syncs of disks for each operation", Plain},
		{"disk_bytes_per_operation", "disk_bytes", "bytes written to disks for each operation", Bytes},
	} {
		all = append(all, Metric{Name: m.name, Doc: m.doc + per, Unit: m.unit, Better: Lower, Pool: PoolRatios,
			of: func(f *Findings) Sample {
				if total, ok := f.Costs.counter(m.counter); ok {
					return ratio(total, f.Costs.Operations)
				}
				return Sample{}
			}})
	}
	return append(all, Metric{
		Name: "background_share", Doc: "share of the bytes on the wire that background messages take", Unit: Share, Better: Lower, Pool: PoolRatios,
		of: func(f *Findings) Sample {
			part, _ := f.Costs.counter("background_bytes")
			whole, _ := f.Costs.counter("message_bytes")
			return ratio(part, whole)
		},
	})
}

// OutOfBalance is by how much of the mean, in millionths, a node's requests in
// a window may differ before it is out of balance (Dynamo §6.2, Figure 6).
const OutOfBalance = 150_000

// loadMetrics tell how evenly the nodes share the requests.
func loadMetrics() []Metric {
	return []Metric{{
		Name: "load_imbalance", Doc: "requests of the busiest node over the mean of all nodes", Source: "Dynamo §6.2, Figure 8: the inverse of its efficiency",
		Better: Lower, Pool: PoolMeans,
		of: func(f *Findings) Sample {
			if f.Costs == nil || total(f.Costs.Requests) == 0 {
				return Sample{}
			}
			r := f.Costs.Requests
			return single(float64(slices.Max(r)*int64(len(r))) / float64(total(r)))
		},
	}, {
		Name: "out_of_balance", Doc: "share of the nodes, taken over all windows of time, whose requests in the window differ from the mean of the nodes by 15 % or more",
		Source: "Dynamo §6.2, Figure 6", Unit: Share, Better: Lower, Pool: PoolRatios,
		of: func(f *Findings) Sample {
			if f.Costs == nil {
				return Sample{}
			}
			out, all := int64(0), int64(0)
			for _, w := range f.Costs.Windows {
				load := slices.DeleteFunc(slices.Clone(w), func(n int64) bool { return n < 0 })
				if total(load) > 0 {
					out, all = out+unbalanced(load, OutOfBalance), all+int64(len(load))
				}
			}
			return ratio(out, all)
		},
	}}
}

// unbalanced counts the nodes whose load differs from the mean by at least so
// many millionths of it.
func unbalanced(load []int64, ppm int64) int64 {
	n, sum := int64(0), total(load)
	for _, l := range load {
		if diff := l*int64(len(load)) - sum; max(diff, -diff)*Whole >= ppm*sum {
			n++
		}
	}
	return n
}

func total(list []int64) int64 {
	sum := int64(0)
	for _, n := range list {
		sum += n
	}
	return sum
}
