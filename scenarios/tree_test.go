package scenarios

import (
	"strings"
	"testing"
)

// What YAML allows and a scenario does not, each with its place.
func TestYAMLTraps(t *testing.T) {
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	for name, row := range map[string]struct{ text, want string }{
		"empty":              {"", "test.yaml:1: error: the scenario is empty"},
		"only comments":      {"# nothing\n", "the scenario is empty"},
		"null":               {"~\n", "the scenario is empty"},
		"a list":             {"- version: 1\n", "test.yaml:1:1: error: the scenario must be a map, not a list"},
		"second document":    {"version: 1\n---\nversion: 1\n", "error: a second document begins here"},
		"trailing ---":       {"version: 1\n---\n", "a second document begins here"},
		"UTF-16 LE":          {"\xff\xfev\x00e\x00", "test.yaml:1:1: error: the text is UTF-16"},
		"UTF-16 BE":          {"\xfe\xff\x00v", "the text is UTF-16"},
		"NUL":                {"version: 1\nname: a\x00b\n", "test.yaml:2:8: error: a NUL byte"},
		"control":            {"version: 1\nabout: \x1b[31m\n", "test.yaml:2:8: error: the control character U+001B"},
		"bad UTF-8":          {"version: 1\nabout: é\xc3\n", "test.yaml:2:9: error: not UTF-8"},
		"bidi":               {"version: 1\nabout: \u202egnp\n", "test.yaml:2:8: error: the invisible character U+202E"},
		"duplicate key":      {"version: 1\nseed: 2\nseed: 3\n", "test.yaml:3:1: error: key \"seed\" twice\n    3 | seed: 3\n      | ^ first on line 2, column 1"},
		"duplicate deep":     {"version: 1\ncluster: {n: 3, n: 4}\n", "test.yaml:2:17: error: key \"n\" twice"},
		"merge key":          {"version: 1\nx-a: &a {n: 3}\ncluster:\n  <<: *a\n", "test.yaml:4:3: error: merge keys are not allowed"},
		"tag":                {"version: !!int 1\n", "test.yaml:1:10: error: the tag \"!!int\" is not allowed"},
		"own tag":            {"version: 1\nseed: !secret 5\n", "the tag \"!secret\" is not allowed"},
		"complex key":        {"version: 1\n? [a, b]\n: 5\n", "test.yaml:2:3: error: a key must be a word"},
		"self alias":         {"version: 1\nx-a: &a [*a]\n", "contains itself"},
		"deep":               {"version: 1\ntags: " + deep + "\n", "test.yaml:2:38: error: nested more than 32 deep"},
		"syntax":             {"version: 1\ncluster: {n: 3\nname: x\n", "error: not YAML: "},
		"tab":                {"version: 1\ncluster:\n\tn: 3\n", "error: not YAML: "},
		"too large":          {"version: 1\nabout: " + strings.Repeat("x", MaxScenario) + "\n", "larger than 256 KB"},
		"empty value":        {"version: 1\ncluster:\n", "cluster must be a map, not empty"},
		"null value":         {"version: 1\nduration: null\n", "test.yaml:2:11: error: duration must be a duration, not empty"},
		"octal":              {"version: 1\ncluster: {nodes: 010}\n", "without leading zeros: 10"},
		"hexadecimal":        {"version: 1\ncluster: {nodes: 0x10}\n", "not a whole number: \"0x10\""},
		"exponent":           {"version: 1\nlimits: {events: 1e3}\n", "not a whole number: \"1e3\""},
		"underscores":        {"version: 1\nlimits: {events: 1_000}\n", "without underscores: 1000"},
		"fraction":           {"version: 1\ncluster: {n: 3.0}\n", "not a whole number: \"3.0\""},
		"quoted number":      {"version: 1\ncluster: {n: \"3\"}\n", "cluster.n must be a whole number, not the text \"3\""},
		"yes":                {"version: 1\nfinal_reads: yes\n", "write true"},
		"off":                {"version: 1\ncluster: {read_repair: off}\n", "write false"},
		"True":               {"version: 1\nfinal_reads: True\n", "write true"},
		"quoted bool":        {"version: 1\nfinal_reads: \"true\"\n", "without quotes"},
		"escape in name":     {"version: 1\nname: \"a\\e[31m\"\n", `not a name: "a\x1b[31m"`},
		"missing version":    {"name: x\n", "missing key \"version\""},
		"future version":     {"version: 2\n", "version: \"2\" is out of range\n    1 | version: 2\n      |          ^ only 1"},
		"drawn version":      {"version: {one_of: [1, 1]}\n", "version cannot be drawn"},
		"drawn seed":         {"version: 1\nseed: 1..5\n", "seed cannot be drawn from a range"},
		"list for a scalar":  {"version: 1\nseed: [1]\n", "seed must be a whole number, not a list"},
		"map for a list":     {"version: 1\ntags: {a: b}\n", "tags must be a list, not a map"},
		"scalar for a map":   {"version: 1\ncluster: 5\n", "cluster must be a map, not \"5\""},
		"colon in plain":     {"version: 1\nabout: a: b\n", "not YAML"},
		"number above 2^64":  {"version: 1\nseed: 18446744073709551616\n", "at most 18446744073709551615"},
		"negative seed":      {"version: 1\nseed: -1\n", "not a whole number: \"-1\""},
		"key with a control": {"version: 1\n\"a\\e[1m\": 1\n", `unknown key "a\x1b[1m"`},
	} {
		out := refusal(t, row.text, LoadOptions{})
		if !strings.Contains(out, row.want) {
			t.Errorf("%s: want %q in\n%s", name, row.want, out)
		}
		if strings.ContainsAny(out, "\x1b\x00\u202e") {
			t.Errorf("%s: the message holds what could disturb a terminal: %q", name, out)
		}
	}
}

func TestYAMLThatIsFine(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark": "\xef\xbb\xbfversion: 1\n",
		"end mark":        "version: 1\n...\n",
		"CRLF":            "version: 1\r\ncluster:\r\n  n: 2\r\n",
		"alias":           "version: 1\nx-t: &t {read: 1s}\ncluster: {timeouts: *t}\n",
		"comments":        "# a\nversion: 1 # b\n",
		"largest seed":    "version: 1\nseed: 18446744073709551615\n",
		"text yes":        "version: 1\nabout: yes\ndescription: '010'\n",
	} {
		if s, list := Load("test.yaml", []byte(text), nil, words(), LoadOptions{}); s == nil {
			t.Errorf("%s: %s", name, FormatAll(list))
		}
	}
}

// An alias bomb costs no more than the limit on what aliases stand for.
func TestAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\nx-a: &a [1,1,1,1,1,1,1,1,1,1]\n")
	last := "a"
	for _, name := range strings.Split("b c d e f g h", " ") {
		b.WriteString("x-" + name + ": &" + name + " [" + strings.Repeat("*"+last+",", 10) + "]\n")
		last = name
	}
	out := refusal(t, b.String(), LoadOptions{})
	if !strings.Contains(out, "aliases stand for more than 20000 values") {
		t.Error(out)
	}
}
