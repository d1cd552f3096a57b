// Package lab is the public Go API of dynamosim: open a scenario, run its plan, judge what clients saw.
//
//	plan, problems, err := lab.Open("@put-get", lab.OpenOptions{})
//	report, err := lab.Run(plan, lab.RunOptions{})
//	fmt.Println(report.Verdict, report.Digest)
//
// A plan is run by package scenarios/world, which is single-threaded and knows no wall clock; everything around it that needs files,
// time or several worlds at once is here.
//
// # Where to start reading
//
//	source.go      what SCENARIO may be: a file, standard input, @name, a folder with a plan
//	vocabulary.go  the names that scenarios may use, collected from the packages that own them
//	run.go         a run from plan to report
//	report.go      what a run found; verdict.go what that means for the exit code
//	quantities.go  the numbers that expectations speak of
//	metrics.go     what a run is measured by, from the registry of package analysis
//	text.go        the report for people; json.go for programs; files.go the files of run -o
//	verify.go      the same plan twice, compared
//	seeds.go       many seeds side by side; testing.go the same as part of a go test, with nodes of one's own if need be
//	explain.go     why a check is invalid: the story of its evidence, the picture, the turning point
//	compare.go     settings side by side: compare_run.go, compare_result.go, compare_text.go, compare_plot.go
//	reproduce.go   published results measured again; a study a file
//	scaling.go     the pages about how cost and gossip grow with a cluster
//	bench.go       standard workloads measured, with their ratios; bench_suite.go which they are
//
// # What it promises
//
// Everything in a Report outside Host is a pure function of the plan and the format version.
package lab
