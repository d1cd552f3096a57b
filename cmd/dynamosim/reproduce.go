package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dynamosim/scenarios/lab"
)

// reproduceFlags are those of reproduce.
type reproduceFlags struct {
	dir   string
	force bool
	fast  bool
	json  bool
	write string
	quiet bool
}

func reproduceCommand(t *terminal) *cobra.Command {
	o := &reproduceFlags{}
	cmd := &cobra.Command{
		Use:   "reproduce [STUDY...]",
		Short: "Measure published results again, and show both",
		Example: `
  dynamosim reproduce --quick                       all, in a minute or two
  dynamosim reproduce pbs                           latencies and staleness by R and W: five minutes
  dynamosim reproduce partitioning --quick -o out   Figure 8 of the paper, with its plot`,
		Long: "Studies: " + strings.Join(studyNames(), ", ") + `. Each prints what was published, what theory or an independent program says, and what this
simulator measures, with 95 % intervals; agreement is judged by the rule of the study. The exit code is 1 if a number does not agree.

With -o the folder gets STUDY.json and its plots, each as SVG and PNG. --write puts the sections of these studies into the page about
validation and leaves those of others as they are. After Ctrl-C, studies that are done are kept.`,
		Args: func(_ *cobra.Command, args []string) error {
			for _, name := range args {
				if _, ok := lab.FindStudy(name); !ok {
					return &status{lab.ExitBadInput, "dynamosim: " + lab.Unknown("study", name, studyNames())}
				}
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return studyNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return o.reproduce(t, args) },
	}
	f := cmd.Flags()
	f.StringVarP(&o.dir, "output", "o", "", "`DIR` for numbers and plots")
	f.BoolVar(&o.force, "force", false, "write into a folder that holds something else")
	f.BoolVar(&o.fast, "quick", false, "a tenth of the repetitions, with wider intervals")
	f.BoolVar(&o.json, "json", false, "print the numbers as one JSON object")
	f.StringVar(&o.write, "write", "", "write the sections of these studies into the page about validation in `FILE`, their plots beside it in plots/")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress on stderr")
	cmd.MarkFlagDirname("output")
	return cmd
}

func studyNames() []string {
	var names []string
	for _, s := range lab.Studies() {
		names = append(names, s.Name)
	}
	return names
}

func (o *reproduceFlags) reproduce(t *terminal, names []string) error {
	if len(names) == 0 {
		names = studyNames()
	}
	if err := openNumbers(o.dir, o.force, ofStudy); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer t.interrupt.whenAsked(cancel)()
	agree := true
	var all []*lab.Reproduction
	for _, name := range names {
		s, _ := lab.FindStudy(name)
		r, err := lab.Reproduce(ctx, s, lab.Attempt{Effort: o.effort(), Progress: measuringProgress(t, s.Name, o.quiet)})
		if errors.Is(err, lab.ErrInterrupted) {
			o.showAll(t, all)
		}
		if err != nil {
			return err
		}
		agree = agree && r.Agrees()
		all = append(all, r)
		if err := o.show(t, r); err != nil {
			return err
		}
	}
	o.showAll(t, all)
	if !agree {
		return exit(lab.ExitFail)
	}
	return nil
}

func (o *reproduceFlags) effort() lab.Effort {
	if o.fast {
		return lab.Quick
	}
	return lab.Full
}

// measuringProgress tells on stderr what is being measured: a terminal's last line always shows it, a log gets a line now and then.
func measuringProgress(t *terminal, name string, quiet bool) func(what string, done, n int) {
	begin := time.Now()
	next := firstInLog
	if t.errIs.terminal {
		next = firstOnTerminal
	}
	return func(what string, done, n int) {
		wall := time.Since(begin)
		if quiet || wall < next {
			return
		}
		text := fmt.Sprintf("%s: %s, %d of %d", name, what, done, n)
		if t.errIs.terminal {
			next = wall + redraw
			fmt.Fprintf(t.err, "\r\x1b[K%s", text)
			if done == n {
				fmt.Fprint(t.err, "\r\x1b[K")
			}
			return
		}
		next = wall + max(firstInLog, wall/2)
		t.note("%s", text)
	}
}

// openNumbers makes a folder for numbers and plots. One that holds anything but what the command writes needs --force.
func openNumbers(dir string, force bool, ours func(file string) bool) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the folder for the numbers: %w", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("reading the folder for the numbers: %w", err)
	}
	for _, f := range files {
		if !ours(f.Name()) && !force {
			return &status{lab.ExitBadInput, fmt.Sprintf("dynamosim: error: %s holds %s, which is none of these numbers and plots; --force writes into it all the same", dir, f.Name())}
		}
	}
	return nil
}

