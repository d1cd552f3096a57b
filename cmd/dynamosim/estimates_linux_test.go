package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

var estimates = flag.Bool("estimates", false, "measure what docs/limits.md holds estimates against, and write it there: minutes, and 2 GB")

// measured are scenarios of the table, with what else they are given.
var measured = []string{
	"@chaos", "@stale-read", "@growth", "@load-balance", "@overload", "@scale/hundred-nodes", "@scale/hot-keys", "@scale/rolling-restart", "@scale/joining",
	"@scale/datacenter-loss", "@scale/thousand-nodes", "@scale/ten-million-operations --set duration=30s", "@scale/ten-thousand-nodes --set duration=3s",
}

const (
	limitsPage  = "../../docs/limits.md"
	beginsTable = "<!-- begin: make estimates -->\n"
	endsTable   = "<!-- end -->\n"
)

// Writes the table of estimates against measurements.
func TestEstimatesAgainstRuns(t *testing.T) {
	if !*estimates {
		t.Skip("-estimates measures for minutes")
	}
	var table strings.Builder
	table.WriteString("| scenario | nodes | operations | events | | memory, MB | | | processor, s | | |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	table.WriteString("| | | measured | measured | estimate is | estimate | measured | × | estimate | measured | × |\n")
	for _, args := range measured {
		row, err := estimateRow(strings.Fields(args))
		if err != nil {
			t.Fatalf("%s: %v", args, err)
		}
		table.WriteString(row)
		t.Log(row)
	}
	page, err := os.ReadFile(limitsPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(page), beginsTable)
	_, after, ended := strings.Cut(rest, endsTable)
	if !begun || !ended {
		t.Fatalf("%s has no place for the table", limitsPage)
	}
	if err := os.WriteFile(limitsPage, []byte(before+beginsTable+"\n"+table.String()+"\n"+endsTable+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// estimateRow estimates a run, then runs it as a process of its own.
func estimateRow(args []string) (string, error) {
	var told struct {
		Nodes, Events int64
		Memory        int64 `json:"memory_bytes"`
		Time          int64 `json:"time_ns"`
	}
	out, err := program(append([]string{"plan", "--estimate", "--json"}, args...)...).Output()
	if err == nil {
		err = json.Unmarshal(out, &told)
	}
	if err != nil {
		return "", err
	}
	var got struct {
		Events     int64
		Operations struct{ Total int64 }
	}
	cmd := program(append([]string{"run", "--json", "-q"}, args...)...)
	var result bytes.Buffer
	cmd.Stdout = &result
	cmd.Run() // its exit code is the scenario's
	if err := json.Unmarshal(result.Bytes(), &got); err != nil {
		return "", err
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	memory := usage.Maxrss * 1024
	return fmt.Sprintf("| `%s` | %d | %d k | %d k | × %.2f | %d | %d | %.2f | %.1f | %.1f | %.2f |\n", strings.Join(args, " "), told.Nodes,
		got.Operations.Total/1000, got.Events/1000, float64(told.Events)/float64(got.Events), told.Memory/1e6, memory/1e6,
		float64(told.Memory)/float64(memory), time.Duration(told.Time).Seconds(), used.Seconds(), float64(told.Time)/float64(used)), nil
}
