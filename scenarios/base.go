package scenarios

import (
	"io/fs"
	"path"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxBases is how many scenarios may stand on top of each other.
const maxBases = 8

// withBase lays a scenario over the one that it names as its base.
func (l *loading) withBase(root *yaml.Node, folder string, chain []string) *yaml.Node {
	_, n := lookup(root, "base")
	if n == nil {
		return root
	}
	name, ok := l.word(n, "base", "a library name or ./file")
	if !ok {
		return root
	}
	file, text, err := l.readBase(name, folder)
	switch {
	case err != "":
		l.fail(n, "base", err, "cannot read the base %s", quote(name))
		return root
	case contains(chain, file) || len(chain) >= maxBases:
		l.fail(n, "base", strings.Join(append(chain, file), " → "), "the base %s leads in a circle, or too far", quote(name))
		return root
	}
	src := newSource(file, text)
	base, problems := parse(src, text)
	if problems != nil {
		l.addAll(problems)
		return root
	}
	l.from(src, base)
	if !l.isMapping(base, "") {
		return root
	}
	base = l.withBase(base, path.Dir(file), append(chain, file))
	return l.merge(withoutOwn(base), root, "")
}

// readBase finds the text of a base. The error is the hint of a message.
func (l *loading) readBase(name, folder string) (file string, text []byte, hint string) {
	if !strings.HasPrefix(name, "./") {
		name = strings.TrimPrefix(name, "@")
		text, ok := LibraryFile(name)
		if !ok {
			return "", nil, suggest(name, libraryNames()) + "; a file begins with ./"
		}
		return "@" + name, text, ""
	}
	file = path.Join(folder, name)
	if l.fsys == nil || !fs.ValidPath(file) || strings.HasPrefix(folder, "@") {
		return "", nil, "files lie below the scenario's folder"
	}
	f, err := l.fsys.Open(file)
	if err != nil {
		return "", nil, reason(err)
	}
	defer f.Close()
	text, err = readLimited(f)
	if err != nil {
		return "", nil, reason(err)
	}
	return file, text, ""
}

// withoutOwn leaves out what belongs to the base itself.
func withoutOwn(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = nil
	for i := 0; i < len(n.Content); i += 2 {
		switch n.Content[i].Value {
		case "name", "base", "plan":
		default:
			c.Content = append(c.Content, n.Content[i], n.Content[i+1])
		}
	}
	return &c
}
