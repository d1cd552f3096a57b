package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"time"

	"dynamosim/analysis"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// Report is what a run found.
type Report struct {
	Plan         *scenarios.Scenario
	Result       *world.Result
	Checks       []analysis.Result
	Measures     *analysis.Measures // of the load, warm-up left out
	Expectations []Claim            // what the scenario expects, and what it says of single operations and moments

	judged  bool // the plan is one that can be written down
	subject *analysis.Subject

	Verdict  Verdict
	ExitCode int
	Reasons  []string // why the verdict is not pass, one sentence each, the worst first

	Host Host // depends on the machine
}

// Claim is one line of the scenario that can hold or fail.
type Claim struct {
	Text  string // as written: "availability(put) >= 99.9%", "operations.d3.want.clock {sx: 2, sy: 1}"
	Got   string // what was found
	Holds bool
}

// Host is what depends on the machine that ran it.
type Host struct {
	WallMS   int64   `json:"wall_ms"`
	Speed    float64 `json:"virtual_seconds_per_second"`
	Go       string  `json:"go"`
	Platform string  `json:"platform"`
	Program  string  `json:"program"`
	Commit   string  `json:"commit,omitempty"`
}

func hostInfo(wall time.Duration, result *world.Result) Host {
	h := Host{WallMS: wall.Milliseconds(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Program: Program(), Commit: Commit()}
	if s := wall.Seconds(); s > 0 {
		h.Speed = float64(int64(float64(result.End)/1e9/s*10)) / 10
	}
	return h
}

// PlanSHA256 is the hash of the plan, "" where there was no run.
func (r *Report) PlanSHA256() string {
	if !r.judged {
		return ""
	}
	return planHash(r.Plan)
}

func planHash(plan *scenarios.Scenario) string {
	sum := sha256.Sum256(plan.YAML())
	return hex.EncodeToString(sum[:])
}
