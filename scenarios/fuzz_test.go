package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hostile are texts at the size limit that ask for as much work as they can.
func hostile() map[string]string {
	fill := func(head, item string) string {
		return head + strings.Repeat(item, (MaxScenario-len(head)-16)/len(item))
	}
	numbered := func(head, before, after string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := 0; b.Len() < MaxScenario-len(before)-len(after)-32; i++ {
			b.WriteString(before + Duration(i).String() + after)
		}
		return b.String()
	}
	return map[string]string{
		"list":          fill("version: 1\ntags: [", "a,") + "a]\n",
		"lists":         fill("version: 1\nx: [", "["+strings.Repeat("a,", 9999)+"a],") + "]\n",
		"tags":          "version: 1\ntags: [" + strings.Repeat("a,", 9999) + "a]\n",
		"unknown keys":  numbered("version: 1\n", "k", ": 1\n"),
		"wrong items":   fill("version: 1\nworkloads: [", "a,") + "a]\n",
		"operations":    numbered("version: 1\noperations:\n", "- {id: o", ", after: nothing, client: a, get: k}\n"),
		"chain":         numbered("version: 1\noperations:\n", "- {id: o", ", after: o0s, client: a, get: k}\n"),
		"datacenters":   numbered("version: 1\ncluster:\n  datacenters:\n", "    d", ": 10000\n"),
		"nodes":         numbered("version: 1\ncluster: {nodes: [", "n", ",") + "z]}\n",
		"distributions": fill("version: 1\nnetwork: {links: [", "{link: client, latency: {dist: lognormal, p50: 1ms, p99: 2ms}},") + "]}\n",
		"mixture":       fill("version: 1\nnetwork: {pair_extra: {dist: mixture, of: [", "{share: 1%, dist: constant, value: 1ms},") + "]}}\n",
		"cases":         numbered("version: 1\ncases:\n", "  c", ": {set: {cluster.n: 2}}\n"),
		"claims":        fill("version: 1\nexpect:\n", "- shed > 0\n"),
		"long line":     fill("version: 1\nabout: ", "x"),
		"comments":      fill("version: 1\n", "#\n"),
		"nested":        "version: 1\nx: " + strings.Repeat("[", 9000) + "\n",
		"pick":          fill("version: 1\nworkloads: [{name: kv, contact: [", "one,") + "two]}]\n",
	}
}

// Whatever a text asks for, it is answered, and with a bounded number of
// messages.
func TestHostileTexts(t *testing.T) {
	for name, text := range hostile() {
		if len(text) > MaxScenario {
			t.Errorf("%s is larger than the limit: %d", name, len(text))
		}
		s, list := Load("hostile.yaml", []byte(text), nil, words(), LoadOptions{})
		if (s == nil) != HasErrors(list) || len(list) > maxKept+1 {
			t.Errorf("%s: scenario %v, %d messages", name, s != nil, len(list))
		}
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Load("hostile.yaml", []byte(text), nil, words(), LoadOptions{})
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for name, text := range map[string]string{"figure-3": figure3, "gray": gray, "nightly": nightly} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Load("x.yaml", []byte(text), nil, words(), LoadOptions{})
			}
		})
	}
}

// FuzzLoad holds that no text makes Load panic, that it is silent or speaks,
// never both nothing, and that plans are sound.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{figure3, gray, nightly, drawing, sampled, overridable} {
		f.Add([]byte(text), "cluster.r=1")
	}
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, "workloads.kv.keys.count=3")
	}
	f.Fuzz(func(t *testing.T, text []byte, set string) {
		if len(text) > 16<<10 {
			return
		}
		opts := LoadOptions{}
		if set != "" {
			opts.Set = []string{set}
		}
		s, list := Load("fuzz.yaml", text, nil, words(), opts)
		if (s == nil) != HasErrors(list) {
			t.Fatalf("scenario %v with messages %s", s != nil, FormatAll(list))
		}
		for _, d := range list {
			if out := d.Format(); strings.ContainsAny(out, "\x00\x1b\u202e") {
				t.Fatalf("the message could disturb a terminal: %q", out)
			}
		}
		if s != nil {
			checkPlan(t, s)
		}
	})
}
