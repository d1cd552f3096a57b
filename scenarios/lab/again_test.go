package lab

import (
	"os/exec"
	"strings"
	"testing"

	"dynamosim/scenarios"
)

func TestCommand(t *testing.T) {
	plan := func(o scenarios.Origin) *scenarios.Scenario {
		return &scenarios.Scenario{Seed: 7, Plan: &scenarios.PlanHeader{Seed: 7}, Origin: o}
	}
	for _, c := range []struct {
		origin scenarios.Origin
		more   []string
		want   string
	}{
		{scenarios.Origin{Source: "@put-get"}, nil, "dynamosim run @put-get --seed 7"},
		{scenarios.Origin{Source: "@stale-read", Case: "quorum", Set: []string{"cluster.r=2", "x={a: b}"}}, nil,
			"dynamosim run @stale-read --case quorum --set cluster.r=2 --set 'x={a: b}' --seed 7"},
		{scenarios.Origin{Source: "out/plan.yaml", IsPlan: true}, nil, "dynamosim run out/plan.yaml"},
		{scenarios.Origin{Source: "-"}, nil, "dynamosim run - --seed 7"},
		{scenarios.Origin{Source: "-odd.yaml"}, nil, "dynamosim run ./-odd.yaml --seed 7"},
		{scenarios.Origin{Source: "it's here.yaml"}, []string{"--key", "a b"}, `dynamosim run 'it'\''s here.yaml' --seed 7 --key 'a b'`},
	} {
		if got := Command("run", plan(c.origin), c.more...); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// A POSIX shell reads back what was quoted.
func TestQuoteSurvivesTheShell(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell here")
	}
	for _, word := range []string{"", "plain", "a b", "it's", `"$HOME" \n`, "`ls`", "*", "~", "日本", "a=b", "!!"} {
		out, err := exec.Command(shell, "-c", "printf %s. "+Quote(word)).Output()
		if err != nil || strings.TrimSuffix(string(out), ".") != word {
			t.Errorf("%q came back as %q, %v", word, out, err)
		}
	}
}
