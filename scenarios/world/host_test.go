package world

import (
	"testing"
	"unsafe"

	"dynamosim/dynamo"
)

// Each kind of mark has a counter of its own.
func TestCountersOfMarks(t *testing.T) {
	used := map[uint8]dynamo.Mark{}
	for _, doc := range dynamo.Marks() {
		if other, taken := used[counterOf(doc.Mark)]; taken {
			t.Errorf("marks %d and %d share a counter", other, doc.Mark)
		}
		used[counterOf(doc.Mark)] = doc.Mark
	}
}

// What every event of a node, and every operation of a client, touches begins with a line of the processor's cache.
func TestLinesOfTheCache(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("laid out for 64 bits")
	}
	const line = 64
	for what, at := range map[string]uintptr{
		"host": unsafe.Sizeof(host{}), "counters": unsafe.Offsetof(host{}.counted), "session": unsafe.Sizeof(session{}),
		"first lane": unsafe.Offsetof(session{}.first), "client": unsafe.Offsetof(lane{}.lib),
	} {
		if at%line != 0 {
			t.Errorf("%s: %d bytes are no whole number of lines", what, at)
		}
	}
	if at := unsafe.Offsetof(host{}.counted); at != line {
		t.Errorf("counters begin at %d", at)
	}
}

// Marks whose argument is an amount, and those that the world looks at, go the long way.
func TestMarksThatCountMoreThanOneStir(t *testing.T) {
	for _, doc := range dynamo.Marks() {
		if doc.Mark.Amount(7) != 1 && stirringOf[doc.Mark] != stirsWorld {
			t.Errorf("%s counts its argument, but is taken to count one", doc.Counter)
		}
	}
}
