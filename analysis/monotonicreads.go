package analysis

import "fmt"

func monotonicReadsCheck() Check {
	return Check{
		Name:   "monotonic-reads",
		Lean:   true,
		Doc:    "a get covers every version that an earlier get of the same client returned, key by key",
		Source: "Terry et al. 1994, session guarantees",
		Examples: []Example{
			versions("ann.put:a[0,10] ann.put:b/a[11,20] bob.get:b[30,40] bob.get:a[50,60]", Invalid, "bob had seen b"),
			versions("ann.put:a[0,10] ann.put:b/a[11,20] bob.get:b[30,40] eve.get:a[50,60]", Valid, "eve had not"),
		},
		begin: func(s *Subject, r Request) judging {
			return beginSessions(s, r, &sessionRule{kind: "read-went-back", text: func(s *Subject, v sessionBreach) string {
				return fmt.Sprintf("%s although it had read %s at %s", s.readApart(v.get, v.from), s.versions(s.History.Versions(v.from)),
					s.ended(v.from, v.get))
			}})
		},
	}
}
