package lab

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"dynamosim/scenarios"
)

// OpenOptions are what a command line adds to a scenario.
type OpenOptions struct {
	Seed  *uint64  // in place of the scenario's; refused for a plan
	Set   []string // path=value
	Case  string
	Stdin io.Reader // read for the source "-"
}

// BadInput is an error of the user's input: a scenario that does not load, a flag that does not fit. Its text is complete; it may have many
// lines.
type BadInput struct{ Text string }

func (e *BadInput) Error() string { return e.Text }

// Open loads a scenario and draws its plan. The source is a file, "-" for standard input, "@name" from the embedded library, a drawn plan, or a
// folder that holds a plan.yaml. Warnings come with a plan; errors come as a *BadInput that holds all of them.
func Open(source string, opts OpenOptions) (*scenarios.Scenario, []scenarios.Diagnostic, error) {
	name, text, dir, err := read(source, opts.Stdin)
	if err != nil {
		return nil, nil, err
	}
	if kind := recordedKind(bytes.NewReader(text)); kind != "" {
		return nil, nil, &BadInput{notAScenario(name, kind)}
	}
	plan, list := scenarios.Load(name, text, dir, Vocabulary(), scenarios.LoadOptions{Seed: opts.Seed, Set: opts.Set, Case: opts.Case, Program: Program()})
	if plan == nil {
		return nil, list, &BadInput{Text: scenarios.FormatAll(list)}
	}
	return plan, list, nil
}

// read gets the text of a source, and the folder that its includes lie below.
func read(source string, stdin io.Reader) (name string, text []byte, dir fs.FS, err error) {
	switch {
	case source == "-":
		text, err = io.ReadAll(io.LimitReader(stdin, scenarios.MaxPlan+1))
		return "-", text, nil, err
	case strings.HasPrefix(source, "@"):
		text, ok := scenarios.LibraryFile(source[1:])
		if !ok {
			return "", nil, nil, &BadInput{unknownScenario(source[1:])}
		}
		return source, text, nil, nil
	}
	info, err := os.Stat(source)
	if err == nil && info.IsDir() {
		source = filepath.Join(source, "plan.yaml")
	}
	file, err := os.Open(source)
	if err != nil {
		return "", nil, nil, &BadInput{cannotOpen(source, err)}
	}
	defer file.Close()
	text, err = io.ReadAll(io.LimitReader(file, scenarios.MaxPlan+1))
	if err != nil {
		return "", nil, nil, fmt.Errorf("reading %s: %w", source, err)
	}
	return source, text, os.DirFS(filepath.Dir(source)), nil
}

// notAScenario says what else a file is, and what it is good for.
func notAScenario(name, kind string) string {
	text := fmt.Sprintf("%s: error: that is a %s, as a run leaves it, and no scenario", Clean(name), kind)
	switch kind {
	case "trace":
		return text + fmt.Sprintf("\n  dynamosim trace %s shows it", Quote(name))
	case "history":
		return text + fmt.Sprintf("\n  dynamosim history %s shows it, dynamosim check %[1]s judges it", Quote(name))
	}
	return text
}

func cannotOpen(source string, err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	text := fmt.Sprintf("%s: error: %v", source, err)
	if _, ok := scenarios.LibraryFile(strings.TrimSuffix(source, ".yaml")); ok {
		return text + fmt.Sprintf("\n  the library has a scenario of that name: @%s", strings.TrimSuffix(source, ".yaml"))
	}
	return text + "\n  a scenario is a file, - for standard input, @name from the library (see `dynamosim list`), or a folder with a plan.yaml"
}

func unknownScenario(name string) string {
	var names []string
	for _, e := range scenarios.Library() {
		names = append(names, e.Name)
	}
	text := fmt.Sprintf("@%s: error: the library has no scenario %q", name, name)
	if hint := scenarios.Nearest(name, names); hint != "" {
		return text + fmt.Sprintf("\n  did you mean @%s?", hint)
	}
	return text + "\n  see `dynamosim list`"
}
