package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
  dynamosim reproduce partitioning --quick          Figure 8 of the paper
  dynamosim reproduce partitioning --quick -o out   with its plot, as SVG and PNG`,
		Long: "Studies: " + strings.Join(studyNames(), ", ") + `. Each prints what was published, what theory or an independent program says, and what this
simulator measures, with 95 % intervals; agreement is judged by the rule of the study. The exit code is 1 if a number does not agree.

With -o the folder gets STUDY.json, STUDY.svg and STUDY.png.`,
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
	f.BoolVar(&o.json, "json", false, "print the numbers as one JSON object a study")
	f.StringVar(&o.write, "write", "", "write the page about validation to `FILE`, its plots beside it in plots/")
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
	if err := o.openFolder(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer t.interrupt.whenAsked(cancel)()
	agree := true
	var all []*lab.Reproduction
	for _, name := range names {
		s, _ := lab.FindStudy(name)
		if !o.quiet {
			t.note("%s …", s.Title)
		}
		r, err := lab.Reproduce(ctx, s, o.fast)
		if err != nil {
			return err
		}
		agree = agree && r.Agrees()
		all = append(all, r)
		if err := o.show(t, r); err != nil {
			return err
		}
	}
	if o.write != "" {
		if err := writeValidation(o.write, all); err != nil {
			return err
		}
	}
	if !agree {
		return exit(lab.ExitFail)
	}
	return nil
}

// openFolder makes the folder. One that holds anything but studies needs --force.
func (o *reproduceFlags) openFolder() error {
	if o.dir == "" {
		return nil
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return fmt.Errorf("making the folder for the numbers: %w", err)
	}
	files, err := os.ReadDir(o.dir)
	if err != nil {
		return fmt.Errorf("reading the folder for the numbers: %w", err)
	}
	for _, f := range files {
		study := strings.TrimSuffix(f.Name(), filepath.Ext(f.Name()))
		if _, ok := lab.FindStudy(study); !ok && !o.force {
			return &status{lab.ExitBadInput, fmt.Sprintf("dynamosim: error: %s holds %s, which is no study's; --force writes into it all the same", o.dir, f.Name())}
		}
	}
	return nil
}

func (o *reproduceFlags) show(t *terminal, r *lab.Reproduction) error {
	if o.json {
		if _, err := t.out.Write(r.JSON()); err != nil {
			return err
		}
	} else {
		t.printf("%s\npublished  %s\nhere       %s\nagreement  %s\n\n", r.Title, r.Source, r.Method, r.Rule)
		t.columns("  ", r.Rows()...)
		for _, note := range r.Notes {
			t.printf("\n%s\n", note)
		}
		t.printf("\n")
	}
	if o.dir == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(o.dir, r.Name+".json"), r.JSON(), 0o644); err != nil {
		return fmt.Errorf("writing the numbers: %w", err)
	}
	return writePlots(o.dir, r, "svg", "png")
}

func writePlots(dir string, r *lab.Reproduction, formats ...string) error {
	for _, format := range formats {
		picture, err := r.Plot(format)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, r.Name+"."+format), picture, 0o644); err != nil {
			return fmt.Errorf("writing the plot: %w", err)
		}
	}
	return nil
}

// writeValidation writes docs/validation.md and its plots.
func writeValidation(file string, all []*lab.Reproduction) error {
	plots := filepath.Join(filepath.Dir(file), "plots")
	if err := os.MkdirAll(plots, 0o755); err != nil {
		return fmt.Errorf("making the folder for plots: %w", err)
	}
	var b strings.Builder
	b.WriteString("# Published results beside ours\n\n*Written by `dynamosim reproduce --write docs/validation.md`.*\n")
	for _, r := range all {
		b.WriteString("\n" + r.Markdown())
		if err := writePlots(plots, r, "svg"); err != nil {
			return err
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		return fmt.Errorf("writing the page about validation: %w", err)
	}
	return nil
}
