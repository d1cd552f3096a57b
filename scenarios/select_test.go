package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// town is a Topology of two datacenters with fixed answers.
type town struct{}

func (town) Nodes() []string { return []string{"e1", "e2", "e3", "w1", "w2"} }

func (town) Datacenter(node string) string {
	if node[0] == 'e' {
		return "east"
	}
	return "west"
}

func (town) Replicas(key string) []string {
	if key == "cart" {
		return []string{"w1", "e2", "e1"}
	}
	return nil
}

func (town) Coordinator(key string) string {
	if key == "cart" {
		return "e2"
	}
	return ""
}

func (town) Fallbacks(string) []string  { return []string{"w2", "e3"} }
func (town) Neighbours(string) []string { return []string{"e1", "w2"} }

func (town) Clients(name string) []string {
	switch name {
	case "shop":
		return []string{"shop/1", "shop/2", "shop/3"}
	case "ann":
		return []string{"ann"}
	case "":
		return []string{"shop/1", "shop/2", "shop/3", "ann"}
	}
	return nil
}

func selector(t testing.TB, text string) Selector {
	t.Helper()
	s, err := ParseSelector(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

func TestSelectorFormsPrintAndResolve(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"e3", "e3"},
		{"[w1, e1]", "e1 w1"},
		{"[e1]", "e1"},
		{"east", "e1 e2 e3"},
		{"[west, e2, w1]", "e2 w1 w2"},
		{"all", "e1 e2 e3 w1 w2"},
		{"replicas of cart", "e1 e2 w1"},
		{"coordinator of cart", "e2"},
		{"fallbacks of cart", "e3 w2"},
		{"neighbours of w1", "e1 w2"},
		{"shop", "shop/1 shop/2 shop/3"},
		{"shop/2", "shop/2"},
		{"[shop/3, e1, ann, shop/3]", "e1 shop/3 ann"},
		{"[[e1, w1], e2]", "e1 e2 w1"},
	} {
		s := selector(t, c.text)
		if s.String() != c.text {
			t.Errorf("%s prints as %s", c.text, s)
		}
		names, err := s.Resolve(town{})
		if got := strings.Join(names, " "); err != nil || got != c.want {
			t.Errorf("%s means %s, %v; want %s", c.text, got, err, c.want)
		}
	}
}

func TestSelectorsThatMeanNobody(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"n9", `no node, datacenter or client "n9"`},
		{"shop/4", `client "shop/4"`},
		{"replicas of tea", "nobody is meant"},
		{"coordinator of tea", "nobody is meant"},
		{"one", "never drawn"},
		{"[e1, {any_of: [e1, e2]}]", "never drawn"},
	} {
		if _, err := selector(t, c.text).Resolve(town{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error about %s", c.text, err, c.want)
		}
	}
	if _, err := (Selector{}).Resolve(town{}); err == nil {
		t.Error("the zero selector means somebody")
	}
}

func TestRefusedSelectors(t *testing.T) {
	for text, want := range map[string]string{
		"[]":                  "names nobody",
		"{any_of: []}":        "names nobody",
		"{one: n1}":           "not a choice of nodes",
		"{any_of: n1}":        "not a choice of nodes",
		"three in east":       `not a number of nodes: "three"`,
		"one in East":         "not a name",
		"leader of cart":      "leader of ..",
		"replicas of":         "not a choice of nodes",
		"a b c d":             "not a choice of nodes",
		"shop/0":              "not a choice of nodes",
		"shop/01":             "not a choice of nodes",
		"shop/x":              "not a choice of nodes",
		"neighbours of a/b":   "not a name",
		"{any_of: [n1, [n2]}": "not YAML",
		"":                    "empty",
		"[n1, null]":          "empty",
		"[1..2]":              "",
	} {
		s, err := ParseSelector(text)
		if err == nil && want != "" || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want an error about %q", text, s, err, want)
		}
	}
}

