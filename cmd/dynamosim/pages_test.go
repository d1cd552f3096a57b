package main

import (
	"reflect"
	"strings"
	"testing"
)

// Asked for are whole large pages of the program's own memory, nothing of files, of code or of stacks.
func TestLargeRegions(t *testing.T) {
	got := largeRegions(strings.NewReader(`
00400000-00b00000 r-xp 00000000 fe:00 123456                             /usr/bin/dynamosim
00c00000-01400000 rw-p 00700000 fe:00 123456                             /usr/bin/dynamosim
e9746400000-e9753000000 rw-p 00000000 00:00 0                            [anon: Go: heap]
e9753000000-e9754000000 ---p 00000000 00:00 0
7f35c3a01000-7f35c5a00000 rw-p 00000000 00:00 0
7f35c5b00000-7f35c5c00000 rw-p 00000000 00:00 0
7ffd3a000000-7ffd3b000000 rw-p 00000000 00:00 0                          [stack]
nonsense
zz-yy rw-p 00000000 00:00 0
`))
	want := []region{{0xe9746400000, 0xe9753000000}, {0x7f35c3c00000, 0x7f35c5a00000}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
	wantLargePages() // does nothing that can be seen
}
