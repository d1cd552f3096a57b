package ring

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestMD5Vectors are those of RFC 1321, appendix A.5, and of keys used elsewhere.
func TestMD5Vectors(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "d41d8cd98f00b204e9800998ecf8427e",
		"key1":                          "c2add694bf942dc77b376592d9c862cd",
		"cart":                          "54013ba69c196820e56801f1ef5aad54",
		"a":                             "0cc175b9c0f1b6a831c399e269772661",
		"abc":                           "900150983cd24fb0d6963f7d28e17f72",
		"message digest":                "f96b697d7cb7938d525a2f31aaf161d0",
		strings.Repeat("1234567890", 8): "57edf4a22be3c955ac49da2e2107b67a",
	} {
		sum := MD5([]byte(text))
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("MD5(%q) = %s, want %s", text, got, want)
		}
		if got := KeyPosition(text).String(); got != want {
			t.Errorf("position of %q: %s, want %s", text, got, want)
		}
	}
}

// TestMD5OfAllLengths meets every way of padding up to a few blocks.
func TestMD5OfAllLengths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 300, 300).Draw(t, "bytes")
		for n := range b {
			if got, want := MD5(b[:n]), md5.Sum(b[:n]); got != want {
				t.Fatalf("%d bytes %x: %x, want %x", n, b[:n], got, want)
			}
		}
	})
}

func FuzzMD5(f *testing.F) {
	f.Add([]byte("cart"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, want := MD5(b), md5.Sum(b); got != want {
			t.Errorf("%x: %x, want %x", b, got, want)
		}
	})
}

func TestKeyPositionDoesNotAllocate(t *testing.T) {
	key := strings.Repeat("user:", 30)
	if n := testing.AllocsPerRun(100, func() { KeyPosition(key) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkKeyPosition(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		KeyPosition("customer:1234567:cart")
	}
}