// anySelector draws selectors of every form.
func anySelector(depth int) *rapid.Generator[Selector] {
	name := rapid.SampledFrom([]string{"n1", "east-2", "west", "shop/3", "Ann.b"})
	datacenter := rapid.SampledFrom([]string{"", "east"})
	key := rapid.SampledFrom([]string{"cart", "kv-1", "a:b/c#1@x"})
	return rapid.Custom(func(t *rapid.T) Selector {
		forms := []SelectorForm{SelectNamed, SelectAll, SelectOne, SelectTwo, SelectMinority, SelectMajority, SelectAnyDatacenter,
			SelectReplicas, SelectCoordinator, SelectFallbacks, SelectNeighbours}
		if depth > 0 {
			forms = append(forms, SelectUnion, SelectAnyOf)
		}
		s := Selector{Form: rapid.SampledFrom(forms).Draw(t, "form")}
		switch {
		case s.Form == SelectNamed:
			s.Name = name.Draw(t, "name")
		case s.Form >= SelectOne && s.Form <= SelectMajority:
			s.Name = datacenter.Draw(t, "datacenter")
		case s.Form == SelectNeighbours:
			s.Name = "n3"
		case s.Form >= SelectReplicas:
			s.Name = key.Draw(t, "key")
		case s.Form == SelectUnion || s.Form == SelectAnyOf:
			s.Of = rapid.SliceOfN(anySelector(depth-1), 1, 3).Draw(t, "parts")
		}
		return s
	})
}

func TestSelectorRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySelector(3).Draw(t, "selector")
		back, err := ParseSelector(s.String())
		if err != nil || !reflect.DeepEqual(s, back) {
			t.Fatalf("%+v prints as %s, which reads as %+v, %v", s, s, back, err)
		}
	})
}

func FuzzSelector(f *testing.F) {
	for _, seed := range []string{"n1", "[n1, east]", "one in east", "any datacenter", "{any_of: [one, replicas of kv-1]}", "shop/3", "[[a], b]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSelector(text)
		if err != nil {
			return
		}
		back, err := ParseSelector(s.String())
		if err != nil || !reflect.DeepEqual(s, back) {
			t.Fatalf("%q reads as %+v, which prints as %s and reads as %+v, %v", text, s, s, back, err)
		}
	})
}

func TestLinks(t *testing.T) {
	all := "e1 e2 e3 w1 w2"
	for _, c := range []struct {
		text string
		want []string
	}{
		{"same-dc", []string{"e1 e2 e3 > e1 e2 e3", "w1 w2 > w1 w2"}},
		{"cross-dc", []string{"e1 e2 e3 > w1 w2", "w1 w2 > e1 e2 e3"}},
		{"client", []string{"shop/1 shop/2 shop/3 ann > " + all, all + " > shop/1 shop/2 shop/3 ann"}},
		{"{from: e1, to: west}", []string{"e1 > w1 w2"}},
		{"{between: [e1, [w2, shop/1]]}", []string{"e1 > w2 shop/1", "w2 shop/1 > e1"}},
	} {
		l, err := ParseLink(c.text)
		if err != nil || l.String() != c.text {
			t.Errorf("%s reads as %v, %v", c.text, l, err)
			continue
		}
		cuts, err := l.Cuts(town{})
		if got := cutTexts(cuts); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s is %q, %v; want %q", c.text, got, err, c.want)
		}
	}
	var zero Link
	if cuts, err := zero.Cuts(town{}); err != nil || !slices.Equal(cutTexts(cuts), []string{all + " > " + all}) || zero.String() != "" {
		t.Errorf("no link is %v, %v, prints as %q", cuts, err, zero)
	}
}

func cutTexts(cuts []Cut) []string {
	var texts []string
	for _, c := range cuts {
		texts = append(texts, strings.Join(c.From, " ")+" > "+strings.Join(c.To, " "))
	}
	return texts
}

func TestRefusedLinks(t *testing.T) {
	for text, want := range map[string]string{
		"cros-dc":                        `did you mean "cross-dc"?`,
		"n1":                             "one way",
		"[n1, n2]":                       "a choice of links",
		"{from: n1}":                     "both from and to",
		"{from: n1, to: n2, between: 3}": "between alone",
		"{between: [n1]}":                "two sides, not 1",
		"{between: n1}":                  "a list of two",
		"{frm: n1, to: n2}":              `unknown key "frm"`,
	} {
		if l, err := ParseLink(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want an error about %q", text, l, err, want)
		}
	}
	for _, text := range []string{"{from: n9, to: e1}", "{between: [e1, one]}"} {
		l, err := ParseLink(text)
		if err != nil {
			t.Fatal(err)
		}
		if cuts, err := l.Cuts(town{}); err == nil {
			t.Errorf("%s is %v", text, cuts)
		}
	}
}

