package scenarios

import (
	"cmp"
	"embed"
	"io"
	"io/fs"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed library
var library embed.FS

// Entry is a scenario of the embedded library.
type Entry struct {
	Name  string   // with the folder of its group before it, if it is in one: pynamo/simple-put
	About string   // one line
	Paper []string // sections of the paper shown
	Tags  []string
}

// Library lists the embedded scenarios by name.
func Library() []Entry {
	var list []Entry
	for _, name := range libraryNames() {
		list = append(list, entry(name))
	}
	return list
}

// LibraryFile returns the text of an embedded scenario.
func LibraryFile(name string) ([]byte, bool) {
	text, err := library.ReadFile("library/" + name + ".yaml")
	return text, err == nil
}

// libraryNames lists the names of the embedded scenarios, those outside of folders first.
func libraryNames() []string {
	var names []string
	err := fs.WalkDir(library, "library", func(path string, f fs.DirEntry, err error) error {
		if err == nil && !f.IsDir() {
			names = append(names, strings.TrimSuffix(strings.TrimPrefix(path, "library/"), ".yaml"))
		}
		return err
	})
	if err != nil {
		panic("scenarios: embedded library: " + err.Error())
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Or(strings.Count(a, "/")-strings.Count(b, "/"), strings.Compare(a, b))
	})
	return names
}

// Group is the folder of the library that a scenario is in; "" for none.
func (e Entry) Group() string {
	group, _, found := strings.Cut(e.Name, "/")
	if !found {
		return ""
	}
	return group
}

// Large tells whether the scenario takes seconds of a processor or more, so that tests leave it to `make scale`.
func (e Entry) Large() bool { return slices.Contains(e.Tags, "large") }

// entry reads what a list shows of a scenario, without loading it.
func entry(name string) Entry {
	text, _ := LibraryFile(name)
	e := Entry{Name: name}
	root, problems := parse(newSource("@"+name, text), text)
	if problems != nil {
		return e
	}
	if _, about := lookup(root, "about"); about != nil {
		e.About = about.Value
	}
	e.Paper, e.Tags = texts(root, "paper"), texts(root, "tags")
	return e
}

// texts returns the items of a list at a key.
func texts(root *yaml.Node, key string) []string {
	_, list := lookup(root, key)
	if list == nil {
		return nil
	}
	var out []string
	for _, item := range list.Content {
		out = append(out, item.Value)
	}
	return out
}

// readLimited reads at most one byte more than a scenario may have.
func readLimited(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, MaxPlan+1))
}
