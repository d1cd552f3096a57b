package dynamo_test

import (
	"slices"

	"dynamosim/dynamo"
	library "dynamosim/dynamo/client"
	"dynamosim/dynamo/vclock"
)

// oracle knows every version that was ever put and its causal past, as sets of numbers. It knows nothing of clocks.
type oracle struct {
	storm    *storm
	versions []truth
	dots     map[vclock.Dot]uint64 // value under each dot seen
	handed   []handed              // contexts that clients were given
	exact    bool                  // nothing that is synced is destroyed: no acknowledged version may be lost
	regular  bool                  // every get returns what was acknowledged before it began
}

// truth is one version.
type truth struct {
	key   int
	acked bool
	past  []int // versions that its client had seen, theirs included: superseded, or siblings for good reason
	firm  []int // those of them that its context covers: superseded
}

// handed is a context with the versions that it stands for.
type handed struct {
	key     int
	context vclock.Clock
	dots    []vclock.Dot
	seen    []int // returned by the get
	own     []int // the client's own put, beside the context
}

func newOracle(s *storm) *oracle {
	return &oracle{storm: s, dots: map[vclock.Dot]uint64{}, exact: true}
}

// union adds to a sorted list of numbers.
func union(list []int, more ...int) []int {
	for _, x := range more {
		if i, found := slices.BinarySearch(list, x); !found {
			list = slices.Insert(list, i, x)
		}
	}
	return list
}

// invoke begins a put in a context and gives the version's number.
func (o *oracle) invoke(h handed) int {
	t := truth{key: h.key}
	for _, v := range h.seen {
		t.past = union(union(t.past, v), o.versions[v].past...)
		t.firm = union(union(t.firm, v), o.versions[v].firm...)
	}
	for _, v := range h.own {
		t.past = union(union(t.past, v), o.versions[v].past...)
		t.firm = union(t.firm, o.versions[v].firm...)
	}
	o.versions = append(o.versions, t)
	return len(o.versions) - 1
}

// valueOf and numberOf translate between a version's number and the id of its value.
func valueOf(v int) vclock.Value { return vclock.Value{ID: uint64(v) + 1, Len: 10} }

func numberOf(v *vclock.Version) int { return int(v.Value.ID) - 1 }

func numbersOf(s *vclock.Set) []int {
	var list []int
	for i := 0; s != nil && i < len(s.Versions); i++ {
		list = append(list, numberOf(&s.Versions[i]))
	}
	return list
}

// covers tells whether a version or one that was put in view of it is among those.
func (o *oracle) covers(list []int, v int) bool {
	for _, f := range list {
		if f == v || slices.Contains(o.versions[f].past, v) {
			return true
		}
	}
	return false
}

// look compares what a node holds with what it held after its last handler.
func (h *stormHost) look() {
	o := h.storm.truth
	if o == nil {
		return
	}
	own := make([]*vclock.Set, len(h.storm.keys))
	for i, key := range h.storm.keys {
		own[i] = h.node.Stored(key)
		if h.own != nil && h.own[i] != own[i] {
			o.compare(h, "store", h.own[i], own[i])
		}
		o.inspect(own[i])
	}
	hints := map[hintName]*vclock.Set{}
	h.node.EachHint(func(home dynamo.NodeID, key dynamo.KeyID, set *vclock.Set) {
		name := hintName{home, key}
		hints[name] = set
		if before := h.hints[name]; before != nil && before != set {
			o.compare(h, "hint", before, set)
		}
		o.inspect(set)
	})
	h.own, h.hints = own, hints
	o.countHints(h)
}

// compare: what a node holds of a key never goes causally backwards while it runs.
func (o *oracle) compare(h *stormHost, what string, before, after *vclock.Set) {
	now := numbersOf(after)
	for _, v := range numbersOf(before) {
		if o.storm.cfg.Mode == vclock.Dotted && !o.covers(now, v) {
			o.storm.broken("%s of node %d held version %d and now holds %v only", what, h.id, v, now)
		}
	}
	if mode := o.storm.cfg.Mode; !mode.Merge(nil, before, after).Equal(after) {
		o.storm.broken("%s of node %d went back from %v to %v", what, h.id, before, after)
	}
}

// inspect: a dot never names two values, and no version of a set supersedes another one.
func (o *oracle) inspect(s *vclock.Set) {
	for i := 0; s != nil && i < len(s.Versions); i++ {
		v := &s.Versions[i]
		if other, ok := o.dots[v.Dot]; ok && other != v.Value.ID {
			o.storm.broken("dot %v names values %d and %d", v.Dot, other, v.Value.ID)
		}
		o.dots[v.Dot] = v.Value.ID
	}
	if o.storm.cfg.Mode == vclock.Dotted {
		o.unrelated(numbersOf(s))
	}
}

