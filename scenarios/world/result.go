package world

import (
	"fmt"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/sim"
)

// Result is what a run leaves behind. All of it but the memory that it takes is a pure function of the plan.
type Result struct {
	History *history.History
	Digest  string // 32 hex digits
	Events  uint64
	End     int64  // virtual time in ns
	Seed    uint64 // that the run is reproduced by

	Exhausted  *Exhaustion // the budget that ran out, nil when the run came to its end
	Counters   []Counter
	Tallies    []Tally // of the counters, at the edges of the parts of the run that claims name
	Faults     []FaultResult
	Claims     []Claim
	Hints      []HintAccount     // when faults had ended, at the heal and at the end
	Invariants []InvariantResult // those that the plan asks for
	Windows    [][]int64         // requests that nodes coordinated: by window of Window ns from the end of the warm-up on, then by node; -1: no member then
	Window     int64
	Audit      *Audit        // nil: nobody asked how many copies there were
	Destroyed  []Destruction // synced data that faults destroyed, in the order of time
	NotBack    []string      // nodes that did not serve when all had settled
	Outside    []int32       // nodes that need not come together with the others, as the history numbers them: liveness core
	NoQuorum   []string      // keys of which fewer homes than a quorum did

	Quiesce     int64     // time given to settle, ns
	Converged   bool      // at the end all homes of every key held the same versions
	ConvergedIn int64     // since the heal, ns; meaningful when Converged
	Homes       [][]int32 // by the history's number of a key: its N homes, as the history numbers nodes
}

// Counter is how often something happened, in all and on each node.
type Counter struct {
	Name    string
	Total   int64
	PerNode []int64 // by node; nil for what belongs to no node
}

// FaultResult is what became of one fault.
type FaultResult struct {
	Name    string
	Kind    string
	Text    string // as a scenario would write it, with what the run decided
	Start   int64  // ns; meaningful when Began
	End     int64
	Began   bool
	Refused string // why it could not begin
	Drawn   bool   // by the nemesis
	Forever bool
	Effects int64
	Effect  string // what the effects are

	Down      []string // the nodes that it took down
	Away      []string // those of them that never came back
	Recovered int64    // ns; when all of them served again; meaningful when there are some and none is away
}

// Result gives what the run has left behind so far; its history is shared with the world.
func (w *World) Result() *Result {
	r := &Result{
		History: w.history, Digest: w.sys.Digest().String(), Events: w.sys.Events(), End: w.now(), Seed: w.seed(),
		Exhausted: w.exhausted, Claims: w.wants, Quiesce: w.quiesce, Hints: w.hintAccounts,
		Windows: w.windowRows(), Window: w.windows.length, Destroyed: w.allDestroyed(),
		Converged: w.healed && !w.foreign && w.converge.count == 0, ConvergedIn: w.converge.at - w.converge.healed,
	}
	if w.audit != nil {
		r.Audit = &w.audit.found
	}
	r.NotBack, r.NoQuorum = w.notBack, w.noQuorum
	for _, h := range w.hosts {
		if w.outsider(h) {
			r.Outside = append(r.Outside, w.history.AddNode(h.name))
		}
	}
	r.Counters, r.Tallies, r.Invariants = w.counters(), w.tallies.taken, w.watched.result()
	for _, f := range w.faults {
		if f.spec.Enabled {
			r.Faults = append(r.Faults, w.faultResult(f))
		}
	}
	for k := range w.history.Keys() {
		r.Homes = append(r.Homes, w.homes(w.keyOf(int32(k))))
	}
	r.Claims = append(r.Claims, w.neverEnded()...)
	return r
}

// Leave is Result where the run is over: the world keeps nothing of it, and Reset begins with a history of its own.
func (w *World) Leave() *Result {
	r := w.Result()
	w.history = nil
	return r
}

// neverEnded are the wants of scripted operations that did not come to an end.
func (w *World) neverEnded() []Claim {
	var claims []Claim
	for i := range w.plan.Operations {
		if o := &w.plan.Operations[i]; o.Want != nil && !w.script[i].done {
			claims = append(claims, Claim{Path: "operations." + o.ID + ".want", Want: "that it happens", Got: "it never ended"})
		}
	}
	return claims
}

