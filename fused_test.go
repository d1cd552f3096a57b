package dynamosim_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// eventPath are the packages that a run, and the plan of one, is made of.
var eventPath = []string{"./sim/...", "./dynamo/...", "./scenarios", "./scenarios/workload", "./scenarios/world"}

// fusingPorts are ports whose compilers fuse x*y+z where they may, each in its own way.
var fusingPorts = []struct {
	name string
	env  []string
}{
	{"amd64 v3", []string{"GOARCH=amd64", "GOAMD64=v3"}},
	{"arm64", []string{"GOARCH=arm64"}},
	{"riscv64", []string{"GOARCH=riscv64"}},
	{"s390x", []string{"GOARCH=s390x"}},
}

// fusing matches the mnemonics that multiply and add floats and round once. Those of integers begin with M.
var fusing = regexp.MustCompile(`^(V?FN?M(ADD|SUB|ACC|SAC)[0-9A-Z]*|[VW]FN?M[AS](DB|SB)?|VFML[AS])$`)

// place is where an instruction is, and what it comes from.
type place struct{ source, mnemonic string }

// fused returns the fused multiply-adds in the compiler's assembly, whose lines are like
//
//	0x0052 00082 (/tmp/plant.go:3)	FMADDD	F0, F2, F1, F0
func fused(assembly []byte) []place {
	var all []place
	for line := range bytes.Lines(assembly) {
		before, instruction, _ := bytes.Cut(line, []byte(")\t"))
		if len(instruction) == 0 || bytes.IndexByte([]byte("FVW"), instruction[0]) < 0 {
			continue
		}
		mnemonic, _, _ := bytes.Cut(bytes.TrimSpace(instruction), []byte("\t"))
		if fusing.Match(mnemonic) {
			all = append(all, place{string(before[bytes.LastIndexByte(before, '(')+1:]), string(mnemonic)})
		}
	}
	return all
}

// A fused multiply-add rounds once instead of twice, so that results would depend on the processor. The compiler may
// fuse wherever no conversion rounds the product, in code inlined from elsewhere too: what it did is in its output.
func TestNothingIsFused(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles for four architectures")
	}
	for _, port := range fusingPorts {
		t.Run(port.name, func(t *testing.T) {
			plant := filepath.Join(t.TempDir(), "plant.go")
			source := "package plant\n\nfunc F(x, y, z float64) float64 { return x*y + z }\n\nfunc G(x, y, z int64) int64 { return x*y + z }\n"
			if err := os.WriteFile(plant, []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
			if found := fused(assembly(t, port.env, plant)); len(found) != 1 || !strings.HasSuffix(found[0].source, "plant.go:3") {
				t.Fatalf("of the planted products the one in line 3 is fused, found are %q", found)
			}
			out := assembly(t, port.env, eventPath...)
			for _, name := range packages(t) {
				if !bytes.Contains(out, []byte("# "+name+"\n")) {
					t.Errorf("no assembly of %s", name)
				}
			}
			for _, found := range fused(out) {
				t.Errorf("%s: a product is not rounded before it is added (%s). Write float64(...) around it", found.source, found.mnemonic)
			}
		})
	}
}

// packages are the import paths of the event path.
func packages(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, eventPath...)...).Output()
	if err != nil {
		t.Fatal("go list: ", err)
	}
	return strings.Fields(string(out))
}

// assembly is what the compiler makes of packages, or of a file.
func assembly(t *testing.T, env []string, what ...string) []byte {
	t.Helper()
	cmd := exec.Command("go", append([]string{"build", "-gcflags=-S"}, what...)...)
	if len(what) == 1 { // a build of several keeps nothing
		cmd.Args = append(cmd.Args[:2], append([]string{"-o", os.DevNull}, cmd.Args[2:]...)...)
	}
	cmd.Env = append(append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0"), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out[max(0, len(out)-2000):])
	}
	return out
}
