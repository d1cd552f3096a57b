package lab

import "runtime/debug"

// Version is the program's version.
const Version = "0.1.0"

// Program names the program that draws plans and writes results.
func Program() string { return "dynamosim " + Version }

// Commit is the revision that the program was built from, "" where the build does not tell.
func Commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
