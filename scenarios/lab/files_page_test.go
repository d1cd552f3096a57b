package lab

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dynamosim/scenarios/frames"
	"dynamosim/sim/trace"
)

var updatePage = flag.Bool("update-files-page", false, "write the generated part of docs/files.md anew")

// The page about the files names every file, every way to keep them, and every kind of record; its list of kinds is generated.
func TestFilesPage(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "files.md")
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := bytes.Cut(page, []byte("<!-- kinds -->\n"))
	_, after, found := bytes.Cut(rest, []byte("<!-- end of kinds -->\n"))
	if !ok || !found {
		t.Fatal("the marks of the generated part are missing")
	}
	var kinds strings.Builder
	kinds.WriteString("<!-- kinds -->\n| kind | meaning |\n|---|---|\n")
	for _, k := range trace.Kinds() {
		fmt.Fprintf(&kinds, "| `%s` | %s |\n", k.Name, k.Doc)
	}
	kinds.WriteString("<!-- end of kinds -->\n")
	want := string(before) + kinds.String() + string(after)
	if *updatePage {
		if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if string(page) != want {
		t.Error("the list of kinds is not up to date: go test ./scenarios/lab -run FilesPage -update-files-page")
	}
	for _, name := range append(append(ownFiles, Keeps()...), resultFile, "--no-trace", "--compress") {
		if name != resultDraft && !strings.Contains(want, "`"+name+"`") {
			t.Errorf("%s is not on the page", name)
		}
	}
	if frames.Size != 1<<20 || cutEvery != 1_048_576 {
		t.Error("the page says how long frames are")
	}
}
