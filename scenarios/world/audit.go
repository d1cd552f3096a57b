package world

import (
	"encoding/binary"
	"slices"
	"strings"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
	"dynamosim/sim"
)

// An audit counts, when a coordinator acknowledges a put, the nodes whose synced store, hints included, holds the version or what came after
// it. It believes no node: it reads along what nodes hand to their disks, and which syncs the disks call done.

// ThinPut is a put that fewer nodes had synced than were to when it was acknowledged.
type ThinPut struct {
	Put          history.OpID
	Copies, Want int
}

// Audit is what an audit has found.
type Audit struct {
	Acknowledged int   // puts that were looked at
	Copies       []int // of them, by how many nodes had synced them
	Thin         []ThinPut
}

// audit is an audit under way.
type audit struct {
	world *World
	disks []*auditedDisk // by host
	found Audit
	open  map[history.OpID]*auditedPut // puts that a client waits for; looked up, never ranged over
}

// auditedPut is a put under way.
type auditedPut struct {
	made  vclock.Version   // by it; no dot: not known yet
	again []vclock.Version // the others, where it was sent again
}

// audited tells whether a plan asks for what only an audit tells.
func (w *World) audited() bool {
	for i := range w.plan.Checks {
		if w.plan.Checks[i].Name == "durability" {
			return true
		}
	}
	return false
}

// auditedDisk is a machine's disk, read along.
type auditedDisk struct {
	diskEnv
	audit *audit
	files []auditedFile                    // by storage.File
	syncs []auditedSync                    // under way
	own   map[dynamo.KeyID]syncedState     // looked up, never ranged over
	hints map[hintOf]syncedState           // the same
	homes map[dynamo.KeyID][]dynamo.NodeID // of the hints of a key
}

type hintOf struct {
	home dynamo.NodeID
	key  dynamo.KeyID
}

// syncedState is the newest state of a key that is synced.
type syncedState struct {
	set *vclock.Set
	seq uint64
}

// auditedFile is what was appended to a log and no sync has covered yet.
type auditedFile struct {
	log     auditedLog
	first   int // number of the first of pending, counted over all that were appended
	pending []auditedState
}

// auditedLog is which of a node's logs a file belongs to.
type auditedLog uint8

const (
	otherLog auditedLog = iota
	dataLog
	hintLog
)

type auditedState struct {
	token uint64 // of the append
	home  dynamo.NodeID
	key   dynamo.KeyID
	syncedState
}

type auditedSync struct {
	token uint64
	file  storage.File
	upTo  int // number of the first state that it does not cover
}

// auditDisk reads along what a host's node does with its disk.
func (w *World) auditDisk(h *host) {
	d := &auditedDisk{diskEnv: h.env.disk, audit: w.audit}
	d.forget()
	w.audit.disks = append(w.audit.disks, d)
	h.audited = d
}

// forget begins anew: the disk holds nothing of what it held.
func (d *auditedDisk) forget() {
	d.own, d.hints, d.homes = map[dynamo.KeyID]syncedState{}, map[hintOf]syncedState{}, map[dynamo.KeyID][]dynamo.NodeID{}
	d.restart()
}

// restart forgets what was under way: whoever waited for it is gone. The engine that comes counts on from the newest record that it can read, which
// on a damaged disk is not the newest that there was: whatever it writes of a key is newer all the same.
func (d *auditedDisk) restart() {
	for key, s := range d.own { // order: each is changed by itself
		d.own[key] = syncedState{set: s.set}
	}
	for of, s := range d.hints { // order: the same
		d.hints[of] = syncedState{set: s.set}
	}
	d.syncs = d.syncs[:0]
	for i := range d.files {
		d.files[i].drop()
	}
}

func (f *auditedFile) drop() {
	f.first += len(f.pending)
	f.pending = f.pending[:0]
}

func (d *auditedDisk) Open(name string) storage.File {
	f := d.diskEnv.Open(name)
	for int(f) >= len(d.files) {
		d.files = append(d.files, auditedFile{})
	}
	switch file := &d.files[f]; {
	case strings.HasPrefix(name, dynamo.DataFiles):
		file.log = dataLog
	case strings.HasPrefix(name, dynamo.HintFiles):
		file.log = hintLog
	default: // the number may have been another file's, before the disk was wiped
		file.log = otherLog
	}
	return f
}

func (d *auditedDisk) Append(f storage.File, data []byte, weight int64, token uint64) (size, pages int64) {
	if file := &d.files[f]; file.log != otherLog {
		d.read(file, data, token)
	}
	return d.diskEnv.Append(f, data, weight, token)
}

// read notes the states that a batch brings.
func (d *auditedDisk) read(file *auditedFile, data []byte, token uint64) {
	keys := d.audit.world.shared.Keys
	storage.States(data, func(name, payload []byte, seq uint64) {
		s := auditedState{token: token, home: dynamo.NoNode, syncedState: syncedState{seq: seq}}
		if file.log == hintLog {
			s.home, name = dynamo.NodeID(binary.LittleEndian.Uint32(name)), name[4:]
		}
		s.key = keys.InternBytes(name)
		if payload != nil {
			s.set = dynamo.DecodeStored(d.audit.world.shared.Arena, payload)
			d.audit.learn(s.set)
		}
		file.pending = append(file.pending, s)
	})
}

func (d *auditedDisk) Sync(f storage.File, token uint64) {
	d.syncs = append(d.syncs, auditedSync{token, f, d.files[f].first + len(d.files[f].pending)})
	d.diskEnv.Sync(f, token)
}

