package lab_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios/lab"
)

// ledger is a node of one's own: a store of one copy, a log on its disk. It answers a put when the put is on the disk, unless it forgets to
// wait for that.
type ledger struct {
	env       dynamo.Env
	host      dynamo.Host
	forgetful bool
	log       storage.File
	sets      map[dynamo.KeyID]*vclock.Set
	waiting   map[uint64]func() // by the token of a sync
	token     uint64
	counter   uint64
	ready     bool
}

// Start opens the log and reads it back.
func (l *ledger) Start(env dynamo.Env) {
	l.sets, l.waiting = map[dynamo.KeyID]*vclock.Set{}, map[uint64]func(){}
	disk := env.Disk()
	l.log = disk.Open("ledger")
	disk.SyncDir(0)
	disk.Read(l.log, 0, disk.Size(l.log), 0, 1)
	l.token = 1
}

// Message answers clients.
func (l *ledger) Message(from dynamo.NodeID, m *dynamo.Message) {
	answer := dynamo.Message{Kind: dynamo.GetReply, Request: m.Request, Key: m.Key, Client: dynamo.NoNode, Node: dynamo.NoNode}
	switch {
	case m.Kind != dynamo.Get && m.Kind != dynamo.Put:
	case !l.ready:
		answer.Kind, answer.Status = m.Kind+1, dynamo.Recovering
		l.env.Send(from, &answer)
	case m.Kind == dynamo.Get:
		answer.Set = l.sets[m.Key]
		l.env.Send(from, &answer)
	default:
		l.put(from, m, answer)
	}
}

// put makes the version, appends it to the log and answers when that is synced.
func (l *ledger) put(from dynamo.NodeID, m *dynamo.Message, answer dynamo.Message) {
	l.counter++
	dot := vclock.Dot{Actor: dynamo.ActorOf(l.host.ID(), 1), Counter: l.counter}
	context, held := vclock.Dotted.Seen(nil, l.sets[m.Key], m.Context(), m.Dots())
	l.sets[m.Key], _ = vclock.Dotted.Put(nil, held, context, vclock.Version{Dot: dot, Value: m.Value(), Tombstone: m.Tombstone})
	record := vclock.AppendSet(binary.LittleEndian.AppendUint32(nil, uint32(m.Key)), l.sets[m.Key])
	record = append(binary.LittleEndian.AppendUint32(nil, uint32(len(record))), record...)
	l.env.Disk().Append(l.log, record, int64(len(record)), 0)
	answer.Kind, answer.Node = dynamo.PutReply, l.host.ID()
	answer.Body = &dynamo.Body{Context: context, Dots: []vclock.Dot{dot}}
	done := func() { l.env.Send(from, &answer) }
	if l.forgetful {
		done() // the mistake: nobody waits for the disk
		return
	}
	l.token++
	l.waiting[l.token] = done
	l.env.Disk().Sync(l.log, l.token)
}

// Disk takes the log that was read back, and the ends of syncs.
func (l *ledger) Disk(c storage.Completion) {
	if c.Token == 1 {
		l.replay(c.Data)
	} else if done := l.waiting[c.Token]; done != nil && c.Err == 0 {
		delete(l.waiting, c.Token)
		done()
	}
}

func (l *ledger) replay(log []byte) {
	for len(log) >= 8 && len(log) >= 4+int(binary.LittleEndian.Uint32(log)) {
		n := 4 + int(binary.LittleEndian.Uint32(log))
		if set, err := vclock.DecodeSet(nil, log[8:n]); err == nil {
			l.sets[dynamo.KeyID(binary.LittleEndian.Uint32(log[4:]))] = set
		}
		log = log[n:]
		l.counter++
	}
	l.ready = true
}

// Timer is never called: a ledger sets none.
func (l *ledger) Timer(dynamo.Timer) {}

func newLedger(forgetful bool) func(dynamo.Env) dynamo.Process {
	return func(env dynamo.Env) dynamo.Process {
		return &ledger{env: env, host: env.(dynamo.Host), forgetful: forgetful}
	}
}

// outages is a scenario in which the only node loses power again and again.
const outages = `
version: 1
about: One node, one copy, power losses
duration: 20s
cluster: {nodes: 1, n: 1, r: 1, w: 1}
workloads: [{name: kv, clients: 3, think: 20ms, ops: {get: 50, put: 50}, keys: {count: 4, preload: false}}]
nemesis: {faults: [{every: 3s..5s, for: 500ms, power-loss: {nodes: n1, unsynced: lose}}]}
checks: {lost-writes: valid, linearizable: valid}
`

// A ledger that waits for its disk loses nothing.
func TestALedgerKeepsWhatItAcknowledged(t *testing.T) {
	lab.Test(t, "", lab.TestOptions{Text: outages, Seeds: "1..20", NewNode: newLedger(false)})
}

// One that does not wait is found out within a few seeds.
func TestFindsALedgerThatForgetsToSync(t *testing.T) {
	failed, err := lab.Failures("", lab.TestOptions{Text: outages, Seeds: "1..20", NewNode: newLedger(true)}, 1)
	if err != nil || len(failed) == 0 {
		t.Fatalf("no seed finds it: %v", err)
	}
	if text := failed[0].String(); !strings.Contains(text, "lost-writes is invalid") {
		t.Errorf("found something else: %s", text)
	}
}

// A node of one's own can be package dynamo's with something changed. Here it forgets to sync; in twenty lines the test finds that out. Checks,
// states and invariants see into it as always.
func ExampleFailures() {
	forgetful := func(env dynamo.Env) dynamo.Process {
		host := env.(dynamo.Host)
		config := *host.Config()
		config.Sync = storage.Never
		return dynamo.New(host.ID(), &config, host.Shared())
	}
	failed, err := lab.Failures("@power-loss", lab.TestOptions{Seeds: "1..5", Case: "synced", NewNode: forgetful}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, check := range failed[0].Report.Checks {
		if check.Check == "lost-writes" {
			fmt.Println(check.Verdict)
			fmt.Println(check.Evidence[0].Text)
		}
	}
	// Output:
	// invalid
	// k: {safe} of client ann was acknowledged at 1.000 s and is neither among the final versions nor superseded by one of them (left: nothing)
}
