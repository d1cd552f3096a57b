package main

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// The memory of a world of thousands of nodes is spread over more pages of 4 KB than the processor keeps track of, and nearly every event
// looks at some that it has lost track of. Linux can give pages of 2 MB instead, to those who ask.

// largePage is the size of such a page.
const largePage = 2 << 20

// spread is the heap from which they are worth asking for.
const spread = 64_000_000

// region is a part of the address space.
type region struct{ from, to uint64 }

// largeRegions reads from the system's list of what is where (proc_pid_maps(5)) the parts that are the program's own memory to read and write, of
// no file, and hold a large page.
func largeRegions(maps io.Reader) (list []region) {
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		// 7f35c3a00000-7f35c5a00000 rw-p 00000000 00:00 0    [anon: Go: heap]
		fields := strings.Fields(lines.Text())
		if len(fields) < 5 || fields[1] != "rw-p" || fields[4] != "0" || len(fields) > 5 && strings.HasPrefix(fields[5], "[stack") {
			continue
		}
		low, high, _ := strings.Cut(fields[0], "-")
		from, err1 := strconv.ParseUint(low, 16, 64)
		to, err2 := strconv.ParseUint(high, 16, 64)
		from, to = (from+largePage-1)&^(largePage-1), to&^(largePage-1)
		if err1 == nil && err2 == nil && from < to {
			list = append(list, region{from, to})
		}
	}
	return list
}
