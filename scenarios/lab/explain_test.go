package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dynamosim/analysis/history"
	"dynamosim/scenarios/world"
)

var update = flag.Bool("update", false, "write the golden files anew; read what changed before you commit it")

// explained scenarios fail by design on their own seed, with operations for evidence. Those that take long are told without runs that are
// drawn again.
var told = []struct {
	scenario, onCase, check string
	redraws                 int
}{
	{"sloppy-quorum", "", "", 8},
	{"stale-read", "", "", -1},
	{"false-dominance", "", "lost-writes", 8},
	{"false-dominance", "", "linearizable", 8},
	{"truncation", "", "", 8},
	{"truncation-dominance", "", "", 8},
	{"power-loss", "", "lost-writes", 8},
	{"power-loss", "", "linearizable", 8},
	{"power-loss", "memory", "lost-writes", 8},
	{"durable-write", "none-durable", "lost-writes", 8},
	{"resurrection", "", "", 8},
	{"delete-tombstone", "without", "", 8},
	{"cart-resurfaces", "", "", 8},
	{"newest", "", "", -1},
	{"actor-epochs", "without", "", 8},
	{"clock-skew", "", "linearizable", 8},
	{"retry-resurrects", "", "linearizable", 8},
	{"read-repair", "without", "convergence", 8},
	{"wiped-disk", "without", "placement", -1},
	{"hinted-handoff", "without", "placement", -1},
	{"leave-drains", "without", "placement", -1},
	{"pynamo/partition", "", "", 8},
}

// Under load the stories depend on every draw, so that only their parts are held: the put that is missed, the get that misses it, who
// coordinated both, and the fault where there is one.
func TestExplainNamesThePartsUnderLoad(t *testing.T) {
	for _, c := range []struct{ scenario, onCase, check, says string }{
		{"datacenter-quorum-local", "anywhere", "regular", "not more than N"},
		{"write-by-fastest", "first", "read-your-writes", "not more than N"},
		{"outside-coordinator", "", "regular", "its own client library"},
		{"phi-detector", "", "linearizable", "the crash n3-down"},
		{"abd", "no-query", "", "whose timestamp"},
		{"cart-partition", "", "linearizable", "the partition split"},
		{"chaos", "", "linearizable", "a sloppy quorum counts stand-ins as well"},
	} {
		t.Run(c.scenario, func(t *testing.T) {
			t.Parallel()
			e := explain(t, c.scenario, c.onCase, c.check, -1)
			story := strings.Join(e.Story, " ")
			h := e.Report.Result.History
			for _, op := range []history.OpID{e.Witness.Missed, e.Witness.Get} {
				if op == history.NoVersion || !strings.Contains(story, "by "+h.ClientName(h.Op(op).Client)) {
					t.Errorf("operation %d has no part in the story: %s", op, story)
				}
			}
			if strings.Count(story, "was coordinated by") != 2 || !strings.Contains(story, c.says) {
				t.Errorf("the story lacks a coordinator, or %q: %s", c.says, story)
			}
		})
	}
}

func explain(t *testing.T, scenario, onCase, check string, redraws int) *Explanation {
	t.Helper()
	plan := libraryPlan(t, "@"+scenario, OpenOptions{Case: onCase})
	e, err := Explain(plan, ExplainOptions{Check: check, Redraws: redraws})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Each story names the right put, get, nodes and fault: the golden texts were read beside the traces.
func TestExplainTellsWhy(t *testing.T) {
	for _, c := range told {
		name := strings.Join(strings.FieldsFunc(strings.ReplaceAll(c.scenario, "/", "-")+"."+c.onCase+"."+c.check, func(r rune) bool { return r == '.' }), ".")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := gist(explain(t, c.scenario, c.onCase, c.check, c.redraws))
			path := filepath.Join("testdata", "explain", name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the story is another one (go test -run Explain -update writes it anew; read it beside the trace):\n%s\nwas\n%s", got, want)
			}
		})
	}
}

// gist is what an explanation says, a sentence a line, without the numbers of events.
func gist(e *Explanation) string {
	lines := append([]string{e.Check + ": " + e.Evidence.Text, ""}, e.Story...)
	for _, f := range e.Faults {
		lines = append(lines, fmt.Sprintf("without %s: the violation is there %v", f.Text, f.Shown))
	}
	if t := e.Turning; t != nil {
		lines = append(lines, fmt.Sprintf("turning point by %s at %s: %s", t.By, moment(t.Time), t.Text))
	}
	return strings.Join(lines, "\n") + "\n"
}

// In a run that chance decides, the turning point is the draw which decides it: how long the copy is under way that comes too late.
func TestTurningPointIsTheDrawThatDecides(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a scenario many times")
	}
	e := explain(t, "abd", "no-query", "linearizable", 12)
	p := e.Turning
	if p.By != ByRedraw || p.Start.Share() > .3 || p.After.Share() < .5 || p.Before.Share() > p.After.Share() {
		t.Errorf("%+v", p)
	}
	if p.Before.Low > p.Before.Share() || p.After.High < p.After.Share() {
		t.Errorf("an interval lacks its share: %+v", p)
	}
}

