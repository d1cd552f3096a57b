package lab

import (
	"fmt"
	"strings"

	"dynamosim/scenarios"
)

const faultPageHead = `# What can go wrong

*Written by ` + "`dynamosim faults --write docs/faults.md`" + `; a test holds it current.*

Each kind of fault is a key of an item of ` + "`faults`" + `, which happens at a time, after an operation, or when a node comes to a named point; or of an item of
` + "`nemesis.faults`" + `, which draws when and where. Every fault counts how often it really took effect; a scripted one that never did makes the run
vacuous (exit code 6). What a node may rely on in spite of them all is in the package comment of [sim](../sim/doc.go), the fault model.

`

// FaultPage is docs/faults.md.
func FaultPage() string {
	var b strings.Builder
	b.WriteString(faultPageHead)
	for _, k := range scenarios.FaultKinds() {
		fmt.Fprintf(&b, "* [%s](#%s)\n", k.Name, k.Name)
	}
	for _, k := range scenarios.FaultKinds() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\nCounted: %s.\n\n| field | type | default | what |\n|---|---|---|---|\n", k.Name, k.Doc, k.Effect)
		for _, f := range FaultFields(k.Name) {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Path, fieldType(f), fieldDefault(f), f.Doc)
		}
		fields := strings.TrimSpace(strings.TrimPrefix(k.Example, k.Name))
		fmt.Fprintf(&b, "\n```yaml\nfaults:\n  - {at: 10s, %s: %s}\n```\n", k.Name, fields)
	}
	b.WriteString("\n## Points\n\nWhere `when: {point: ...}` can begin a fault, in the middle of what a node does.\n\n| point | what has happened | paper |\n|---|---|---|\n")
	for _, p := range Points() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", p.Name, p.Doc, p.Paper)
	}
	return b.String()
}

// fieldType is the type with what it allows.
func fieldType(f scenarios.SchemaRow) string {
	text := f.Type
	if f.Values != nil {
		text = strings.Join(f.Values, ", ")
	}
	if f.Range != "" {
		text += ", " + f.Range
	}
	return text
}

func fieldDefault(f scenarios.SchemaRow) string {
	if f.Needed {
		return "must be given"
	}
	return orDash(f.Default)
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}
