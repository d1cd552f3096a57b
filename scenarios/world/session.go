package world

import (
	"strconv"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios/workload"
	"dynamosim/sim"
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// session is a client of the simulated application: a process without a disk that issues operations and writes what it saw into the
// history. Its lanes are its connections; a closed loop has one.
//
// A world has many sessions and finds none of them in the processor's cache when its turn comes. So what an operation touches is together:
// a line of the cache of the session, then the first lane.
type session struct {
	proc    sim.Proc[dynamo.Message]
	world   *World
	library *dynamo.Library // that coordinates for it; nil: nodes do
	load    *load           // the workload it belongs to, nil for scripted clients
	hash    uint64
	next    int32 // closed loop: number of the next operation
	index   int32 // among the clients of its workload
	client  int32 // in the history
	silent  bool  // it begins no operation any more, see World.Silence
	forgets bool  // none of its puts rests on an earlier operation

	first  lane
	memory client.Session
	more   []*lane // those after the first

	cfg     *client.Config
	name    string
	id      sim.ProcID
	waiting []int    // scripted operations that are due while an earlier one is open
	_       [16]byte // to a whole number of lines
}

// lane is one connection and the operation on it.
type lane struct {
	session *session
	details *details // of the operation; nil as long as no operation had any
	job     job
	number  uint32 // among the session's
	busy    bool
	audited bool // the put under way, when it was acknowledged
	lib     client.Client
}

// job is what a lane is doing: one operation of the application, which is a get, a put, or a get and a put.
type job struct {
	number   int64 // of the client's operation, for draws
	size     int32
	key      dynamo.KeyID
	numbered int32        // the history's number of the key
	part     history.OpID // the part under way
	serial   int32        // its number among the client's parts
	kind     workload.Func
	n, r, w  uint8
	blind    bool // put without any context
	fresh    bool // put after a get of its own
	final    bool
	writing  bool // the put is under way
}

// pair tells whether the operation is a get and a put whose context is what the get returned.
func (j *job) pair() bool {
	return j.fresh || j.kind >= workload.ReadModifyWrite && j.kind <= workload.CartRemove
}

// details is what few operations have: scripted ones, those about carts, probes.
type details struct {
	script  int    // index of the scripted operation, -1 for generated ones
	issued  int    // place among the operations issued, from 1, while somebody asks for them
	text    string // a scripted value
	item    string // what a cart operation is about
	cart    []cartEntry
	via     dynamo.NodeID
	timeout int64
	wait    int64 // a probe's, from the acknowledgement of its put to its get

	given   bool // what follows is given, not the session's
	prefer  dynamo.NodeID
	context vclock.Clock
	dots    []vclock.Dot
	ids     []history.OpID // versions that the context stands for
}

// reset makes d the details of an operation that has none.
func (d *details) reset() {
	*d = details{script: -1, via: dynamo.NoNode, prefer: dynamo.NoNode, ids: d.ids[:0]}
}

// addSession makes the process of a client.
func (w *World) addSession(name string, cfg *client.Config, at sim.ProcessConfig) *session {
	if len(w.unused) == 0 {
		w.unused = make([]session, 128) // large enough to begin with a line of the cache
	}
	s := &w.unused[0]
	w.unused = w.unused[1:]
	*s = session{world: w, name: name, hash: rng.Hash(name), cfg: cfg}
	s.id = w.sys.AddProcess(name, at)
	s.proc = *w.sys.Env(s.id)
	s.client = w.history.AddClient(name)
	w.sessions = append(w.sessions, s)
	return s
}

// lane gives a connection that is free.
func (s *session) lane() *lane {
	if l := &s.first; !l.busy && l.session != nil {
		return l
	}
	return s.anyLane()
}

// anyLane is lane for any of them, making one where all are busy.
func (s *session) anyLane() *lane {
	l := &s.first
	for i := 0; l.busy; i++ {
		if i == len(s.more) {
			s.more = append(s.more, &lane{number: uint32(i + 1)})
		}
		l = s.more[i]
	}
	if l.session == nil {
		l.session = s
		l.lib.Init(clientEnv{s}, s.cfg, l, s.remembers(), l.number)
		l.lib.Coordinate(s.library)
	}
	return l
}

// remembers is where the session keeps what it has seen, nil if it forgets: what a thousand clients know of all keys would take more memory than
// the cluster.
func (s *session) remembers() *client.Session {
	if s.forgets {
		return nil
	}
	return &s.memory
}

// seen is what the session knows of a key, after a get of it if it forgets all earlier ones.
func (s *session) seen(key dynamo.KeyID, after *client.Result) client.Seen {
	if s.forgets {
		return after.Seen()
	}
	return s.memory.Seen(key)
}

// laneAt is the connection of a number, nil where there is none.
func (s *session) laneAt(number uint32) *lane {
	switch {
	case number == 0:
		return &s.first
	case uint64(number) <= uint64(len(s.more)):
		return s.more[number-1]
	}
	return nil
}

// Message, Timer and Disk make a session the code of its process.
func (s *session) Message(from sim.ProcID, m *dynamo.Message) {
	if watch := s.world.watch; watch != nil {
		watch(s.world.now(), int32(from), int32(s.id), m)
	}
	if s.library != nil && m.Kind != dynamo.GetReply && m.Kind != dynamo.PutReply {
		s.library.Message(dynamo.NodeID(from), m)
		return
	}
	if l := s.laneAt(client.Lane(m.Request)); l != nil {
		l.lib.Message(dynamo.NodeID(from), m)
	}
}

// timerThink is a session's own timer: the pause before its next operation is over.
const timerThink = 100

// timerProbe is the end of a probe's wait; A is the lane.
const timerProbe = 101

// Timer takes the timers of the session and of its connections.
func (s *session) Timer(t sim.Timer) {
	switch t.Kind {
	case timerThink:
		s.world.nextOperation(s)
		return
	case timerProbe:
		s.laneAt(t.A).look()
		return
	}
	timer := dynamo.Timer{Kind: dynamo.TimerKind(t.Kind), A: t.A, B: t.B}
	if s.library != nil && !client.Waits(timer.Kind) {
		s.library.Timer(timer)
		return
	}
	s.laneAt(client.Lane(t.B)).lib.Timer(timer)
}

// Disk is never called: clients have no disk.
func (s *session) Disk(*sim.Completion) {}

// ready makes the lane busy with a new operation, as yet without details, which is to be filled in.
func (l *lane) ready() *job {
	l.busy = true
	if l.details != nil {
		l.details.reset()
	}
	j := &l.job
	*j = job{part: history.NoVersion}
	return j
}

// detail gives the details of the operation, to be filled in.
func (l *lane) detail() *details {
	if l.details == nil {
		l.details = new(details)
		l.details.reset()
	}
	return l.details
}

// scripted tells whether the operation is written in the plan.
func (l *lane) scripted() bool { return l.details != nil && l.details.script >= 0 }

// begin starts the operation that is ready. Draws from here on depend on the client's name and the operation's number, on nothing before.
func (l *lane) begin() {
	j := &l.job
	l.session.proc.Root(rng.Mix(l.session.hash, uint64(j.number)+1))
	switch {
	case j.kind == workload.Probe, (j.kind == workload.Put || j.kind == workload.Delete) && !j.fresh:
		l.put(nil, nil)
	default:
		l.get()
	}
}

// get invokes the reading part of the operation.
func (l *lane) get() {
	l.invoke(history.Get)
	j := &l.job
	if j.final {
		l.session.world.history.SetFinal(j.part)
	}
	if d := l.details; d == nil {
		l.lib.Get(j.key, j.n, j.r)
	} else {
		l.lib.Do(&client.Request{Kind: dynamo.Get, Key: j.key, Prefer: dynamo.NoNode, N: j.n, Quorum: j.r, Via: d.via, Timeout: d.timeout})
	}
}

// put invokes the writing part, with the context that the operation has. after is how its get ended, if it has one, and what that found.
func (l *lane) put(after *client.Result, found []history.OpID) {
	j, w := &l.job, l.session.world
	j.writing = true
	f := history.Put
	if j.kind == workload.Delete {
		f = history.Delete
	}
	l.invoke(f)
	if w.audit != nil {
		w.audit.begins(j.part)
	}
	r := client.Request{Kind: dynamo.Put, Key: j.key, Tombstone: f == history.Delete, Prefer: dynamo.NoNode, Via: dynamo.NoNode, N: j.n, Quorum: j.w}
	if d := l.details; d != nil {
		r.Via, r.Timeout = d.via, d.timeout
	}
	w.history.SetContext(j.part, l.takeContext(&r, after, found))
	r.Value = l.value()
	l.lib.Do(&r)
}

// takeContext says what the put supersedes: what it was given, nothing, or what this client last saw of the key. It returns the versions that
// this stands for.
func (l *lane) takeContext(r *client.Request, after *client.Result, found []history.OpID) []history.OpID {
	d, w := l.details, l.session.world
	switch {
	case d != nil && d.given:
		r.Context, r.Dots, r.Prefer = d.context, d.dots, d.prefer
		return d.ids
	case l.job.blind:
		return nil
	}
	seen := l.session.seen(r.Key, after)
	r.Context, r.Dots, r.Prefer = seen.Context(), seen.Dots(), seen.Fastest()
	if after != nil && d == nil { // what the client saw last is what the get has just found
		return found
	}
	w.seen = seen.AppendVersions(w.seen[:0])
	w.versions = w.versions[:0]
	for _, id := range w.seen {
		w.versions = append(w.versions, w.versionRead(id))
	}
	if l.scripted() {
		d.ids = append(d.ids[:0], w.versions...)
	}
	return w.versions
}

// value is what the put writes, recorded in the history.
func (l *lane) value() vclock.Value {
	j, h := &l.job, l.session.world.history
	value := vclock.Value{ID: valueOf(j.part), Len: uint32(j.size)}
	if d := l.details; d != nil {
		value.Content = d.text
		if d.item != "" {
			l.editCart(&value)
			return value
		}
	}
	if j.kind != workload.Delete {
		h.SetValue(j.part, value.Content, int(j.size))
	}
	return value
}

// editCart adds the item to the cart that the get returned, or takes it out.
func (l *lane) editCart(value *vclock.Value) {
	j, d, h := &l.job, l.details, l.session.world.history
	var gone []string
	var added []cartEntry
	after := d.cart
	if j.kind == workload.CartAdd {
		tag := l.session.name + "." + strconv.Itoa(int(h.Op(j.part).Number))
		after, gone = addToCart(d.cart, d.item, tag)
		added = []cartEntry{{d.item, tag}}
	} else {
		after, gone = removeFromCart(d.cart, d.item)
	}
	value.Content = formatCart(after)
	value.Len = uint32(len(value.Content))
	h.SetCart(j.part, recordCart(h, added), recordTags(h, gone))
	h.SetValue(j.part, itemNames(after), len(value.Content))
}

// invoke writes the beginning of a part into the history and the digest.
func (l *lane) invoke(f history.Func) {
	s, j := l.session, &l.job
	w := s.world
	first := history.NoVersion
	if j.pair() {
		if first = j.part; first == history.NoVersion { // else it is the get of the same operation
			first = w.history.Next()
		}
	}
	j.part, j.serial = w.history.InvokePart(w.now(), s.client, f, j.numbered, first)
	if w.issued != nil {
		w.noteIssued(l)
	}
	if l.scripted() && f != history.Get {
		w.history.SetVersion(j.part, w.plan.Operations[l.details.script].ID)
	}
	w.tell(trace.Invoke, l, uint64(f), nil)
}

// Done takes the end of a part: into the history, then to the next part or the next operation.
func (l *lane) Done(_ *client.Client, r *client.Result) {
	s, j := l.session, &l.job
	w := s.world
	found, ok := l.record(r)
	if w.audit != nil {
		w.audit.ended(l, r)
	}
	if r.Attempts > 1 || r.Hedges > 0 || r.IsMerged {
		w.countResult(r)
	}
	if l.scripted() {
		w.checkOperation(l, r)
	}
	switch {
	case j.kind == workload.Get:
		l.finish()
	case j.kind == workload.Probe:
		l.probe(ok)
	case ok && !j.writing && l.prepare(r):
		l.put(r, found)
	default:
		l.finish()
	}
}

// countResult counts what few requests take or give.
func (w *World) countResult(r *client.Result) {
	w.retries += int64(r.Attempts - 1)
	w.hedges += int64(r.Hedges)
	if r.IsMerged {
		w.merged++
	}
}

// probe goes on to the get of a probe whose put was acknowledged, after its wait.
func (l *lane) probe(ok bool) {
	switch {
	case !ok || !l.job.writing:
		l.finish()
	case l.details.wait > 0:
		l.session.proc.SetTimer(sim.Timer{Kind: timerProbe, A: l.number}, l.details.wait)
	default:
		l.look()
	}
}

// look gets what the probe has put.
func (l *lane) look() {
	l.job.writing = false
	l.get()
}

// prepare readies the put that follows a get; false when there is nothing to write.
func (l *lane) prepare(r *client.Result) bool {
	d := l.details
	if d == nil || d.item == "" {
		return true
	}
	d.cart = cartOf(r)
	if l.job.kind == workload.CartAdd {
		return true
	}
	_, gone := removeFromCart(d.cart, d.item)
	return len(gone) > 0
}

// record writes the end of a part into the history, and tells what a get found. That is valid until another part ends.
func (l *lane) record(r *client.Result) (versions []history.OpID, ok bool) {
	s, j := l.session, &l.job
	w, h := s.world, s.world.history
	now := w.now()
	switch {
	case r.Outcome == client.OK && j.writing:
		if w.config.Mode == vclock.LastWriteWins {
			stamp := r.Stamp()
			h.SetStamp(j.part, stamp.Wall, int32(stamp.Node))
		}
		h.OkPut(now, j.part)
	case r.Outcome == client.OK:
		versions = w.versionsOf(r.Set)
		if w.carts {
			h.SetItems(j.part, recordCart(h, cartOf(r)))
		}
		h.OkGet(now, j.part, versions)
	case r.Outcome == client.Unknown:
		h.Info(now, j.part, reason(r))
	default:
		h.Fail(now, j.part, reason(r))
	}
	w.tell(trace.Complete, l, uint64(r.Outcome), versions)
	return versions, r.Outcome == client.OK
}

func reason(r *client.Result) string {
	if r.Silent {
		return "no answer"
	}
	return r.Status.String()
}

// finish frees the lane and goes on to what the session does next.
func (l *lane) finish() {
	l.busy = false
	w, s := l.session.world, l.session
	switch {
	case l.job.final:
		w.finalDone(l)
	case l.scripted():
		w.scriptDone(l)
	case s.load.open():
		s.load.inFlight--
	default:
		w.afterOperation(s)
	}
}

// clientEnv is what the client library may touch.
type clientEnv struct{ s *session }

func (e clientEnv) Now() int64                               { return e.s.proc.Now() }
func (e clientEnv) Wall() int64                              { return e.s.proc.Wall() - Epoch }
func (e clientEnv) Rand(p dynamo.Purpose) uint64             { return e.s.proc.Rand(uint32(p)) }
func (e clientEnv) Send(to dynamo.NodeID, m *dynamo.Message) { e.s.proc.Send(sim.ProcID(to), m) }
func (e clientEnv) SetTimer(t dynamo.Timer, after int64) dynamo.TimerID {
	return dynamo.TimerID(e.s.proc.SetTimer(sim.Timer{Kind: uint32(t.Kind), A: t.A, B: t.B}, after))
}
func (e clientEnv) CancelTimer(id dynamo.TimerID) { e.s.proc.CancelTimer(sim.TimerID(id)) }
func (e clientEnv) Disk() storage.Disk            { return nil }
func (e clientEnv) Mark(m dynamo.Mark, key dynamo.KeyID, arg int64) {
	e.s.world.markLibrary(e.s, m, key, arg)
}

// valueOf and versionOf translate between the id of a stored value and the operation that wrote it.
func valueOf(op history.OpID) uint64 { return uint64(op) + 1 }

func versionOf(id uint64) history.OpID { return history.OpID(id - 1) }

// versionRead is versionOf for what came off a disk: without checksums it may be a number that nobody ever gave to a version.
func (w *World) versionRead(id uint64) history.OpID {
	if id-1 >= uint64(w.history.Len()) { // 0 as well
		return w.garbage(id)
	}
	return versionOf(id)
}

//go:noinline
func (w *World) garbage(id uint64) history.OpID {
	return w.history.Phantom("garbage-" + strconv.FormatUint(id, 16))
}

// versionsOf lists the versions of a set as the history names them, and places those whose writers do not know how they ended.
func (w *World) versionsOf(set *vclock.Set) []history.OpID {
	list := w.versions[:0]
	if set == nil {
		return list
	}
	for i := range set.Versions {
		list = append(list, w.versionRead(set.Versions[i].Value.ID))
	}
	w.versions = list
	if w.config.Mode == vclock.LastWriteWins {
		w.stampsOf(set)
	}
	return list
}

// stampsOf places the versions of a set, which versionsOf has listed.
func (w *World) stampsOf(set *vclock.Set) {
	for i, op := range w.versions {
		if op.Written() && !w.history.Op(op).Stamped() {
			stamp := &set.Versions[i].Stamp
			w.history.SetStamp(op, stamp.Wall, int32(stamp.Node))
		}
	}
}