func (o *oracle) unrelated(list []int) {
	for i, v := range list {
		for _, w := range list {
			if slices.Contains(o.versions[v].firm, w) {
				o.storm.broken("versions %v are held together, and %d supersedes %d", list, v, w)
			}
		}
		if slices.Contains(list[:i], v) {
			o.storm.broken("version %d is held twice, in %v: one put has two dots", v, list)
		}
	}
}

// countHints: hints found by recovery and stored since are delivered, superseded, expired or kept.
func (o *oracle) countHints(h *stormHost) {
	if !h.node.Serving() {
		h.kept = h.node.Hints()
		return
	}
	c := &h.counts
	in := int64(h.kept) + c[dynamo.MarkHintStored]
	out := c[dynamo.MarkHintSuperseded] + c[dynamo.MarkHintDelivered] + c[dynamo.MarkHintExpired] + c[dynamo.MarkHintDestroyed] + int64(h.node.Hints())
	if in != out {
		o.storm.broken("node %d: %d hints in, %d accounted for", h.id, in, out)
	}
}

// sent looks at what a node sends: at the moment at which a put is acknowledged, W nodes hold it where no crash can take it.
func (o *oracle) sent(h *stormHost, to dynamo.NodeID, m *dynamo.Message) {
	if m.Kind != dynamo.PutReply || m.Status != dynamo.OK || !o.exact {
		return
	}
	u := o.storm.users[int(to)-len(o.storm.hosts)]
	if u.open < 0 || m.Request != u.number {
		return
	}
	copies := 0
	for _, other := range o.storm.hosts {
		if o.covers(other.durable(m.Key), u.open) {
			copies++
		}
	}
	if copies < o.storm.cfg.W {
		o.storm.broken("node %d acknowledges version %d, which %d nodes hold durably", h.id, u.open, copies)
	}
}

// delivered: when a hint is deleted, its home holds all of it where no crash can take it (Dynamo §4.6).
func (o *oracle) delivered(h *stormHost, name hintName) {
	if !o.exact {
		return
	}
	home := o.storm.hosts[name.home].durable(name.key)
	for _, v := range numbersOf(h.hints[name]) {
		if !o.covers(home, v) {
			o.storm.broken("node %d deletes the hint of version %d for node %d, which holds %v durably", h.id, v, name.home, home)
		}
	}
}

// durable lists the versions of a key that a loss of power now would leave a node, hints included.
func (h *stormHost) durable(key dynamo.KeyID) []int {
	n := dynamo.Contents(h.id, &h.storm.cfg, h.storm.shared, h.disk.image())
	list := numbersOf(n.Stored(key))
	n.EachHint(func(_ dynamo.NodeID, k dynamo.KeyID, set *vclock.Set) {
		if k == key {
			list = append(list, numbersOf(set)...)
		}
	})
	return list
}

// put begins a put of a key in a context.
func (u *stormUser) put(h handed, tombstone bool, via, prefer dynamo.NodeID) {
	u.open, u.key = u.storm.truth.invoke(h), h.key
	u.do(library.Request{Kind: dynamo.Put, Key: u.storm.keys[h.key], Value: valueOf(u.open), Tombstone: tombstone, Context: h.context, Dots: h.dots,
		Prefer: prefer, Via: via})
}

// get begins a get of a key. A final one asks all homes.
func (u *stormUser) get(key int, via dynamo.NodeID, final bool) {
	u.open, u.key, u.final = -1, key, final
	u.before = u.before[:0]
	for v := range u.storm.truth.versions {
		if t := &u.storm.truth.versions[v]; t.key == key && t.acked {
			u.before = append(u.before, v)
		}
	}
	r := library.Request{Kind: dynamo.Get, Key: u.storm.keys[key], Prefer: dynamo.NoNode, Via: via}
	if final {
		r.Quorum = uint8(u.storm.cfg.N)
	}
	u.do(r)
}

func (u *stormUser) do(r library.Request) {
	u.number++
	u.lib.Do(&r)
}

// Done takes the end of an operation.
func (u *stormUser) Done(_ *library.Client, r *library.Result) {
	o := u.storm.truth
	u.outcome = r.Outcome
	switch {
	case r.Outcome != library.OK:
	case u.open >= 0:
		o.versions[u.open].acked = true
		u.hand(handed{key: u.key, context: r.Context(), dots: r.Dots(), own: []int{u.open}})
	default:
		got := numbersOf(r.Set)
		o.unrelated(got)
		for _, v := range u.before {
			if (o.regular || u.final && o.exact) && !o.covers(got, v) {
				o.storm.broken("a get of key %d returns %v: version %d was acknowledged before, and nothing in it supersedes that", u.key, got, v)
			}
		}
		u.hand(handed{key: u.key, context: r.Context(), dots: r.Dots(), seen: got})
	}
	u.open = -1
}

// hand keeps a context that the user was given.
func (u *stormUser) hand(h handed) {
	u.last[h.key] = h
	u.storm.truth.handed = append(u.storm.truth.handed, h)
}
