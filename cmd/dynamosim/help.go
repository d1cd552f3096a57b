package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/scenarios/lab"
)

// firstScreen is what somebody reads who types dynamosim alone.
func firstScreen(t *terminal, root *cobra.Command) error {
	t.printf("%s\n\n", root.Short)
	for _, e := range [...][2]string{
		{"dynamosim run @put-get", "a first run: two puts, two gets, no fault"},
		{"dynamosim run @cart-partition", "carts on both sides of a partition"},
		{"dynamosim run @stale-read --case quorum", "the same experiment with other settings"},
		{"dynamosim run @chaos --seed 7 -o out", "random faults; result, history and trace in out/"},
		{"dynamosim compare @nrw --seeds 1..10", "what R and W cost and what they buy, with intervals"},
		{"dynamosim list", "all scenarios that come with it"},
		{"dynamosim show @put-get > my.yaml", "one to start from; then dynamosim run my.yaml"},
	} {
		t.printf("  %-44s %s\n", e[0], e[1])
	}
	for _, g := range root.Groups() {
		t.printf("\n%s\n", g.Title)
		for _, c := range root.Commands() {
			if c.GroupID == g.ID {
				t.printf("  %-12s %s\n", c.Name(), c.Short)
			}
		}
	}
	t.printf("\n`dynamosim help COMMAND` explains a command, `dynamosim help exit-codes` what the program's end means,\n`dynamosim completion bash` (zsh, fish, powershell) completes commands, flags and @names.\n")
	return nil
}

// exitCodes is the table of `dynamosim help exit-codes`.
const exitCodes = `What the program's end means, for scripts and CI

    0  pass: everything was as the scenario expects it, violations that it expects included
    1  a check or an expectation failed; or the simulated node's code crashed
    2  unknown: the budget of a checker or of the run ran out
    3  bad scenario, input or flag; nothing was run
    4  internal or host error: a mistake in dynamosim, a full disk, a folder that cannot be written
    5  the run was not deterministic (run --verify)
    6  vacuous: a scripted fault had no effect, a mechanism under requires never acted
  130  interrupted

If several apply, the first of 4, 5, 3, 1, 6, 2, 0 counts.
`

// helpCommand is help COMMAND.
func helpCommand(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND|exit-codes]",
		Short: "Explain a command, or the exit codes",
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			if len(args) == 0 {
				return firstScreen(t, root)
			}
			if args[0] == "exit-codes" {
				t.printf("%s", exitCodes)
				return nil
			}
			target, rest, err := root.Find(args)
			if err != nil || target == root || len(rest) > 0 {
				return unknownCommand(root, args[0])
			}
			writeHelp(t, target)
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return append(commandNames(cmd.Root()), "exit-codes"), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// writeHelp explains a command: examples first.
func writeHelp(t *terminal, cmd *cobra.Command) {
	if !cmd.HasParent() {
		firstScreen(t, cmd)
		return
	}
	t.printf("%s\n", cmd.Short)
	if cmd.Example != "" {
		t.printf("\n%s\n", strings.Trim(cmd.Example, "\n"))
	}
	t.printf("\nUsage: dynamosim %s\n", usageLine(cmd))
	if cmd.Long != "" {
		t.printf("\n%s\n", paragraphs(cmd.Long, t.width()))
	}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			t.printf("  %-12s %s\n", c.Name(), c.Short)
		}
	}
	cmd.InitDefaultHelpFlag()
	flags := cmd.LocalFlags()
	flags.AddFlagSet(cmd.InheritedFlags())
	t.printf("\nFlags:\n%s", flags.FlagUsagesWrapped(t.width()))
}

// paragraphs wraps a text, each paragraph by itself; what is indented stays as it is.
func paragraphs(text string, width int) string {
	var out []string
	for _, p := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		if !strings.Contains(p, "\t") && !strings.Contains(p, "  ") {
			p = strings.Join(lab.Wrap(strings.ReplaceAll(p, "\n", " "), width), "\n")
		}
		out = append(out, p)
	}
	return strings.Join(out, "\n\n")
}

// usageLine is the command with its arguments and a word for its flags.
func usageLine(cmd *cobra.Command) string {
	path := strings.TrimPrefix(cmd.CommandPath(), "dynamosim ")
	_, args, _ := strings.Cut(cmd.Use, " ")
	return strings.TrimSpace(fmt.Sprintf("%s %s [flags]", path, args))
}

// aboutScenario explains the argument that most commands take.
const aboutScenario = `SCENARIO is a file, - for standard input, @name from the library (see dynamosim list), a drawn plan, or a
folder with a plan.yaml, such as that of an earlier run.`

// columns writes rows of text with their columns aligned, the last one wrapped.
func (t *terminal) columns(indent string, rows ...[]string) {
	for _, line := range lab.Columns(indent, t.width(), rows) {
		t.printf("%s\n", line)
	}
}
