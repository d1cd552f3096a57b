package analysis

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"dynamosim/analysis/history"
)

func causalCheck() Check {
	return Check{
		Name: "causal",
		Lean: true,
		Doc: "across keys, a get covers every write that came causally before it: what its client had been told before, what the writers " +
			"of that had been told before they wrote, and so on",
		Source: "Ahamad et al. 1995; Bouajjani, Enea, Guerraoui and Hamza 2017 (bad patterns)",
		Examples: []Example{
			versions("ann.keyx.put:a[0,10] ann.keyy.put:b[20,30] bob.keyy.get:b[40,50] bob.keyx.get:[60,70]", Invalid, "b, which bob saw, came after a"),
			versions("ann.keyx.put:a[0,10] ann.keyy.put:b[20,30] bob.keyy.get:[40,50] bob.keyx.get:[60,70]", Valid, "bob saw neither"),
			registers("ann.keyx.put:1[0,10] bob.keyx.put:2[5,15] ann.keyx.get:2[20,30] bob.keyx.get:1[20,30]", Valid, "two writers unknown to each other"),
		},
		begin: func(s *Subject, r Request) judging { return &judgeCausal{whole: s, r: r, plain: true} },
	}
}

// causality follows a history in the order of events. Operations are in lanes:
// a client's operations that do not overlap. What an operation knows is, for
// each lane, how many of its writes it comes after.
type causality struct {
	s       *Subject
	steps   int
	lane    []int32   // by operation
	number  []int32   // by operation: which write of its lane it is, from 1
	client  [][]int32 // by client: what it has been told
	now     [][]int32 // by lane: what its present operation knew at its begin
	past    [][]int32 // by operation: of a write, what it knew; nil if nobody asks
	written []int32   // by lane: how many writes
	keys    []causalKey
	reads   [][]history.OpID // by client: its gets in the order of their ends, made when asked for

	pool     pool
	breaches int
}

// pool hands out memory for numbers in pieces of a few large ones.
type pool struct{ left []int32 }

// take returns n zeros.
func (p *pool) take(n int) []int32 {
	const piece = 1 << 14
	if len(p.left) < n {
		p.left = make([]int32, max(n, piece))
	}
	taken := p.left[:n:n]
	p.left = p.left[n:]
	return taken
}

// causalKey is what is known of one key.
type causalKey struct {
	c       *covering
	lanes   []causalLane
	reach   [][]int32 // by position: of a write among siblings, by place in lanes, how many of the lane's first writes it is above or is
	finding finding
}

// causalLane are the writes of a lane to a key, in order. Who covers one that
// is closed covers those before it.
type causalLane struct {
	lane      int32
	positions []int32
	closed    []bool
}

// causalRoom bounds the memory of what operations know, in numbers.
const causalRoom = 1 << 25

// mostCausal is how many operations of a history in parts are put together
// again, since what comes causally before an operation is on any key.
const mostCausal = 4 << 20

type judgeCausal struct {
	whole *Subject
	r     Request
	plain bool // all keys so far are linearizable, and so they are together
}

func (j *judgeCausal) add(s *Subject) { j.plain = j.plain && s.allPlain() }

func (j *judgeCausal) results() []Result {
	s, t := j.whole, newTally(j.r)
	if j.plain {
		result := t.finish()
		result.count("violations", 0)
		result.Summary = extent(s.History)
		return []Result{result}
	}
	if s.inParts() && s.History.Len() > mostCausal {
		t.add(s, finding{verdict: Unknown, reason: fmt.Sprintf("causality goes across keys, for which a history must lie in memory as a whole: "+
			"%s are more than %d", count(s.History.Len(), "operation"), mostCausal)})
		return []Result{t.finish()}
	}
	s.putTogether()
	return causal(s, j.r)
}

