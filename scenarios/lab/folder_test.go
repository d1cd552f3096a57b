package lab

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dynamosim/scenarios"
)

func libraryPlan(t *testing.T, name string, opts OpenOptions) *scenarios.Scenario {
	t.Helper()
	plan, _, err := Open(name, opts)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func openFolder(t *testing.T, dir string, plan *scenarios.Scenario, force bool) *Folder {
	t.Helper()
	f, err := OpenFolder(dir, plan, force)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// fill writes the files that mark a folder as a run's.
func fill(t *testing.T, f *Folder, plan *scenarios.Scenario, more ...string) {
	t.Helper()
	for _, name := range append([]string{"plan.yaml", "host.json", resultFile}, more...) {
		content := []byte(name)
		if name == "plan.yaml" {
			content = plan.YAML()
		}
		if err := f.Write(name, bytesOf(content)); err != nil {
			t.Fatal(err)
		}
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestResultAppearsLast(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	parent := t.TempDir()
	dir := filepath.Join(parent, "a", "run")
	f := openFolder(t, dir, plan, false)
	if err := f.Write(unfinishedFile, bytesOf([]byte("not yet"))); err != nil {
		t.Fatal(err)
	}
	fill(t, f, plan)
	if got := names(t, dir); !slices.Equal(got, []string{resultDraft, "host.json", "plan.yaml", unfinishedFile}) {
		t.Errorf("in the folder before it is whole: %v", got)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"host.json", "plan.yaml", "result.json"}) {
		t.Errorf("in the folder: %v", got)
	}
	if got := names(t, filepath.Dir(dir)); !slices.Equal(got, []string{"run"}) {
		t.Errorf("beside the folder: %v", got)
	}
}

func TestFolderOfTheSamePlanIsWrittenAnew(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	dir := t.TempDir() // there already, and empty
	first := openFolder(t, dir, plan, false)
	fill(t, first, plan, "old-key.html")
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	second := openFolder(t, dir, plan, false)
	fill(t, second, plan, "new-key.html")
	if _, err := os.Stat(filepath.Join(dir, "old-key.html")); err != nil {
		t.Errorf("the old result goes before the new one is whole: %v", err)
	}
	if err := second.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"host.json", "new-key.html", "plan.yaml", "result.json"}) {
		t.Errorf("in the folder: %v", got)
	}
}

func TestFolderWithSomethingElseIsRefused(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	seed := uint64(99)
	other := libraryPlan(t, "@put-get", OpenOptions{Seed: &seed})
	foreign, ofOther, file := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "file")
	os.WriteFile(filepath.Join(foreign, "thesis.txt"), []byte("precious"), 0o666)
	os.WriteFile(filepath.Join(ofOther, "plan.yaml"), other.YAML(), 0o666)
	os.WriteFile(file, nil, 0o666)
	for dir, want := range map[string]string{foreign: "--force", ofOther: "--force", file: "not a folder", "": "empty"} {
		_, err := OpenFolder(dir, plan, false)
		var bad *BadInput
		if !errors.As(err, &bad) || !strings.Contains(bad.Text, want) {
			t.Errorf("%q: %v, want a refusal with %q", dir, err, want)
		}
		if dir != "" && dir != file && len(names(t, dir)) != 1 {
			t.Errorf("%q was touched: %v", dir, names(t, dir))
		}
	}
}

func TestForceLeavesForeignFilesAlone(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "thesis.html"), []byte("precious"), 0o666)
	f := openFolder(t, dir, plan, true)
	fill(t, f, plan)
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"host.json", "plan.yaml", "result.json", "thesis.html"}) {
		t.Errorf("in the folder: %v", got)
	}
}

func TestDiscardLeavesNothing(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	parent := t.TempDir()
	f := openFolder(t, filepath.Join(parent, "run"), plan, false)
	fill(t, f, plan)
	f.Discard()
	if got := names(t, parent); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

// What a killed process leaves is in nobody's way: not in that of the same plan, nor of another one that is forced.
func TestLeftoversOfAKilledRun(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	seed := uint64(99)
	other := libraryPlan(t, "@put-get", OpenOptions{Seed: &seed})
	dir := t.TempDir()
	killed := openFolder(t, dir, other, false)
	fill(t, killed, other, unfinishedFile, PackedHistoryFile, "old-key.html")
	if _, err := OpenFolder(dir, plan, false); err == nil || !strings.Contains(err.Error(), "an unfinished run of another plan") {
		t.Errorf("%v", err)
	}
	for _, force := range []bool{true, false, false} {
		f := openFolder(t, dir, plan, force)
		if err := f.Write(unfinishedFile, bytesOf(nil)); err != nil {
			t.Fatal(err)
		}
		fill(t, f, plan)
		if force {
			f.leave() // killed as well
			continue
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		if got := names(t, dir); !slices.Equal(got, []string{"host.json", "plan.yaml", resultFile}) {
			t.Errorf("in the folder: %v", got)
		}
	}
}

func TestWriteErrorsNameTheFile(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	dir := filepath.Join(t.TempDir(), "run")
	f := openFolder(t, dir, plan, false)
	defer f.Discard()
	full := &os.PathError{Op: "write", Path: tempPrefix + "x/history.jsonl", Err: errors.New("no space left on device")}
	err := f.Write("history.jsonl", func(io.Writer) error { return full })
	if want := "writing " + filepath.Join(dir, "history.jsonl") + ": no space left on device"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if err := f.Write("history.jsonl", bytesOf(nil)); err == nil {
		t.Error("a name that is taken was taken again")
	}
}

func TestFolderThatCannotBeMade(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o666)
	_, err := OpenFolder(filepath.Join(file, "run"), plan, false)
	var bad *BadInput
	if err == nil || errors.As(err, &bad) {
		t.Errorf("got %v, want an error of the host", err)
	}
}

func TestPictureNames(t *testing.T) {
	for _, key := range []string{"cart-7", "../../etc/passwd", strings.Repeat("/", 128), "<script>", ".", "..", "a/b"} {
		name := pictureName(key)
		if name != filepath.Base(name) || len(name) > 255 || !strings.HasSuffix(name, ".html") || strings.ContainsAny(name, `<>:"|?*\`) {
			t.Errorf("key %q gets the file %q", key, name)
		}
	}
	if pictureName(strings.Repeat("/", 128)) == pictureName(strings.Repeat("/", 127)) {
		t.Error("two keys share a picture")
	}
}

// A crash leaves a folder too: the plan that repeats it, and what happened.
func TestFolderOfACrash(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	dir := filepath.Join(t.TempDir(), "run")
	f := openFolder(t, dir, plan, false)
	if err := f.begin(plan); err != nil {
		t.Fatal(err)
	}
	if err := writeCrash(plan, &Crash{Value: "index out of range", Stack: "goroutine 1", Now: 12e9, Event: 77}, f); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if again := libraryPlan(t, dir, OpenOptions{}); !again.Equal(plan) {
		t.Error("the plan in the folder is another one")
	}
	result, err := os.ReadFile(filepath.Join(dir, resultFile))
	if err != nil || !strings.Contains(string(result), `"crash": {"time_ns":12000000000,"event":77,"text":"index out of range"}`) {
		t.Errorf("%v in\n%s", err, result)
	}
}
