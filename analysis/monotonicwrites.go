package analysis

import (
	"fmt"

	"dynamosim/analysis/history"
)

func monotonicWritesCheck() Check {
	return Check{
		Name:   "monotonic-writes",
		Lean:   true,
		Doc:    "a get of any client that covers a put covers every put that its client had been told was done before it, key by key",
		Source: "Terry et al. 1994, session guarantees",
		Examples: []Example{
			versions("ann.put:a[0,10] ann.put:b[20,30] bob.get:b[40,50]", Invalid, "ann wrote a before b"),
			versions("ann.put:a[0,10] ann.put:b[20,30] bob.get:a[40,50]", Valid, "an old answer is no wrong order"),
		},
		Models: []history.Model{history.Siblings, history.LastWriteWins}, // of a register it says nothing that a get could break
		begin: func(s *Subject, r Request) judging {
			return beginSessions(s, r, &sessionRule{written: true, byWrites: true, kind: "write-overtaken", text: func(s *Subject, v sessionBreach) string {
				return fmt.Sprintf("%s, which covers %s of %s but not %s, acknowledged to the same client at %s, before that began", s.readText(v.get),
					s.version(v.write), s.client(v.write), s.version(v.lacked), s.at(s.History.Op(v.lacked).Return))
			}})
		},
	}
}
