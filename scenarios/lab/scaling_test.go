package lab

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dynamosim/scenarios/world"
)

// measurer measures for a test.
func measurer() *measuring { return &measuring{&Study{Name: "cost"}, Attempt{}, context.Background()} }

func costOf(t *testing.T, s costSetting) costPoint {
	t.Helper()
	p, err := measurer().measureCost(s, map[costSetting]costPoint{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// pageRow finds the row of a table of a page, by its section, the heading above it ("" is the only one) and its first cell.
func pageRow(t *testing.T, page, section, heading, first string) []string {
	t.Helper()
	text := sectionOf(page, section)
	if heading != "" {
		_, text, _ = strings.Cut(text, "\n### "+heading+"\n")
	}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if strings.TrimSpace(cells[0]) == first {
			return cells
		}
		if strings.HasPrefix(line, "### ") {
			break
		}
	}
	t.Fatalf("no row %q of %q in section %q: make scaling", first, heading, section)
	return nil
}

func pageNumber(t *testing.T, cell string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(cell), " ", ""), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What docs/cost.md says of the smallest settings is what they still cost.
func TestCostPageIsCurrent(t *testing.T) {
	page := readPage(t, "cost")
	for _, sweep := range costSweeps() {
		for i, series := range sweep.series {
			s := series.settings[0]
			if s.warmup > 0 || s.down > 0 {
				continue // they take longer
			}
			p, heading := costOf(t, s), ""
			if len(sweep.series) > 1 {
				heading = series.name
			}
			row := pageRow(t, page, sweep.title, heading, thousands(int64(series.x(&s))))[1:]
			for k, v := range p.row() {
				want, within := pageNumber(t, row[k]), .02
				if k == 3 || k >= 6 && k <= 7 { // rare messages: as the draws fall
					within = .2
				}
				got, ok := v.(float64)
				if !ok {
					got = float64(v.(int64))
				}
				if math.Abs(got-want) > within*want {
					t.Errorf("%s, series %d: %s %v, docs/cost.md has %v: make scaling", sweep.title, i, costColumns[k], got, want)
				}
			}
		}
	}
}

func readPage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(root + "/docs/" + name + ".md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What docs/cost.md says of its curves holds for small clusters.
func TestCostPageIsTrue(t *testing.T) {
	small := costBase
	small.nodes, small.clients, small.keys = 20, 200, 400
	change := func(f func(s *costSetting)) costPoint {
		s := small
		f(&s)
		return costOf(t, s)
	}
	near := func(what string, got, want, within float64) {
		t.Helper()
		if math.Abs(got-want) > within {
			t.Errorf("%s: %.4f, not %.4f ± %.4f", what, got, want, within)
		}
	}
	base := costOf(t, small)
	more := change(func(s *costSetting) { s.replicas = 4 })
	near("messages that a replica adds", requestsOf(&more)-requestsOf(&base), 2, .1)
	near("reads that a replica adds", readsOf(&more)-readsOf(&base), 2./3, .03)
	near("syncs that a replica adds", syncsOf(&more)-syncsOf(&base), 1./3, .03)
	near("gossip with another replica", wireOf(partGossip)(&more)/wireOf(partGossip)(&base), 1, .03)
	if r := wireOf(partRepair)(&more) / wireOf(partRepair)(&base); r < 1.5 {
		t.Errorf("4 replicas instead of 3 repair %.2f times as much", r)
	}

	double := change(func(s *costSetting) { s.nodes, s.clients, s.keys = 40, 400, 800 })
	near("gossip by the size, load with it", wireOf(partGossip)(&double)/wireOf(partGossip)(&base), 2, .15)
	if a, b := requestsOf(&base), requestsOf(&double); b < a || b > 8 {
		t.Errorf("requests take %.2f messages of 20 nodes, %.2f of 40", a, b)
	}
	alone := change(func(s *costSetting) { s.nodes = 40 })
	near("gossip by the size, the same load", wireOf(partGossip)(&alone)/wireOf(partGossip)(&base), 4, .3)
	digest := change(func(s *costSetting) { s.payload = "digest" })
	near("bytes of a digest", float64(digest.bytes[partGossip])/float64(digest.messages[partGossip]), 48, 0)
	near("contacts by digest, none answered", float64(digest.messages[partGossip])/float64(base.messages[partGossip]), .5, .01)

	few := change(func(s *costSetting) { s.clients = 20 })
	near("gossip with a tenth of the clients", wireOf(partGossip)(&few)/wireOf(partGossip)(&base), 10, .5)
	if a, b := requestsOf(&base), requestsOf(&few); b < a {
		t.Errorf("requests of 200 clients take %.2f messages, of 20 %.2f", a, b)
	}
	cached := change(func(s *costSetting) { s.cache, s.warmup = "50KB", 3 })
	near("reads of disks with a cache that holds all", readsOf(&cached), 0, .05)
	many := change(func(s *costSetting) { s.cache, s.warmup, s.keys = "2KB", 3, 4000 })
	near("reads of disks with a cache that holds little", readsOf(&many), 2, .1)
	down := change(func(s *costSetting) { s.nodes, s.down = 100, 1 })
	if down.counter("hints_stored") == 0 || down.messages[partHandoff] == 0 || down.messages[partDetection] == 0 {
		t.Errorf("with nodes down: %+v", down.costCounts)
	}
	near("forwarded requests of 100 nodes", down.counter("forwarded"), .97, .02)
}

// Whole maps cost a node two of them a second, digests 48 bytes, to the byte; docs/gossip.md has that, and the sizes follow from it.
func TestGossipPageIsCurrent(t *testing.T) {
	page := readPage(t, "gossip")
	a := measurer()
	for _, n := range []int{10, 30} {
		row := pageRow(t, page, "Traffic while nothing changes", "", thousands(int64(n)))
		for i, column := range []int{1, 3, 5} {
			m := &gossipMaps[i]
			got, err := a.traffic(m, n)
			if err != nil {
				t.Fatal(err)
			}
			want := []float64{2 * mapBytes(n, 16), 2 * mapBytes(n, 0), 48}[i]
			if got != want || fourDigits(got) != strings.TrimSpace(row[column]) {
				t.Errorf("%d nodes, %s: %v bytes/s, want %v; docs/gossip.md has %s", n, m.name, got, want, row[column])
			}
		}
	}
	for i, m := range []struct {
		of     string
		tokens int
	}{{gossipMaps[0].name, 16}, {gossipMaps[1].name, 0}} {
		limit := gossipShare * gossipLinks[headlineLink].bits / 8
		n := 1
		for 2*mapBytes(n, m.tokens) <= limit {
			n++
		}
		pattern := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(escape(m.of)) + ` \| 1 Gbit/s \| 1 250 000 \| ` + thousands(int64(n)) + ` \|`)
		if !pattern.MatchString(page) {
			t.Errorf("docs/gossip.md has not that %s take more than 1 %% from %d nodes on", m.of, n)
		}
		if i == 0 && !strings.Contains(page, "**From "+thousands(int64(n))+" nodes on, whole maps take more than 1 % of a link of 1 Gbit/s**") {
			t.Errorf("docs/gossip.md does not begin with %d nodes", n)
		}
	}
	if strings.Contains(page, "NOT confirmed") {
		t.Error("docs/gossip.md has a size that a run does not confirm")
	}
}

// The time until all know is within 5 % of the reference, for whole maps and for digests, here for ten and for thirty nodes, in docs/gossip.md up to
// a thousand.
func TestGossipPageTimes(t *testing.T) {
	a := measurer()
	for _, size := range spreadSizes[:2] {
		for _, payload := range []string{"full", "digest"} {
			var all []float64
			var memory *world.World
			for seed := range uint64(400 / size.leaves) {
				w, times, err := a.spread(memory, size.nodes, size.leaves, size.gap, payload, seed+1)
				if err != nil {
					t.Fatal(err)
				}
				memory, all = w, append(all, times...)
			}
			e := estimate(all)
			want := gossipSizes[slices.IndexFunc(gossipSizes, func(g struct {
				nodes, leaves, gap int
				want               float64
			}) bool {
				return g.nodes == size.nodes
			})].want
			if math.Abs(e.Mean/want-1) > spreadWithin {
				t.Errorf("%d nodes, %s: %v s, reference %v", size.nodes, payload, e, want)
			}
		}
	}
	page := readPage(t, "gossip")
	for _, g := range gossipSizes {
		row := pageRow(t, page, "Time until all know", "", thousands(int64(g.nodes)))
		for _, column := range []int{2, 5} {
			mean := pageNumber(t, strings.Split(row[column], "±")[0])
			if pageNumber(t, row[1]) != g.want || math.Abs(mean/g.want-1) > spreadWithin || pageNumber(t, row[column+2]) < 50 {
				t.Errorf("docs/gossip.md has %v for %d nodes", row, g.nodes)
			}
		}
	}
}

func TestGossipCrossing(t *testing.T) {
	line := func(n ...int) *gossipTrafficCurve {
		c := &gossipTrafficCurve{nodes: n}
		for _, n := range n {
			c.rate = append(c.rate, float64(100+10*n))
		}
		return c
	}
	for _, row := range []struct {
		curve    *gossipTrafficCurve
		limit    float64
		n        int
		measured bool
	}{
		{line(10, 100, 1000), 1099, 100, true}, {line(10, 100, 1000), 1100, 101, true}, {line(10, 100, 1000), 5000, 491, true},
		{line(10, 100), 5000, 491, false}, {line(10), 5000, 0, false}, {&gossipTrafficCurve{nodes: []int{1, 2}, rate: []float64{48, 48}}, 100, 0, false},
	} {
		if n, measured := row.curve.crossing(row.limit); n != row.n || measured != row.measured {
			t.Errorf("%v beyond %v: %d, %v; want %d, %v", row.curve.nodes, row.limit, n, measured, row.n, row.measured)
		}
	}
}

// Every page works in a small version: it has numbers, words and pictures, and what depends on the host stands apart.
func TestEveryScalingPageWorks(t *testing.T) {
	for _, s := range Scalings() {
		r, err := MeasureScaling(context.Background(), s, Attempt{Effort: Least})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Drawings() {
			picture, err := f.Draw("svg")
			if err != nil || len(picture) < 2000 || f.X == "" || f.Y == "" || f.Title == "" || !strings.HasPrefix(f.Name, s.Name+"-") {
				t.Errorf("%s: %v, %d bytes, axes %q and %q", f.Name, err, len(picture), f.X, f.Y)
			}
		}
		text := string(r.Markdown())
		if strings.Contains(text, "NaN") || strings.Contains(text, "%!") || len(r.Tables()) == 0 || len(r.Drawings()) == 0 {
			t.Errorf("the page is\n%s", text)
		}
		var whole struct {
			Page     string
			Sections []struct {
				Tables []struct{ Rows []map[string]any }
			}
			Host struct{ Sections []any }
		}
		if err := json.Unmarshal(r.JSON(), &whole); err != nil || whole.Page != s.Name || len(whole.Sections) == 0 || len(whole.Sections[0].Tables[0].Rows) == 0 {
			t.Errorf("%v: %+v", err, whole)
		}
		if has := len(whole.Host.Sections) > 0; has != slices.ContainsFunc(r.Sections, func(x ScalingSection) bool { return x.OfHost }) {
			t.Errorf("%s: the host has %d sections", s.Name, len(whole.Host.Sections))
		}
	}
}

// The pages have the words of the program, all their plots are there, and the plots of no page are left over.
func TestScalingPagesAreComplete(t *testing.T) {
	texts := map[string][][]string{
		"cost":   {costPreface().Text, textNodes, textReplicas, textKeys, textClients, textHost, textLeftOut},
		"gossip": {textTraffic, textCrossing, textChange, spreadTimes(nil).text(), textGossipLeftOut},
	}
	for _, s := range Scalings() {
		page := readPage(t, s.Name)
		for _, list := range texts[s.Name] {
			for _, text := range list {
				if !strings.Contains(page, text) {
					t.Errorf("docs/%s.md has not: %.80s… : make scaling", s.Name, text)
				}
			}
		}
	}
	if page := readPage(t, "cost"); !strings.Contains(page, costBase.text()) {
		t.Error("docs/cost.md shows another base: make scaling")
	}
}

func TestNumbersOfScaling(t *testing.T) {
	for v, want := range map[any]string{int64(12345): "12 345", 0.0: "0", 1.0: "1.000", 12.3456: "12.35", 999.94: "999.9", 999.96: "1 000", 0.012345: "0.01235", 123456.7: "123 457", math.NaN(): "–", "x": "x"} {
		if got := scalingCell(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
	for share, want := range map[float64]string{.0001: "0.010 %", .5: "50.0 %", .0123: "1.2 %"} {
		if got := percentText(share); got != want {
			t.Errorf("%v is %q, want %q", share, got, want)
		}
	}
}
