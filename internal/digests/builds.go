package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// build is a way to compile and run the golden tests.
type build struct {
	name string
	goos string
	arch string
	port []string // what else the compiler is told, in its environment
	race bool
	env  []string // of the run, which has no other environment
}

// builds are all of them, the quick ones first.
func builds() []build {
	const linux = "linux"
	own := build{goos: runtime.GOOS, arch: runtime.GOARCH}
	if own.arch == "amd64" {
		own.port = []string{"GOAMD64=v1"}
	}
	return []build{
		{name: "amd64", goos: linux, arch: "amd64", port: []string{"GOAMD64=v1"}},
		{name: "amd64-v3", goos: linux, arch: "amd64", port: []string{"GOAMD64=v3"}},
		{name: "amd64-no-fma", goos: linux, arch: "amd64", port: []string{"GOAMD64=v1"}, env: []string{"GODEBUG=cpu.fma=off"}},
		{name: "one-thread", goos: own.goos, arch: own.arch, port: own.port, env: []string{"GOMAXPROCS=1"}},
		{name: "collecting", goos: own.goos, arch: own.arch, port: own.port, env: []string{"GOGC=1"}},
		{name: "race", goos: own.goos, arch: own.arch, port: own.port, race: true},
		{name: "386", goos: linux, arch: "386", port: []string{"GO386=sse2"}},
		{name: "386-softfloat", goos: linux, arch: "386", port: []string{"GO386=softfloat"}},
		{name: "wasm", goos: "js", arch: "wasm"},
		{name: "arm64", goos: linux, arch: "arm64"},
		{name: "arm", goos: linux, arch: "arm", port: []string{"GOARM=7"}},
		{name: "riscv64", goos: linux, arch: "riscv64"},
		{name: "loong64", goos: linux, arch: "loong64"},
		{name: "ppc64le", goos: linux, arch: "ppc64le"},
		{name: "s390x", goos: linux, arch: "s390x"},
	}
}

// choose returns the builds of the given names, all of them without names.
func choose(names []string) ([]build, error) {
	if len(names) == 0 {
		return builds(), nil
	}
	var chosen []build
	for _, name := range names {
		found := len(chosen)
		var known []string
		for _, b := range builds() {
			known = append(known, b.name)
			if b.name == name {
				chosen = append(chosen, b)
			}
		}
		if found == len(chosen) {
			return nil, fmt.Errorf("no build is called %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	return chosen, nil
}

// compiler is what the compiler is told of a build, in its environment.
func (b build) compiler() []string {
	env := append([]string{"GOOS=" + b.goos, "GOARCH=" + b.arch, "CGO_ENABLED=0"}, b.port...)
	if b.race {
		env = append(env, "CGO_ENABLED=1")
	}
	return env
}

// emulators are the programs of qemu-user, by architecture, with what they need to be told.
func emulators() map[string][]string {
	return map[string][]string{
		"386": {"qemu-i386"}, "amd64": {"qemu-x86_64", "-cpu", "max"}, "arm": {"qemu-arm"}, "arm64": {"qemu-aarch64"},
		"loong64": {"qemu-loongarch64"}, "ppc64le": {"qemu-ppc64le"}, "riscv64": {"qemu-riscv64"}, "s390x": {"qemu-s390x"},
	}
}

// runner is the command in front of a build's programs, or why they cannot run here.
func (b build) runner(goroot string) (command []string, missing string) {
	switch {
	case b.race:
		if _, err := exec.LookPath(cCompiler()); err != nil {
			return nil, "the race detector needs a C compiler, such as gcc"
		}
		return nil, ""
	case b.goos == runtime.GOOS && (b.arch == runtime.GOARCH || b.arch == "386" && runtime.GOARCH == "amd64"):
		return nil, ""
	case b.goos == "js":
		return wasmRunner(goroot)
	case b.goos != runtime.GOOS:
		return nil, "it is a program for " + b.goos
	}
	command = emulators()[b.arch]
	for _, name := range []string{command[0], command[0] + "-static"} {
		if path, err := exec.LookPath(name); err == nil {
			return append([]string{path}, command[1:]...), ""
		}
	}
	return nil, fmt.Sprintf("no %s; it comes with qemu-user (apt-get install qemu-user)", command[0])
}

func wasmRunner(goroot string) (command []string, missing string) {
	if _, err := exec.LookPath("node"); err != nil {
		return nil, "no node; it comes with Node.js (apt-get install nodejs)"
	}
	return []string{filepath.Join(goroot, "lib", "wasm", "go_js_wasm_exec")}, ""
}

func cCompiler() string {
	out, err := exec.Command("go", "env", "CC").Output()
	if words := strings.Fields(string(out)); err == nil && len(words) > 0 {
		return words[0]
	}
	return "cc"
}
