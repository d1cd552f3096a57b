package main

import (
	"os"
	"syscall"
)

// Advice to the system about memory (madvise(2)).
const (
	adviseHugePage = 14 // large pages from now on
	adviseCollapse = 25 // and for what is there already; since Linux 6.1
)

// wantLargePages asks for large pages. A system that has none to give goes on as before.
func wantLargePages() {
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer maps.Close()
	for _, r := range largeRegions(maps) {
		for _, advice := range [...]uintptr{adviseHugePage, adviseCollapse} {
			if _, _, failed := syscall.Syscall(syscall.SYS_MADVISE, uintptr(r.from), uintptr(r.to-r.from), advice); failed != 0 {
				break
			}
		}
	}
}
