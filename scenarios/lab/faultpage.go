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

const faultPageMeet = `
## The life of a fault

History and trace tell of each fault when it is *scheduled*, when it *starts*, what its *effect* was in all and when it *ends*, and when it has *recovered*: all
nodes that it took down serve again. Nodes that never do are named, and fail the run where ` + "`liveness`" + ` demands them (` + "`all`" + `: every node, ` + "`core`" + `: a quorum of
every key). A fault that cannot start is *refused*, with the reason.

With ` + "`liveness: core`" + ` a fault may last ` + "`forever`" + `. The nodes that it keeps down, frozen, slow or without a sound disk need not come back, nor,
where it cuts nodes apart, those outside the largest group that is in touch with itself. ` + "`convergence`" + ` is demanded of the others, and ` + "`hints`" + `
of hints between them. Beside a fault that only disturbs for ever, such as loss, convergence is reported.

## Faults that meet

Each fault has an end of its own, whatever others do meanwhile.

| what meets | comes to |
|---|---|
| partitions, flaps | a message is cut if any of them cuts it |
| loss, corrupt, duplicate, reorder, delay | act one after the other, each by draws of its own |
| clog with any of these | what is not lost is held, and travels when no clog holds it |
| crash, power-loss, stop, wipe, rollback | the node is down while any of them lasts; a power loss takes what is not synced from a node that is down already |
| pause, and what takes the node down | the node boots paused |
| slow twice | the factors multiply; what waits for the disk takes the speed of the moment |
| clock twice | offsets and drifts add up; jumps stay until the heal |
| restart of a node that is down | refused, by the scenario's text if that tells when, else by the run |
| join of a member, leave of a node that is none, a command to a node that is down | refused in the same way |
| drawn faults and ` + "`max_down`" + ` | lowered to fewer nodes, or refused when the plan is drawn, and counted |
| any two faults that wait for one moment at a point | both begin; one that kills the node does so at the very point, any other when the node has finished what it is doing |
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
	b.WriteString(faultPageMeet)
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
