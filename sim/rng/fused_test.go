package rng

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// The mnemonics of fused multiply-adds in the assembly the compiler prints.
var fused = regexp.MustCompile(`\t(V?FN?M(ADD|SUB)[0-9]*[SD]*|W?FN?M[AS](DB)?|WFN?M[AS]DB|XSN?M(ADD|SUB)[AM]DP)\t`)

// ports are those whose compilers fuse x*y+z where they can.
var ports = []struct {
	name string
	env  []string
}{
	{"amd64 v3", []string{"GOOS=linux", "GOARCH=amd64", "GOAMD64=v3"}},
	{"arm64", []string{"GOOS=linux", "GOARCH=arm64"}},
	{"s390x", []string{"GOOS=linux", "GOARCH=s390x"}},
}

// A fused multiply-add rounds once instead of twice, so that a result would
// depend on the processor. The compiler may fuse wherever a product is not
// rounded by a conversion; what it really did is in its output.
func TestNothingIsFused(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles for three architectures")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("needs the go command: ", err)
	}
	for _, port := range ports {
		t.Run(port.name, func(t *testing.T) {
			if out := assembly(t, tool, port.env, probe(t)); !fused.MatchString(out) {
				t.Fatalf("x*y+z is not seen to be fused, so this test sees nothing:\n%s", out)
			}
			out := assembly(t, tool, port.env, ".")
			if len(out) < 10_000 {
				t.Fatalf("the compiler printed no assembly:\n%s", out)
			}
			if found := fused.FindString(out); found != "" {
				t.Errorf("a product is not rounded before it is added:%s", found)
			}
		})
	}
}

// probe writes a package with a product that may be fused.
func probe(t *testing.T) string {
	file := filepath.Join(t.TempDir(), "probe.go")
	source := "package probe\n\nfunc F(x, y, z float64) float64 { return x*y + z }\n"
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func assembly(t *testing.T, tool string, env []string, target string) string {
	cmd := exec.Command(tool, "build", "-o", os.DevNull, "-gcflags=-S", target)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Skipf("cannot compile: %v\n%s", err, out)
	}
	return string(out)
}
