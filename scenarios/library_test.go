package scenarios

import (
	"path"
	"testing"
)

// Every scenario of the library loads without a warning, says what it is, and
// its plan is sound.
func TestLibrary(t *testing.T) {
	entries := Library()
	if len(entries) == 0 {
		t.Fatal("the library is empty")
	}
	for _, e := range entries {
		text, ok := LibraryFile(e.Name)
		if !ok || e.About == "" || checkFormat("name", path.Base(e.Name)) != nil {
			t.Errorf("%+v", e)
		}
		s, list := Load("@"+e.Name, text, nil, Vocabulary{}, LoadOptions{})
		if s == nil {
			t.Errorf("%s: %s", e.Name, FormatAll(list))
			continue
		}
		for _, d := range list {
			if d.Severity == Warning {
				t.Errorf("%s", d.Format())
			}
		}
		if s.Name != path.Base(e.Name) || s.Description == "" {
			t.Errorf("%s is called %q and described %q", e.Name, s.Name, s.Description)
		}
		checkPlan(t, s)
	}
	if _, ok := LibraryFile("../library"); ok {
		t.Error("a file outside of the library was read")
	}
}
