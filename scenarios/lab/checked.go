package lab

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"dynamosim/analysis"
	"dynamosim/analysis/history"
	"dynamosim/scenarios"
)

// Judgement is what the checks say of a history that no run of this process has made.
type Judgement struct {
	History *history.History
	Model   history.Model
	Checks  []analysis.Result

	Verdict  Verdict
	ExitCode int

	Incomplete string // what is missing of a file that was cut short, "" if nothing is
}

// JudgeOptions say how a history is judged.
type JudgeOptions struct {
	Checks   []string // by name; none: all that the history can answer
	Model    string   // what the keys promise; "": as the history says
	MaxSteps int      // of a checker's search for each key; 0: analysis.DefaultSteps
}

// JudgeFile reads a history and judges it. A file that breaks the rules of the format, a name that is none, and a check asked for by name
// that the history cannot answer are *BadInput.
func JudgeFile(r io.Reader, o JudgeOptions) (*Judgement, error) {
	opts := analysis.Options{MaxSteps: o.MaxSteps, Thorough: true}
	for _, name := range o.Checks {
		if _, ok := analysis.FindCheck(name); !ok {
			return nil, &BadInput{Unknown("check", name, checkNames())}
		}
		opts.Checks = append(opts.Checks, analysis.Request{Check: name, Want: analysis.WantReport})
	}
	h, err := readHistory(r, o.Model)
	if err != nil {
		return nil, err
	}
	j := &Judgement{History: h, Model: h.Model, Checks: analysis.Judge(h, opts)}
	if err := j.impossible(o.Checks); err != nil {
		return nil, err
	}
	j.conclude()
	return j, nil
}

// JudgeRecorded is JudgeFile for a file that may have been cut short.
func JudgeRecorded(r *Recorded, o JudgeOptions) (*Judgement, error) {
	in, err := r.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	j, err := JudgeFile(in, o)
	if err != nil {
		return nil, r.named(err)
	}
	j.Incomplete = r.Loss(Reached(j.History))
	return j, nil
}

func readHistory(r io.Reader, model string) (*history.History, error) {
	var as *history.Model
	if model != "" {
		m, err := history.ParseModel(model)
		if err != nil {
			return nil, &BadInput{"error: " + err.Error()}
		}
		as = &m
	}
	h := history.New(history.Header{})
	keepShort(h)
	err := history.ReadInto(h, r, as)
	var refused *history.RefusedError
	if errors.As(err, &refused) {
		text := fmt.Sprintf("error: line %d: %s", refused.Line, refused.Reason)
		if refused.Example != "" {
			text += "\n  right would be " + refused.Example
		}
		return nil, &BadInput{text}
	}
	return h, err
}

// impossible is an error if a check was asked for by name that the history cannot answer.
func (j *Judgement) impossible(asked []string) error {
	var list []string
	for i := range j.Checks {
		if c := &j.Checks[i]; asked != nil && c.Verdict == analysis.NotApplicable && c.As == "" {
			list = append(list, fmt.Sprintf("error: check %s cannot be answered: %s", c.Name(), c.Reason))
		}
	}
	if list == nil {
		return nil
	}
	return &BadInput{strings.Join(list, "\n")}
}

// conclude wants everything to be valid: invalid comes before unknown before valid. What is judged under another model than the
// history's is only told.
func (j *Judgement) conclude() {
	j.Verdict, j.ExitCode = Passed, ExitPass
	for i := range j.Checks {
		c := &j.Checks[i]
		if c.As != "" || c.Verdict == analysis.Measured || c.Verdict == analysis.NotApplicable {
			continue
		}
		c.Want = analysis.WantValid
		switch {
		case c.Verdict == analysis.Invalid:
			j.Verdict, j.ExitCode = Failed, ExitFail
		case c.Verdict == analysis.Unknown && j.ExitCode == ExitPass:
			j.Verdict, j.ExitCode = Undecided, ExitUnknown
		}
	}
}

// because names the checks that the verdict comes from.
func (j *Judgement) because() string {
	var parts []string
	for i := range j.Checks {
		if c := &j.Checks[i]; c.Met() != analysis.Valid {
			parts = append(parts, fmt.Sprintf("%s is %s", c.Name(), c.Verdict))
		}
	}
	return listed(parts)
}

func checkNames() []string {
	var names []string
	for _, c := range analysis.Checks() {
		names = append(names, c.Name)
	}
	return names
}

// Unknown says that there is nothing of a name, and what was probably meant.
func Unknown(what, name string, known []string) string {
	text := fmt.Sprintf("error: there is no %s %q", what, name)
	if near := scenarios.Nearest(name, known); near != "" {
		return text + fmt.Sprintf("\n  did you mean %s?", near)
	}
	return text + "\n  there are " + listed(known)
}

// Text is the judgement for people.
func (j *Judgement) Text(o TextOptions) string {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	p := &page{TextOptions: o, paint: paint{o.Color}}
	if !o.Quiet {
		p.lines(fmt.Sprintf("%s on %s by %s, judged as %s", counted(int64(j.History.Len()), "operation", "operations"),
			counted(int64(j.History.Keys()), "key", "keys"), counted(int64(j.History.Clients()), "client", "clients"), j.Model))
		t := checkTable(j.Checks, p.paint, true)
		for _, row := range t.rows {
			row[1].text, _, _ = strings.Cut(strings.ToLower(row[1].text), ", ") // nobody has said what is wanted
		}
		p.block(t.lines(o.Width)...)
		p.WriteByte('\n')
	}
	word := p.good("PASS")
	switch j.Verdict {
	case Failed:
		word = p.bad("FAIL")
	case Undecided:
		word = p.unsure("UNKNOWN")
	}
	p.lines(strings.TrimRight(word+"   "+j.because(), " "))
	return p.String()
}

// JSON is the judgement for programs.
func (j *Judgement) JSON() []byte {
	h := j.History
	o := object{
		{"format", ResultFormat}, {"model", j.Model.String()}, {"scenario", h.Scenario}, {"seed", h.Seed}, {"verdict", string(j.Verdict)},
		{"exit_code", j.ExitCode}, {"operations", h.Len()}, {"keys", h.Keys()}, {"clients", h.Clients()}, {"checks", checksObject(j.Checks)},
	}
	if j.Incomplete != "" {
		o.add("incomplete", j.Incomplete)
	}
	return o.pretty()
}