// ofStudy tells whether a file is one that a study writes: its numbers, or a plot that begins with its name.
func ofStudy(file string) bool {
	for _, name := range studyNames() {
		if rest, ok := strings.CutPrefix(file, name); ok && rest != "" && (rest == ".json" || (rest[0] == '-' || rest[0] == '.') && slices.Contains([]string{".svg", ".png"}, filepath.Ext(rest))) {
			return true
		}
	}
	return false
}

// show prints a study, and writes its files.
func (o *reproduceFlags) show(t *terminal, r *lab.Reproduction) error {
	if !o.json {
		t.printf("%s\npublished  %s\nhere       %s\nagreement  %s\n", r.Title, r.Source, r.Method, r.Rule)
		for _, table := range r.Tables() {
			if t.printf("\n"); table.Title != "" {
				t.printf("%s\n", table.Title)
			}
			t.columns("  ", table.Rows...)
		}
		for _, note := range r.Notes {
			t.printf("\n%s\n", note)
		}
		t.printf("\n%s: %s\n\n", r.Name, r.Verdict())
	}
	if o.write != "" {
		if err := writeValidation(o.write, r); err != nil {
			return err
		}
	}
	if o.dir == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(o.dir, r.Name+".json"), r.JSON(), 0o644); err != nil {
		return fmt.Errorf("writing the numbers: %w", err)
	}
	return writeFigures(o.dir, r.Drawings(), "svg", "png")
}

// showAll prints what is said of all studies together.
func (o *reproduceFlags) showAll(t *terminal, all []*lab.Reproduction) {
	switch {
	case o.json && len(all) == 1:
		t.printf("%s", all[0].JSON())
	case o.json && len(all) > 0:
		t.printf("%s", lab.ReproductionsJSON(all))
	case !o.json && len(all) > 1:
		var rows [][]string
		for _, r := range all {
			rows = append(rows, []string{r.Name, r.Verdict()})
		}
		t.columns("", rows...)
	}
}

// writeFigures writes each figure in each format.
func writeFigures(dir string, figures []*lab.Figure, formats ...string) error {
	for _, f := range figures {
		for _, format := range formats {
			picture, err := f.Draw(format)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, f.Name+"."+format), picture, 0o644); err != nil {
				return fmt.Errorf("writing the plot: %w", err)
			}
		}
	}
	return nil
}

// writeValidation writes the section of a study into docs/validation.md, and its plots.
func writeValidation(file string, r *lab.Reproduction) error {
	plots := filepath.Join(filepath.Dir(file), "plots")
	if err := os.MkdirAll(plots, 0o755); err != nil {
		return fmt.Errorf("making the folder for plots: %w", err)
	}
	if err := writeFigures(plots, r.Drawings(), "svg"); err != nil {
		return err
	}
	old, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("reading the page about validation: %w", err)
	}
	if err := os.WriteFile(file, []byte(lab.Page([]*lab.Reproduction{r}, string(old))), 0o644); err != nil {
		return fmt.Errorf("writing the page about validation: %w", err)
	}
	return nil
}