func (w *World) faultResult(f *activeFault) FaultResult {
	r := FaultResult{
		Name: f.spec.Name, Kind: f.spec.Kind.Kind(), Text: f.text(), Start: f.start, End: f.end, Began: f.phase == faultOn || f.phase == faultOver,
		Refused: f.refused, Drawn: f.spec.Drawn, Forever: f.spec.For == scenarios.Forever, Effects: w.effects(f),
	}
	if f.phase == faultOn {
		r.End = w.now()
	}
	if r.Down, r.Recovered = hostNames(f.down), f.recovered; f.recovered < 0 {
		r.Away = hostNames(w.away(f))
	}
	r.Effect = effectOf(r.Kind)
	return r
}

// effectOf is what is counted of a kind of fault.
func effectOf(kind string) string {
	for _, doc := range scenarios.FaultKinds() {
		if doc.Name == kind {
			return doc.Effect
		}
	}
	return ""
}

// Mechanism is a part of Dynamo that a scenario can require to have acted.
type Mechanism struct {
	Name    string
	Counter string // that shows its activity
	Paper   string
}

// Mechanisms lists what a scenario can require.
func Mechanisms() []Mechanism {
	return []Mechanism{
		{"sloppy-quorum", "sloppy_writes", "§4.6"},
		{"hinted-handoff", "hints_delivered", "§4.6"},
		{"anti-entropy", "versions_synchronised", "§4.7"},
		{"read-repair", "versions_repaired", "§5"},
		{"mending", "keys_mended", "§5"},
		{"failure-detection", "suspected", "§4.8"},
		{"forwarding", "forwarded", "§4.5"},
		{"client-coordination", "client_coordinated", "§6.4"},
		{"view-refresh", "views_refreshed", "§6.4"},
		{"write-buffer", "buffer_flushes", "§6.1"},
		{"cache", "cache_hits", ""},
		{"admission", "tasks_deferred", "§6.5"},
		{"gossip", "views_learned", "§4.8"},
		{"transfer", "keys_transferred", "§4.9"},
		{"recovery", "recoveries_begun", "§5"},
		{"retries", "retries", "§4.5"},
		{"truncation", "truncations", "§4.4"},
		{"tombstones", "tombstones_stored", "§4.4"},
		{"newest", "newest_picked", "§6"},
		{"abd", "write_backs", "§4.5"},
		{"hedging", "hedged_gets", ""},
	}
}

// CounterDoc describes a counter.
type CounterDoc struct {
	Name, Doc, Paper string
	Node             bool // counted for each node
}

// worldCounters are counted by the world itself, beside the marks.
var worldCounters = []CounterDoc{
	{"messages", "messages that nodes and clients sent", "", true},
	{"message_bytes", "bytes of those messages on the wire", "", true},
	{"foreground_messages", "of them those of a client's request: to its coordinator, between coordinator and replicas, and the answers", "", false},
	{"foreground_bytes", "bytes of those", "", false},
	{"background_messages", "all others: gossip, hints, read repair, anti-entropy, transfers, probes", "", false},
	{"background_bytes", "bytes of those", "", false},
	{"messages_lost", "messages that vanished by loss", "", false},
	{"messages_cut", "messages that a partition cut", "", false},
	{"messages_duplicated", "copies that the network made", "", false},
	{"messages_reordered", "messages that later ones overtook", "", false},
	{"messages_down", "messages that found their process down", "", false},
	{"disk_reads", "reads of disks", "§5", true},
	{"disk_writes", "writes to disks", "§5", true},
	{"disk_syncs", "syncs of disks", "§5", true},
	{"disk_bytes", "bytes written to disks, values included", "§5", true},
	{"hints_pending", "hints that are kept at the end", "§4.6", true},
	{"client_coordinated", "requests that the clients' libraries coordinated themselves", "§6.4", false},
	{"retries", "requests that clients sent again", "§4.5", false},
	{"hedged_gets", "gets that took long and were sent to a second node", "", false},
	{"carts_merged", "gets of which the client library made one cart out of several versions", "§4.4", false},
	{"dropped_arrivals", "arrivals of open loops that found max_in_flight operations open", "", false},
	{"timers", "timers that fired", "", false},
	{"ties", "events at the same instant as the one before", "", false},
	{"shadowed", "last-write-wins: acknowledged puts that lost to a put which had ended before they began", "§6", false},
}

// CounterDocs lists every counter that a run has, marks first.
func CounterDocs() []CounterDoc {
	var docs []CounterDoc
	for _, m := range dynamo.Marks() {
		docs = append(docs, CounterDoc{m.Counter, m.Doc, m.Paper, true})
	}
	return append(docs, worldCounters...)
}

