package toy

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files")

func TestGoldenToy(t *testing.T) {
	got := Digest()
	if *update {
		if err := os.WriteFile("golden.txt", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile("golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("toy", func(t *testing.T) {
		if got != string(golden) {
			t.Errorf("digest %s, golden %q", got, golden)
		}
	})
}
