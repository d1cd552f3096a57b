package history

import (
	"bytes"
	"slices"
	"sort"
	"strconv"
)

// client reads a line of a client's process.
func (rd *reader) client(number int) error {
	f := &rd.f
	fn, err := rd.function()
	if err != nil {
		return err
	}
	p := rd.processes[int32(f.process)]
	switch string(f.typ) {
	case "invoke":
		return rd.invoke(number, p, fn)
	case "ok", "fail", "info":
		return rd.end(p, fn)
	}
	return refuse("", "unknown \"type\" %q: it is one of invoke, ok, fail, info", clip(f.typ))
}

// function checks what every line of a client has.
func (rd *reader) function() (Func, error) {
	f := &rd.f
	example := exampleGet
	if string(f.f) != "get" {
		example = examplePut
	}
	if err := rd.need(example, "key"); err != nil {
		return 0, err
	}
	fn := slices.Index(funcNames[:], string(f.f))
	if fn < 0 {
		return 0, refuse("", "unknown \"f\" %q: it is one of get, put, delete", clip(f.f))
	}
	return Func(fn), nil
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
	id := h.begin(f.time, p.client, int32(f.process), fn, key, NoVersion).id
	p.op, p.line, p.open = id, number, true
	rd.offered = append(rd.offered, false)
	o := h.Op(id)
	if f.final {
		o.flags |= flagFinal
	}
	if f.preload {
		o.flags |= flagPreload
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
	token := rd.f.op
	first, ok := rd.groups[string(token)]
	number, isNumber := ordinal(token)
	isNumber = isNumber || string(token) == "0"
	if !ok && isNumber && int64(number) == rd.f.index {
		first, ok = id, true
		rd.h.flag(id, flagLeads)
	}
	if !ok && isNumber {
		first, ok = rd.leader(int32(number))
	}
	if !ok {
		first = id
		rd.groups[string(token)] = id
	}
	rd.h.SetGroup(id, first)
}

// leader finds the operation that was invoked at an index, if its group goes by
// that. It is usually among the newest.
func (rd *reader) leader(index int32) (OpID, bool) {
	h := rd.h
	to, step := h.Len(), 64
	from := max(0, to-step)
	for from > 0 && h.Op(OpID(from)).InvokeIndex > index {
		step *= 4
		to, from = from+1, max(0, from-step)
	}
	at := from + sort.Search(to-from, func(i int) bool { return h.Op(OpID(from+i)).InvokeIndex >= index })
	if at == h.Len() {
		return NoVersion, false
	}
	o := h.Op(OpID(at))
	return OpID(at), o.InvokeIndex == index && o.flags&flagLeads != 0
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
		o = h.end(f.time, p.op, Fail)
	case "info":
		p.lost = true
		o = h.end(f.time, p.op, Info)
	default:
		return rd.ok(p.op, o)
	}
	h.setReason(o, string(f.reason))
	h.changed(p.op, o)
	return nil
}

func (rd *reader) ok(id OpID, o *Operation) error {
	h := rd.h
	h.changed(id, h.end(rd.f.time, id, Ok))
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
	o = h.Op(id) // it has ended meanwhile
	h.name(o, ids)
	if f.final {
		o.flags |= flagFinal
	}
	h.changed(id, o)
	for _, v := range ids {
		rd.offer(v, o.Key)
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
		return rd.stamps(`"versions":["v17"],"ts":[1500],"node":["n2"]`, h.Named(o))
	}
	return nil
}
