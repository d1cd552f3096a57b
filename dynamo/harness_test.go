package dynamo_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dynamosim/dynamo"
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// bench is a cluster on a workbench: messages are delivered one after the other in the order in which they were sent, disks answer at once,
// and time stands still until it is moved. Everything that happens is written down as a line of a transcript.
type bench struct {
	cfg     dynamo.Config
	shared  *dynamo.Shared
	hosts   []*machine
	now     int64
	queue   []letter
	timers  []alarm
	serial  uint64
	values  map[uint64]string // names of values by id
	asked   map[string]uint64 // the client's request by label
	context map[string]vclock.Clock
	dots    map[string][]vclock.Dot
	labels  map[uint64]string // label by request number
	replies map[string][]dynamo.Message
	lost    map[string]bool              // links that lose everything, "a>b"
	loses   func(m *dynamo.Message) bool // messages that get lost, nil: none
	doubles bool                         // messages of anti-entropy arrive twice
	marks   map[dynamo.Mark]int
	amounts map[dynamo.Mark]int
	onMark  func(h *machine, m dynamo.Mark)
	asker   *desk // the client with a library, see library_test.go
	lines   []string
	quiet   bool
}

// machine is a node and its disk.
type machine struct {
	bench *bench
	id    dynamo.NodeID
	up    bool
	node  *dynamo.Node
	disk  *flatDisk
	wall  int64  // what its wall clock shows besides now
	luck  uint64 // is mixed into its random numbers
}

type letter struct {
	from, to dynamo.NodeID
	m        dynamo.Message
}

type alarm struct {
	at     int64
	serial uint64
	owner  *machine
	node   *dynamo.Node
	timer  dynamo.Timer
}

// client is the address of all clients.
const client = dynamo.NodeID(100)

// newBench makes a cluster of single-letter nodes on a ring where key "k" has the preference list a, b, c, ...
func newBench(t testing.TB, names string, change func(*dynamo.Config)) *bench {
	b := &bench{values: map[uint64]string{}, asked: map[string]uint64{}, context: map[string]vclock.Clock{}, dots: map[string][]vclock.Dot{}, labels: map[uint64]string{},
		replies: map[string][]dynamo.Message{}, lost: map[string]bool{}, marks: map[dynamo.Mark]int{}, amounts: map[dynamo.Mark]int{}}
	ms := int64(time.Millisecond)
	b.cfg = dynamo.Config{N: 3, R: 2, W: 2, Sloppy: true, Fallbacks: -1, Mode: vclock.Dotted, ReadBy: dynamo.Contacted, WriteBy: dynamo.Contacted,
		ReplicaTimeout: 100 * ms, ReadTimeout: 300 * ms, WriteTimeout: 300 * ms, ReadRepair: true, RepairWait: 100 * ms, RepairShare: ^uint64(0),
		Handoff: true, HandoffEvery: 5000 * ms, HintsAtOnce: 16, Detect: true, SuspectAfter: 1, Retry: 1000 * ms, CompactAt: 50, Checksums: true}
	if change != nil {
		change(&b.cfg)
	}
	if err := b.cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	list := strings.Split(names, "")
	var founders []membership.Change
	for i := range list {
		at := ring.Share(float64(i+1) / float64(len(list)+1))
		founders = append(founders, founder(i, at))
	}
	pins := map[string]ring.Position{"k": ring.Share(0), "l": ring.Share(0), "m": ring.Share(0), "n": ring.Share(0)}
	b.shared = &dynamo.Shared{Arena: &vclock.Arena{}, Names: list, Keys: dynamo.NewKeys(pins), Placing: dynamo.Placing{Strategy: 1}, Formed: membership.New(founders...)}
	b.shared.Keys.Intern("k")
	b.quiet = true
	for i := range list {
		h := &machine{bench: b, id: dynamo.NodeID(i), disk: &flatDisk{}}
		b.hosts = append(b.hosts, h)
		h.start()
	}
	b.settle()
	b.quiet = false
	return b
}