func causal(s *Subject, r Request) []Result {
	s.forget()
	c := causality{s: s, steps: r.steps(), keys: make([]causalKey, s.History.Keys())}
	t := newTally(r)
	if lanes := c.assign(); !c.makeRoom(lanes) {
		t.add(s, finding{verdict: Unknown, reason: fmt.Sprintf("what %s know of %s does not fit into the memory set aside for it",
			count(s.History.Len(), "operation"), count(lanes, "client"))})
		return []Result{t.finish()}
	}
	for key := range int32(s.History.Keys()) {
		c.begin(key)
	}
	c.walk()
	for key := range c.keys {
		k := &c.keys[key]
		if k.finding.verdict == Valid && k.c.spent() {
			k.finding = finding{verdict: Unknown, reason: budgetSpent(s.History.KeyName(int32(key)), len(k.c.rows), c.steps)}
		}
		t.add(s, k.finding)
	}
	result := t.finish()
	result.count("violations", int64(c.breaches))
	if result.Verdict == Valid {
		result.Summary = extent(s.History)
	}
	return []Result{result}
}

// allPlain reports whether the short way finds every key linearizable.
func (s *Subject) allPlain() bool {
	for key := range int32(s.History.Keys()) {
		if !s.plainly(key) {
			return false
		}
	}
	return true
}

// assign puts every operation into a lane and returns how many there are.
func (c *causality) assign() (lanes int) {
	h := c.s.History
	c.lane, c.number = make([]int32, h.Len()), make([]int32, h.Len())
	free := make([][]int32, h.Clients())
	for lines := range h.EachLine {
		for _, l := range lines {
			if id, ok := l.Invokes(); ok {
				list := &free[h.Op(id).Client]
				if n := len(*list); n > 0 {
					c.lane[id] = (*list)[n-1]
					*list = (*list)[:n-1]
				} else {
					c.lane[id] = int32(lanes)
					lanes++
				}
			} else if id, ok := l.Returns(); ok {
				if list := &free[h.Op(id).Client]; !c.lingers(id) {
					*list = append(*list, c.lane[id])
				}
			}
		}
	}
	return lanes
}

// lingers reports whether a write ended without anybody knowing, and was read:
// its lane ends with it, so that who comes after it is told from who does not.
func (c *causality) lingers(id history.OpID) bool {
	r := c.s.rowOf(id)
	return r.is(rowUnknown) && r.knownFrom() != never
}

// makeRoom gets the memory; false if it would be too much.
func (c *causality) makeRoom(lanes int) bool {
	h := c.s.History
	c.past = make([][]int32, h.Len())
	if kept := h.Clients() + lanes + c.ask(); int64(kept)*int64(lanes) > causalRoom {
		return false
	}
	table := func(n int) [][]int32 {
		all, rows := make([]int32, n*lanes), make([][]int32, n)
		for i := range rows {
			rows[i] = all[i*lanes : (i+1)*lanes : (i+1)*lanes]
		}
		return rows
	}
	c.client, c.now, c.written = table(h.Clients()), table(lanes), make([]int32, lanes)
	return true
}

// ask marks the writes of which it matters what they knew: those that another
// client read and, of registers, all, since it tells what they replaced.
func (c *causality) ask() (asked int) {
	h := c.s.History
	mark := func(id history.OpID) {
		if c.past[id] == nil {
			c.past[id] = []int32{}
			asked++
		}
	}
	for key := range int32(h.Keys()) {
		rows := c.s.rowsOf(key)
		for p := range rows {
			switch r := &rows[p]; {
			case r.is(rowWrites) && c.s.Model == history.Register:
				mark(r.id)
			case r.is(rowReads):
				for _, v := range c.s.set(key, int32(p)) {
					if h.Op(rows[v].id).Client != h.Op(r.id).Client {
						mark(rows[v].id)
					}
				}
			}
		}
	}
	return asked
}

func (c *causality) begin(key int32) {
	k := &c.keys[key]
	k.c = c.s.coveringOf(key, c.steps)
	k.finding.verdict = Valid
	if e := c.s.impossibleRead(key); e != nil {
		k.finding = finding{verdict: Invalid, evidence: e}
	} else if reason := c.s.inventedContext(key); reason != "" && c.s.Model == history.Siblings {
		k.finding = finding{verdict: Unknown, reason: reason}
	}
}

