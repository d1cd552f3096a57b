package history

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
)

// client reads a line of a client's process.
func (rd *reader) client(number int) error {
	f := &rd.f
	example := exampleGet
	if string(f.f) != "get" {
		example = examplePut
	}
	if err := rd.need(example, "key"); err != nil {
		return err
	}
	fn := slices.Index(funcNames[:], string(f.f))
	if fn < 0 {
		return refuse("", "unknown \"f\" %q: it is one of get, put, delete", clip(f.f))
	}
	p := rd.processes[int32(f.process)]
	switch string(f.typ) {
	case "invoke":
		return rd.invoke(number, p, Func(fn))
	case "ok", "fail", "info":
		return rd.end(p, Func(fn))
	}
	return refuse("", "unknown \"type\" %q: it is one of invoke, ok, fail, info", clip(f.typ))
}

func (rd *reader) invoke(number int, p *thread, fn Func) error {
	f, h := &rd.f, rd.h
	if p != nil && (p.open || p.lost) {
		return rd.refuseSecond(p)
	}
	p, err := rd.thread(p)
	if err != nil {
		return err
	}
	key := h.keys.addBytes(f.key)
	id := h.begin(f.time, p.client, int32(f.process), fn, key)
	p.op, p.line, p.open = id, number, true
	rd.offered = append(rd.offered, false)
	o := h.Op(id)
	if f.final {
		o.flags |= flagFinal
	}
	if f.has("op") {
		rd.group(id)
	}
	if fn.Writes() {
		return rd.written(id, o, key)
	}
	return nil
}

func (rd *reader) refuseSecond(p *thread) error {
	if p.open {
		return refuse(exampleOkGet, "process %d invokes a second operation while that of line %d is open", rd.f.process, p.line)
	}
	return refuse(`"process":`+strconv.Itoa(len(rd.processes)+1000)+` with "client":`+strconv.Quote(rd.h.ClientName(p.client)),
		"process %d goes on although its operation of line %d ended in info: that one stays open for ever, so the client goes on as a new process",
		rd.f.process, p.line)
}

// thread returns the process of an invocation, a new one if it is new, and
// checks that it belongs to the client that the line names.
func (rd *reader) thread(p *thread) (*thread, error) {
	f, h := &rd.f, rd.h
	switch {
	case p == nil:
		name := strconv.FormatInt(f.process, 10)
		if f.has("client") {
			name = string(f.client)
		}
		p = &thread{client: h.AddClient(name)}
		rd.processes[int32(f.process)] = p
	case f.has("client") && h.ClientName(p.client) != string(f.client):
		return nil, refuse("", "process %d belongs to client %q since line %d, not to %q",
			f.process, h.ClientName(p.client), p.line, clip(f.client))
	}
	return p, nil
}

func (rd *reader) group(id OpID) {
	token := string(rd.f.op)
	first, ok := rd.groups[token]
	if !ok {
		first = id
		rd.groups[token] = id
	}
	rd.h.SetGroup(id, first)
}

// written reads what a put or delete writes.
func (rd *reader) written(id OpID, o *Operation, key int32) error {
	f, h := &rd.f, rd.h
	if err := rd.need(examplePut, "version"); err != nil {
		return err
	}
	context, err := rd.contextOf(key)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(f.context, func(name []byte) bool { return bytes.Equal(name, f.version) }) {
		return refuse("", "version %q supersedes itself", clip(f.version))
	}
	h.SetContext(id, context)
	if err := rd.newVersion(id, o); err != nil {
		return err
	}
	switch {
	case o.Func == Delete:
	case !f.has("value"):
		o.flags |= flagNoValue
	case f.valueNull:
		return refuse(`"f":"delete"`, "a put of null: a deletion has a function of its own")
	case f.valueOther:
		return refuse(examplePut, "field \"value\" of a put is a string")
	default:
		size := len(f.value)
		if f.has("size") {
			size = int(f.size)
		}
		h.SetValue(id, string(f.value), size)
	}
	if f.has("adds") || f.has("removes") {
		h.SetCart(id, rd.cartItems(f.adds), rd.tags(f.removes))
	}
	return nil
}

