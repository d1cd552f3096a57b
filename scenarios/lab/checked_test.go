package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// The histories of these tests are as a checker elsewhere would write them.
const (
	header   = `{"format":1,"kind":"history","model":"register"}` + "\n"
	writeOne = `{"index":0,"time_ns":0,"process":1,"type":"invoke","f":"put","key":"x","version":"a","value":"1"}
{"index":1,"time_ns":10,"process":1,"type":"ok","f":"put","key":"x","version":"a"}
`
	writeTwo = `{"index":2,"time_ns":20,"process":1,"type":"invoke","f":"put","key":"x","version":"b","value":"2"}
{"index":3,"time_ns":30,"process":1,"type":"ok","f":"put","key":"x","version":"b"}
`
	readTwo = `{"index":4,"time_ns":40,"process":2,"type":"invoke","f":"get","key":"x"}
{"index":5,"time_ns":50,"process":2,"type":"ok","f":"get","key":"x","versions":["b"],"values":["2"]}
`
	readOld = `{"index":4,"time_ns":40,"process":2,"type":"invoke","f":"get","key":"x"}
{"index":5,"time_ns":50,"process":2,"type":"ok","f":"get","key":"x","versions":["a"],"values":["1"]}
`
)

func judged(t *testing.T, text string, o JudgeOptions) *Judgement {
	t.Helper()
	j, err := JudgeFile(strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestJudgeValid(t *testing.T) {
	j := judged(t, header+writeOne+writeTwo+readTwo, JudgeOptions{})
	if j.ExitCode != ExitPass {
		t.Errorf("exit code %d: %s", j.ExitCode, j.Text(TextOptions{}))
	}
	if text := j.Text(TextOptions{}); !strings.HasPrefix(text, "3 operations on 1 key by 2 clients, judged as register\n") || !strings.HasSuffix(text, "\nPASS\n") {
		t.Errorf("got\n%s", text)
	}
}

func TestJudgeInvalid(t *testing.T) {
	j := judged(t, header+writeOne+writeTwo+readOld, JudgeOptions{Checks: []string{"linearizable"}})
	if j.ExitCode != ExitFail || len(j.Checks) != 1 {
		t.Fatalf("exit code %d", j.ExitCode)
	}
	for _, want := range []string{"x: client 2 read {1}", "{2} had been acknowledged", "FAIL   linearizable is invalid\n"} {
		if text := j.Text(TextOptions{}); !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if text := j.Text(TextOptions{Quiet: true}); text != "FAIL   linearizable is invalid\n" {
		t.Errorf("quiet: %q", text)
	}
	var result struct {
		Verdict string
		Code    int `json:"exit_code"`
		Checks  map[string]struct {
			Verdict  string
			Evidence []struct{ Operations []int }
		}
	}
	if err := json.Unmarshal(j.JSON(), &result); err != nil {
		t.Fatal(err)
	}
	if c := result.Checks["linearizable"]; result.Verdict != "fail" || result.Code != 1 || c.Verdict != "invalid" || len(c.Evidence[0].Operations) < 2 {
		t.Errorf("result %+v", result)
	}
}

// The same lines are right under one model and wrong under another.
func TestJudgeUnderAnotherModel(t *testing.T) {
	text := strings.Replace(header, "register", "siblings", 1) + writeOne + writeTwo + readOld
	if j := judged(t, text, JudgeOptions{Checks: []string{"linearizable"}, Model: "register"}); j.ExitCode != ExitFail || j.Model.String() != "register" {
		t.Errorf("as a register: exit code %d, model %v", j.ExitCode, j.Model)
	}
}

func TestJudgeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		o    JudgeOptions
		want string
	}{
		"empty":             {"", JudgeOptions{}, "line 1: the file is empty"},
		"no JSON":           {header + "{\n", JudgeOptions{}, "line 2: "},
		"end alone":         {header + readTwo[strings.Index(readTwo, "\n")+1:], JudgeOptions{}, "line 2: "},
		"unknown check":     {header, JudgeOptions{Checks: []string{"linearisable"}}, "did you mean linearizable?"},
		"unknown model":     {header, JudgeOptions{Model: "set"}, `unknown model "set"`},
		"impossible check":  {header + writeOne, JudgeOptions{Checks: []string{"convergence"}}, "check convergence cannot be answered: the history has no state lines"},
		"another's example": {header + strings.Replace(writeOne, `"version":"a",`, "", 1), JudgeOptions{}, "right would be {"},
	} {
		_, err := JudgeFile(strings.NewReader(c.text), c.o)
		var bad *BadInput
		if !errors.As(err, &bad) || !strings.Contains(bad.Text, c.want) {
			t.Errorf("%s: %v, want a refusal with %q", name, err, c.want)
		}
	}
}

// Judging in the process and judging the written file are the same computation.
func TestJudgingTheFileOfARun(t *testing.T) {
	for _, name := range []string{"@sloppy-quorum", "@put-get", "@clock-skew"} {
		report, err := Run(libraryPlan(t, name, OpenOptions{}), RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := report.Result.History.Write(&file); err != nil {
			t.Fatal(err)
		}
		j, err := JudgeFile(&file, JudgeOptions{Checks: []string{"linearizable", "lost-writes"}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range j.Checks {
			c := &j.Checks[i]
			for k := range report.Checks {
				if r := &report.Checks[k]; r.Name() == c.Name() && (r.Verdict != c.Verdict || r.Summary != c.Summary) {
					t.Errorf("%s, %s: in the run %v %q, of the file %v %q", name, c.Name(), r.Verdict, r.Summary, c.Verdict, c.Summary)
				}
			}
		}
	}
}
