package history_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// A history that all malformed ones are made of: line 1 the header, lines 2
// and 3 a put of v1 by process 3, lines 4 and 5 a get of it by process 4.
var good = []string{
	`{"format":1,"kind":"history","model":"siblings"}`,
	`{"index":0,"time_ns":1000,"process":3,"type":"invoke","f":"put","key":"k1","version":"v1","value":"milk","context":[]}`,
	`{"index":1,"time_ns":2100,"process":3,"type":"ok","f":"put","key":"k1","version":"v1"}`,
	`{"index":2,"time_ns":2200,"process":4,"type":"invoke","f":"get","key":"k1"}`,
	`{"index":3,"time_ns":2900,"process":4,"type":"ok","f":"get","key":"k1","versions":["v1"],"values":["milk"]}`,
}

// malformed histories: lines to put in place of good ones, and what must be
// said of the first bad line.
var malformed = []struct {
	name    string
	replace map[int]string // by line, from 1; 6 and later are added
	line    int
	reason  string
}{
	{"no header", map[int]string{1: good[1]}, 1, "no header"},
	{"another format", map[int]string{1: `{"format":2,"kind":"history","model":"siblings"}`}, 1, "format 2 is not known"},
	{"another kind", map[int]string{1: `{"format":1,"kind":"state","model":"siblings"}`}, 1, `kind "state"`},
	{"no model", map[int]string{1: `{"format":1,"kind":"history"}`}, 1, `missing field "model"`},
	{"unknown model", map[int]string{1: `{"format":1,"kind":"history","model":"queue"}`}, 1, `unknown model "queue"`},
	{"byte order mark", map[int]string{1: "\ufeff" + good[0]}, 1, "byte order mark"},
	{"two files in one", map[int]string{6: good[0]}, 6, "second header"},
	{"bad JSON", map[int]string{3: `{"index":1,,}`}, 3, "bad JSON: ',' at column 12"},
	{"cut off", map[int]string{5: good[4][:40]}, 5, "the line ends"},
	{"not an object", map[int]string{3: `[1,2]`}, 3, "an object {...} should be"},
	{"two objects", map[int]string{3: good[2] + good[2]}, 3, "the end of the line should be"},
	{"not UTF-8", map[int]string{2: strings.Replace(good[1], "milk", "mi\xfflk", 1)}, 2, "not UTF-8"},
	{"raw control character", map[int]string{2: strings.Replace(good[1], "milk", "mi\tlk", 1)}, 2, "control characters"},
	{"bad escape", map[int]string{2: strings.Replace(good[1], "milk", `mi\qlk`, 1)}, 2, "an escape such as"},
	{"empty line", map[int]string{3: ""}, 3, "the line is empty"},
	{"field twice", map[int]string{3: strings.Replace(good[2], `"key"`, `"key":"k1","key"`, 1)}, 3, `"key" stands there twice`},
	{"slip of the pen", map[int]string{2: strings.Replace(good[1], "context", "contxt", 1)}, 2, `did you mean "context"?`},
	{"fraction", map[int]string{2: strings.Replace(good[1], "1000", "1000.5", 1)}, 2, "1000.5 is not a whole number"},
	{"number too large", map[int]string{2: strings.Replace(good[1], "1000", "10000000000000000000", 1)}, 2, "not a whole number of 64 bits"},
	{"no index", map[int]string{3: strings.Replace(good[2], `"index":1,`, "", 1)}, 3, `missing field "index"`},
	{"no time", map[int]string{3: strings.Replace(good[2], `"time_ns":2100,`, "", 1)}, 3, `missing field "time_ns"`},
	{"no process", map[int]string{3: strings.Replace(good[2], `"process":3,`, "", 1)}, 3, `missing field "process"`},
	{"no type", map[int]string{3: strings.Replace(good[2], `"type":"ok",`, "", 1)}, 3, `missing field "type"`},
	{"no f", map[int]string{3: strings.Replace(good[2], `"f":"put",`, "", 1)}, 3, `missing field "f"`},
	{"no key", map[int]string{3: strings.Replace(good[2], `"key":"k1",`, "", 1)}, 3, `missing field "key"`},
	{"no version", map[int]string{2: strings.Replace(good[1], `"version":"v1",`, "", 1)}, 2, `missing field "version"`},
	{"no versions", map[int]string{5: strings.Replace(good[4], `"versions":["v1"],`, "", 1)}, 5, `missing field "versions"`},
	{"index not rising", map[int]string{4: strings.Replace(good[3], `"index":2`, `"index":1`, 1)}, 4, "index 1 is not rising"},
	{"index too large", map[int]string{4: strings.Replace(good[3], `"index":2`, `"index":9999999999`, 1)}, 4, "is larger than"},
	{"time falls", map[int]string{4: strings.Replace(good[3], "2200", "2099", 1)}, 4, "time_ns 2099 after 2100"},
	{"negative time", map[int]string{2: strings.Replace(good[1], "1000", "-1", 1)}, 2, "negative"},
	{"unknown type", map[int]string{3: strings.Replace(good[2], `"ok"`, `"okay"`, 1)}, 3, `unknown "type" "okay"`},
	{"unknown f", map[int]string{2: strings.Replace(good[1], `"put"`, `"cas"`, 1)}, 2, `unknown "f" "cas"`},
	{"named process", map[int]string{2: strings.Replace(good[1], `"process":3`, `"process":"ann"`, 1)}, 2, `"ann" is no process`},
	{"negative process", map[int]string{2: strings.Replace(good[1], `"process":3`, `"process":-3`, 1)}, 2, "-3 is no process"},
	{"end without invoke", map[int]string{3: strings.Replace(good[2], `"process":3`, `"process":7`, 1)}, 3, "end of process 7 without an invoke"},
	{"second end", map[int]string{4: strings.Replace(good[2], `"index":1`, `"index":2`, 1)}, 4, "end of process 3 without an invoke"},
	{"two open operations", map[int]string{3: strings.Replace(good[1], `"index":0`, `"index":1`, 1)}, 3, "second operation while that of line 2 is open"},
	{"goes on after info", map[int]string{3: strings.Replace(good[2], `"ok"`, `"info"`, 1),
		4: strings.Replace(good[3], `"process":4`, `"process":3`, 1)}, 4, "goes on as a new process"},
	{"process of two clients", map[int]string{2: strings.Replace(good[1], `"type"`, `"client":"ann","type"`, 1),
		4: strings.Replace(good[3], `"process":4`, `"process":3,"client":"bob"`, 1)}, 4, `belongs to client "ann"`},
	{"ends another function", map[int]string{3: strings.Replace(good[2], `"put"`, `"get"`, 1)}, 3, "ends a get, but line 2 invoked a put"},
	{"ends on another key", map[int]string{3: strings.Replace(good[2], "k1", "k2", 1)}, 3, `ends on key "k2"`},
	{"ends with another version", map[int]string{3: strings.Replace(good[2], "v1", "v2", 1)}, 3, `ends with version "v2"`},
	{"version written twice", map[int]string{4: strings.Replace(good[1], `"index":0,"time_ns":1000`, `"index":2,"time_ns":2200`, 1)}, 4, `"v1" is written twice`},
	{"nameless version", map[int]string{2: strings.Replace(good[1], `"v1"`, `""`, 1)}, 2, "version without a name"},
	{"invented context", map[int]string{6: invoke(4, "put", `"version":"v2","value":"","context":["v9"]`)}, 6, "invented context"},
	{"context of another key", map[int]string{6: strings.Replace(invoke(4, "put", `"version":"v2","value":"","context":["v1"]`), "k1", "k2", 1)}, 6, "invented context"},
	{"context nobody could know", map[int]string{2: good[1], 3: strings.Replace(good[2], `"ok"`, `"info"`, 1),
		4: invoke(2, "put", `"version":"v2","value":"","context":["v1"]`), 5: ""}, 4, "invented context"},
	{"context twice", map[int]string{6: invoke(4, "put", `"version":"v2","value":"","context":["v1","v1"]`)}, 6, "twice"},
	{"supersedes itself", map[int]string{5: strings.Replace(good[4], `["v1"],"values":["milk"]`, `["v1","v2"]`, 1),
		6: invoke(4, "put", `"version":"v2","value":"","context":["v2"]`)}, 6, "supersedes itself"},
	{"put of null", map[int]string{2: strings.Replace(good[1], `"milk"`, "null", 1)}, 2, "put of null"},
	{"value of another type", map[int]string{2: strings.Replace(good[1], `"milk"`, "5", 1)}, 2, `"value" of a put is a string`},
	{"negative size", map[int]string{2: strings.Replace(good[1], `"milk"`, `"milk","size":-1`, 1)}, 2, "no length of a value"},
	{"values too few", map[int]string{5: strings.Replace(good[4], `["milk"]`, "[]", 1)}, 5, "0 values for 1 versions"},
	{"version twice on a line", map[int]string{5: strings.Replace(good[4], `["v1"]`, `["v1","v1"]`, 1)}, 5, "twice on one line"},
	{"two versions in a register", map[int]string{1: strings.Replace(good[0], "siblings", "register", 1),
		5: strings.Replace(good[4], `["v1"]`, `["v1","v2"]`, 1)}, 5, "2 versions in a register"},
	{"no timestamp", map[int]string{1: strings.Replace(good[0], "siblings", "last-write-wins", 1)}, 3, `missing field "ts"`},
	{"timestamp without node", map[int]string{3: with(good[2], `"ts":5`)}, 3, `missing field "node"`},
	{"two timestamps for a version", map[int]string{3: with(good[2], `"ts":5,"node":1`),
		5: with(good[4], `"ts":[6],"node":[1]`)}, 5, "timestamp 6 here and 5 before"},
	{"timestamps too few", map[int]string{5: with(good[4], `"ts":[],"node":[]`)}, 5, "0 timestamps"},
	{"nodes by number and name", map[int]string{3: with(good[2], `"ts":5,"node":1`),
		5: with(good[4], `"ts":[5],"node":["n1"]`)}, 5, "by number and by name"},
	{"half a cart item", map[int]string{2: with(good[1], `"adds":[["milk"]]`)}, 2, "1 strings where a pair"},
	{"nemesis of another type", map[int]string{6: `{"index":4,"time_ns":3000,"process":"nemesis","type":"ok","f":"partition"}`}, 6, `of type "info"`},
	{"unknown phase", map[int]string{6: `{"index":4,"time_ns":3000,"process":"nemesis","type":"info","f":"partition","phase":"begin"}`}, 6, `unknown phase "begin"`},
	{"world of another f", map[int]string{6: `{"index":4,"time_ns":3000,"process":"world","type":"info","f":"weather"}`}, 6, `"f":"state"`},
	{"state without role", map[int]string{6: `{"index":4,"time_ns":3000,"process":"world","type":"info","f":"state","node":"n1","key":"k1","versions":[]}`}, 6, `missing field "role"`},
	{"unknown role", map[int]string{6: `{"index":4,"time_ns":3000,"process":"world","type":"info","f":"state","node":"n1","role":"guest","key":"k1","versions":[]}`}, 6, `unknown role "guest"`},
	{"state of a number", map[int]string{6: `{"index":4,"time_ns":3000,"process":"world","type":"info","f":"state","node":1,"role":"home","key":"k1","versions":[]}`}, 6, "one name"},
}