// cluster5 has five nodes in two datacenters.
func cluster5() *Cluster {
	return &Cluster{N: 3, Nodes: Nodes{"east-1", "east-2", "east-3", "west-1", "west-2"}, Datacenters: []Datacenter{{"east", 3}, {"west", 2}}}
}

func TestPicksHaveTheSizeTheyPromise(t *testing.T) {
	for _, c := range []struct {
		text string
		size int
	}{
		{"one", 1}, {"two", 2}, {"minority", 2}, {"majority", 3}, {"one in west", 1}, {"two in west", 2}, {"majority in east", 2}, {"minority in east", 1},
	} {
		for seed := range uint64(50) {
			drawn := picker{seed: seed, cluster: cluster5()}.draw(selector(t, c.text), "p")
			names := members(cluster5(), drawn)
			if len(names) != c.size || drawn.Random() || !slices.IsSorted(names) {
				t.Fatalf("%s is drawn as %s, want %d nodes in order", c.text, drawn, c.size)
			}
			if _, dc, in := strings.Cut(c.text, " in "); in && !strings.HasPrefix(names[0], dc) {
				t.Fatalf("%s is drawn as %s", c.text, drawn)
			}
		}
	}
}

func TestPicksAreUniform(t *testing.T) {
	const n = 20000
	seen := map[string]int{}
	for seed := range uint64(n) {
		p := picker{seed: seed, cluster: cluster5()}
		for _, text := range []string{"two", "any datacenter", "{any_of: [east-1, east-1, west-2]}"} {
			for _, name := range members(&Cluster{}, p.draw(selector(t, text), text)) {
				seen[text+name]++
			}
		}
	}
	for what, share := range map[string]float64{
		"twoeast-1": 0.4, "twowest-2": 0.4, "any datacentereast": 0.5,
		"{any_of: [east-1, east-1, west-2]}east-1": 2.0 / 3,
	} {
		sd := math.Sqrt(n * share * (1 - share))
		if got := float64(seen[what]); math.Abs(got-n*share) > 5*sd {
			t.Errorf("%s: %.0f of %d, want %.0f", what, got, n, n*share)
		}
	}
}

// A node that was not picked can go without moving the pick.
func TestPicksDependOnNamesOnly(t *testing.T) {
	pick := selector(t, "two")
	all := &Cluster{Nodes: numbered("n", 8)}
	for seed := range uint64(100) {
		names := members(all, picker{seed: seed, cluster: all}.draw(pick, "p"))
		for i, gone := range all.Nodes {
			if slices.Contains(names, gone) {
				continue
			}
			fewer := &Cluster{Nodes: slices.Delete(slices.Clone(all.Nodes), i, i+1)}
			if got := members(fewer, picker{seed: seed, cluster: fewer}.draw(pick, "p")); !slices.Equal(got, names) {
				t.Fatalf("without %s: %v, with it: %v", gone, got, names)
			}
		}
	}
}

func TestListsOfPicksAreTakenApart(t *testing.T) {
	p := picker{seed: 3, cluster: cluster5()}
	drawn := p.draw(selector(t, "[minority in east, replicas of cart, [one in west, east-2]]"), "p")
	want := []SelectorForm{SelectNamed, SelectReplicas, SelectNamed, SelectNamed}
	var forms []SelectorForm
	for _, part := range drawn.Of {
		forms = append(forms, part.Form)
	}
	if !slices.Equal(forms, want) || drawn.Random() || !drawn.Symbolic() {
		t.Errorf("drawn as %s", drawn)
	}
	if still := p.draw(selector(t, "two in nowhere"), "p"); !still.Random() {
		t.Errorf("two of no nodes are %s", still)
	}
}

// The first of a ranking are the same whether or not all are sorted.
func TestTheFirstOfARanking(t *testing.T) {
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprint("n", i))
		for n := range min(len(names), 6) {
			p := picker{seed: uint64(7 * i)}
			if got, want := p.first("faults[0]", names, n), p.rank("faults[0]", names)[:n]; !slices.Equal(got, want) {
				t.Errorf("%d of %d: %v, want %v", n, len(names), got, want)
			}
		}
	}
}
