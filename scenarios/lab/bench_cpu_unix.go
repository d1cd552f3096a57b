//go:build unix

package lab

import (
	"syscall"
	"time"
)

// cpuTime is the processor time that the process has used so far, in and for all its threads.
func cpuTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return time.Duration(time.Now().UnixNano())
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
