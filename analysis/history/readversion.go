package history

import (
	"bytes"
	"slices"
)

// Versions on the lines of a file: what writes name and gets returned.

// newVersion notes that id writes the version of this line.
func (rd *reader) newVersion(id OpID, o *Operation) error {
	f, h := &rd.f, rd.h
	if len(f.version) == 0 {
		return refuse(examplePut, "a version without a name")
	}
	before, known := rd.versions.find(h, f.version)
	if known && before.Written() {
		return refuse("", "version %q is written twice: operation %d wrote it first", clip(f.version), h.Op(before).InvokeIndex)
	}
	name := string(f.version)
	if known {
		rd.resolve(before, id)
	}
	if isDefaultName(name, h.ClientName(o.Client), o.Number) {
		rd.versions.number(o.Client, o.Number, id)
		return nil
	}
	rd.versions.others[name] = id
	h.SetVersion(id, name)
	return nil
}

// resolve notes that a version which was returned before has now been written.
func (rd *reader) resolve(phantom, id OpID) {
	facts := &rd.phantom[-2-phantom]
	facts.opID, facts.known = id, true
	rd.resolved = true
	rd.offered[id] = facts.key == rd.h.Op(id).Key
	if t, n, ok := rd.h.StampOf(phantom); ok {
		rd.h.SetStamp(id, t, n)
	}
}

// versionNames finds versions by their names. Those that are called after their
// clients, as in histories of our own, cost four bytes an operation.
type versionNames struct {
	numbered [][]OpID        // by client, then by the number of its operation from 0
	others   map[string]OpID // phantoms too
}

// number notes a version that is called after the number of a client's
// operation.
func (n *versionNames) number(client, number int32, id OpID) {
	for int(client) >= len(n.numbered) {
		n.numbered = append(n.numbered, nil)
	}
	list := n.numbered[client]
	for len(list) < int(number)-1 {
		list = append(list, NoVersion)
	}
	n.numbered[client] = append(list, id)
}

func (n *versionNames) find(h *History, name []byte) (OpID, bool) {
	if dot := bytes.LastIndexByte(name, '.'); dot > 0 {
		number, ok := ordinal(name[dot+1:])
		if client, known := h.clients.number[string(name[:dot])]; ok && known && int(client) < len(n.numbered) {
			if list := n.numbered[client]; number <= len(list) && list[number-1] != NoVersion {
				return list[number-1], true
			}
		}
	}
	id, ok := n.others[string(name)]
	return id, ok
}

// ordinal reads a number from 1 on that is written without needless digits.
func ordinal(digits []byte) (n int, ok bool) {
	if len(digits) == 0 || len(digits) > 9 || digits[0] == '0' {
		return 0, false
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = 10*n + int(d-'0')
	}
	return n, true
}

func isDefaultName(name, client string, number int32) bool {
	return len(name) > len(client)+1 && name[:len(client)] == client && name[len(client)] == '.' &&
		isNumber(name[len(client)+1:], number)
}

// contextOf reads the context of a put: versions that the client could know.
func (rd *reader) contextOf(key int32) ([]OpID, error) {
	rd.ids = rd.ids[:0]
	for _, name := range rd.f.context {
		id, ok := rd.versions.find(rd.h, name)
		if !ok || !rd.couldKnow(id, key) {
			return nil, refuse("", "invented context: no get of key %q has returned %q so far, and no put or delete of it was acknowledged",
				clip(rd.f.key), clip(name))
		}
		if slices.Contains(rd.ids, id) {
			return nil, refuse("", "the context names %q twice", clip(name))
		}
		rd.ids = append(rd.ids, id)
	}
	return rd.ids, nil
}

func (rd *reader) couldKnow(v OpID, key int32) bool {
	if v.Written() {
		return rd.offered[v] && rd.h.Op(v).Key == key
	}
	return rd.phantom[-2-v].key == key
}