// invoke is a line by process 5.
func invoke(index int, f, rest string) string {
	return fmt.Sprintf(`{"index":%d,"time_ns":3000,"process":5,"type":"invoke","f":%q,"key":"k1",%s}`, index, f, rest)
}

// with adds fields to a line.
func with(line, fields string) string { return strings.TrimSuffix(line, "}") + "," + fields + "}" }

func TestMalformedIsRefused(t *testing.T) {
	for _, c := range malformed {
		t.Run(c.name, func(t *testing.T) {
			lines := append([]string(nil), good...)
			for n, text := range c.replace {
				for len(lines) < n {
					lines = append(lines, "")
				}
				lines[n-1] = text
			}
			h, err := history.Read(strings.NewReader(strings.Join(lines, "\n") + "\n"))
			var refused *history.RefusedError
			if !errors.As(err, &refused) {
				t.Fatalf("read as %v, %v", h, err)
			}
			if refused.Line != c.line || !strings.Contains(refused.Reason, c.reason) {
				t.Errorf("got %v; want line %d, %s", err, c.line, c.reason)
			}
		})
	}
}

func TestGoodIsRead(t *testing.T) {
	if h := read(t, strings.Join(good, "\n")); h.Len() != 2 {
		t.Errorf("%d operations", h.Len())
	}
	if h := read(t, strings.Join(good, "\r\n")+"\r\n"); h.Len() != 2 {
		t.Errorf("%d operations of a file from Windows", h.Len())
	}
}

func TestEmptyFileIsRefused(t *testing.T) {
	if _, err := history.Read(strings.NewReader("")); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("error %v", err)
	}
}

// The error of the interface's example, in full: line, reason and what would
// have been right.
func TestRefusalReadsWell(t *testing.T) {
	_, err := history.Read(strings.NewReader(good[0] + "\n" + good[2]))
	want := `line 2: end of process 3 without an invoke; right would be {"index":2,"time_ns":2200,"process":4,"type":"invoke","f":"get","key":"k1"} first`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %v", err, want)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestReadReportsErrors(t *testing.T) {
	var refused *history.RefusedError
	if _, err := history.Read(brokenReader{}); !errors.Is(err, errBroken) || errors.As(err, &refused) {
		t.Errorf("error %v", err)
	}
}
