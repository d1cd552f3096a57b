package world

import (
	"slices"

	"dynamosim/dynamo"
	"dynamosim/dynamo/storage"
	"dynamosim/scenarios"
	"dynamosim/sim"
)

// host is a node on its simulated machine. The machine stays; the node object is dropped by a crash, and a restart makes a new one over
// the same disk.
type host struct {
	// What every event touches comes first, and is a line of the processor's cache; then the frequent counters are another one.
	node     *dynamo.Node // of the last incarnation
	world    *World
	env      nodeEnv
	boots    uint64 // counted here, hidden from the node
	id       sim.ProcID
	observed bool            // others are to hear of what happens here, see observe.go
	counted  [counters]int64 // by counterOf

	other  dynamo.Process // in the node's place, see NewNode; nil: nothing
	proc   *sim.Proc[dynamo.Message]
	name   string
	hints  hintBook
	actors int // that it has taken

	audited       *auditedDisk      // nil: nobody reads along
	absent        bool              // it has not joined yet, or was switched off after it had left
	downs         int               // faults that keep it down
	pauses        int               // faults that keep it paused
	slows         []*scenarios.Slow // faults that slow it down
	clock         sim.ClockConfig   // as the cluster gave it
	offset, drift int64             // what faults add to its clock now
	jumped        int64             // what jumps have added
	_             [16]byte          // the rest of a line
}

// boot starts an incarnation. The first one finds the disk of a cluster that was formed before time began.
func (h *host) boot() {
	h.closeHints()
	h.boots++
	if v := h.world.watched; v != nil {
		v.forget(h)
	}
	if h.audited != nil {
		h.audited.restart()
	}
	h.node.Reset(dynamo.NodeID(h.id), &h.world.config, h.world.shared)
	h.take()
	h.observed = h.hasObservers()
	if h.boots == 1 && !h.world.foreign {
		h.world.sys.Format(h.id, h.world.format(h))
	}
	h.world.sys.Boot(h.id, h, h.boots, h.start)
	h.world.keepHot(h.id, hot{host: h, node: h.node, engine: h.node.Engine(), disk: h.proc.Disk()})
}

// Message, Timer, Disk and Shed hand the world's events to the node.
func (h *host) Message(from sim.ProcID, m *dynamo.Message) {
	if h.observed {
		h.observeMessage(from, m)
		return
	}
	h.node.Message(dynamo.NodeID(from), m)
}

// Timer is part of the same.
func (h *host) Timer(t sim.Timer) {
	timer := dynamo.Timer{Kind: dynamo.TimerKind(t.Kind), A: t.A, B: t.B}
	if h.observed {
		h.observeTimer(timer)
		return
	}
	h.node.Timer(timer)
}

// Disk is part of the same.
func (h *host) Disk(c *sim.Completion) {
	if h.observed {
		h.observeDisk(c)
		return
	}
	done := &h.world.diskDone
	done.Token, done.Offset, done.Length, done.Intact, done.Err, done.Source = c.Token, c.Offset, int64(c.Length), c.Intact, storage.NoError, c
	if c.Err != 0 {
		done.Err = diskError(c.Err)
	}
	h.node.DiskDone(done)
}

// Shed is part of the same.
func (h *host) Shed(from sim.ProcID, m *dynamo.Message) {
	if h.other == nil {
		h.node.Shed(dynamo.NodeID(from), m)
		return
	}
	if p, refuses := h.other.(interface {
		Shed(from dynamo.NodeID, m *dynamo.Message)
	}); refuses {
		p.Shed(dynamo.NodeID(from), m)
	}
}

// nodeEnv is what a node may touch.
type nodeEnv struct {
	proc sim.Proc[dynamo.Message] // a copy of the host's
	host *host
	disk diskEnv
}

func (e *nodeEnv) Now() int64                    { return e.proc.Now() }
func (e *nodeEnv) Wall() int64                   { return e.proc.Wall() - Epoch }
func (e *nodeEnv) Rand(p dynamo.Purpose) uint64  { return e.proc.Rand(uint32(p)) }
func (e *nodeEnv) CancelTimer(id dynamo.TimerID) { e.proc.CancelTimer(sim.TimerID(id)) }

// Disk is the machine's, read along where copies are counted.
func (e *nodeEnv) Disk() storage.Disk {
	if e.host.audited != nil {
		return e.host.audited
	}
	return e.disk
}

// Send hands a message to the network.
func (e *nodeEnv) Send(to dynamo.NodeID, m *dynamo.Message) {
	if e.host.observed {
		e.host.observeSend(to, m)
	}
	e.proc.Send(sim.ProcID(to), m)
}

func (e *nodeEnv) SetTimer(t dynamo.Timer, after int64) dynamo.TimerID {
	return dynamo.TimerID(e.proc.SetTimer(sim.Timer{Kind: uint32(t.Kind), A: t.A, B: t.B}, after))
}

// counters is more than there are marks.
const counters = 128

// counterOf is where marks of a kind are counted: the frequent ones share a line of the processor's cache.
func counterOf(m dynamo.Mark) uint8 { return counterPlaces[m] % counters }

var counterPlaces = frequentFirst(dynamo.MarkCoordinateGet, dynamo.MarkCoordinatePut, dynamo.MarkForwarded, dynamo.MarkSuperseded,
	dynamo.MarkPutLocalWrite, dynamo.MarkCoordinatorStored, dynamo.MarkStored, dynamo.MarkLateReply)

