package scenarios_test

import (
	"fmt"

	"dynamosim/scenarios"
)

// A scenario with a mistake is answered with its place and what would be right.
func ExampleLoad() {
	text := "version: 1\nduration: 60\ncluster: {quorom: strict}\n"
	_, problems := scenarios.Load("bad.yaml", []byte(text), nil, scenarios.Vocabulary{}, scenarios.LoadOptions{})
	fmt.Print(scenarios.FormatAll(problems))
	// Output:
	// bad.yaml:2:11: error: duration: not a duration: "60"
	//     2 | duration: 60
	//       |           ^ add a unit: 60ms or 60s?
	// bad.yaml:3:11: error: unknown key "quorom" in cluster
	//     3 | cluster: {quorom: strict}
	//       |           ^ did you mean "quorum"?
	// 2 errors; nothing was run
}

// What the seed draws is written out in the plan.
func ExampleScenario_YAML() {
	text := "version: 1\nname: slow-disks\ncluster: {nodes: 3..9, disk: {sync: {one_of: [1ms, 10ms]}}}\nworkloads: [{name: kv}]\n"
	s, _ := scenarios.Load("slow-disks.yaml", []byte(text), nil, scenarios.Vocabulary{}, scenarios.LoadOptions{Set: []string{"seed=7"}})
	for _, d := range s.Origin.Drawn {
		fmt.Println(d.Path, "is", d.Value, "of", d.Text)
	}
	again, _ := scenarios.Load("plan.yaml", s.YAML(), nil, scenarios.Vocabulary{}, scenarios.LoadOptions{})
	fmt.Println("the plan is the same scenario:", again.Equal(s))
	// Output:
	// cluster.nodes is 5 of 3..9
	// cluster.disk.sync is 10ms of {one_of: [1ms, 10ms]}
	// the plan is the same scenario: true
}