// newVersion notes that id writes the version of this line.
func (rd *reader) newVersion(id OpID, o *Operation) error {
	f, h := &rd.f, rd.h
	if len(f.version) == 0 {
		return refuse(examplePut, "a version without a name")
	}
	before, known := rd.versions[string(f.version)]
	if known && before.Written() {
		return refuse("", "version %q is written twice: operation %d wrote it first", clip(f.version), h.Op(before).InvokeIndex)
	}
	name := string(f.version)
	if known {
		rd.resolve(before, id)
	}
	rd.versions[name] = id
	if !isDefaultName(name, h.ClientName(o.Client), o.Number) {
		h.SetVersion(id, name)
	}
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

func isDefaultName(name, client string, number int32) bool {
	return len(name) > len(client)+1 && name[:len(client)] == client && name[len(client)] == '.' &&
		isNumber(name[len(client)+1:], number)
}

// contextOf reads the context of a put: versions that the client could know.
func (rd *reader) contextOf(key int32) ([]OpID, error) {
	rd.ids = rd.ids[:0]
	for _, name := range rd.f.context {
		id, ok := rd.versions[string(name)]
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

func (rd *reader) end(p *thread, fn Func) error {
	f, h := &rd.f, rd.h
	if p == nil || !p.open {
		return refuse(exampleGet+" first", "end of process %d without an invoke", f.process)
	}
	o := h.Op(p.op)
	switch {
	case o.Func != fn:
		return refuse("", "process %d ends a %v, but line %d invoked a %v", f.process, fn, p.line, o.Func)
	case h.KeyName(o.Key) != string(f.key):
		return refuse("", "process %d ends on key %q, but line %d invoked on %q", f.process, clip(f.key), p.line, h.KeyName(o.Key))
	case fn.Writes() && f.has("version") && h.VersionName(p.op) != string(f.version):
		return refuse("", "process %d ends with version %q, but line %d wrote %q", f.process, clip(f.version), p.line, h.VersionName(p.op))
	}
	p.open = false
	switch string(f.typ) {
	case "fail":
		h.end(f.time, p.op, Fail)
	case "info":
		p.lost = true
		h.end(f.time, p.op, Info)
	default:
		return rd.ok(p.op, o)
	}
	h.setReason(p.op, string(f.reason))
	return nil
}

func (rd *reader) ok(id OpID, o *Operation) error {
	h := rd.h
	h.end(rd.f.time, id, Ok)
	if o.Func == Get {
		return rd.returned(id, o)
	}
	rd.offered[id] = true
	if rd.f.has("ts") || h.Model == LastWriteWins && rd.override == nil {
		return rd.stamps(exampleStamp, []OpID{id})
	}
	return nil
}

// returned reads what a get returned.
func (rd *reader) returned(id OpID, o *Operation) error {
	f, h := &rd.f, rd.h
	if err := rd.need(exampleOkGet, "versions"); err != nil {
		return err
	}
	if len(f.versions) > 1 && h.Model != Siblings {
		return refuse(exampleOkGet, "%d versions in a %v: it holds one value", len(f.versions), h.Model)
	}
	ids, err := rd.lookUp(f.versions, o.Key, "returned")
	if err != nil {
		return err
	}
	o.versions = h.versions.put(ids)
	for _, v := range ids {
		rd.offer(v, o.Key)
	}
	if f.final {
		o.flags |= flagFinal
	}
	if f.has("values") {
		if err := rd.values(id); err != nil {
			return err
		}
	}
	if f.has("items") {
		h.SetItems(id, rd.cartItems(f.items))
	}
	if f.has("ts") {
		return rd.stamps(`"versions":["v17"],"ts":[1500],"node":["n2"]`, h.versions.get(o.versions))
	}
	return nil
}

// lookUp finds versions by name; those that nothing wrote so far are phantoms.
func (rd *reader) lookUp(list [][]byte, key int32, done string) ([]OpID, error) {
	rd.ids = rd.ids[:0]
	for _, name := range list {
		id, ok := rd.versions[string(name)]
		if !ok {
			if len(name) == 0 {
				return nil, refuse(exampleOkGet, "a version without a name")
			}
			id = rd.h.Phantom(string(name))
			rd.versions[string(name)] = id
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
	h.needExtra(id).values = h.numbers.put(texts)
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

// finish settles what only the whole file tells.
func (rd *reader) finish() *History {
	if rd.resolved {
		for _, chunk := range rd.h.versions.chunks {
			for i, v := range chunk {
				if !v.Written() && rd.phantom[-2-v].known {
					chunk[i] = rd.phantom[-2-v].opID
				}
			}
		}
	}
	if len(rd.nodeNames.list) > 0 {
		rd.rankNodes()
	}
	return rd.h
}

// rankNodes numbers the nodes of stamps in the order of their names.
func (rd *reader) rankNodes() {
	h := rd.h
	h.tiebreak = slices.Clone(rd.nodeNames.list)
	slices.SortFunc(h.tiebreak, compareNatural)
	rank := make([]int32, len(h.tiebreak))
	for i, name := range h.tiebreak {
		old, _ := rd.nodeNames.find(name)
		rank[old] = int32(i)
	}
	for i := range h.ops.n {
		if o := h.ops.at(i); o.Stamped() {
			o.StampNode = rank[o.StampNode]
		}
	}
	for i := range h.phantoms.stamp {
		if s := &h.phantoms.stamp[i]; s.known {
			s.node = rank[s.node]
		}
	}
}

// compareNatural orders names so that n2 comes before n10: runs of digits
// compare as numbers.
func compareNatural(a, b string) int {
	x, y := []byte(a), []byte(b)
	for len(x) > 0 && len(y) > 0 {
		dx, dy := leadingDigits(x), leadingDigits(y)
		if dx > 0 && dy > 0 {
			nx, ny := bytes.TrimLeft(x[:dx], "0"), bytes.TrimLeft(y[:dy], "0")
			if c := cmp.Or(cmp.Compare(len(nx), len(ny)), bytes.Compare(nx, ny)); c != 0 {
				return c
			}
			x, y = x[dx:], y[dy:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

func leadingDigits(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}
