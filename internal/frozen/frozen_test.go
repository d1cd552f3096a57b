package frozen

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a test that keeps what goes wrong.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func TestAListingGrowsAndNeverChanges(t *testing.T) {
	was := "a                                1\nb                                2 3\n"
	for _, test := range []struct {
		name    string
		format  int
		update  bool
		now     []Line
		errors  string // in what is said
		written string
	}{
		{"the same", 1, false, []Line{{"b", "2 3"}, {"a", "1"}}, "", was},
		{"new and not asked for", 1, false, []Line{{"a", "1"}, {"b", "2 3"}, {"c", "4"}}, "1 lines are new, c the first", was},
		{"new", 1, true, []Line{{"a", "1"}, {"b", "2 3"}, {"aa", "4"}}, "", "a                                1\naa                               4\nb                                2 3\n"},
		{"changed", 1, true, []Line{{"a", "1"}, {"b", "2"}}, "b is 2, was 2 3", was},
		{"changed and new", 1, true, []Line{{"a", "1"}, {"b", "2"}, {"c", "4"}}, "format 1 is frozen", was},
		{"gone", 1, true, []Line{{"a", "1"}}, "b is gone", was},
		{"before there is a format", 0, true, []Line{{"a", "9"}}, "", "a                                9\n"},
	} {
		file := filepath.Join(t.TempDir(), "listing.txt")
		if err := os.WriteFile(file, []byte(was), 0o644); err != nil {
			t.Fatal(err)
		}
		r := &recorder{TB: t}
		(&Listing{File: file, Format: test.format, Update: test.update}).Check(r, test.now)
		text, err := os.ReadFile(file)
		said := strings.Join(r.errors, "\n")
		if err != nil || string(text) != test.written || (said == "") != (test.errors == "") || !strings.Contains(said, test.errors) {
			t.Errorf("%s: said %q, written\n%s%v", test.name, said, text, err)
		}
	}
}
