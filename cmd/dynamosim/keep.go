package main

import (
	"github.com/spf13/cobra"

	"dynamosim/scenarios/lab"
)

// keepFlags are those that say which files a run leaves.
type keepFlags struct {
	history  string
	noTrace  bool
	compress bool
}

func (k *keepFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&k.history, "history", "", "how much is kept in DIR, `WHAT`: full (the default), failures or summary")
	f.BoolVar(&k.noTrace, "no-trace", false, "write no trace to DIR")
	f.BoolVar(&k.compress, "compress", false, "write history.jsonl.zst and state.jsonl.zst to DIR in place of plain files")
	cmd.RegisterFlagCompletionFunc("history", cobra.FixedCompletions(lab.Keeps(), cobra.ShellCompDirectiveNoFileComp))
}

// options checks the flags; given tells whether there is a folder.
func (k *keepFlags) options(given bool) (lab.KeepOptions, error) {
	if k.history != "" {
		if err := oneOf("--history", k.history, lab.Keeps()...); err != nil {
			return lab.KeepOptions{}, err
		}
	}
	if !given && (k.history != "" || k.noTrace || k.compress) {
		return lab.KeepOptions{}, usage("--history, --no-trace and --compress are about the files of a run: they need -o DIR")
	}
	return lab.KeepOptions{History: lab.Keep(k.history), NoTrace: k.noTrace, Compress: k.compress}, nil
}
