package lab_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"dynamosim/analysis"
	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// A scenario of the library, run and judged.
func Example() {
	plan, _, err := lab.Open("@sloppy-quorum", lab.OpenOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := lab.Run(plan, lab.RunOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Verdict)
	for _, check := range report.Checks {
		if check.Verdict != analysis.Measured {
			fmt.Println(check.Name(), check.Verdict)
		}
	}
	// Output:
	// pass
	// linearizable invalid
	// regular invalid
	// lost-writes valid
	// convergence valid
}

// Many seeds side by side; the runs come in the order of the seeds.
func ExampleSeeds() {
	plan := func(seed uint64) (*scenarios.Scenario, error) {
		p, _, err := lab.Open("@power-loss", lab.OpenOptions{Seed: &seed})
		return p, err
	}
	err := lab.Seeds(context.Background(), []uint64{1, 2, 3}, 0, plan, func(run lab.SeedRun) error {
		if run.Err != nil {
			return run.Err
		}
		fmt.Println(run.Seed, run.Report.Verdict)
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1 pass
	// 2 pass
	// 3 pass
}

// A go test that runs a seeded sweep over a scenario, with settings and a judge of its own. In a test of yours t is its *testing.T.
func ExampleTest() {
	t := &testing.T{}
	lab.Test(t, "@cart-partition", lab.TestOptions{
		Seeds: "1..3",
		Set:   []string{"duration=20s", "invariants=all"},
		Check: func(seed uint64, r *lab.Report) string {
			if r.Result.Counter("hints_delivered") == 0 {
				return "no hint was delivered"
			}
			return ""
		},
	})
	fmt.Println("failed:", t.Failed())
	// Output: failed: false
}

// Why a check is invalid, in sentences.
func ExampleExplain() {
	plan, _, err := lab.Open("@power-loss", lab.OpenOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := lab.Explain(plan, lab.ExplainOptions{Check: "lost-writes"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Join(e.Story, "\n"))
	fmt.Println("turning point:", e.Turning.Text)
	// Output:
	// The put of {gone} by ann was coordinated by a and acknowledged at 12.000 s, when W = 3 nodes had it: a, b and c.
	// a, b and c lost it at 12.500 s, when they went down in the power loss outage: it had been acknowledged from memory, and the log is synced every 10 s only.
	// At the end no node has {gone}; what is left is {safe}.
	// turning point: the power loss outage begins
}

// A history of one's own store, judged: one JSON object a line, as the command history prints them.
func ExampleJudgeFile() {
	history := strings.NewReader(`{"format":1,"kind":"history","model":"register"}
{"index":0,"time_ns":0,"process":1,"type":"invoke","f":"put","key":"x","version":"a"}
{"index":1,"time_ns":10,"process":1,"type":"ok","f":"put","key":"x","version":"a"}
{"index":2,"time_ns":20,"process":1,"type":"invoke","f":"put","key":"x","version":"b"}
{"index":3,"time_ns":30,"process":1,"type":"ok","f":"put","key":"x","version":"b"}
{"index":4,"time_ns":40,"process":2,"type":"invoke","f":"get","key":"x"}
{"index":5,"time_ns":50,"process":2,"type":"ok","f":"get","key":"x","versions":["a"]}
`)
	judged, err := lab.JudgeFile(history, lab.JudgeOptions{Checks: []string{"linearizable"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, check := range judged.Checks {
		fmt.Println(check.Check, check.Verdict)
		fmt.Println(check.Evidence[0].Text)
	}
	// Output:
	// linearizable invalid
	// x: client 2 read a at 50 ns although b had been acknowledged at 30 ns
}
