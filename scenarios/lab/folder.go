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
	"strings"

	"dynamosim/scenarios"
)

// Folder is where a run writes its files. They come into being in a folder of another name and get to their place when all of them are
// whole, result.json last: a folder without result.json is no result.
type Folder struct {
	dir  string   // as the user named it
	at   *os.Root // the folder itself, or, where it does not exist yet, the one that it will be in
	base string   // its name in at; "" where at is the folder itself
	temp string   // name of the temporary folder in at
	root *os.Root // the temporary folder
}

// tempPrefix begins the names of temporary folders.
const tempPrefix = ".dynamosim-"

// resultFile marks a folder as whole.
const resultFile = "result.json"

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
	if err == nil {
		err = f.makeTemp()
	}
	if err != nil {
		return nil, fmt.Errorf("-o %s: %w", Quote(dir), reasonOf(err))
	}
	return f, nil
}

// openExisting uses a folder that is there already.
func (f *Folder) openExisting(plan *scenarios.Scenario, force bool) error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	empty := true
	for _, e := range entries {
		empty = empty && strings.HasPrefix(e.Name(), tempPrefix)
	}
	if !empty && !force {
		old, err := os.ReadFile(filepath.Join(f.dir, "plan.yaml"))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return &BadInput{fmt.Sprintf("-o %s: error: the folder is not empty, and what is in it is no run\n  choose another one, or write into it with --force", Quote(f.dir))}
		case err != nil:
			return err
		case !bytes.Equal(old, plan.YAML()):
			return &BadInput{fmt.Sprintf("-o %s: error: the folder holds the run of another plan\n  choose another one, or overwrite it with --force", Quote(f.dir))}
		}
	}
	f.at, err = os.OpenRoot(f.dir)
	return err
}

// openNew makes the folders above one that is not there yet.
func (f *Folder) openNew() (err error) {
	path := filepath.Clean(f.dir)
	f.base = filepath.Base(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f.at, err = os.OpenRoot(filepath.Dir(path))
	return err
}

func (f *Folder) makeTemp() (err error) {
	random := make([]byte, 8)
	rand.Read(random) // never fails
	f.temp = tempPrefix + hex.EncodeToString(random)
	if err = f.at.Mkdir(f.temp, 0o777); err == nil {
		f.root, err = f.at.OpenRoot(f.temp)
	}
	if err != nil {
		f.at.Close()
	}
	return err
}

// Create begins a file, whose name must not be taken. The caller closes it.
func (f *Folder) Create(name string) (*File, error) {
	file, err := f.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o666)
	if err != nil {
		return nil, f.failed(name, err)
	}
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
	f.root.Close()
	f.at.RemoveAll(f.temp)
	f.at.Close()
}

// Commit puts the files in their place.
func (f *Folder) Commit() error {
	err := f.commit()
	if err != nil {
		f.Discard()
		return fmt.Errorf("-o %s: %w", Quote(f.dir), reasonOf(err))
	}
	f.root.Close()
	return f.at.Close()
}

func (f *Folder) commit() error {
	if f.base != "" {
		if err := f.at.Rename(f.temp, f.base); err != nil {
			return err
		}
		return syncFolder(f.at)
	}
	if err := f.clear(); err != nil {
		return err
	}
	names, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range names {
		if e.Name() != resultFile {
			if err := f.at.Rename(f.temp+"/"+e.Name(), e.Name()); err != nil {
				return err
			}
		}
	}
	if err := syncFolder(f.at); err != nil {
		return err
	}
	if err := f.at.Rename(f.temp+"/"+resultFile, resultFile); err != nil {
		return err
	}
	if err := f.at.Remove(f.temp); err != nil {
		return err
	}
	return syncFolder(f.at)
}

// clear removes what an earlier run left in the folder: result.json first, then the pictures, whose names depend on its verdicts.
func (f *Folder) clear() error {
	if err := f.at.Remove(resultFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := f.at.Stat("host.json"); err != nil {
		return nil // not a run's folder: nothing else in it is ours
	}
	names, err := fs.Glob(f.at.FS(), "*.html")
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := f.at.Remove(name); err != nil {
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
