package world

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
	"dynamosim/sim"
)

// Claim is something that the scenario says of one operation or one moment, and whether it was so.
type Claim struct {
	Path string // where the scenario says it, such as operations.d3.want.clock
	Want string
	Got  string
	OK   bool
}

// claim compares what the scenario wants with what was seen.
func (w *World) claim(path, want, got string) {
	w.wants = append(w.wants, Claim{Path: path, Want: want, Got: got, OK: want == got})
}

// judgeOperation compares the end of a scripted operation with its want.
func (w *World) judgeOperation(i int, r *client.Result) {
	o := &w.plan.Operations[i]
	if o.Want == nil {
		return
	}
	path := "operations." + o.ID + ".want."
	if o.Want.Outcome != "" {
		w.claim(path+"outcome", string(o.Want.Outcome), string(outcomeName(r.Outcome)))
	}
	if o.Want.Returns != nil {
		w.claim(path+"returns", sortedList(o.Want.Returns), w.versionNames(r.Set))
	}
	if o.Want.Clock != nil {
		w.claim(path+"clock", wantedClock(o.Want.Clock), w.clockText(w.script[i].clock))
	}
	if o.Want.Coordinator != "" {
		w.claim(path+"coordinator", o.Want.Coordinator, w.nodeName(r.Coordinator))
	}
	if o.Want.Holders != nil {
		kind, key := o.Kind()
		var part history.OpID = history.NoVersion
		if kind != scenarios.OpGet {
			part = w.script[i].part
		}
		w.claimHolders(path+"holders", *o.Want.Holders, key, part)
	}
}

// claimHolders compares the nodes that store a version of a key, or any version, with those that the scenario names.
func (w *World) claimHolders(path string, want scenarios.Selector, key string, version history.OpID) {
	names, err := want.Resolve(w)
	if err != nil {
		w.wants = append(w.wants, Claim{Path: path, Want: want.String(), Got: err.Error()})
		return
	}
	id := w.shared.Keys.Intern(key)
	var holders []string
	for _, h := range w.hosts {
		if holds(w.contents(h).Stored(id), version) {
			holders = append(holders, h.name)
		}
	}
	w.claim(path, sortedList(names), sortedList(holders))
}

// holds tells whether a set has a version, or anything at all.
func holds(set *vclock.Set, version history.OpID) bool {
	if set == nil {
		return false
	}
	for i := range set.Versions {
		if version == history.NoVersion || versionOf(set.Versions[i].Value.ID) == version {
			return true
		}
	}
	return false
}

// judgeState compares what is stored at a moment with what the scenario says.
func (w *World) judgeState(i int) {
	c := &w.plan.State[i]
	path := fmt.Sprintf("state[%d].", i)
	var set *vclock.Set
	hints := 0
	key := dynamo.NoKey
	if c.Key != "" {
		key = w.shared.Keys.Intern(c.Key)
	}
	for _, h := range w.hosts {
		if c.Node != "" && h.name != c.Node {
			continue
		}
		node := w.contents(h)
		if key != dynamo.NoKey {
			set = w.config.Mode.Merge(w.shared.Arena, set, node.Stored(key))
		}
		node.EachHint(func(_ dynamo.NodeID, k dynamo.KeyID, _ *vclock.Set) {
			if key == dynamo.NoKey || k == key {
				hints++
			}
		})
	}
	if c.Versions != nil {
		w.claim(path+"versions", sortedList(c.Versions), w.versionNames(set))
	}
	if c.Clock != nil {
		w.claim(path+"clock", wantedClock(c.Clock), w.clockText(w.shownClock(set)))
	}
	if c.Holders != nil {
		w.claimHolders(path+"holders", *c.Holders, c.Key, history.NoVersion)
	}
	if c.Members != nil {
		w.claimMembers(path+"members", c)
	}
	if c.Ranges != nil {
		w.claimRanges(path+"ranges", c)
	}
	if c.Hints >= 0 {
		w.claim(path+"hints", fmt.Sprint(c.Hints), fmt.Sprint(hints))
	}
}

func outcomeName(o client.Outcome) scenarios.Outcome {
	switch o {
	case client.OK:
		return scenarios.OutcomeOk
	case client.Failed:
		return scenarios.OutcomeFail
	}
	return scenarios.OutcomeInfo
}

func sortedList(names []string) string {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	return "[" + strings.Join(sorted, ", ") + "]"
}

// versionNames lists the versions of a set as the history calls them.
func (w *World) versionNames(set *vclock.Set) string {
	var names []string
	for _, v := range w.versionsOf(set) {
		names = append(names, w.history.VersionName(v))
	}
	return sortedList(names)
}

// clockText is a clock with the names of nodes, as {sx: 2, sy: 1}. The second actor that a node takes is written as sx~2.
func (w *World) clockText(c vclock.Clock) string {
	var t clockWords
	return "{" + string(t.append(w, nil, c)) + "}"
}

func (w *World) appendActor(b []byte, a vclock.Actor) []byte {
	id := dynamo.ActorNode(a)
	if id == dynamo.NoNode {
		return append(b, preloadClient...)
	}
	b = append(b, w.nodeName(id)...)
	switch number, known := w.actors[a]; {
	case number == 1 || dynamo.ActorEpoch(a) == 1:
		return b
	case known:
		return strconv.AppendInt(append(b, '~'), int64(number), 10)
	}
	return strconv.AppendUint(append(b, "~#"...), uint64(dynamo.ActorEpoch(a)), 10)
}

// tookActor numbers the actors that a node takes: their epochs are too large to be read.
func (w *World) tookActor(h *host, epoch uint32) {
	a := dynamo.ActorOf(dynamo.NodeID(h.id), epoch)
	if _, known := w.actors[a]; known {
		return
	}
	if w.actors == nil {
		w.actors = map[vclock.Actor]int{}
	}
	h.actors++
	w.actors[a] = h.actors
}

func (w *World) nodeName(id dynamo.NodeID) string {
	if id < 0 || int(id) >= w.sys.Processes() {
		return "nobody"
	}
	return w.sys.Name(sim.ProcID(id))
}

func wantedClock(entries []scenarios.ClockEntry) string {
	var parts []string
	for _, e := range entries {
		parts = append(parts, fmt.Sprintf("%s: %d", e.Node, e.Counter))
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, ", ") + "}"
}
