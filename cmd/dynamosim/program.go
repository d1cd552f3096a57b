package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// run runs the program with its arguments and returns the exit code.
func run(args []string, t *terminal) int {
	root := newRoot(t)
	root.SetArgs(append([]string{}, args...)) // never nil, which would mean those of the process
	root.SetIn(t.in)
	root.SetOut(t.out)
	root.SetErr(t.err)
	err := root.Execute()
	code := exitCode(err)
	if t.out.failed != nil && !t.out.closed() {
		t.note("dynamosim: error: %v", t.out.failed)
		return lab.ExitInternal
	}
	if message := errorText(err); message != "" && !t.out.closed() {
		t.note("%s", strings.TrimSuffix(message, "\n"))
	}
	if t.out.closed() && code == lab.ExitInternal && !errors.As(err, new(lostResult)) {
		code = lab.ExitPass // the reader had seen enough
	}
	return code
}

// newRoot is the program as a command.
func newRoot(t *terminal) *cobra.Command {
	root := &cobra.Command{
		Use:           "dynamosim",
		Short:         "dynamosim simulates a cluster of Amazon's Dynamo, injects faults, and checks what its clients saw.",
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return firstScreen(t, cmd)
		},
	}
	root.PersistentFlags().StringVar(&t.color, "color", "auto", "colours in results, `WHEN`: auto, always or never")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains([]string{"auto", "always", "never"}, t.color) {
			return usage("--color is auto, always or never, not %q", t.color)
		}
		return nil
	}
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { writeHelp(t, cmd) })
	root.SetHelpCommand(helpCommand(t))
	addGroup(root, "Experiments", runCommand(t), planCommand(t), validateCommand(t), historyCommand(t), traceCommand(t), explainCommand(t), inspectCommand(t), diffCommand(t), sweepCommand(t), mergeCommand(t), compareCommand(t), shrinkCommand(t),
		checkCommand(t))
	addGroup(root, "What there is", listCommand(t), showCommand(t), schemaCommand(t), checksCommand(t), faultsCommand(t), metricsCommand(t), paperCommand(t),
		reproduceCommand(t), scalingCommand(t), benchCommand(t), versionCommand(t))
	return root
}

// addGroup adds commands that stand together on the first screen.
func addGroup(root *cobra.Command, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, c := range commands {
		c.GroupID = title
	}
	root.AddCommand(commands...)
}

// status ends the program with a code and, unless empty, a message.
type status struct {
	code int
	text string
}

func (s *status) Error() string { return s.text }

// exit ends the program with a code, without a message; 0 is no error.
func exit(code int) error {
	if code == lab.ExitPass {
		return nil
	}
	return &status{code: code}
}

// usage says what is wrong with the command line; further lines say what would be right.
func usage(format string, args ...any) error {
	return &status{lab.ExitBadInput, "dynamosim: error: " + fmt.Sprintf(format, args...)}
}

// lostResult is an error of writing a result that is nowhere else.
type lostResult struct{ error }

func (e lostResult) Unwrap() error { return e.error }

// exitCode translates an error.
func exitCode(err error) int {
	var s *status
	switch {
	case err == nil:
		return lab.ExitPass
	case errors.As(err, &s):
		return s.code
	case errors.As(err, new(*lab.BadInput)):
		return lab.ExitBadInput
	case errors.Is(err, lab.ErrInterrupted):
		return lab.ExitInterrupted
	case errors.As(err, new(*lab.Crash)):
		return lab.ExitFail
	}
	return lab.ExitInternal
}

// errorText is what the user is told.
func errorText(err error) string {
	var s *status
	var bad *lab.BadInput
	switch {
	case err == nil:
		return ""
	case errors.As(err, &s):
		return s.text
	case errors.As(err, &bad):
		return bad.Text
	case errors.Is(err, lab.ErrInterrupted):
		return "dynamosim: interrupted" + leftText(err)
	}
	return "dynamosim: error: " + err.Error() + leftText(err)
}

// leftText says where the files of a run are that did not come to its end.
func leftText(err error) string {
	var u *lab.Unfinished
	if !errors.As(err, &u) {
		return ""
	}
	dir := lab.Quote(u.Dir)
	return fmt.Sprintf("\n  what had happened until then is in %s: dynamosim trace %s, dynamosim check %s", dir, dir, dir)
}

// unknownCommand suggests what was meant: a command, or a run of what looks like a scenario.
func unknownCommand(root *cobra.Command, word string) error {
	if strings.HasPrefix(word, "@") || strings.ContainsAny(word, "./") {
		return usage("%s is no command\n  did you mean `dynamosim run %s`?", lab.Clean(word), lab.Quote(word))
	}
	if near := scenarios.Nearest(word, commandNames(root)); near != "" {
		return usage("unknown command %q\n  did you mean `dynamosim %s`?", word, near)
	}
	return usage("unknown command %q\n  commands are %s", word, strings.Join(commandNames(root), ", "))
}

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}

// flagError says what is wrong with a flag.
func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usage("%v\n  `dynamosim help %s` has the flags", err, cmd.Name())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name := unknown.GetSpecifiedName()
	if near := scenarios.Nearest(name, names); near != "" {
		return usage("%s: unknown flag --%s\n  did you mean --%s?", cmd.Name(), name, near)
	}
	return usage("%s: unknown flag %s\n  `dynamosim help %s` has the flags", cmd.Name(), flagText(unknown), cmd.Name())
}

// flagText is a flag as it was typed.
func flagText(e *pflag.NotExistError) string {
	if short := e.GetSpecifiedShortnames(); short != "" {
		return "-" + e.GetSpecifiedName()
	}
	return "--" + e.GetSpecifiedName()
}
