package vclock

import (
	"testing"
	"unsafe"
)

// Sets are looked at by every message that bears one: each is to lie in one line of the processor's cache.
func TestSetsLieInLines(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("lines are counted with pointers of 64 bits")
	}
	var a Arena
	for i := range 200 {
		if at := uintptr(unsafe.Pointer(a.newSet())) % 64; at != 0 {
			t.Fatalf("set %d begins at byte %d of a line", i, at)
		}
	}
}
