package scenarios

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// SweepSpec is what a scenario says of sweeps over it. No run depends on it.
type SweepSpec struct {
	Seeds     string       `yaml:"seeds" fixed:"" default:"1..100" doc:"A..B with both ends, A+COUNT, or a list of numbers with commas between"`
	Axes      []SweepAxis  `yaml:"axes" as:"map" doc:"settings, and the values that each takes: {cluster.r: [1, 2, 3]}"`
	Cases     SweepCases   `yaml:"cases" doc:"names of cases, or all: the scenario as it is and each of its cases"`
	Where     string       `yaml:"where" fixed:"" doc:"cells of the axes for which it holds, such as cluster.r + cluster.w > cluster.n; others are left out"`
	Verify    Share        `yaml:"verify" default:"5%" doc:"share of the runs that are run twice, to see that both are the same"`
	Baseline  string       `yaml:"baseline" fixed:"" doc:"compare: the cell that others are held against, such as R=1 W=1 or a case; the first if none is named"`
	Precision Share        `yaml:"precision" default:"0" doc:"compare: stop when every interval of the table is at most this share of its column's largest value to either side; 0: run all seeds"`
	Expect    []SweepClaim `yaml:"expect" doc:"claims over the seeds of each cell, such as invalid(linearizable) >= 1%"`
}

// ShrinksTo bounds the smallest scenario that still fails.
type ShrinksTo struct {
	Faults     int `yaml:"faults" default:"3" range:"0.." fixed:"" doc:"faults"`
	Clients    int `yaml:"clients" default:"3" range:"0.." fixed:"" doc:"clients"`
	Operations int `yaml:"operations" default:"10" range:"0.." fixed:"" doc:"operations"`
}

// SweepAxis is a setting and the values that it takes in a sweep.
type SweepAxis struct {
	Path   string `yaml:",key"`
	Values []Raw  `yaml:",value"`
}

// SweepCases are the cases of a sweep: their names, or "all".
type SweepCases []string

func (x *SweepCases) decodeYAML(d *decoder, n *yaml.Node, path string) {
	*x = nil
	if n.Kind == yaml.SequenceNode {
		for i, c := range n.Content {
			var name string
			d.decodeTagged(c, at(path, i), &name, `format:"name"`)
			*x = append(*x, name)
		}
		return
	}
	var word string
	d.decodeTagged(n, path, &word, `format:"name"`)
	*x = SweepCases{word}
}

func (x SweepCases) encodeYAML() *yaml.Node {
	if len(x) == 0 {
		return nil
	}
	return listNode(x)
}

// SweepClaim is a claim about the runs of a cell: the share of them in which a
// check said something, compared with a share.
type SweepClaim struct {
	Verdict string // invalid or unknown
	Check   string
	Cmp     Comparison
	Share   Share
}

// sweepClaimHint says what a claim looks like.
const sweepClaimHint = "such as invalid(linearizable) >= 1%, or unknown(linearizable) == 0"

// ParseSweepClaim reads a claim such as invalid(linearizable) >= 1%.
func ParseSweepClaim(text string) (c SweepClaim, err error) {
	for _, cmp := range []Comparison{Equals, Differs, AtMost, AtLeast, Less, Greater} {
		left, right, found := strings.Cut(text, string(cmp))
		if !found {
			continue
		}
		verdict, rest, _ := strings.Cut(strings.TrimSpace(left), "(")
		check, isCall := strings.CutSuffix(rest, ")")
		if !isCall || verdict != "invalid" && verdict != "unknown" || checkFormat("name", check) != nil {
			break
		}
		c = SweepClaim{Verdict: verdict, Check: check, Cmp: cmp}
		c.Share, err = ParseShare(strings.TrimSpace(right))
		return c, err
	}
	return c, hinted{"not a claim over seeds: " + quote(text), sweepClaimHint}
}

// String is the claim as ParseSweepClaim reads it.
func (c SweepClaim) String() string {
	return c.Verdict + "(" + c.Check + ") " + string(c.Cmp) + " " + c.Share.String()
}

// Holds tells whether the claim is true of a cell where it happened in so many
// of so many runs; shares count in millionths.
func (c SweepClaim) Holds(count, runs int) bool {
	got, want := int64(count)*shareSteps, c.Share.steps()*int64(runs)
	switch c.Cmp {
	case Equals:
		return got == want
	case Differs:
		return got != want
	case Less:
		return got < want
	case AtMost:
		return got <= want
	case Greater:
		return got > want
	}
	return got >= want
}

func (c *SweepClaim) decodeYAML(d *decoder, n *yaml.Node, path string) {
	text, ok := d.word(n, path, "a claim over seeds")
	if !ok {
		return
	}
	claim, err := ParseSweepClaim(text)
	if err != nil {
		message, hint := unwrapHint(err)
		d.fail(n, path, hint, "%s: %s", path, message)
		return
	}
	*c = claim
}

func (c SweepClaim) encodeYAML() *yaml.Node { return scalarNode(c.String()) }
