package lab

import (
	"fmt"

	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// plan loads the text of a study's scenario with a seed.
func (a *measuring) plan(text string, seed uint64) (*scenarios.Scenario, error) {
	plan, problems := scenarios.Load(a.Name, []byte(text), nil, Vocabulary(), scenarios.LoadOptions{Program: Program(), Seed: &seed})
	if plan == nil {
		return nil, fmt.Errorf("the scenario of the study: %s", scenarios.FormatAll(problems))
	}
	return plan, nil
}

// build makes the world of a text and a seed. With an old world it takes its memory.
func (a *measuring) build(old *world.World, text string, seed uint64, opts world.Options) (*world.World, error) {
	plan, err := a.plan(text, seed)
	if err != nil {
		return nil, err
	}
	if old == nil {
		old = new(world.World)
	}
	if err := old.Reset(plan, opts); err != nil {
		return nil, fmt.Errorf("the world of the study: %w", err)
	}
	return old, nil
}

// simulate runs a scenario to its end.
func (a *measuring) simulate(old *world.World, text string, seed uint64, opts world.Options) (*world.World, *world.Result, error) {
	w, err := a.build(old, text, seed, opts)
	if err != nil {
		return nil, nil, err
	}
	for w.Step(stride) {
		if a.ctx.Err() != nil {
			return nil, nil, a.ctx.Err()
		}
	}
	result := w.Result()
	if result.Exhausted != nil {
		return nil, nil, fmt.Errorf("the world of the study: %s", result.Exhausted)
	}
	return w, result, nil
}

// nothingElse switches off what a study of one mechanism does not ask about: the world's machines take no time.
const nothingElse = `  read_repair: false
  handoff: false
  anti_entropy: false
  failure_detection: {kind: none}
  cpu: {service: 0s}
`
