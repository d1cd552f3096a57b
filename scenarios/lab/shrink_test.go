package lab

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/shrink"
)

// anyOperation looks for whatever fails.
var anyOperation = TargetOptions{Operation: -1}

func shrinkOf(t *testing.T, plan *scenarios.Scenario, o ShrinkOptions) *Shrunk {
	t.Helper()
	small, err := Shrink(context.Background(), plan, o)
	if err != nil {
		t.Fatal(err)
	}
	return small
}

// The same comes out whatever the number of processors.
func TestShrinkIsDeterministic(t *testing.T) {
	set := []string{"duration=1s"}
	one := shrinkOf(t, libraryPlan(t, "@stale-read", OpenOptions{Set: set}), ShrinkOptions{TargetOptions: anyOperation, Jobs: 1})
	many := shrinkOf(t, libraryPlan(t, "@stale-read", OpenOptions{Set: set}), ShrinkOptions{TargetOptions: anyOperation, Jobs: 7})
	if !bytes.Equal(one.YAML, many.YAML) || one.Tried != many.Tried || one.Taken != many.Taken || one.Digest != many.Digest {
		t.Errorf("with 1 job %d tried, %d taken\n%s\nwith 7 %d, %d\n%s", one.Tried, one.Taken, one.YAML, many.Tried, many.Taken, many.YAML)
	}
}

// What was shrunk is not shrunk any further, and says that it was.
func TestShrinkTwice(t *testing.T) {
	small := shrinkOf(t, libraryPlan(t, "@sloppy-quorum", OpenOptions{}), ShrinkOptions{TargetOptions: anyOperation})
	again := shrinkOf(t, loaded(t, string(small.YAML)), ShrinkOptions{TargetOptions: anyOperation})
	if again.Size.Operations != small.Size.Operations || again.Size.Faults != small.Size.Faults || again.Size.Nodes != small.Size.Nodes {
		t.Errorf("%v, and again %v", small.Size, again.Size)
	}
}

// A search that is stopped gives the smallest plan so far, which still fails.
func TestShrinkStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := ShrinkOptions{TargetOptions: anyOperation, Jobs: 1, Progress: func(p shrink.Progress) {
		if p.Taken == 2 {
			cancel()
		}
	}}
	small, err := Shrink(ctx, libraryPlan(t, "@stale-read", OpenOptions{Set: []string{"duration=1s"}}), o)
	if err != nil {
		t.Fatal(err)
	}
	if small.Whole || small.Taken < 2 || small.Taken > 3 {
		t.Errorf("whole %t, %d taken", small.Whole, small.Taken)
	}
	loaded(t, string(small.YAML))

	ended, end := context.WithCancel(context.Background())
	end()
	if _, err := Shrink(ended, libraryPlan(t, "@stale-read", OpenOptions{}), ShrinkOptions{TargetOptions: anyOperation}); !errors.Is(err, ErrInterrupted) {
		t.Errorf("stopped before it began: %v", err)
	}
}

// Replicas that nobody compares do not converge: what a promise rests on is not taken away.
func TestShrinkKeepsWhatIsPromised(t *testing.T) {
	plan := loaded(t, `version: 1
name: rests
duration: 20s
cluster: {nodes: 4, quorum: strict, handoff: false, read_repair: false}
operations: [{id: w1, at: 2s, client: ann, via: n1, put: k}, {id: w2, at: 4s, client: ann, via: n2, put: k}]
faults: [{at: 1s, for: 5s, partition: {groups: [[n1, n2], [n3, n4]]}}]
`)
	for _, c := range []struct {
		check, set string
		weaker     bool
	}{
		{"convergence", "cluster.anti_entropy=false", true}, {"convergence", "quiesce=1s", true}, {"placement", "cluster.gossip=false", true},
		{"linearizable", "cluster.anti_entropy=false", false}, {"linearizable", "quiesce=1s", false}, {"linearizable", "cluster.quorum=sloppy", true},
		{"linearizable", "cluster.r=1", true}, {"lost-writes", "cluster.w=1", true}, {"lost-writes", "cluster.r=3", false}, {"linearizable", "cluster.versioning.mode=paper", true},
	} {
		is := loaded(t, string(plan.YAML()), c.set)
		if why := (&Target{Check: c.check}).weaker(plan, is); (why != "") != c.weaker {
			t.Errorf("%s with %s: %q", c.check, c.set, why)
		}
	}
}

// An expectation is shrunk, too.
func TestShrinkExpectation(t *testing.T) {
	plan := loaded(t, `version: 1
name: claims
duration: 10s
cluster: {nodes: 5}
workloads: [{name: kv, clients: 4, think: 50ms, keys: {count: 9}}]
faults: [{name: dark, at: 3s, for: 2s, crash: {nodes: n2}}, {name: cut, at: 6s, for: 1s, partition: {isolate: n1}}]
expect: [hints_stored == 0, availability(get) >= 1%]
`)
	small := shrinkOf(t, plan, ShrinkOptions{TargetOptions: anyOperation})
	if small.Target.Claim != "hints_stored == 0" || small.Size.Faults != 1 || small.Size.Operations > 3 || small.ExitCode != ExitFail {
		t.Errorf("%v, %v, exit code %d\n%s", small.Target, small.Size, small.ExitCode, small.YAML)
	}
}

// --operation asks for the failure in which an operation of that client on that key has a part.
func TestShrinkOperation(t *testing.T) {
	plan := libraryPlan(t, "@stale-read", OpenOptions{Set: []string{"duration=1s"}})
	report, err := Run(plan, RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	evidence := report.Checks[0].Evidence
	last := evidence[len(evidence)-1]
	target, err := FindTarget(report, TargetOptions{Operation: last.Operations[len(last.Operations)-1]})
	if err != nil || target.key != last.Key || target.client == "" {
		t.Fatalf("%+v, %v", target, err)
	}
	small := shrinkOf(t, plan, ShrinkOptions{TargetOptions: TargetOptions{Operation: last.Operations[len(last.Operations)-1]}})
	if !strings.Contains(string(small.YAML), target.client) || !strings.Contains(string(small.YAML), last.Key) {
		t.Errorf("neither %s nor %s in\n%s", target.client, last.Key, small.YAML)
	}
}

// loaded reads a scenario that is right.
func loaded(t *testing.T, text string, set ...string) *scenarios.Scenario {
	t.Helper()
	file := t.TempDir() + "/scenario.yaml"
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	plan, _, err := Open(file, OpenOptions{Set: set})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