func (c *causality) walk() {
	for lines := range c.s.History.EachLine {
		for _, l := range lines {
			if id, ok := l.Invokes(); ok {
				c.invoke(id)
			} else if id, ok := l.Returns(); ok {
				c.end(id)
			}
		}
	}
}

func (c *causality) invoke(id history.OpID) {
	o, lane := c.s.History.Op(id), c.lane[id]
	now := c.now[lane]
	copy(now, c.client[o.Client])
	if !o.Func.Writes() || o.Outcome == history.Fail {
		return
	}
	c.written[lane]++
	c.number[id] = c.written[lane]
	if c.past[id] != nil {
		c.past[id] = c.pool.take(len(now))
		copy(c.past[id], now)
	}
	c.keys[o.Key].c.a = c.s.ancestryOf(o.Key)
	c.keys[o.Key].add(c, lane, c.s.position(id, o.Key))
}

// add notes a write of a lane to the key.
func (k *causalKey) add(c *causality, lane, p int32) {
	s := c.s
	at := slices.IndexFunc(k.lanes, func(l causalLane) bool { return l.lane == lane })
	if at < 0 {
		k.lanes, at = append(k.lanes, causalLane{lane: lane}), len(k.lanes)
	}
	l := &k.lanes[at]
	n := len(l.positions)
	closed := n == 0 || l.closed[n-1] && (s.Model == history.Register || s.Model == history.LastWriteWins && k.c.over(p, l.positions[n-1]))
	if s.Model == history.Siblings {
		if k.reach == nil {
			k.reach = make([][]int32, len(k.c.rows))
		}
		reach := k.reachOf(s.set(k.c.key, p), c.pool.take(len(k.lanes)))
		if closed = n == 0 || l.closed[n-1] && int(reach[at]) == n; closed {
			reach[at] = int32(n) + 1
		}
		k.reach[p] = reach
	}
	l.positions, l.closed = append(l.positions, p), append(l.closed, closed)
}

// reachOf returns how far a set of versions reaches in every lane, in memory
// that is all zero.
func (k *causalKey) reachOf(set, reach []int32) []int32 {
	for _, v := range set {
		for i, n := range k.reach[v] {
			reach[i] = max(reach[i], n)
		}
	}
	return reach
}

// reaches reports whether a set of versions is known to cover the n-th write of
// a lane and those before it.
func (k *causalKey) reaches(set []int32, lane, n int) bool {
	return k.reach != nil && slices.ContainsFunc(set, func(v int32) bool { return lane < len(k.reach[v]) && int(k.reach[v][lane]) > n })
}

func (c *causality) end(id history.OpID) {
	o := c.s.History.Op(id)
	if o.Outcome != history.Ok {
		return
	}
	lane := c.lane[id]
	told := c.client[o.Client]
	if o.Func.Writes() {
		told[lane] = max(told[lane], c.number[id])
		return
	}
	now := c.now[lane]
	for _, v := range c.s.set(o.Key, c.s.position(id, o.Key)) {
		w := c.s.rowsOf(o.Key)[v].id
		for i, n := range c.past[w] {
			now[i] = max(now[i], n)
		}
		now[c.lane[w]] = max(now[c.lane[w]], c.number[w])
	}
	c.hold(id, o.Key, now)
	for i, n := range now {
		told[i] = max(told[i], n)
	}
}

// hold looks for a write that the answer of a get should cover.
func (c *causality) hold(get history.OpID, key int32, now []int32) {
	k := &c.keys[key]
	if k.c.spent() {
		return
	}
	k.c.a = c.s.ancestryOf(key)
	p := c.s.position(get, key)
	for i := range k.lanes {
		l := &k.lanes[i]
		n := sort.Search(len(l.positions), func(n int) bool { return c.number[k.c.rows[l.positions[n]].id] > now[l.lane] })
		n--
		if n >= 0 && k.reaches(c.s.set(key, p), i, n) {
			continue
		}
		for ; n >= 0; n-- {
			w := l.positions[n]
			switch {
			case !c.certain(&k.c.rows[w], now): // nobody knows
			case k.c.misses(p, w) || c.replaced(k, p, w):
				c.breach(k, get, k.c.rows[w].id)
				return
			case l.closed[n]:
				n = 0
			}
		}
	}
}

