package analysis

import "dynamosim/analysis/history"

// Example is a small history with the verdict on it, in the notation of
// ExampleNotation.
type Example struct {
	Model   history.Model
	History string
	Verdict Verdict
	Why     string // in a few words
}

// ExampleNotation explains the notation of examples.
const ExampleNotation = "put:b/a,c[0,10] puts version b over a and c from time 0 to 10, get:b[20,30] returned b, get:[20,30] nothing, del:d/a[0,10] deletes;\n" +
	"[20,?) has no known outcome, @5 is a timestamp of last-write-wins, ann. names the client, keyx. the key, fin:b[40,50] is a final get."

// registers, versions and stamped write the tables of examples.
func registers(text string, v Verdict, why string) Example {
	return Example{history.Register, text, v, why}
}

func versions(text string, v Verdict, why string) Example {
	return Example{history.Siblings, text, v, why}
}

func stamped(text string, v Verdict, why string) Example {
	return Example{history.LastWriteWins, text, v, why}
}
