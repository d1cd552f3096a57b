package lab

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dynamosim/scenarios"
)

// Folder is where a run writes its files. They come into being in their place, result.json last: a folder without it is no result, and has an
// unfinished.txt that says so. Where a whole result is there already it stays until the new one is whole, which is written in a temporary folder
// inside.
type Folder struct {
	dir     string   // as the user named it
	at      *os.Root // the folder itself
	root    *os.Root // where files are written: the folder itself, or the temporary one
	temp    string   // name of the temporary folder in at; "" where there is none
	made    bool     // the folder was not there before
	created []string

	through func(name string, w io.Writer) io.Writer // what lines of a file are written through, for tests; nil: nothing
}

// tempPrefix begins the names of temporary folders.
const tempPrefix = ".dynamosim-"

// resultFile marks a folder as whole, unfinishedFile as not yet.
const (
	resultFile     = "result.json"
	unfinishedFile = "unfinished.txt"
	resultDraft    = tempPrefix + resultFile // until it gets its place
)

// ownFiles are what a run may leave in its folder, beside result.json and pictures.
var ownFiles = []string{unfinishedFile, resultDraft, "plan.yaml", HistoryFile, PackedHistoryFile, StateFile, PackedStateFile, TraceFile, "report.md", "host.json"}

// OpenFolder prepares a folder for the files of a plan. It is refused with a *BadInput where something else is in it, unless forced; files
// that are not a run's stay untouched even then. An error of another kind is the host's.
func OpenFolder(dir string, plan *scenarios.Scenario, force bool) (*Folder, error) {
	if dir == "" {
		return nil, &BadInput{"-o: error: the name of the folder is empty\n  such as: -o runs/first"}
	}
	f := &Folder{dir: dir}
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		return nil, &BadInput{fmt.Sprintf("-o %s: error: that is a file, not a folder", Quote(dir))}
	case err == nil:
		err = f.openExisting(plan, force)
	case errors.Is(err, fs.ErrNotExist):
		err = f.openNew()
	}
	var bad *BadInput
	if errors.As(err, &bad) {
		return nil, bad
	}
	if err != nil {
		return nil, fmt.Errorf("-o %s: %w", Quote(dir), reasonOf(err))
	}
	return f, nil
}

// openExisting uses a folder that is there already.
func (f *Folder) openExisting(plan *scenarios.Scenario, force bool) (err error) {
	empty, whole, ours, err := f.look(plan, force)
	if err != nil {
		return err
	}
	if f.at, err = os.OpenRoot(f.dir); err != nil {
		return err
	}
	switch f.root = f.at; {
	case whole:
		err = f.makeTemp()
	case !empty && ours:
		err = f.clear(true)
	}
	if err != nil {
		f.at.Close()
	}
	return err
}

// look tells whether a folder is empty, holds a whole result, and is that of a run. It is refused where it is not for the plan, unless forced.
func (f *Folder) look(plan *scenarios.Scenario, force bool) (empty, whole, ours bool, err error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return false, false, false, err
	}
	empty = true
	for _, e := range entries {
		empty = empty && strings.HasPrefix(e.Name(), tempPrefix)
		whole = whole || e.Name() == resultFile
		ours = ours || e.Name() == unfinishedFile
	}
	if empty || force {
		return empty, whole, ours, nil
	}
	old, err := os.ReadFile(filepath.Join(f.dir, "plan.yaml"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = &BadInput{fmt.Sprintf("-o %s: error: the folder is not empty, and what is in it is no run\n  choose another one, or write into it with --force", Quote(f.dir))}
	case err == nil && !bytes.Equal(old, plan.YAML()):
		what := "the run"
		if ours && !whole {
			what = "an unfinished run"
		}
		err = &BadInput{fmt.Sprintf("-o %s: error: the folder holds %s of another plan\n  choose another one, or overwrite it with --force", Quote(f.dir), what)}
	}
	return empty, whole, true, err
}

// openNew makes a folder that is not there yet, and those above it.
func (f *Folder) openNew() (err error) {
	if err := os.MkdirAll(f.dir, 0o777); err != nil {
		return err
	}
	f.made = true
	f.at, err = os.OpenRoot(f.dir)
	f.root = f.at
	return err
}

func (f *Folder) makeTemp() (err error) {
	random := make([]byte, 8)
	rand.Read(random) // never fails
	f.temp = tempPrefix + hex.EncodeToString(random)
	if err = f.at.Mkdir(f.temp, 0o777); err == nil {
		f.root, err = f.at.OpenRoot(f.temp)
	}
	return err
}

