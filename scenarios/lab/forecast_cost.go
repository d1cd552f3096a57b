package lab

import (
	"cmp"
	"slices"
	"time"

	"dynamosim/scenarios"
)

// What parts of a run take, as measured (make estimates): bytes, ns on one processor of a server of 2023, and events.
const (
	baseBytes    = 25e6
	nodeBytes    = 32e3
	treeBytes    = 23e3 // once a node has met its partners
	pairBytes    = 60   // of two nodes that exchange heartbeats
	clientBytes  = 2700
	keyBytes     = 600 // and for each replica:
	replicaBytes = 400
	getBytes     = 100 // in the history, judging it included
	putBytes     = 250
	putAwayBytes = 10  // of one that is put away into a file, which those beyond longHistory are
	recordBytes  = 80  // of a version in a log
	siblingBytes = 230 // of a version beside others
	windowBytes  = 8   // of a node in a window of the measures
	filesBytes   = 150 // of an operation, while its history is written
	tracing      = 0.6 // of all that is alive, beside it
	traceBuffers = 60e6

	baseTime  = 30e6
	nodeTime  = 150e3
	keyTime   = 3000 // and for each replica:
	storeTime = 2500
	eventTime = 330  // in a small cluster
	quietTime = 110  // of a heartbeat
	traceTime = 2200 // of an event

	viewBytes   = 1   // of a member, in the views that a node learns in the course of a change
	writtenView = 6   // and in its log, if it keeps there what it learns
	viewTime    = 100 // the same

	finalTime = 300e-6 // s of the run, a key

	traceBytes = 47
	lineBytes  = 285
	stateBytes = 75

	collected = 2.0 // the heap, by what is alive in it
)

// memory finds what is alive at the worst moment: at the end, while the run is judged. The heap is larger by what is not collected yet.
func (m *costModel) memory(e *Forecast, o ForecastOptions) {
	n, ops := m.n(), m.gets+m.puts
	records := m.records()
	if m.c.Storage.Engine == scenarios.EngineMemory {
		records *= 1.5
	}
	e.MemoryParts = parts(collected,
		ForecastPart{"nodes", int64(m.nodes * (nodeBytes + treeBytes*min(1, m.virtual/40))), "cluster.nodes"},
		ForecastPart{"heartbeats between all nodes", int64(m.pairs() * pairBytes), "cluster.failure_detection.kind=timeouts"},
		ForecastPart{"changes of the members", int64(m.views()), "fewer commands to join, leave or replace"},
		ForecastPart{"clients", int64(m.clients * clientBytes), "workloads.NAME.clients"},
		ForecastPart{"keys and their replicas", int64(m.keys * (keyBytes + n*replicaBytes)), "workloads.NAME.keys.count"},
		ForecastPart{"the history of operations", int64(m.history()), "duration, or the rate"},
		ForecastPart{"the logs of the nodes", int64(records), "duration, or the share of puts"},
		ForecastPart{"versions beside each other", int64(m.keys * n * 2 * m.siblings() * siblingBytes), "workloads.NAME.context=fresh"},
		ForecastPart{"series of measures", int64(m.nodes * seconds(m.plan.Duration) / max(1e-3, seconds(m.plan.Measures.Window)) * windowBytes), "measures.window"},
	)
	if o.Files {
		e.MemoryParts = append(e.MemoryParts, ForecastPart{"writing the files", int64(ops * filesBytes), "no -o"})
	}
	if o.Trace {
		e.MemoryParts = append(e.MemoryParts, ForecastPart{"writing the trace", int64(traceBuffers + tracing/collected*float64(total(e.MemoryParts))), "--no-trace"})
	}
	if o.Verify {
		e.MemoryParts = append(e.MemoryParts, ForecastPart{"the history of the first of two runs", int64(collected * m.history()), "no --verify"})
	}
	slices.SortStableFunc(e.MemoryParts, largerPart)
	e.Memory = total(e.MemoryParts) + baseBytes
}

// changes is how often the members are changed: each change makes every node learn a list of all.
func (m *costModel) changes() (n float64) {
	for i := range m.plan.Faults {
		switch m.plan.Faults[i].Kind.(type) {
		case *scenarios.Join, *scenarios.Leave, *scenarios.Replace:
			n++
		}
	}
	return n
}

// views is what is held of the lists of members that nodes learn; a log is compacted at 4 MiB.
func (m *costModel) views() float64 {
	const most = 4 << 20
	each := m.changes() * m.nodes
	bytes := each * viewBytes
	if m.c.Membership.Persist {
		bytes += min(each*writtenView, most)
	}
	return m.nodes * bytes
}