// frequentFirst numbers all marks so that the given ones come first.
func frequentFirst(frequent ...dynamo.Mark) (places [256]uint8) {
	place := uint8(0)
	for _, m := range frequent {
		places[m] = place
		place++
	}
	for m := range places {
		if !slices.Contains(frequent, dynamo.Mark(m)) {
			places[m] = place
			place++
		}
	}
	return places
}

// stirring is what marks of a kind do beside being counted one by one.
type stirring uint8

const (
	stirsNothing stirring = iota
	stirsHealed           // something may happen after the heal
	stirsWindow           // a node begins to coordinate: a window of time may begin, see windows.go
	stirsWorld            // something else
)

// stirringOf is for one look at what a mark does: nothing, most often.
var stirringOf = [256]stirring{
	dynamo.MarkStored: stirsHealed, dynamo.MarkTombstoneForgotten: stirsHealed, dynamo.MarkDropped: stirsHealed,
	dynamo.MarkCoordinateGet: stirsWindow, dynamo.MarkCoordinatePut: stirsWorld,
	dynamo.MarkViewAdopted: stirsWorld, dynamo.MarkDrained: stirsWorld, dynamo.MarkActorRenewed: stirsWorld, dynamo.MarkServing: stirsWorld,
	dynamo.MarkHashesSent: stirsWorld, dynamo.MarkListsSent: stirsWorld, dynamo.MarkMerkleBytes: stirsWorld,
}

// Mark counts what the node tells, records it, and lets faults that wait for this moment begin.
func (e *nodeEnv) Mark(m dynamo.Mark, key dynamo.KeyID, arg int64) {
	h, w := e.host, e.host.world
	if stirs := stirringOf[m]; !h.observed && len(w.triggers) == 0 &&
		(stirs == stirsNothing || stirs == stirsHealed && !w.healed || stirs == stirsWindow && w.now() < w.windows.next) {
		h.counted[counterOf(m)]++
		return
	}
	w.mark(h, m, key, arg)
}

// mark is Mark for whatever a mark may do.
func (w *World) mark(h *host, m dynamo.Mark, key dynamo.KeyID, arg int64) {
	if now := w.now(); now >= w.windows.next && (m == dynamo.MarkCoordinateGet || m == dynamo.MarkCoordinatePut) {
		w.turn(now)
	}
	h.counted[counterOf(m)] += m.Amount(arg)
	switch m {
	case dynamo.MarkCoordinatePut:
		w.coordinated(h, key)
	case dynamo.MarkStored, dynamo.MarkTombstoneForgotten, dynamo.MarkDropped:
		if w.healed && !w.foreign {
			w.keyChanged(key)
		}
	case dynamo.MarkViewAdopted:
		w.adopted(h)
	case dynamo.MarkDrained:
		w.departs(h)
	case dynamo.MarkActorRenewed:
		w.tookActor(h, uint32(arg)) // range: an epoch
	case dynamo.MarkServing:
		w.tookActor(h, uint32(arg)) // range: an epoch
		w.nodeServes(h)
	}
	if h.observed {
		h.observeMark(m, key, arg)
	}
	if len(w.triggers) > 0 {
		w.pull(h, m, key)
	}
}

// nodeServes takes note of a node that has read its disk.
func (w *World) nodeServes(h *host) {
	if h.boots > 1 || int(h.id) >= w.plan.Cluster.Size() {
		w.serves(h)
	}
	if len(w.recovering) > 0 {
		w.lookForRecovery()
	}
	h.openHints()
}

// diskEnv is a machine's disk as the storage engine knows disks.
type diskEnv struct{ *sim.Disk }

func (d diskEnv) Open(name string) storage.File { return storage.File(d.Disk.Open(name)) }

func (d diskEnv) List() []storage.FileInfo {
	list := d.Disk.List()
	out := make([]storage.FileInfo, len(list))
	for i, f := range list {
		out[i] = storage.FileInfo{Name: f.Name, Size: f.Size}
	}
	return out
}

func (d diskEnv) Size(f storage.File) int64 { return d.Disk.Size(sim.File(f)) }

func (d diskEnv) Append(f storage.File, data []byte, weight int64, token uint64) (size, pages int64) {
	return d.Disk.Append(sim.File(f), data, weight, token)
}

func (d diskEnv) Write(f storage.File, off int64, data []byte, token uint64) {
	d.Disk.Write(sim.File(f), off, data, token)
}

func (d diskEnv) Read(f storage.File, off, n, pages int64, token uint64) int64 {
	return d.Disk.ReadPages(sim.File(f), off, int(n), pages, token)
}

func (d diskEnv) Sync(f storage.File, token uint64) { d.Disk.Sync(sim.File(f), token) }

func (d diskEnv) Truncate(f storage.File, size int64, token uint64) {
	d.Disk.Truncate(sim.File(f), size, token)
}

// diskError translates what the device reports.
func diskError(e sim.DiskError) storage.Error {
	switch e {
	case 0:
		return storage.NoError
	case sim.DiskFull:
		return storage.NoSpace
	case sim.DiskBusy:
		return storage.Busy
	}
	return storage.IO
}