// completed takes what the disk reports, before the node does.
func (d *auditedDisk) completed(c *sim.Completion) {
	for i := range d.syncs {
		if s := d.syncs[i]; s.token == c.Token {
			d.syncs = append(d.syncs[:i], d.syncs[i+1:]...)
			d.synced(s, c.Err)
			return
		}
	}
	if c.Err != 0 {
		d.failed(c.Token)
	}
}

// synced takes the end of a sync. One that fails says nothing of what it was to cover, nor does any later one.
func (d *auditedDisk) synced(s auditedSync, err sim.DiskError) {
	f := &d.files[s.file]
	switch {
	case err == sim.DiskBusy:
		return
	case err != 0:
		f.drop()
		return
	}
	n := min(max(s.upTo-f.first, 0), len(f.pending))
	for i := range f.pending[:n] {
		d.take(&f.pending[i])
	}
	f.pending, f.first = append(f.pending[:0], f.pending[n:]...), f.first+n
}

// failed forgets what an append was to bring.
func (d *auditedDisk) failed(token uint64) {
	for i := range d.files {
		for j := range d.files[i].pending {
			if s := &d.files[i].pending[j]; s.token == token {
				s.set, s.seq = nil, 0
			}
		}
	}
}

// take notes what is synced.
func (d *auditedDisk) take(s *auditedState) {
	if s.home == dynamo.NoNode {
		if d.own[s.key].seq <= s.seq {
			d.own[s.key] = s.syncedState
		}
		return
	}
	of := hintOf{s.home, s.key}
	before, known := d.hints[of]
	if !known {
		d.homes[s.key] = append(d.homes[s.key], s.home)
	}
	if before.seq <= s.seq {
		d.hints[of] = s.syncedState
	}
}

// holds tells whether the disk has a version of a key, or what came after it.
func (d *auditedDisk) holds(key dynamo.KeyID, v *vclock.Version) bool {
	mode := d.audit.world.config.Mode
	if mode.Includes(d.own[key].set, v) {
		return true
	}
	for _, home := range d.homes[key] {
		if mode.Includes(d.hints[hintOf{home, key}].set, v) {
			return true
		}
	}
	return false
}

// learn notes the versions that puts have made.
func (a *audit) learn(set *vclock.Set) {
	for i := 0; set != nil && i < len(set.Versions); i++ {
		if v := &set.Versions[i]; v.Value.ID > 0 && v.Value.ID <= uint64(a.world.history.Len()) {
			a.learnVersion(versionOf(v.Value.ID), v)
		}
	}
}

func (a *audit) learnVersion(op history.OpID, v *vclock.Version) {
	put := a.open[op]
	switch {
	case put == nil: // its client no longer waits for it
	case put.made.Dot == (vclock.Dot{}):
		put.made = *v
	case put.made.Dot != v.Dot && !slices.ContainsFunc(put.again, func(w vclock.Version) bool { return w.Dot == v.Dot }):
		put.again = append(put.again, *v)
	}
}

// begins is told of a put that begins.
func (a *audit) begins(op history.OpID) { a.open[op] = new(auditedPut) }

// answers looks at an answer that a coordinator gives: if it acknowledges the put that its client waits for, copies are counted.
func (a *audit) answers(to sim.ProcID, m *dynamo.Message) {
	if m.Kind != dynamo.PutReply || m.Status != dynamo.OK {
		return
	}
	if l := a.world.laneOf(to, m.Request); l != nil && l.busy && l.job.writing && l.lib.Awaits(m.Request) {
		l.audited = true
		a.count(l, m.Body)
	}
}

// ended counts the copies of a put that its client's own library has coordinated.
func (a *audit) ended(l *lane, r *client.Result) {
	if !l.audited && r.Outcome == client.OK && l.job.writing {
		a.count(l, nil)
	}
	l.audited = false
	delete(a.open, l.job.part)
}

// count counts the copies of the put that a lane waits for.
func (a *audit) count(l *lane, answer *dynamo.Body) {
	j := &l.job
	put := a.open[j.part]
	v := put.made
	if v.Dot == (vclock.Dot{}) && answer != nil { // no store took it: it lost to a newer one
		v = vclock.Version{Stamp: answer.Stamp, Value: vclock.Value{ID: valueOf(j.part)}}
	}
	copies := 0
	for _, d := range a.disks {
		if d.holds(j.key, &v) || slices.ContainsFunc(put.again, func(w vclock.Version) bool { return d.holds(j.key, &w) }) {
			copies++
		}
	}
	a.found.Acknowledged++
	for copies >= len(a.found.Copies) {
		a.found.Copies = append(a.found.Copies, 0)
	}
	a.found.Copies[copies]++
	if want := a.world.wanted(j); copies < want {
		a.found.Thin = append(a.found.Thin, ThinPut{j.part, copies, want})
	}
}

// wanted is how many nodes are to have synced a put when it is acknowledged.
func (w *World) wanted(j *job) int {
	q := w.config.W
	if j.w != 0 {
		q = int(j.w)
	}
	if w.config.Mode == vclock.ABD {
		q = max(q, w.config.N/2+1)
	}
	return q
}

// laneOf finds the connection that waits for an answer.
func (w *World) laneOf(to sim.ProcID, request uint64) *lane {
	i := int(to) - len(w.hosts)
	if i < 0 || i >= len(w.sessions) || w.sessions[i].id != to {
		return nil
	}
	return w.sessions[i].laneAt(client.Lane(request))
}
