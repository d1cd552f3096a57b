package sim

import (
	"fmt"
	"testing"

	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// story returns what a sink was told, a line a record.
func story(r *records) (lines []string) {
	for _, x := range r.list {
		lines = append(lines, fmt.Sprintf("%g %v %d %d %s%s%s%s %d %d", float64(x.Time)/ms, x.Kind, x.Proc, x.Peer, x.Message, x.Key, x.Text, x.Mark, x.Arg1, x.Arg2))
	}
	return lines
}

func wantStory(t *testing.T, r *records, want ...string) {
	t.Helper()
	got := story(r)
	for i := range max(len(got), len(want)) {
		a, b := "nothing", "nothing"
		if i < len(got) {
			a = got[i]
		}
		if i < len(want) {
			b = want[i]
		}
		if a != b {
			t.Errorf("record %d is %q, want %q", i, a, b)
		}
	}
	r.list = nil
}

// told is a configuration that tells all to a sink.
func told() (Config[note], *records) {
	cfg, sink := noteConfig(), &records{}
	cfg.Trace = sink
	cfg.Describe = func(m *note) (kind, key, text string) { return "note", "#", fmt.Sprint(m.n) }
	cfg.DescribeTimer = func(t Timer) string { return fmt.Sprint("alarm", t.Kind) }
	return cfg, sink
}

func TestRecordsOfMessages(t *testing.T) {
	cfg, sink := told()
	c := stage(cfg, 1, ProcessConfig{})
	c.enter("server", server(1, false))
	wantStory(t, sink, "0 boot 0 -1  0 0", "0 boot 1 -1  0 0")
	c.do(0, func(env *Proc[note]) {
		for i := range uint64(3) {
			env.Send(1, &note{n: i, size: 40})
		}
	})
	c.RunUntil(3 * ms)
	wantStory(t, sink,
		"0 send 0 1 note#0 1000000 40", "0 send 0 1 note#1 1000000 40", "0 send 0 1 note#2 1000000 40",
		"1 arrive 1 0 note#0 1000000 40", "1 arrive 1 0 note#1 1000000 40", "1 shed 1 0 note#2 1000000 40",
		"3 deliver 1 0 note#0 1000000 40")
	c.Crash(1)
	wantStory(t, sink, "3 crash 1 -1  0 0")
}

func TestRecordsOfLostMessages(t *testing.T) {
	cfg, sink := told()
	cfg.Network.CutInFlight = true
	c := stage(cfg, 3, ProcessConfig{})
	loss := &Rule{Name: "loss", Loss: rng.Certain}
	c.AddRule(loss)
	sink.list = nil
	c.send(0, 1, 1)
	wantStory(t, sink, "0 send 0 1 note#0 1000000 0", "0 drop 0 1 note#0lost 1000000 0")
	c.RemoveRule(loss)
	c.send(0, 1, 1)
	c.AddRule(&Rule{Name: "cut", Cut: true, To: NewSet(1)})
	wantStory(t, sink, "0 send 0 1 note#0 1000000 0", "0 drop 0 1 note#0cut 1000000 0")
	c.send(0, 2, 1)
	c.Crash(2)
	c.Step(10)
	wantStory(t, sink, "0 send 0 2 note#0 1000000 0", "0 crash 2 -1  0 0", "1 drop 0 2 note#0down 1000000 0")
}

func TestRecordsOfTimersAndDisks(t *testing.T) {
	cfg, sink := told()
	c := stage(cfg, 1, ProcessConfig{Disk: &DiskConfig{Sync: rng.Constant(ms)}})
	sink.list = nil
	c.do(0, func(env *Proc[note]) {
		env.SetTimer(Timer{Kind: 7, A: 8, B: 9}, 2*ms)
		d := env.Disk()
		d.Append(d.Open("log"), []byte("abc"), 10, 0)
		d.Sync(d.Open("log"), 1)
		d.Append(NoFile, nil, 0, 2)
	})
	c.Pause(0)
	c.Resume(0)
	c.At(3*ms, Control{Kind: 4, A: 5})
	c.Step(10)
	wantStory(t, sink,
		"0 set-timer 0 -1 alarm7 7 8", "0 disk-op 0 -1 createlog 0 0", "0 disk-op 0 -1 appendlog 0 10", "0 disk-op 0 -1 synclog 0 0",
		"0 disk-op 0 -1 append -1 0", "0 pause 0 -1  0 0", "0 resume 0 -1  0 0", "0 disk-done 0 -1 appendno such file 0 0",
		"1 disk-done 0 -1 synclog 0 0", "2 timer 0 -1 alarm7 7 8", "3 control -1 -1  4 5")
}

// Cause and lineage tie what happens to why.
func TestRecordsTellTheCause(t *testing.T) {
	cfg, sink := told()
	c := stage(cfg, 2, ProcessConfig{})
	c.actors[1].message = func(from ProcID, m note) { c.Env(1).Send(from, &m) }
	sink.list = nil
	c.send(0, 1, 1)
	c.Step(2)
	byKind := map[trace.Kind][]trace.Record{}
	for _, r := range sink.list {
		byKind[r.Kind] = append(byKind[r.Kind], r)
	}
	for i, sent := range byKind[trace.Send] {
		if got := byKind[trace.Deliver][i]; got.Lineage != sent.Lineage || got.Cause != sent.Ordinal || got.Ordinal != uint64(i+1) {
			t.Errorf("sent %+v, delivered %+v", sent, got)
		}
	}
	if len(byKind[trace.Deliver]) != 2 || byKind[trace.Send][1].Ordinal != 1 {
		t.Errorf("%+v", sink.list)
	}
}