// begin writes what tells of a run that never comes to its end: its plan, and how to read what it left.
func (f *Folder) begin(plan *scenarios.Scenario) error {
	dir := Quote(filepath.Join(f.dir, f.temp))
	text := fmt.Sprintf(`This run has not come to its end: it goes on, or it was killed.

run      %s
began    %s, process %d

Its files hold what had happened when they were last written to:

         dynamosim check %s
         dynamosim history %s
         dynamosim trace %s

again    dynamosim run %s -o %s
`, Command("run", plan), time.Now().UTC().Format("2006-01-02 15:04:05 UTC"), os.Getpid(), dir, dir, dir, dir, Quote(f.dir))
	if err := f.Write(unfinishedFile, bytesOf([]byte(text))); err != nil {
		return err
	}
	return f.Write("plan.yaml", bytesOf(plan.YAML()))
}

// Create begins a file, whose name must not be taken. The caller closes it.
func (f *Folder) Create(name string) (*File, error) {
	at := name
	if name == resultFile && f.temp == "" {
		at = resultDraft
	}
	if slices.Contains(f.created, at) {
		return nil, f.failed(name, fs.ErrExist)
	}
	if err := f.root.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) { // of an earlier run
		return nil, f.failed(name, err)
	}
	file, err := f.root.OpenFile(at, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o666)
	if err != nil {
		return nil, f.failed(name, err)
	}
	f.created = append(f.created, at)
	return &File{folder: f, name: name, file: file, w: bufio.NewWriterSize(file, 64<<10)}, nil
}

// Write writes a whole file.
func (f *Folder) Write(name string, content func(w io.Writer) error) error {
	file, err := f.Create(name)
	if err != nil {
		return err
	}
	if err := content(file); err != nil {
		file.file.Close()
		return f.failed(name, err)
	}
	return file.Close()
}

// Open reads a file that was written before.
func (f *Folder) Open(name string) (io.ReadCloser, error) {
	file, err := f.root.Open(name)
	if err != nil {
		return nil, f.failed(name, err)
	}
	return file, nil
}

func (f *Folder) failed(name string, err error) error {
	return fmt.Errorf("writing %s: %w", filepath.Join(f.dir, name), reasonOf(err))
}

// reasonOf is an error without the path of a temporary file.
func reasonOf(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Discard removes what was written.
func (f *Folder) Discard() {
	if f.temp != "" {
		f.root.Close()
		f.at.RemoveAll(f.temp)
	} else {
		for _, name := range f.created {
			f.at.Remove(name)
		}
	}
	f.at.Close()
	if f.made {
		os.Remove(f.dir) // unless somebody else has put something into it
	}
}

// leave lets what was written stay as that of an unfinished run. It returns the folder that holds it.
func (f *Folder) leave() (dir string) {
	if f.temp != "" {
		f.root.Close()
	}
	f.at.Close()
	return filepath.Join(f.dir, f.temp)
}

// Commit puts the files in their place.
func (f *Folder) Commit() error {
	err := f.commit()
	if err != nil {
		f.Discard()
		return fmt.Errorf("-o %s: %w", Quote(f.dir), reasonOf(err))
	}
	if f.temp != "" {
		f.root.Close()
	}
	return f.at.Close()
}

func (f *Folder) commit() error {
	if f.temp != "" {
		if err := f.clear(false); err != nil {
			return err
		}
		if err := f.moveAll(); err != nil {
			return err
		}
	}
	if err := syncFolder(f.at); err != nil {
		return err
	}
	if err := f.moveResult(); err != nil {
		return err
	}
	if err := f.root.Remove(unfinishedFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if f.temp != "" {
		if err := f.at.Remove(f.temp); err != nil {
			return err
		}
	}
	return syncFolder(f.at)
}

// moveAll puts all but result.json into its place.
func (f *Folder) moveAll() error {
	for _, name := range f.created {
		if name != resultFile && name != unfinishedFile {
			if err := f.at.Rename(f.temp+"/"+name, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Folder) moveResult() error {
	from := resultDraft
	if f.temp != "" {
		from = f.temp + "/" + resultFile
	}
	return f.at.Rename(from, resultFile)
}

// clear removes what an earlier run left in the folder: result.json first, then the pictures, whose names depend on its verdicts, and what the
// next one may not write again.
func (f *Folder) clear(unfinished bool) error {
	if err := f.at.Remove(resultFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, err := f.at.Stat("host.json")
	if err != nil && !unfinished {
		return nil // not a run's folder: nothing else in it is ours
	}
	names := ownFiles
	if err == nil {
		pictures, err := fs.Glob(f.at.FS(), "*.html")
		if err != nil {
			return err
		}
		names = append(pictures, names...)
	}
	for _, name := range names {
		if err := f.at.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// syncFolder makes names durable. Some systems have no such thing for folders, which is no reason to fail.
func syncFolder(root *os.Root) error {
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

// File is a file under way.
type File struct {
	folder *Folder
	name   string
	file   *os.File
	w      *bufio.Writer
}

// Write buffers.
func (f *File) Write(b []byte) (int, error) { return f.w.Write(b) }

// Close flushes, makes the content durable and closes the file.
func (f *File) Close() error {
	err := errors.Join(f.w.Flush(), f.file.Sync(), f.file.Close())
	if err != nil {
		return f.folder.failed(f.name, err)
	}
	return nil
}
