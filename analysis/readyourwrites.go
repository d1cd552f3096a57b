package analysis

import "fmt"

func readYourWritesCheck() Check {
	return Check{
		Name:   "read-your-writes",
		Lean:   true,
		Doc:    "a get covers every put that the same client had been told was done before the get began, key by key",
		Source: "Terry et al. 1994, session guarantees",
		Examples: []Example{
			versions("ann.put:a[0,10] ann.get:[20,30]", Invalid, "her own put"),
			versions("ann.put:a[0,10] bob.get:[20,30]", Valid, "somebody else's"),
			versions("ann.put:a[0,10] bob.get:a[11,12] bob.put:b/a[13,14] ann.get:b[20,30]", Valid, "b came after a"),
		},
		begin: func(s *Subject, r Request) judging {
			return beginSessions(s, r, &sessionRule{written: true, kind: "own-write-missed", text: func(s *Subject, v sessionBreach) string {
				return fmt.Sprintf("%s although its own write of %s had been acknowledged at %s", s.readApart(v.get, v.lacked), s.version(v.lacked),
					s.ended(v.lacked, v.get))
			}})
		},
	}
}
