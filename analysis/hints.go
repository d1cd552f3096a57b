package analysis

import "fmt"

// HintAccount tells what had become of all hints of a run by a moment.
type HintAccount struct {
	Time       int64 // virtual time, ns
	Stored     int64
	Returned   int64 // came back in a restart, since their removal had not been synced
	Delivered  int64
	Superseded int64 // merged into one that was kept already
	Rehomed    int64 // given to another node than their home
	Expired    int64 // older than the window
	Destroyed  int64 // lost in a crash before they were synced, or damaged on disk
	Pending    int64 // kept
	Stranded   int64 // of these, by nodes or for nodes that need not come back
}

// missing is how many hints are not accounted for, negative if more are than
// there were.
func (a *HintAccount) missing() int64 {
	return a.Stored + a.Returned - a.Delivered - a.Superseded - a.Rehomed - a.Expired - a.Destroyed - a.Pending
}

func hintsCheck() Check {
	return Check{
		Name: "hints",
		Doc: "every hint is accounted for at any time: stored = delivered + superseded + rehomed + expired + destroyed + pending; at the end " +
			"none is pending, and none has expired unless a window is set",
		Source: "Dynamo §4.6, hinted handoff",
		Needs:  NeedHints,
		begin:  func(s *Subject, r Request) judging { return atTheEnd{s, r, judgeHints} },
	}
}

func judgeHints(s *Subject, r Request) []Result {
	result := Result{Want: r.Want, Verdict: Valid}
	accounts := s.Facts.Hints
	last := accounts[len(accounts)-1]
	for _, n := range []struct {
		name  string
		value int64
	}{{"stored", last.Stored}, {"returned", last.Returned}, {"delivered", last.Delivered}, {"superseded", last.Superseded}, {"rehomed", last.Rehomed},
		{"expired", last.Expired}, {"destroyed", last.Destroyed}, {"pending", last.Pending}} {
		result.count(n.name, n.value)
	}
	result.Summary = fmt.Sprintf("%s: %d delivered, %d superseded, %d destroyed", count(int(last.Stored), "hint"), last.Delivered, last.Superseded, last.Destroyed)
	if last.Stored == 0 {
		result.Vacuous = "no hint was stored"
	}
	if kind, text := s.hintsWrong(accounts); kind != "" {
		result.Verdict, result.Summary = Invalid, text
		result.Evidence = []Evidence{{Kind: kind, Operations: []int{}, Text: text}}
	}
	return []Result{result}
}

// hintsWrong finds the first account that does not add up, or what is wrong
// with the last.
func (s *Subject) hintsWrong(accounts []HintAccount) (kind, text string) {
	for i := range accounts {
		if a := &accounts[i]; a.missing() != 0 {
			return "hints-unaccounted", fmt.Sprintf("at %s %d of %s are unaccounted for: %d delivered, %d superseded, %d rehomed, %d expired, %d destroyed, %d pending",
				s.at(a.Time), a.missing(), count(int(a.Stored+a.Returned), "hint"), a.Delivered, a.Superseded, a.Rehomed, a.Expired, a.Destroyed, a.Pending)
		}
	}
	last := &accounts[len(accounts)-1]
	switch {
	case last.Pending > last.Stranded:
		return "hints-pending", fmt.Sprintf("%s still pending at the end", count(int(last.Pending-last.Stranded), "hint"))
	case last.Expired > 0 && !s.Facts.HintWindow:
		return "hints-expired", fmt.Sprintf("%s expired although no window is set", count(int(last.Expired), "hint"))
	}
	return "", ""
}
