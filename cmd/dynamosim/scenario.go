package main

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// source is SCENARIO with the flags that go with it.
type source struct {
	seed string
	set  []string
	name string // of the case

	memory maxMemory
}

// flags declares --seed, --set and --case.
func (s *source) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.seed, "seed", "", "`SEED` in place of the scenario's: a number, 0x…, a 40-digit commit hash, or random")
	f.StringArrayVar(&s.set, "set", nil, "set `PATH=VALUE`, such as cluster.r=1; may be given again")
	f.StringVar(&s.name, "case", "", "the scenario's case of this `NAME`")
	cmd.ValidArgsFunction = completeScenario
	cmd.RegisterFlagCompletionFunc("case", completeCase)
	cmd.RegisterFlagCompletionFunc("set", completePath)
	cmd.RegisterFlagCompletionFunc("seed", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"random"}, cobra.ShellCompDirectiveNoFileComp
	})
}

// changed tells whether anything is asked for but the scenario as it is.
func (s *source) changed() bool { return s.seed != "" || len(s.set) > 0 || s.name != "" }

// runFlags declares those of a command that runs the scenario.
func (s *source) runFlags(cmd *cobra.Command) {
	s.flags(cmd)
	s.memory.flag(cmd.Flags())
}

// open loads the scenario and draws its plan. Warnings go to stderr, unless quiet.
func (s *source) open(t *terminal, name string, quiet bool) (*scenarios.Scenario, error) {
	plan, problems, err := s.load(t, name)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 && !quiet {
		t.note("%s", strings.TrimSuffix(scenarios.FormatAll(problems), "\n"))
	}
	return plan, nil
}

func (s *source) load(t *terminal, name string) (*scenarios.Scenario, []scenarios.Diagnostic, error) {
	opts := lab.OpenOptions{Set: s.set, Case: s.name, Stdin: t.in}
	if s.seed != "" {
		seed, err := parseSeed(s.seed)
		if err != nil {
			return nil, nil, err
		}
		opts.Seed = &seed
	}
	plan, problems, err := lab.Open(name, opts)
	if err == nil && s.seed == "random" {
		t.note("seed %d, drawn at random", *opts.Seed)
	}
	return plan, problems, err
}

// hashDigits is the length of a commit hash, seedDigits how many of its digits make a seed.
const (
	hashDigits = 40
	seedDigits = 16
)

// parseSeed reads a seed: a decimal number, hexadecimal after 0x, the first 16 digits of a commit hash, or random.
func parseSeed(text string) (uint64, error) {
	digits, isHex := strings.CutPrefix(text, "0x")
	base := 10
	switch {
	case text == "random":
		var b [8]byte
		rand.Read(b[:]) // never fails
		return binary.LittleEndian.Uint64(b[:]), nil
	case len(text) == hashDigits && strings.Trim(text, "0123456789abcdefABCDEF") == "":
		digits, base = text[:seedDigits], 16
	case isHex:
		base = 16
	case len(text) > 1 && text[0] == '0' && strings.Trim(text, "0123456789") == "":
		return 0, usage("--seed %s has a leading zero\n  write %s", text, cmp.Or(strings.TrimLeft(text, "0"), "0"))
	}
	seed, err := strconv.ParseUint(digits, base, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, usage("--seed %s is too large: seeds go from 0 to 18446744073709551615", lab.Clean(text))
	case err != nil:
		return 0, usage("--seed %q is no seed\n  a seed is a number such as 7, 0x2a, a commit hash of 40 digits, or random", text)
	}
	return seed, nil
}

// oneScenario demands exactly one argument.
func oneScenario(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return usage("%s needs a scenario\n  such as: dynamosim %s @put-get", cmd.Name(), cmd.Name())
	case len(args) > 1:
		return usage("%s takes one scenario, not %d: %s", cmd.Name(), len(args), lab.Clean(strings.Join(args, " ")))
	}
	return nil
}

// noArguments demands none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s takes no argument, such as %q", cmd.Name(), args[0])
	}
	return nil
}

// completeScenario offers the library's names; files besides.
func completeScenario(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, e := range scenarios.Library() {
		names = append(names, cobra.CompletionWithDesc("@"+e.Name, e.About))
	}
	return names, cobra.ShellCompDirectiveDefault
}

// completeCase offers the cases of the scenario that is already typed.
func completeCase(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if len(args) > 0 && args[0] != "-" {
		if plan, _, err := lab.Open(args[0], lab.OpenOptions{}); err == nil {
			for _, c := range plan.Cases {
				names = append(names, cobra.CompletionWithDesc(c.Name, c.About))
			}
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completePath offers the paths of the schema.
func completePath(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	var paths []string
	for _, row := range scenarios.SchemaDocs() {
		if strings.HasPrefix(row.Path, typed) && !strings.ContainsAny(row.Path, "[N") {
			paths = append(paths, cobra.CompletionWithDesc(row.Path+"=", row.Doc))
		}
	}
	return paths, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}
