// Command dynamosim simulates a cluster of Amazon's Dynamo, injects faults, and checks what its clients saw.
//
//	dynamosim run @put-get                  one run, judged
//	dynamosim list                          the scenarios that come with it
//	dynamosim help run                      everything that a command takes
//
// The package is flags and printing: a file a command, each with the function that makes its cobra command and the one that does its
// work. What they do with a scenario is in package scenarios/lab.
//
//	main.go      the process: signals, panics, the exit code
//	pipe.go      a stdout that nobody reads any more
//	program.go   the root command, and from errors to exit codes
//	terminal.go  what a command may know of where it writes
//	scenario.go  SCENARIO, --seed, --set and --case, which most commands take
//	help.go      help with the examples first
//
// Results go to stdout, progress and warnings to stderr. Exit codes are those of lab.Exit…: 0 pass, 1 a check or an expectation failed,
// 2 unknown, 3 bad scenario or flag, 4 internal or host error, 5 not deterministic, 6 vacuous, 130 interrupted.
package main
