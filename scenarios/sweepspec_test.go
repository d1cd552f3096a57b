package scenarios

import (
	"strings"
	"testing"
)

func TestWhere(t *testing.T) {
	s := loadWith(t, "version: 1\ncluster: {nodes: 5, n: 3, r: 1, w: 2}\n", nil, LoadOptions{})
	for text, want := range map[string]bool{
		"":                                   true,
		"cluster.r + cluster.w > cluster.n":  false,
		"cluster.r + cluster.w == cluster.n": true,
		"cluster.nodes - 2 >= cluster.n":     true,
		"cluster.w != 2":                     false,
		"1 < cluster.w":                      true,
		"cluster.handoff.max_hints <= 0":     true,
	} {
		w, err := ParseWhere(text)
		if err != nil || w.Holds(s) != want {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	for _, text := range []string{"cluster.r", "cluster.r +", "cluster.x > 1", "> 1", "cluster.r cluster.w > 1", "cluster.quorum == 1", "cluster > 1", "cluster.r * 2 > 1"} {
		if w, err := ParseWhere(text); err == nil {
			t.Errorf("%q is the condition %+v", text, w)
		}
	}
}

func TestSweepClaims(t *testing.T) {
	for _, c := range []struct {
		text        string
		count, runs int
		want        bool
	}{
		{"invalid(linearizable) >= 1%", 1, 100, true}, {"invalid(linearizable) >= 1%", 0, 100, false}, {"invalid(linearizable) > 1%", 1, 100, false},
		{"unknown(regular) == 0", 0, 7, true}, {"unknown(regular) == 0", 1, 7, false}, {"invalid(cart) != 100%", 7, 7, false},
		{"invalid(cart) <= 0.5", 4, 8, true}, {"invalid(cart) < 0.5", 4, 8, false},
	} {
		claim, err := ParseSweepClaim(c.text)
		if err != nil || claim.String() != c.text || claim.Holds(c.count, c.runs) != c.want {
			t.Errorf("%s of %d of %d: %v, %v", c.text, c.count, c.runs, claim, err)
		}
	}
	for _, text := range []string{"", "invalid >= 1%", "invalid(x y) >= 1%", "p99(get) < 1%", "invalid(cart) >= 3", "invalid(cart)"} {
		if c, err := ParseSweepClaim(text); err == nil {
			t.Errorf("%q is the claim %v", text, c)
		}
	}
}

func TestMistakesInSweep(t *testing.T) {
	for text, want := range map[string]string{
		"sweep: {cases: [nothing]}":                "no case \"nothing\"",
		"sweep: {cases: all, where: cluster.r}":    "compares nothing",
		"sweep: {axes: {cluster.r: []}}":           "has no values",
		"sweep: {expect: [invalid(nothing) > 1%]}": "no check",
		"sweep: {expect: [p99(get) < 1ms]}":        "not a claim over seeds",
		"sweep: {verify: 7}":                       "not a share",
		"sweep: {seed: 7}":                         "seeds",
	} {
		_, list := Load("x.yaml", []byte("version: 1\n"+text+"\n"), nil, words(), LoadOptions{})
		if !strings.Contains(FormatAll(list), want) {
			t.Errorf("%s: %s", text, FormatAll(list))
		}
	}
}
