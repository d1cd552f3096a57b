package analysis

import (
	"fmt"

	"dynamosim/analysis/history"
)

func writesFollowReadsCheck() Check {
	return Check{
		Name:   "writes-follow-reads",
		Lean:   true,
		Doc:    "a get of any client that covers a put covers every version that its client had read before it, key by key",
		Source: "Terry et al. 1994, session guarantees",
		Examples: []Example{
			versions("ann.put:a[0,10] bob.get:a[20,30] bob.put:b[40,50] eve.get:b[60,70]", Invalid, "bob had read a when he wrote b"),
			versions("ann.put:a[0,10] bob.get:a[20,30] bob.put:b/a[40,50] eve.get:b[60,70]", Valid, "b came after a"),
		},
		Models: []history.Model{history.Siblings, history.LastWriteWins}, // of a register it says nothing that a get could break
		begin: func(s *Subject, r Request) judging {
			return beginSessions(s, r, &sessionRule{byWrites: true, kind: "read-overtaken", text: func(s *Subject, v sessionBreach) string {
				return fmt.Sprintf("%s, which covers %s of %s but not %s, which that client had read at %s, before it wrote", s.readText(v.get),
					s.version(v.write), s.client(v.write), s.version(v.lacked), s.at(s.History.Op(v.from).Return))
			}})
		},
	}
}
