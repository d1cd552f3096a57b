// Command digests shows that runs have the same bits everywhere: it compiles the golden tests for many architectures,
// runs them, and compares what they got with the golden files. Architectures that this machine has not are emulated, by
// qemu-user and node.
//
//	go run ./internal/digests              all builds
//	go run ./internal/digests 386 arm64    some of them
//
// It prints a line a build, and exits with 1 if a digest differs anywhere. A build that cannot run here is skipped, with
// the reason, and fails nothing.
//
// The builds are listed in builds.go, the golden tests in suites.go; compare.go runs the one on the other, main.go prints.
// The test plants nondeterminism in a toy simulation and shows which tool catches which.
package main
