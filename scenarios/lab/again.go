package lab

import (
	"strconv"
	"strings"

	"dynamosim/scenarios"
)

// Command is the command line that runs a command on a plan again, with its seed, case and overrides; more are appended. All of it is
// quoted for a POSIX shell.
func Command(command string, plan *scenarios.Scenario, more ...string) string {
	o := &plan.Origin
	words := []string{"dynamosim", command, shownSource(o.Source)}
	if o.Case != "" {
		words = append(words, "--case", o.Case)
	}
	for _, set := range o.Set {
		words = append(words, "--set", set)
	}
	if !o.IsPlan {
		words = append(words, "--seed", strconv.FormatUint(seedOf(plan), 10))
	}
	words = append(words, more...)
	for i, w := range words {
		words[i] = Quote(w)
	}
	return strings.Join(words, " ")
}

// shownSource is a source as an argument that is not taken for a flag.
func shownSource(source string) string {
	if strings.HasPrefix(source, "-") && source != "-" {
		return "./" + source
	}
	return source
}

// seedOf is the seed that everything in a plan was drawn from.
func seedOf(plan *scenarios.Scenario) uint64 {
	if plan.Plan != nil {
		return plan.Plan.Seed
	}
	return plan.Seed
}

// Quote writes a word for a POSIX shell, in quotes where it needs them.
func Quote(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
