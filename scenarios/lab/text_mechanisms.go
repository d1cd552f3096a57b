package lab

import (
	"slices"
	"strings"

	"dynamosim/analysis"
)

// word is a counter as a summary has it.
type word struct{ counter, one, many string }

// worthSeeing are the counters that a summary shows when they are not 0: what acts only when something goes wrong.
var worthSeeing = [...]word{
	{"sloppy_writes", "sloppy write", "sloppy writes"},
	{"hints_stored", "hint stored", "hints stored"},
	{"hints_superseded", "hint merged into an earlier one", "hints merged into earlier ones"},
	{"hints_delivered", "hint delivered", "hints delivered"},
	{"hints_pending", "hint still pending", "hints still pending"},
	{"hints_expired", "hint expired", "hints expired"},
	{"hints_refused", "hint refused", "hints refused"},
	{"buffer_hits", "read answered from a write buffer", "reads answered from write buffers"},
	{"buffer_overflows", "write to a full buffer", "writes to full buffers"},
	{"cache_hits", "cache hit", "cache hits"},
	{"cache_misses", "cache miss", "cache misses"},
	{"tasks_deferred", "background task deferred", "background tasks deferred"},
	{"read_repairs", "read repair", "read repairs"},
	{"versions_synchronised", "key brought up to date by anti-entropy", "keys brought up to date by anti-entropy"},
	{"views_learned", "change of members learned by gossip", "changes of members learned by gossip"},
	{"false_dominations", "false domination", "false dominations"},
	{"suspected", "suspicion", "suspicions"},
	{"forwarded", "request forwarded", "requests forwarded"},
	{"quorum_timeouts", "quorum missed", "quorums missed"},
	{"refused", "request refused", "requests refused"},
	{"retries", "retry", "retries"},
	{"shed", "message shed", "messages shed"},
	{"dropped_arrivals", "arrival dropped", "arrivals dropped"},
	{"torn_tails", "torn tail", "torn tails"},
	{"corrupt_records", "corrupt record", "corrupt records"},
	{"corrupt_reads", "corrupt read", "corrupt reads"},
	{"keys_mended", "key mended from its other homes", "keys mended from their other homes"},
	{"disk_errors", "disk error", "disk errors"},
	{"disk_refusals", "disk operation refused", "disk operations refused"},
	{"messages_lost", "message lost", "messages lost"},
}

// mechanisms writes which of them acted.
func (p *page) mechanisms() {
	var parts []string
	for _, w := range worthSeeing {
		if n := p.report.Result.Counter(w.counter); n != 0 {
			parts = append(parts, counted(n, w.one, w.many))
		}
	}
	if len(parts) > 0 {
		p.WriteByte('\n')
		p.parts("  ", parts...)
	}
	if p.Verbose {
		p.counters()
	}
}

// mostNodes is how many nodes have numbers of their own beside a counter.
const mostNodes = 12

// counters writes all that are not 0, in all and on each node.
func (p *page) counters() {
	nodes := p.report.Plan.Cluster.AllNodes()
	if len(nodes) > mostNodes {
		nodes = nil
	}
	t := table{indent: "  ", gap: "   ", right: slices.Repeat([]bool{true}, 2+len(nodes))}
	t.right[0] = false
	head := []cell{{"counter", p.dim}, {"total", p.dim}}
	for _, n := range nodes {
		head = append(head, cell{Clean(n), p.dim})
	}
	t.add(head...)
	for _, c := range p.report.Result.Counters {
		if c.Total == 0 {
			continue
		}
		row := []cell{plainCell(c.Name), plainCell(thousands(c.Total))}
		for _, n := range c.PerNode[:min(len(nodes), len(c.PerNode))] {
			row = append(row, plainCell(thousands(n)))
		}
		t.add(row...)
	}
	p.block(t.lines(p.Width)...)
}

// hints are commands that show more of the run: what clients saw and what happened inside, of the first key with evidence where there is
// one.
func (r *Report) hints() (history, trace string) {
	if e := r.Result.Exhausted; e != nil {
		return Command("history", r.Plan), Command("trace", r.Plan, "--from", millis(max(0, e.Time-exhaustedView)))
	}
	e := r.firstEvidence()
	if e == nil {
		return Command("history", r.Plan), Command("trace", r.Plan)
	}
	begin, end := r.interval(e.Operations)
	return Command("history", r.Plan, "--key", e.Key), Command("trace", r.Plan, "--key", e.Key, "--from", millis(begin), "--until", millis(end+1e6))
}

// firstEvidence is the first that names operations on a key: of a check that is not as wanted if there is one; nil if there is none at all.
func (r *Report) firstEvidence() *analysis.Evidence {
	var first *analysis.Evidence
	for i := range r.Checks {
		c := &r.Checks[i]
		for j := range c.Evidence {
			e := &c.Evidence[j]
			switch {
			case e.Key == "" || len(e.Operations) == 0:
			case c.Met() != analysis.Valid:
				return e
			case first == nil:
				first = e
			}
		}
	}
	return first
}

// interval is when the operations, named by their indexes in the history, began and ended.
func (r *Report) interval(indexes []int) (begin, end int64) {
	h := r.Result.History
	begin = h.End()
	named := map[int32]bool{}
	for _, i := range indexes {
		named[int32(i)] = true
	}
	for _, ops := range h.EachChunk {
		for i := range ops {
			if o := &ops[i]; named[o.InvokeIndex] {
				begin, end = min(begin, o.Invoke), max(end, o.Invoke, o.Return)
			}
		}
	}
	return begin, end
}

// millis writes a time as a flag has it, cut to milliseconds.
func millis(ns int64) string {
	return strings.ReplaceAll(moment(ns), " ", "")
}
