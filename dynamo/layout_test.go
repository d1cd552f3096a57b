package dynamo

import (
	"testing"
	"unsafe"
)

// TestLayout: where nodes are many, each message finds its node outside the processor's nearest cache. So what it needs there lies in few lines.
func TestLayout(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("lines are counted with pointers of 64 bits")
	}
	const line = 64
	var n Node
	for _, c := range []struct {
		what      string
		line, end uintptr
	}{
		{"the beginning of what all messages need", 1, unsafe.Offsetof(n.peers) + unsafe.Offsetof(n.peers.heard) + 1},
		{"what all messages need", 1, unsafe.Offsetof(n.wary) + 1},
		{"the beginning of what is stored", 2, unsafe.Offsetof(n.cfg) + 1},
		{"what is stored", 2, unsafe.Offsetof(n.store) + unsafe.Offsetof(n.store.table) + 16}, // of a slice, the address and the length
		{"what waits for the disk", 3, unsafe.Offsetof(n.tickets) + unsafe.Offsetof(n.tickets.few)},
		{"the first tickets", 4, unsafe.Offsetof(n.tickets) + unsafe.Sizeof(n.tickets)},
		{"whether that is all", 1, unsafe.Offsetof(n.partial) + 1},
		{"the beginning of what a coordinator needs", 5, unsafe.Offsetof(n.place) + 1},
		{"what a coordinator needs", 5, unsafe.Offsetof(n.ops) + unsafe.Offsetof(n.ops.few)},
	} {
		if got := (c.end - 1) / line; got != c.line {
			t.Errorf("%s ends in line %d at byte %d, want it in line %d", c.what, got, c.end, c.line)
		}
	}
	if at := unsafe.Offsetof(n.ops) + unsafe.Offsetof(n.ops.few); at%line != 0 || unsafe.Sizeof(operation{})%line != 0 {
		t.Errorf("operations of %d bytes begin at byte %d: not at the beginning of a line", unsafe.Sizeof(operation{}), at)
	}
	var op operation
	if at := unsafe.Offsetof(op.usual); at != line || at+2*unsafe.Sizeof(target{})+unsafe.Offsetof(target{}.asked) > 2*line {
		t.Errorf("what an answer looks for among three targets does not lie in the second line of an operation")
	}
	if at := unsafe.Offsetof(op.reads) + 8; at != 3*line {
		t.Errorf("what an answer to a get is counted in begins at byte %d of an operation, want byte %d", at, 3*line)
	}
	if got := unsafe.Sizeof(n); got%line != 0 {
		t.Errorf("a node takes %d bytes, %d more than whole lines", got, got%line)
	}
	if got := unsafe.Sizeof(Message{}); got != line {
		t.Errorf("a message takes %d bytes, want %d", got, line)
	}
}
