package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// Histories of one key in a short notation, one operation a word:
//
//	put:b/a,c@100[0,10]   put of version b over a and c, with timestamp 100
//	del:d/a[0,10]         deletion
//	get:b,c[20,30]        get that returned b and c; get:[20,30] found nothing
//	[20,?)                outcome unknown; [20,30! certainly failed at 30
//	key2.put:...          on another key; fin:... is a final get
//	ann.put:...           by client ann (a lower-case name that is no key)
//
// Intervals are closed: at equal times begins come before ends.
type parsed struct {
	f          history.Func
	key        string
	client     string
	version    string
	context    []string
	returned   []string
	stamp      int64
	stamped    bool
	final      bool
	begin, end int64
	outcome    history.Outcome
	id         history.OpID
}

func parseOperation(t testing.TB, word string) *parsed {
	t.Helper()
	p := &parsed{key: "k", outcome: history.Ok}
	head, times, ok := strings.Cut(word, "[")
	verb, rest, ok2 := strings.Cut(head, ":")
	if !ok || !ok2 {
		t.Fatalf("notation: %q", word)
	}
	for {
		name, after, more := strings.Cut(verb, ".")
		if !more {
			break
		}
		if strings.HasPrefix(name, "key") {
			p.key = name
		} else {
			p.client = name
		}
		verb = after
	}
	if body, stamp, ok := strings.Cut(rest, "@"); ok {
		rest, p.stamped = body, true
		p.stamp, _ = strconv.ParseInt(stamp, 10, 64)
	}
	switch verb {
	case "put", "del":
		p.f = history.Put
		if verb == "del" {
			p.f = history.Delete
		}
		version, context, _ := strings.Cut(rest, "/")
		p.version, p.context = version, names(context)
	case "get", "fin":
		p.f, p.returned, p.final = history.Get, names(rest), verb == "fin"
	default:
		t.Fatalf("notation: %q", word)
	}
	parseTimes(t, p, times)
	return p
}

func names(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func parseTimes(t testing.TB, p *parsed, times string) {
	t.Helper()
	from, to, _ := strings.Cut(times, ",")
	var err error
	if p.begin, err = strconv.ParseInt(from, 10, 64); err != nil {
		t.Fatalf("notation: %q", times)
	}
	if to == "?)" {
		p.outcome = history.Open
		return
	}
	if strings.HasSuffix(to, "!") {
		p.outcome = history.Fail
	}
	if p.end, err = strconv.ParseInt(to[:len(to)-1], 10, 64); err != nil {
		t.Fatalf("notation: %q", times)
	}
}

// record makes a history of operations in the notation.
func record(t testing.TB, model history.Model, text string) *history.History {
	t.Helper()
	r := recorder{h: history.New(history.Header{Model: model}), ids: map[string]history.OpID{}}
	for i, word := range strings.Fields(text) {
		p := parseOperation(t, word)
		if p.client == "" {
			p.client = fmt.Sprint("c", i)
		}
		r.ops = append(r.ops, p)
	}
	r.play()
	return r.h
}

// instant is the begin or end of an operation.
type instant struct {
	t   int64
	end bool
	op  *parsed
}

type recorder struct {
	h   *history.History
	ops []*parsed
	ids map[string]history.OpID
}

func (r *recorder) play() {
	var instants []instant
	for _, p := range r.ops {
		instants = append(instants, instant{t: p.begin, op: p})
		if p.outcome != history.Open {
			instants = append(instants, instant{t: p.end, end: true, op: p})
		}
	}
	slices.SortStableFunc(instants, func(a, b instant) int {
		rank := map[bool]int{false: 0, true: 1}
		return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(rank[a.end], rank[b.end]))
	})
	for _, m := range instants {
		if m.end {
			r.end(m.op)
		} else {
			r.begin(m.op)
		}
	}
}

func (r *recorder) begin(p *parsed) {
	p.id = r.h.Invoke(p.begin, r.h.AddClient(p.client), p.f, r.h.AddKey(p.key))
	if p.final {
		r.h.SetFinal(p.id)
	}
	if p.f == history.Get {
		return
	}
	r.ids[p.version] = p.id
	r.h.SetVersion(p.id, p.version)
	r.h.SetValue(p.id, p.version, len(p.version))
	r.h.SetContext(p.id, r.find(p.context))
	if p.stamped {
		r.h.SetStamp(p.id, p.stamp, 0)
	}
}

// find looks versions up.
func (r *recorder) find(list []string) []history.OpID {
	var ids []history.OpID
	for _, name := range list {
		id, ok := r.ids[name]
		if !ok {
			id = r.h.Phantom(name)
			for _, p := range r.ops {
				if p.version == name {
					id = r.future(p)
				}
			}
		}
		ids = append(ids, id)
	}
	return ids
}

// future is the OpID that an operation will have when it is invoked: as many
// as begin before it.
func (r *recorder) future(p *parsed) history.OpID {
	n := history.OpID(0)
	for i, o := range r.ops {
		if o.begin < p.begin || o.begin == p.begin && i < slices.Index(r.ops, p) {
			n++
		}
	}
	return n
}

func (r *recorder) end(p *parsed) {
	switch {
	case p.outcome == history.Fail:
		r.h.Fail(p.end, p.id, "refused")
	case p.f == history.Get:
		r.h.OkGet(p.end, p.id, r.find(p.returned))
	default:
		r.h.OkPut(p.end, p.id)
	}
}

// judgeText judges a history in the notation with one check.
func judgeText(t testing.TB, model history.Model, check, text string) Result {
	t.Helper()
	return Judge(record(t, model, text), Options{Checks: []Request{{Check: check}}})[0]
}