// counters gives all counters in the order of CounterDocs, but for those that the analysis of the history finds.
func (w *World) counters() []Counter {
	var all []Counter
	for _, m := range dynamo.Marks() {
		c := Counter{Name: m.Counter, Total: w.marked[m.Mark], PerNode: make([]int64, len(w.hosts))}
		for i, h := range w.hosts {
			c.PerNode[i] = h.counted[counterOf(m.Mark)]
			c.Total += h.counted[counterOf(m.Mark)]
		}
		all = append(all, c)
	}
	for _, doc := range worldCounters {
		if c, ok := w.worldCounter(doc.Name); ok {
			all = append(all, c)
		}
	}
	return all
}

func (w *World) worldCounter(name string) (Counter, bool) {
	c := Counter{Name: name}
	s := w.sys.Counters()
	switch name {
	case "messages":
		w.perNode(&c, func(h *host) int64 { return w.sys.ProcessCounters(h.id).Sent })
		c.Total = s.Sent
	case "message_bytes":
		w.perNode(&c, func(h *host) int64 { return w.sys.ProcessCounters(h.id).SentBytes })
		c.Total = s.Bytes
	case "foreground_messages":
		c.Total, _ = w.kindsOf(false)
	case "foreground_bytes":
		_, c.Total = w.kindsOf(false)
	case "background_messages":
		c.Total, _ = w.kindsOf(true)
	case "background_bytes":
		_, c.Total = w.kindsOf(true)
	case "messages_lost":
		c.Total = s.Lost
	case "messages_cut":
		c.Total = s.Cut
	case "messages_duplicated":
		c.Total = s.Duplicated
	case "messages_reordered":
		c.Total = s.Reordered
	case "messages_down":
		c.Total = s.Down
	case "disk_reads":
		w.perNode(&c, func(h *host) int64 { return w.sys.ProcessCounters(h.id).Disk.Reads })
	case "disk_writes":
		w.perNode(&c, func(h *host) int64 { return w.sys.ProcessCounters(h.id).Disk.Writes })
	case "disk_syncs":
		w.perNode(&c, func(h *host) int64 { return w.sys.ProcessCounters(h.id).Disk.Syncs })
	case "disk_bytes":
		w.perNode(&c, func(h *host) int64 { return w.sys.ProcessCounters(h.id).Disk.WrittenBytes })
	case "hints_pending":
		w.perNode(&c, func(h *host) int64 { return int64(h.node.Hints()) })
	case "client_coordinated":
		c.Total = w.coordinatedByClients()
	case "retries":
		c.Total = w.retries
	case "hedged_gets":
		c.Total = w.hedges
	case "carts_merged":
		c.Total = w.merged
	case "dropped_arrivals":
		for _, l := range w.loads {
			c.Total += l.dropped
		}
	case "timers":
		c.Total = s.Timers
	case "ties":
		c.Total = s.Ties
	default:
		return c, false
	}
	return c, true
}

func (w *World) perNode(c *Counter, of func(h *host) int64) {
	c.PerNode = make([]int64, len(w.hosts))
	for i, h := range w.hosts {
		c.PerNode[i] = of(h)
		c.Total += c.PerNode[i]
	}
}

// String names a counter with its total.
func (c Counter) String() string { return fmt.Sprintf("%s %d", c.Name, c.Total) }

// Counter gives the total of a counter, 0 where there is none of that name.
func (r *Result) Counter(name string) int64 {
	for i := range r.Counters {
		if r.Counters[i].Name == name {
			return r.Counters[i].Total
		}
	}
	return 0
}

// Events is how many events were dispatched.
func (w *World) Events() uint64 { return w.sys.Events() }

// Digest is the run's digest so far.
func (w *World) Digest() [16]byte { return w.sys.Digest().Sum() }

// History is what clients have seen so far.
func (w *World) History() *history.History { return w.history }

// Operations is how many operations clients have begun.
func (w *World) Operations() int { return w.history.Len() }

// ProcessNames lists the names of all processes by their number: nodes first, then clients.
func (w *World) ProcessNames() []string {
	names := make([]string, w.sys.Processes())
	for i := range names {
		names[i] = w.sys.Name(sim.ProcID(i))
	}
	return names
}
