//go:build !js && !wasip1

package main

import (
	"os/signal"
	"syscall"
)

// ignoreClosedPipes makes a write to a stdout that nobody reads an error, and a silent one, in place of a signal that kills.
func ignoreClosedPipes() { signal.Ignore(syscall.SIGPIPE) }