// history is what is kept of the operations in memory.
func (m *costModel) history() float64 {
	ops, bytes := m.gets+m.puts, m.gets*getBytes+m.puts*putBytes
	if ops <= longHistory {
		return bytes
	}
	return bytes*longHistory/ops + (ops-longHistory)*putAwayBytes
}

// records is what the logs of the nodes hold of the versions. They are compacted: besides twice what is live, a log has 4 MiB at most, most of which
// are values, whose bytes are not stored.
func (m *costModel) records() float64 {
	const spare = 4 << 20
	value := 0.0
	for i := range m.plan.Workloads {
		value = max(value, float64(m.plan.Workloads[i].ValueSize))
	}
	written, live := m.puts*m.n()*recordBytes, m.keys*m.n()*recordBytes
	if m.c.Storage.Engine == scenarios.EngineMemory {
		return written
	}
	return min(written, 2*live+m.nodes*spare*recordBytes/(recordBytes+value))
}

// pairs are the nodes that know each other's heartbeats.
func (m *costModel) pairs() float64 {
	if m.c.FailureDetection.Kind != scenarios.DetectorPhi {
		return 0
	}
	return m.nodes * (m.nodes - 1)
}

// siblings is how many versions a key has on average, where puts supersede nothing.
func (m *costModel) siblings() float64 {
	if m.keys == 0 || m.c.Versioning.Mode == scenarios.ModeLastWriteWins || m.c.Versioning.Mode == scenarios.ModeABD {
		return 0
	}
	s := m.blind / m.keys / 2
	if most := m.c.Versioning.MaxSiblings; most > 0 {
		s = min(s, float64(most))
	}
	return s
}

func (m *costModel) time(e *Forecast, o ForecastOptions) {
	each := m.eventTime()
	e.TimeParts = parts(1,
		ForecastPart{"operations of clients", int64(m.loadEvents * each * (1 + m.siblings()/25)), "duration, or the rate"},
		ForecastPart{"final reads of all keys", int64(m.finalEvents * each), "final_reads=false, or workloads.NAME.keys.count"},
		ForecastPart{"gossip", int64(m.gossipEvents * each), "cluster.gossip.every, or quiesce"},
		ForecastPart{"changes of the members", int64(m.changes() * m.nodes * m.nodes * viewTime), "fewer commands to join, leave or replace"},
		ForecastPart{"anti-entropy", int64(m.syncEvents * each), "cluster.anti_entropy.every, or quiesce"},
		ForecastPart{"heartbeats", int64(m.heartbeatEvents * (quietTime + each/4)), "cluster.failure_detection.heartbeat"},
		ForecastPart{"other tasks of nodes", int64(m.otherEvents * each), "cluster.nodes"},
		ForecastPart{"starting the nodes", int64(m.nodes * nodeTime), "cluster.nodes"},
		ForecastPart{"storing and judging the keys", int64(m.keys * (keyTime + m.n()*storeTime)), "workloads.NAME.keys.count"},
	)
	if o.Trace {
		e.TimeParts = append(e.TimeParts, ForecastPart{"writing the trace", int64(m.events() * traceTime), "--no-trace"})
		slices.SortStableFunc(e.TimeParts, largerPart)
	}
	e.Time = time.Duration(total(e.TimeParts) + baseTime)
}

// eventTime is what an event takes on average: the more there is, the less of it is in the processor's cache.
func (m *costModel) eventTime() float64 {
	live := m.nodes*nodeBytes + m.clients*clientBytes + m.keys*m.n()*replicaBytes
	each := float64(eventTime)
	for size := 4e6; size < live; size *= 2 {
		each += 70
		if size > 64e6 {
			each += 130
		}
	}
	return each
}

// parts scales and sorts parts; what is nothing is left out.
func parts(by float64, all ...ForecastPart) (kept []ForecastPart) {
	for _, p := range all {
		if p.Amount > 0 {
			p.Amount = int64(float64(p.Amount) * by)
			kept = append(kept, p)
		}
	}
	slices.SortStableFunc(kept, largerPart)
	return kept
}

func largerPart(a, b ForecastPart) int { return cmp.Compare(b.Amount, a.Amount) }

func total(parts []ForecastPart) (sum int64) {
	for _, p := range parts {
		sum += p.Amount
	}
	return sum
}
