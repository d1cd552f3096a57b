package history

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"unsafe"
)

func TestAnOperationIsALineOfTheCache(t *testing.T) {
	if size := unsafe.Sizeof(Operation{}); size > 64 {
		t.Errorf("an operation takes %d bytes, more than a line of the processor's cache", size)
	}
}

// uncommon records what an operation itself has no room for: puts that supersede n versions and gets that return them, for n from 0 to 40, texts
// that are longer or shorter than their values, and more reasons than a byte counts. It puts away what is old, if there is somewhere to.
func uncommon(h *History) *History {
	client, key := h.AddClient("a"), [2]int32{h.AddKey("k"), h.AddKey("l")}
	var versions [2][]OpID
	t := int64(0)
	for n := range 80 {
		k := n % 2
		id := h.Invoke(t, client, Put, key[k])
		h.SetContext(id, versions[k])
		h.SetValue(id, []string{"", "text", "a longer text"}[n%3], []int{10, 4, 6}[n%3])
		h.OkPut(t+1, id)
		versions[k] = append(versions[k], id)
		get := h.Invoke(t+2, client, Get, key[k])
		h.OkGet(t+3, get, versions[k])
		t += 4
	}
	for n := range 300 {
		id := h.Invoke(t, client, []Func{Get, Put}[n%2], key[n%2])
		h.Fail(t+1, id, fmt.Sprintf("reason %d", n))
		t += 2
	}
	return h
}

func TestWhatAnOperationHasNoRoomForIsKept(t *testing.T) {
	h := uncommon(New(Header{}))
	expectUncommon(t, h, 0)
	var file bytes.Buffer
	if err := h.Write(&file); err != nil {
		t.Fatal(err)
	}
	read, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	expectUncommon(t, read, 0)
	for k := range int32(2) {
		part, err := h.Part(k, k+1)
		if err != nil {
			t.Fatal(err)
		}
		expectUncommon(t, part, int(k)+1)
	}
	expectUncommon(t, h, 0) // as before it was taken apart
}

// expectUncommon compares a history with what uncommon recorded: all of it, or the first or the second key's.
func expectUncommon(t *testing.T, h *History, part int) {
	t.Helper()
	var versions [2][]OpID
	id := OpID(0)
	for n := range 80 {
		k := n % 2
		if part > 0 && k != part-1 {
			continue
		}
		if got := h.Context(id); !slices.Equal(got, versions[k]) {
			t.Errorf("put %d supersedes %v, want %v", id, got, versions[k])
		}
		if o := h.Op(id); o.Names() != (len(versions[k]) > 0) || o.NamesSeveral() != (len(versions[k]) > 1) {
			t.Errorf("put %d of %d versions: names %v, several %v", id, len(versions[k]), o.Names(), o.NamesSeveral())
		}
		if text, size := []string{"", "text", "a longer text"}[n%3], []int{10, 4, 6}[n%3]; h.Value(id) != text || h.Size(id) != size {
			t.Errorf("put %d wrote %q of %d bytes, want %q of %d", id, h.Value(id), h.Size(id), text, size)
		}
		versions[k] = append(versions[k], id)
		if got := h.Versions(id + 1); !slices.Equal(got, versions[k]) {
			t.Errorf("get %d returned %v, want %v", id+1, got, versions[k])
		}
		id += 2
	}
	for n := range 300 {
		if part > 0 && n%2 != part-1 {
			continue
		}
		if got, want := h.Reason(id), fmt.Sprintf("reason %d", n); got != want {
			t.Errorf("operation %d failed for %q, want %q", id, got, want)
		}
		id++
	}
}