// The same run is explained by the same bytes, however many runs go side by side.
func TestExplainIsAFunctionOfThePlan(t *testing.T) {
	for range 2 {
		first, second := explain(t, "sloppy-quorum", "", "", 8), explain(t, "sloppy-quorum", "", "", 8)
		if !bytes.Equal(first.JSON(), second.JSON()) {
			t.Fatal("two explanations of a run differ")
		}
	}
}

// The picture has only what the story tells of, and for programs there is JSON.
func TestExplainDrawsTheCone(t *testing.T) {
	e := explain(t, "sloppy-quorum", "", "linearizable", 8)
	var b strings.Builder
	if err := e.Text(&b, TextOptions{}, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"sloppy-quorum   seed 1   linearizable is invalid", "put new", "(cut)", "* has {new}", "end of cut", "Turning point: event"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "put old") || strings.Contains(b.String(), "get ok [new]") {
		t.Errorf("the picture has operations that the story does not tell of:\n%s", b.String())
	}
	var o struct {
		Operations map[string]int `json:"operations"`
		Turning    struct {
			By    string `json:"by"`
			Event uint64 `json:"event"`
		} `json:"turning_point"`
		Faults []struct {
			Fault   string `json:"fault"`
			Without bool   `json:"violation_without_it"`
		} `json:"faults"`
	}
	if err := json.Unmarshal(e.JSON(), &o); err != nil {
		t.Fatal(err)
	}
	if o.Turning.By != "lifting" || o.Turning.Event == 0 || len(o.Faults) != 1 || o.Faults[0].Fault != "cut" || o.Faults[0].Without || o.Operations["missed"] == 0 {
		t.Errorf("%+v", o)
	}
}

// What cannot be explained is said plainly.
func TestExplainRefuses(t *testing.T) {
	five := 5_000_000
	for _, c := range []struct {
		scenario string
		o        ExplainOptions
		says     string
	}{
		{"@put-get", ExplainOptions{}, "no check of this run is invalid"},
		{"@put-get", ExplainOptions{Check: "linearizable"}, "check linearizable is valid in this run"},
		{"@put-get", ExplainOptions{Check: "linearisable"}, "did you mean linearizable?"},
		{"@sloppy-quorum", ExplainOptions{Operation: &five}, "no invalid check of this run has operation 5000000"},
		{"@sloppy-quorum", ExplainOptions{Check: "regular", Operation: &five}, "names no operation 5000000"},
	} {
		_, err := Explain(libraryPlan(t, c.scenario, OpenOptions{}), c.o)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %+v: %v, want %q", c.scenario, c.o, err, c.says)
		}
		var nothing *Nothing
		var bad *BadInput
		if !errors.As(err, &nothing) && !errors.As(err, &bad) {
			t.Errorf("%s: %T", c.scenario, err)
		}
	}
}

// A run that is watched event by event, and looked into at each change of the key, is the run that nobody watches.
func TestFollowingChangesNothing(t *testing.T) {
	plan := libraryPlan(t, "@sloppy-quorum", OpenOptions{})
	c, err := follow(plan, "k", RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := Run(plan, RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.world.Result().Digest; got != report.Result.Digest {
		t.Errorf("digest %s, unwatched %s", got, report.Result.Digest)
	}
}

// A redrawn run has the plan's operations and other latencies; one without faults has none of their effects.
func TestTouchesDoWhatTheySay(t *testing.T) {
	plan := libraryPlan(t, "@sloppy-quorum", OpenOptions{})
	finish := func(touch func(w *world.World)) *world.Result {
		w := new(world.World)
		if err := w.Reset(plan, world.Options{}); err != nil {
			t.Fatal(err)
		}
		w.Step(100)
		touch(w)
		for w.Step(1 << 15) {
		}
		return w.Result()
	}
	plain := finish(func(*world.World) {})
	redrawn := finish(func(w *world.World) { w.Reseed(99) })
	if redrawn.Digest == plain.Digest || redrawn.Counter("messages_cut") == 0 || redrawn.History.Len() != plain.History.Len() {
		t.Error("a redrawn run has the same digest, or other operations")
	}
	if lifted := finish((*world.World).LiftFaults); lifted.Counter("messages_cut") != 0 || len(lifted.Faults) == 0 || lifted.Faults[0].Began {
		t.Errorf("a lifted fault took effect: %+v", lifted.Faults)
	}
	silent := finish(func(w *world.World) { w.Silence(func(client string) bool { return client == "ann" }) })
	for i := range silent.History.Len() {
		if o := silent.History.Op(history.OpID(i)); silent.History.ClientName(o.Client) == "bob" {
			t.Error("a silenced client went on")
		}
	}
}
