package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/scenarios/lab"
)

// scalingFlags are those of scaling.
type scalingFlags struct {
	dir, write        string
	fast, json, quiet bool
	force             bool
	all               []*lab.Scaled
}

func scalingCommand(t *terminal) *cobra.Command {
	o := &scalingFlags{}
	var pages []string
	for _, s := range lab.Scalings() {
		pages = append(pages, fmt.Sprintf("  %-8s %s", s.Name, s.About))
	}
	cmd := &cobra.Command{
		Use:   "scaling [PAGE...]",
		Short: "Measure how cost and gossip grow with the size of a cluster",
		Example: `
  dynamosim scaling --quick              both pages, in a few minutes
  dynamosim scaling gossip -o out        traffic and time to spread, with plots
  dynamosim scaling cost --json | jq .   for programs`,
		Long: "Pages:\n" + strings.Join(pages, "\n") + `

Counts of events, messages and bytes are the same on every machine; processor time and memory are not, and stand apart. With -o the folder
gets PAGE.json and the plots, each as SVG and PNG. --write writes PAGE.md into a folder of documentation, and the plots into its plots/.`,
		Args: func(_ *cobra.Command, args []string) error {
			for _, name := range args {
				if _, ok := lab.FindScaling(name); !ok {
					return &status{lab.ExitBadInput, "dynamosim: " + lab.Unknown("page", name, scalingNames())}
				}
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return scalingNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return o.measure(t, args) },
	}
	f := cmd.Flags()
	f.StringVarP(&o.dir, "output", "o", "", "`DIR` for numbers and plots")
	f.BoolVar(&o.force, "force", false, "write into a folder that holds something else")
	f.BoolVar(&o.fast, "quick", false, "up to a thousand nodes, with fewer repetitions")
	f.BoolVar(&o.json, "json", false, "print the numbers as one JSON object")
	f.StringVar(&o.write, "write", "", "write the pages into `DIR`, their plots into DIR/plots")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress on stderr")
	cmd.MarkFlagDirname("output")
	cmd.MarkFlagDirname("write")
	return cmd
}

func scalingNames() []string {
	var names []string
	for _, s := range lab.Scalings() {
		names = append(names, s.Name)
	}
	return names
}

func (o *scalingFlags) measure(t *terminal, names []string) error {
	if len(names) == 0 {
		names = scalingNames()
	}
	if err := openNumbers(o.dir, o.force, ofScaling); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer t.interrupt.whenAsked(cancel)()
	how := lab.Attempt{}
	if o.fast {
		how.Effort = lab.Quick
	}
	for _, name := range names {
		s, _ := lab.FindScaling(name)
		how.Progress = measuringProgress(t, name, o.quiet)
		r, err := lab.MeasureScaling(ctx, s, how)
		if errors.Is(err, lab.ErrInterrupted) {
			o.showAll(t)
		}
		if err != nil {
			return err
		}
		o.all = append(o.all, r)
		if err := o.show(t, r); err != nil {
			return err
		}
	}
	o.showAll(t)
	return nil
}

// ofScaling tells whether a file is one that these pages write: their numbers, or their plots.
func ofScaling(file string) bool {
	for _, name := range scalingNames() {
		if file == name+".json" {
			return true
		}
		rest, ok := strings.CutPrefix(file, name+"-")
		if ok && rest != "" && slices.Contains([]string{".svg", ".png"}, filepath.Ext(rest)) {
			return true
		}
	}
	return false
}

// show prints a page, and writes its files.
func (o *scalingFlags) show(t *terminal, r *lab.Scaled) error {
	if !o.json {
		t.printf("%s\n", r.Title)
		for _, table := range r.Tables() {
			t.printf("\n%s\n", table.Title)
			t.columns("  ", table.Rows...)
		}
		t.printf("\n")
	}
	if o.write != "" {
		if err := o.writePage(r); err != nil {
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

// writePage writes a page of the documentation, and its plots.
func (o *scalingFlags) writePage(r *lab.Scaled) error {
	plots := filepath.Join(o.write, "plots")
	if err := os.MkdirAll(plots, 0o755); err != nil {
		return fmt.Errorf("making the folder for plots: %w", err)
	}
	if err := writeFigures(plots, r.Drawings(), "svg"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.write, r.Name+".md"), r.Markdown(), 0o644); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// showAll prints all pages as one object, for programs.
func (o *scalingFlags) showAll(t *terminal) {
	switch {
	case !o.json || len(o.all) == 0:
	case len(o.all) == 1:
		t.printf("%s", o.all[0].JSON())
	default:
		t.printf("%s", lab.ScalingsJSON(o.all))
	}
}
