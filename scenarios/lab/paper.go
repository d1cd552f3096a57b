package lab

import (
	"fmt"
	"slices"
	"strings"
)

// Feature is something that the paper describes, and where it is to be found here.
type Feature struct {
	Section  string   // of the paper, such as §4.6
	Name     string   // in the paper's words
	Says     string   // what the paper says of it, in one sentence
	Code     []string // files, from the root of the repository
	Tests    []string // folder.TestName, such as dynamo.TestFailureDetectionIsLocal
	Scenario string   // of the library, that shows it; "" where there is nothing to see in one run
	Switch   string   // key of the scenario language that switches or chooses it; "" where there is none
	Off      []string // overrides of the scenario under which clients or checks see a difference; none: it cannot be switched off
	Counter  string   // counts its activity; 0 when it is off
}

// Deviation is a place where the paper is silent, contradicts itself, or is not followed.
type Deviation struct {
	Section string
	Paper   string // what it says, or leaves open
	Here    string // what is done
	Why     string
}

// Features lists what the paper describes, in the order of its sections.
func Features() []Feature {
	var all []Feature
	for _, part := range [][]Feature{interfaceRows, partitioningRows, versioningRows, coordinationRows, failureRows, synchronizationRows, membershipRows, implementationRows} {
		all = append(all, part...)
	}
	slices.SortStableFunc(all, func(a, b Feature) int { return strings.Compare(a.Section, b.Section) })
	return all
}

// Deviations lists where the paper is not followed to the letter, or could not be.
func Deviations() []Deviation { return deviations }

// PaperMarkdown is docs/paper.md.
func PaperMarkdown() string {
	var b strings.Builder
	b.WriteString(paperHead)
	section := ""
	for _, f := range Features() {
		if f.Section != section {
			section = f.Section
			fmt.Fprintf(&b, "\n### %s %s\n\n", section, sectionTitles[section])
			b.WriteString("| mechanism | what the paper says | code | switch | tests | scenario |\n|---|---|---|---|---|---|\n")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", f.Name, f.Says, codeCell(f.Code), switchCell(f), testCell(f.Tests), scenarioCell(f))
	}
	b.WriteString(deviationHead)
	for _, d := range Deviations() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", d.Section, d.Paper, d.Here, d.Why)
	}
	return b.String()
}

const paperHead = `# The paper, section by section

*Written by ` + "`dynamosim paper --write docs/paper.md`" + `; a test holds it current.*

What Dynamo is, by DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store" (SOSP 2007), and where each part of it is here: the
code, the key that switches or chooses it in a scenario, the tests that hold it, and a scenario of the library that shows it. Where an "off" is
given, a test runs the scenario over twenty seeds with the mechanism and without: what clients or checks see must hold with it, and
fail without.

## Mechanisms
`

const deviationHead = `
## Where the paper leaves a choice, or is not followed

| section | the paper | here | why |
|---|---|---|---|
`

func codeCell(files []string) string {
	var parts []string
	for _, f := range files {
		parts = append(parts, fmt.Sprintf("[%s](../%s)", f, f))
	}
	return strings.Join(parts, ", ")
}

func switchCell(f Feature) string {
	if f.Switch == "" {
		return "–"
	}
	return "`" + f.Switch + "`"
}

func testCell(tests []string) string {
	var parts []string
	for _, t := range tests {
		_, name, _ := strings.Cut(t, ".")
		parts = append(parts, name)
	}
	return strings.Join(parts, ", ")
}

func scenarioCell(f Feature) string {
	switch {
	case f.Scenario == "":
		return "–"
	case len(f.Off) == 0:
		return "`@" + f.Scenario + "`"
	}
	return fmt.Sprintf("`@%s`; off: `%s`", f.Scenario, strings.Join(f.Off, "`, `"))
}

// sectionTitles are the paper's.
var sectionTitles = map[string]string{
	"§4.1": "System interface",
	"§4.2": "Partitioning",
	"§4.3": "Replication",
	"§4.4": "Data versioning",
	"§4.5": "Execution of get and put",
	"§4.6": "Handling failures: hinted handoff",
	"§4.7": "Handling permanent failures: replica synchronization",
	"§4.8": "Membership and failure detection",
	"§4.9": "Adding and removing storage nodes",
	"§5":   "Implementation",
	"§6":   "Experiences: patterns of use",
	"§6.1": "Balancing performance and durability",
	"§6.2": "Uniform load distribution",
	"§6.3": "Divergent versions",
	"§6.4": "Client-driven coordination",
	"§6.5": "Background and foreground tasks",
}
