package lab

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is written while a run goes on is what is known of it at its end, and the run is the same.
func TestRecordingIsTheHistory(t *testing.T) {
	for _, name := range []string{"@put-get", "@cart-partition", "@chaos"} {
		plan := libraryPlan(t, name, OpenOptions{})
		want, err := Run(plan, RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var history bytes.Buffer
		if err := want.Result.History.Write(&history); err != nil {
			t.Fatal(err)
		}
		for _, keep := range []KeepOptions{{}, {Compress: true}, {NoTrace: true}} {
			dir := filepath.Join(t.TempDir(), "run")
			report, _, err := Produce(plan, ProduceOptions{Folder: openFolder(t, dir, plan, false), Keep: keep})
			if err != nil {
				t.Fatal(err)
			}
			if report.Result.Digest != want.Result.Digest {
				t.Errorf("%s, %+v: another run", name, keep)
			}
			r, err := FindHistory(dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			in, err := r.Open()
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(in)
			in.Close()
			if err != nil || !bytes.Equal(got, history.Bytes()) || r.Loss("") != "" {
				t.Errorf("%s, %+v: %d bytes of a history of %d, %v, %s", name, keep, len(got), history.Len(), err, r.Loss(""))
			}
		}
	}
}

// full is a disk with room for some bytes.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(b), nil
}

// A disk that is full ends a run of hours at once, with the name of the file; what was written stays.
func TestFullDisk(t *testing.T) {
	plan := libraryPlan(t, "@chaos", OpenOptions{Set: []string{"duration=1h"}})
	for _, name := range []string{TraceFile, HistoryFile} {
		dir := filepath.Join(t.TempDir(), "run")
		f := openFolder(t, dir, plan, false)
		f.through = func(file string, w io.Writer) io.Writer {
			if file == name {
				return &full{100_000}
			}
			return w
		}
		_, _, err := Produce(plan, ProduceOptions{Folder: f})
		if want := "writing " + filepath.Join(dir, name) + ": no space left on device"; err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		if !isUnfinished(dir) {
			t.Errorf("left: %v", names(t, dir))
		}
	}
	// At the end, too.
	plan = libraryPlan(t, "@put-get", OpenOptions{})
	f := openFolder(t, filepath.Join(t.TempDir(), "run"), plan, false)
	f.through = func(string, io.Writer) io.Writer { return &full{1} }
	if _, _, err := Produce(plan, ProduceOptions{Folder: f, Keep: KeepOptions{History: KeepFailures}}); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("%v", err)
	}
}

// The folder of an unfinished run says how to go on, and holds a plan.
func TestUnfinishedFolder(t *testing.T) {
	plan := libraryPlan(t, "@chaos", OpenOptions{})
	dir := filepath.Join(t.TempDir(), "run")
	asked := 0
	_, _, err := Produce(plan, ProduceOptions{
		RunOptions: RunOptions{Stop: func() bool { asked++; return asked > 3 }}, Folder: openFolder(t, dir, plan, false),
	})
	var u *Unfinished
	if !errors.As(err, &u) || !errors.Is(err, ErrInterrupted) || u.Dir != dir {
		t.Fatalf("%v", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, unfinishedFile))
	if err != nil || !strings.Contains(string(text), "dynamosim run @chaos --seed") || !strings.Contains(string(text), "dynamosim run "+Quote(dir)+" -o "+Quote(dir)) {
		t.Errorf("%v\n%s", err, text)
	}
	if again := libraryPlan(t, dir, OpenOptions{}); !again.Equal(plan) {
		t.Error("the plan in the folder is another one")
	}
	if FindLeftover(dir, "trace") == nil || FindLeftover(dir, "history") == nil || FindLeftover("@chaos", "trace") != nil || FindLeftover("-", "history") != nil {
		t.Error("what is left is not found, or found where nothing is")
	}
	r, err := FindHistory(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := JudgeRecorded(r, JudgeOptions{})
	if err != nil || !strings.Contains(j.Incomplete, "is not complete: its run was killed or is still going on; read up to event ") {
		t.Errorf("%v, %+v", err, j)
	}
	os.Truncate(r.Path, 0) // killed before the header was on the disk
	if _, err := JudgeRecorded(r, JudgeOptions{}); err == nil || !strings.Contains(err.Error(), "read up to its beginning") {
		t.Errorf("%v", err)
	}
	// The same plan takes its place.
	if _, _, err := Produce(plan, ProduceOptions{Folder: openFolder(t, dir, plan, false)}); err != nil {
		t.Fatal(err)
	}
	if isUnfinished(dir) || FindLeftover(dir, "trace") != nil {
		t.Error("still unfinished")
	}
}

// A damaged file is told from one that was cut short.
func TestDamageIsTold(t *testing.T) {
	plan := libraryPlan(t, "@chaos", OpenOptions{})
	dir := filepath.Join(t.TempDir(), "run")
	if _, _, err := Produce(plan, ProduceOptions{Folder: openFolder(t, dir, plan, false), Keep: KeepOptions{Compress: true}}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, PackedHistoryFile)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(whole)
	bad[len(bad)/2] ^= 4
	for want, content := range map[string][]byte{
		"is damaged: a frame is damaged":                                bad,
		"is not complete: the file ends in the middle of a frame (byte": whole[:len(whole)*3/4],
		"is not complete: its run was killed or is still going on":      whole[:len(whole)-12],
	} {
		if err := os.WriteFile(file, content, 0o666); err != nil {
			t.Fatal(err)
		}
		r, err := FindHistory(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		j, err := JudgeRecorded(r, JudgeOptions{})
		switch {
		case err != nil && strings.Contains(err.Error(), want) && strings.Contains(err.Error(), "read up to its beginning"): // it is one frame
		case err != nil || !strings.Contains(j.Incomplete, want):
			t.Errorf("%v, %+v; want %s", err, j, want)
		}
	}
}

// What a sweep keeps of a failure is what it was told to.
func TestSweepKeeps(t *testing.T) {
	want := map[Keep]int{}
	for _, keep := range []Keep{KeepFull, KeepFailures, KeepSummary} {
		dir := t.TempDir()
		r := sweep(t, failingSweep(), dir, SweepOptions{Keep: keep, Force: true})
		files := tree(t, dir)
		folder := "failures/" + slug(r.Groups[0].Signature) + "/"
		want[keep] = len(files[folder+HistoryFile])
		if (files[folder+TraceFile] != "") != (keep == KeepFull) || files[folder+resultFile] == "" || files[folder+"plan.yaml"] == "" {
			t.Errorf("%s: a trace of %d bytes, a result of %d", keep, len(files[folder+TraceFile]), len(files[folder+resultFile]))
		}
	}
	if want[KeepSummary] != 0 || want[KeepFailures] == 0 || want[KeepFailures] >= want[KeepFull] {
		t.Errorf("lengths of histories: %v", want)
	}
}