// certain reports whether a write that is among those of its lane that somebody
// knows is certain to have come before: it was acknowledged, or read itself.
func (c *causality) certain(w *row, now []int32) bool {
	return w.end != never || c.number[w.id] == now[c.lane[w.id]]
}

// replaced reports whether what a get of a register returned came causally
// before w.
func (c *causality) replaced(k *causalKey, get, w int32) bool {
	set := c.s.set(k.c.key, get)
	if c.s.Model != history.Register || len(set) == 0 || set[0] == w {
		return false
	}
	v, past := &k.c.rows[set[0]], c.past[k.c.rows[w].id]
	return past != nil && past[c.lane[v.id]] >= c.number[v.id] && c.certain(v, past)
}

func (c *causality) breach(k *causalKey, get, w history.OpID) {
	c.breaches++
	if k.finding.verdict != Valid {
		return
	}
	way := c.way(get, w)
	ids := append(slices.Clone(way), c.s.History.Versions(get)...)
	if c.s.Model == history.Register { // what it returned may come before w only by what w's client knew
		for _, v := range c.s.History.Versions(get) {
			ids = append(ids, c.way(w, v)...)
		}
	}
	var words []string
	for _, id := range way[:len(way)-1] {
		words = append(words, c.stepText(id))
	}
	k.finding = finding{verdict: Invalid, evidence: c.s.evidence("causal", k.c.key, ids, "%s although %s of %s came causally before: %s",
		c.s.readText(get), c.s.version(w), c.s.client(w), strings.Join(words, ", then "))}
}

// stepText is one step of a causal chain in words.
func (c *causality) stepText(id history.OpID) string {
	h := c.s.History
	o := h.Op(id)
	if o.Func == history.Get {
		return fmt.Sprintf("%s read %s of %s", c.s.client(id), c.s.versions(h.Versions(id)), h.KeyName(o.Key))
	}
	return fmt.Sprintf("%s wrote %s to %s", c.s.client(id), c.s.version(id), h.KeyName(o.Key))
}

// way returns the operations by which one comes causally after a write, the
// write first; only the operation itself if it does not.
func (c *causality) way(to, write history.OpID) []history.OpID {
	h := c.s.History
	c.gatherReads()
	from := map[history.OpID]history.OpID{to: history.NoVersion} // lookups only
	passed := map[int32]int{}                                    // by client: gets that have been visited; lookups only
	queue := []history.OpID{to}
	visit := func(id, by history.OpID) {
		if _, met := from[id]; !met {
			from[id] = by
			queue = append(queue, id)
		}
	}
	last := h.Op(write)
	for i := 0; i < len(queue); i++ {
		id := queue[i]
		o := h.Op(id)
		if id == write {
			break
		}
		if o.Func == history.Get {
			for _, v := range c.s.set(o.Key, c.s.position(id, o.Key)) {
				visit(c.s.rowsOf(o.Key)[v].id, id)
			}
		}
		if o.Client == last.Client && last.Outcome == history.Ok && last.ReturnIndex < o.InvokeIndex {
			visit(write, id)
		}
		reads := c.reads[o.Client]
		for n := passed[o.Client]; n < len(reads) && h.Op(reads[n]).ReturnIndex < o.InvokeIndex; n++ {
			visit(reads[n], id)
			passed[o.Client] = n + 1
		}
	}
	if _, found := from[write]; !found {
		return []history.OpID{to}
	}
	var way []history.OpID
	for id := write; id != history.NoVersion; id = from[id] {
		way = append(way, id)
	}
	return way
}

func (c *causality) gatherReads() {
	if c.reads != nil {
		return
	}
	c.reads = make([][]history.OpID, c.s.History.Clients())
	for lines := range c.s.History.EachLine {
		for _, l := range lines {
			if id, ok := l.Returns(); ok {
				if o := c.s.History.Op(id); o.Func == history.Get && o.Outcome == history.Ok {
					c.reads[o.Client] = append(c.reads[o.Client], id)
				}
			}
		}
	}
}