// lookUp finds versions by name; those that nothing wrote so far are phantoms.
func (rd *reader) lookUp(list [][]byte, key int32, done string) ([]OpID, error) {
	rd.ids = rd.ids[:0]
	for _, name := range list {
		id, ok := rd.versions.find(rd.h, name)
		if !ok {
			if len(name) == 0 {
				return nil, refuse(exampleOkGet, "a version without a name")
			}
			id = rd.h.Phantom(string(name))
			rd.versions.others[string(name)] = id
			rd.phantom = append(rd.phantom, phantomFacts{key: -1})
		}
		if slices.Contains(rd.ids, id) {
			return nil, refuse(exampleOkGet, "version %q is %s twice on one line", clip(name), done)
		}
		rd.ids = append(rd.ids, id)
	}
	return rd.ids, nil
}

// offer notes that a get of key returned v, so that contexts may name it.
func (rd *reader) offer(v OpID, key int32) {
	if v.Written() {
		rd.offered[v] = rd.offered[v] || rd.h.Op(v).Key == key
	} else if facts := &rd.phantom[-2-v]; facts.key < 0 {
		facts.key = key
	}
}

// values keeps the values that a get returned where they are not simply those
// that were written.
func (rd *reader) values(id OpID) error {
	f, h := &rd.f, rd.h
	versions := h.Versions(id)
	if len(f.values) != len(versions) {
		return refuse(exampleOkGet, "%d values for %d versions", len(f.values), len(versions))
	}
	same := true
	for i, v := range versions {
		w := h.written(v)
		same = same && w.Null == f.values[i].null && w.Text == string(f.values[i].text)
	}
	if same {
		return nil
	}
	texts := make([]int32, len(versions))
	for i, v := range f.values {
		texts[i] = -1
		if !v.null {
			texts[i] = int32(len(h.texts))
			h.texts = append(h.texts, string(v.text))
		}
	}
	given := h.numbers.put(texts)
	h.change(id, func(e *extra) { e.values = given })
	return nil
}

// stamps reads ts and node, which stand beside versions.
func (rd *reader) stamps(example string, versions []OpID) error {
	f, h := &rd.f, rd.h
	if err := rd.need(example, "ts", "node"); err != nil {
		return err
	}
	if len(f.ts) != len(versions) || len(f.nodes) != len(versions) {
		return refuse(example, "%d timestamps and %d nodes for %d versions", len(f.ts), len(f.nodes), len(versions))
	}
	for i, v := range versions {
		node, err := rd.tiebreak(f.nodes[i])
		if err != nil {
			return err
		}
		if t, n, ok := h.StampOf(v); ok && (t != f.ts[i] || n != node) {
			return refuse("", "version %q has timestamp %d here and %d before, or another node", h.VersionName(v), f.ts[i], t)
		}
		h.SetStamp(v, f.ts[i], node)
	}
	return nil
}

// tiebreak turns the node of a stamp into a number; names are ranked when all
// are known.
func (rd *reader) tiebreak(t tiebreak) (int32, error) {
	if t.name == nil {
		rd.numbered = true
	}
	if rd.numbered && (t.name != nil || len(rd.nodeNames.list) > 0) {
		return 0, refuse(exampleStamp, "the file names the nodes of timestamps by number and by name: ties need one of the two")
	}
	if t.name == nil {
		return t.number, nil
	}
	return rd.nodeNames.addBytes(t.name), nil
}

func (rd *reader) cartItems(pairs [][2][]byte) []CartItem {
	items := make([]CartItem, len(pairs))
	for i, p := range pairs {
		items[i] = CartItem{Item: rd.h.items.addBytes(p[0]), Tag: rd.h.tags.addBytes(p[1])}
	}
	return items
}

func (rd *reader) tags(list [][]byte) []int32 {
	tags := make([]int32, len(list))
	for i, t := range list {
		tags[i] = rd.h.tags.addBytes(t)
	}
	return tags
}
