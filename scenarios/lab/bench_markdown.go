package lab

import "fmt"

// BenchDocument is what the page about performance is made of.
type BenchDocument struct {
	Bench   *Bench
	Profile []RoomShare // of the workload Profiled; empty: not taken
}

// Markdown is the page.
func (d *BenchDocument) Markdown() []byte {
	m := &markdown{}
	m.line("<!-- Written by `make performance`. Do not edit. -->\n# Performance")
	m.line(benchPreface, escape(d.Bench.heading()))
	d.ratios(m)
	d.workloads(m)
	d.peers(m)
	d.profile(m)
	m.line("\n%s", benchMethod)
	return []byte(m.String())
}

const benchPreface = `
What a run costs, measured against the bare kernel in the same process. Times depend on the machine and drift by the hour, even on one
machine; ratios of what was measured side by side do so far less. So only ratios have bounds, and ` + "`make bench-check`" + ` fails when one is worse
than its bound by more than a tenth.

Measured on %s.`

func (d *BenchDocument) ratios(m *markdown) {
	m.line("\n## Ratios")
	m.head("ratio", "value>", "rounds>", "quickest>", "bound>", "", "what by what")
	for _, row := range d.Bench.ratioRows()[1:] {
		m.row(row...)
	}
}

func (d *BenchDocument) workloads(m *markdown) {
	m.line("\n## Workloads\n\nEvents, operations and seeds are by second of processor time; bytes are those allocated, history and checks included.")
	titles := []string{"workload"}
	for _, c := range workloadColumns {
		titles = append(titles, c.name+">")
	}
	m.head(append(titles, "")...)
	for _, row := range d.Bench.workloadRows()[1:] {
		m.row(row...)
	}
}

func (d *BenchDocument) peers(m *markdown) {
	if d.Bench.Peers == nil {
		return
	}
	m.line("\n## Other simulators\n\nThe same PHOLD, bit for bit, %s pending, %s; processor time of an event of ours by one of theirs.", thousands(int64(d.Bench.Peers.Pending)),
		counted(int64(d.Bench.Peers.Rounds), "round", "rounds"))
	m.line("Others do more for an event than our kernel does (contexts, names, locks, hooks), so this is no verdict on them.")
	m.head("simulator", "language", "ns/event>", "ours / theirs>", "rounds>", "bound>", "")
	for _, row := range d.Bench.Peers.rows()[1:] {
		m.row(row...)
	}
}

// leastShare is the least share of the time that is worth a line.
const leastShare = 0.005

func (d *BenchDocument) profile(m *markdown) {
	if len(d.Profile) == 0 {
		return
	}
	m.line("\n## Where the time goes\n\nShares of the processor time of `%s`, by the package whose code was running.", Profiled)
	m.head("package", "share>")
	for _, r := range d.Profile {
		if r.Share >= leastShare {
			m.row(r.Room, fmt.Sprintf("%.1f %%", 100*r.Share))
		}
	}
}

const benchMethod = "## Method" + `

Everything is measured in one process, in turn, round after round: what the machine does meanwhile hits all of it. A value is the median
of the rounds, a ratio that of the ratios of the rounds; the rounds' least and greatest are beside it, and the ratio of the quickest round
of each side: what else a machine does, or its neighbours do, only ever makes times longer, those of large worlds most. Times are processor time of the
whole process, garbage collector included, as the system accounts for it; only two workers are compared with one by the clock, and only
when two goroutines that never wait get nearly two processors.

* **Bare kernel**: PHOLD (Fujimoto 1990) on the queue and the events of package sim and nothing else: as many logical processes as
  events pending; an event draws a process and a delay (exponential, 1 ms), and schedules one event there. Its definition, to the bit, is
  in sim/phold.go. The naive kernel runs the same with container/heap, an object and a closure an event.
* **Clusters**: N=3, R=W=2, ten clients a node in a closed loop with a pause of 20 ms on average, two gets for each
  read-modify-write, 20 keys a node; everything else is the default: service and disk times, a sync on every write, timeouts, read repair,
  history, and the checks that a scenario has without naming any. The time is that of the run from time 0 to the verdict, final reads and
  judgement included; building the world is not in it. What the ratios are of has run before, in the same world, as all but the first runs
  of a sweep have; rows first-… say what a run takes in a world made for it. The bare kernel is measured right after it, when it has touched
  its memory once, too, with as many events pending as the cluster had on average, timers included.
* **Digest on / off**: the digest cannot be turned off, so its part is done again without the rest: for each record of a trace of the
  cluster, the words that the simulator adds to the digest there, and the hash of the message or the record. The ratio is the cost of an
  operation by that cost less the digest's.
* **Timers on / off**: messages between processes that do nothing else, with and without a timeout that is cancelled and set again at
  each: the difference is a timer's cost. The ratio is the cost of an operation by that cost less its cancelled timers', which are
  counted in a trace.
* **Allocations** are counted over the second half of the load; the pieces of memory that the history takes for what clients did are set
  apart.
* **Garbage** is collected seldom while there is little to collect: up to a heap of 384 MB, when it has grown to five times what the last
  collection left; above, to twice that, as is Go's rule. GOGC or GOMEMLIMIT in the environment take the place of that. Runs over many
  seeds keep the memory of their worlds from one seed to the next.
* **Large worlds**: with 8,192 events or more, what the next event will touch is fetched into the cache while the present one is handled (on
  amd64 and arm64); from a heap of 64 MB on, Linux is asked for pages of 2 MB.
* **Other simulators** are measured by the programs of folder bench, each in a process of its own, in turn with ours. All arrive at the
  same checksum over the time and the place of every event. Each is used as its documentation shows it: callbacks where there are
  callbacks, else processes.`