// gossiping lets the nodes of a bench gossip.
func gossiping(c *dynamo.Config) {
	c.GossipEvery, c.GossipFanout, c.PersistViews = int64(time.Second), 1, true
}

// founder is the founding of the i-th node with some tokens.
func founder(i int, tokens ...ring.Position) membership.Change {
	c := membership.Change{Node: int32(i), What: membership.Join, Issuer: int32(i), Capacity: 1}
	for _, at := range tokens {
		c.Tokens = append(c.Tokens, membership.Token(at))
	}
	return c
}

// preference is a key's preference list as everybody sees it at first.
func preference(s *dynamo.Shared, key dynamo.KeyID) []int32 {
	return s.Place(s.Formed).Preference(key, len(s.Names))
}

func (h *machine) start() {
	h.up = true
	h.node = dynamo.New(h.id, &h.bench.cfg, h.bench.shared)
	if len(h.disk.files) == 0 {
		for _, f := range dynamo.Format(h.id, &h.bench.cfg, h.bench.shared, func(func(dynamo.KeyID, *vclock.Set)) {}).Files {
			h.disk.Append(h.disk.Open(f.Name), f.Data, f.Weight, 0)
		}
	}
	h.node.Start(h)
}

func (b *bench) name(id dynamo.NodeID) string {
	if int(id) < len(b.hosts) && id >= 0 {
		return b.shared.Names[id]
	}
	return "client"
}

func (b *bench) host(name string) *machine { return b.hosts[slices.Index(b.shared.Names, name)] }

func (b *bench) print(format string, args ...any) {
	if !b.quiet {
		b.lines = append(b.lines, fmt.Sprintf(format, args...))
	}
}

// settle delivers messages and disk completions until there are none.
func (b *bench) settle() {
	for b.step() {
	}
}

// step does the next thing that is due now; false: nothing is.
func (b *bench) step() bool {
	for _, h := range b.hosts {
		if c, ok := h.disk.next(); ok {
			if h.up {
				h.node.Disk(c)
			}
			return true
		}
	}
	if len(b.queue) == 0 {
		return false
	}
	l := b.queue[0]
	b.queue = b.queue[1:]
	b.deliver(l)
	return true
}

func (b *bench) deliver(l letter) {
	text := fmt.Sprintf("%s -> %s  %s", b.name(l.from), b.name(l.to), b.words(&l.m))
	switch {
	case l.to == client:
		b.print("%s", text)
		if b.asker != nil && l.m.Kind != dynamo.GetReply && l.m.Kind != dynamo.PutReply {
			b.asker.lib.Message(l.from, &l.m)
			return
		}
		b.answer(&l.m)
	case !b.hosts[l.to].up:
		b.print("%s   (down)", text)
	case b.lost[b.name(l.from)+">"+b.name(l.to)] || b.loses != nil && b.loses(&l.m):
		b.print("%s   (lost)", text)
	default:
		b.print("%s", text)
		b.hosts[l.to].node.Message(l.from, &l.m)
		if b.doubles && l.m.Kind == dynamo.Merkle {
			b.hosts[l.to].node.Message(l.from, &l.m)
		}
	}
}

// loseNth loses the n-th message of a kind from now on, counted from 0.
func (b *bench) loseNth(kind dynamo.Kind, n int) {
	b.loses = func(m *dynamo.Message) bool {
		if m.Kind == kind {
			n--
		}
		return m.Kind == kind && n == -1
	}
}

// answer remembers what a client was told, and the context that it was given.
func (b *bench) answer(m *dynamo.Message) {
	label := b.labels[m.Request]
	b.replies[label] = append(b.replies[label], *m)
	b.context[b.labels[m.Request]], b.dots[b.labels[m.Request]] = m.Context(), m.Dots()
}

// advance moves time, timers in their order.
func (b *bench) advance(d time.Duration) {
	end := b.now + int64(d)
	for {
		best := -1
		for i, a := range b.timers {
			if a.at <= end && (best < 0 || a.at < b.timers[best].at || a.at == b.timers[best].at && a.serial < b.timers[best].serial) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		a := b.timers[best]
		b.timers = slices.Delete(b.timers, best, best+1)
		b.now = a.at
		if a.owner == nil {
			b.asker.lib.Timer(a.timer)
		} else if a.owner.up && a.owner.node == a.node {
			a.node.Timer(a.timer)
		}
		b.settle()
	}
	b.now = end
}

// words puts a message into words.
func (b *bench) words(m *dynamo.Message) string {
	parts := []string{m.Kind.String()}
	if m.Key != dynamo.NoKey {
		parts = append(parts, b.shared.Keys.Name(m.Key))
	}
	if m.Status != dynamo.OK {
		parts = append(parts, "["+m.Status.String()+"]")
	}
	if id := m.Value().ID; id != 0 {
		parts = append(parts, b.values[id])
	}
	if m.Set != nil {
		parts = append(parts, b.setWords(m.Set))
	} else if m.Kind == dynamo.ReadReply || m.Kind == dynamo.GetReply {
		if m.Status == dynamo.OK {
			parts = append(parts, "nothing")
		}
	}
	if m.Kind == dynamo.Replicate && m.Node != dynamo.NoNode {
		parts = append(parts, "hint for "+b.name(m.Node))
	}
	return strings.Join(append(parts, b.treeWords(m)...), " ")
}

func (b *bench) setWords(s *vclock.Set) string {
	var list []string
	if s != nil {
		for i := range s.Versions {
			v := &s.Versions[i]
			text := b.values[v.Value.ID]
			if v.Tombstone {
				text += "(deleted)"
			}
			list = append(list, text+" "+b.clock(v.Shown(nil)))
		}
	}
	return strings.Join(list, " | ")
}

func (b *bench) clock(c vclock.Clock) string {
	return c.Format(func(a vclock.Actor) string {
		if epoch := dynamo.ActorEpoch(a); epoch != 1 {
			return fmt.Sprintf("%s~%d", b.name(dynamo.ActorNode(a)), epoch)
		}
		return b.name(dynamo.ActorNode(a))
	})
}

// The bench is the Env of each machine.

func (h *machine) Now() int64  { return h.bench.now }
func (h *machine) Wall() int64 { return h.bench.now + h.wall }
func (h *machine) Rand(p dynamo.Purpose) uint64 {
	return uint64(h.id)*1000 + uint64(p) | h.luck | h.luck<<40
}
func (h *machine) Disk() storage.Disk { return h.disk }

func (h *machine) Send(to dynamo.NodeID, m *dynamo.Message) {
	h.bench.queue = append(h.bench.queue, letter{h.id, to, *m})
}

func (h *machine) SetTimer(t dynamo.Timer, after int64) dynamo.TimerID {
	b := h.bench
	b.serial++
	b.timers = append(b.timers, alarm{b.now + after, b.serial, h, h.node, t})
	return dynamo.TimerID(b.serial)
}

func (h *machine) CancelTimer(id dynamo.TimerID) {
	b := h.bench
	b.timers = slices.DeleteFunc(b.timers, func(a alarm) bool { return a.serial == uint64(id) })
}

// shownMarks are the marks worth a line.
var shownMarks = []dynamo.Mark{dynamo.MarkSloppy, dynamo.MarkFalseDomination, dynamo.MarkReadRepair, dynamo.MarkHintStored, dynamo.MarkHintDelivered,
	dynamo.MarkHintExpired, dynamo.MarkSuspected, dynamo.MarkUnsuspected, dynamo.MarkRefused, dynamo.MarkUnreachable, dynamo.MarkServing}

func (h *machine) Mark(m dynamo.Mark, key dynamo.KeyID, arg int64) {
	h.bench.marks[m]++
	h.bench.amounts[m] += int(m.Amount(arg))
	if h.bench.onMark != nil {
		h.bench.onMark(h, m)
	}
	if !slices.Contains(shownMarks, m) {
		return
	}
	text := dynamo.Marks()[m-1].Counter
	switch m {
	case dynamo.MarkSloppy, dynamo.MarkReadRepair, dynamo.MarkHintStored, dynamo.MarkHintDelivered, dynamo.MarkHintExpired, dynamo.MarkSuspected, dynamo.MarkUnsuspected:
		text += " " + h.bench.name(dynamo.NodeID(arg))
	case dynamo.MarkFalseDomination, dynamo.MarkServing:
		text += " " + strconv.FormatInt(arg, 10)
	}
	h.bench.print("   %s: %s", h.bench.name(h.id), text)
}

// flatDisk is a disk without latency whose completions wait to be taken.
type flatDisk struct {
	files   map[string]storage.File
	data    [][]byte
	done    []storage.Completion
	held    bool
	refuses bool     // every append fails and leaves nothing
	copy    uint64   // see dynamo.Restorable
	saved   [][]byte // what is synced, while completions are held
}

// hold lets no operation complete from now on: nothing that is written gets synced.
func (d *flatDisk) hold() {
	d.held, d.saved = true, nil
	for _, data := range d.data {
		d.saved = append(d.saved, slices.Clone(data))
	}
}

// losePower forgets what was written since hold.
func (d *flatDisk) losePower() {
	d.data, d.done, d.held = d.saved, nil, false
}

func (d *flatDisk) next() (storage.Completion, bool) {
	if len(d.done) == 0 || d.held {
		return storage.Completion{}, false
	}
	c := d.done[0]
	d.done = d.done[1:]
	return c, true
}

func (d *flatDisk) complete(c storage.Completion) {
	if c.Token != 0 {
		d.done = append(d.done, c)
	}
}

func (d *flatDisk) Open(name string) storage.File {
	if f, ok := d.files[name]; ok {
		return f
	}
	if d.files == nil {
		d.files = map[string]storage.File{}
	}
	f := storage.File(len(d.data))
	d.files[name] = f
	d.data = append(d.data, nil)
	return f
}

func (d *flatDisk) List() []storage.FileInfo {
	var list []storage.FileInfo
	for name, f := range d.files {
		list = append(list, storage.FileInfo{Name: name, Size: int64(len(d.data[f]))})
	}
	slices.SortFunc(list, func(a, b storage.FileInfo) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func (d *flatDisk) Copy() uint64 { return d.copy }

func (d *flatDisk) Size(f storage.File) int64 { return int64(len(d.data[f])) }

func (d *flatDisk) Append(f storage.File, data []byte, _ int64, token uint64) (size, pages int64) {
	at := int64(len(d.data[f]))
	if d.refuses {
		d.complete(storage.Completion{Token: token, Err: storage.NoSpace})
		return at, 0
	}
	d.data[f] = append(d.data[f], data...)
	d.complete(storage.Completion{Token: token, Offset: at})
	return int64(len(d.data[f])), 0
}

func (d *flatDisk) Write(f storage.File, off int64, data []byte, token uint64) {
	copy(d.data[f][off:], data)
	d.complete(storage.Completion{Token: token, Offset: off})
}

func (d *flatDisk) Read(f storage.File, off, n, _ int64, token uint64) int64 {
	end := min(off+n, int64(len(d.data[f])))
	d.complete(storage.Completion{Token: token, Data: slices.Clone(d.data[f][min(off, end):end]), Offset: off})
	return 0
}

func (d *flatDisk) Sync(_ storage.File, token uint64) { d.complete(storage.Completion{Token: token}) }
func (d *flatDisk) SyncDir(token uint64)              { d.complete(storage.Completion{Token: token}) }

func (d *flatDisk) Truncate(f storage.File, size int64, token uint64) {
	d.data[f] = d.data[f][:size]
	d.complete(storage.Completion{Token: token})
}

func (d *flatDisk) Rename(from, to string, token uint64) {
	d.files[to] = d.files[from]
	delete(d.files, from)
	d.complete(storage.Completion{Token: token})
}

func (d *flatDisk) Remove(name string, token uint64) {
	delete(d.files, name)
	d.complete(storage.Completion{Token: token})
}

func (d *flatDisk) Free() int64 { return 1 << 40 }
