// Package sim is a discrete-event world of processes that exchange messages of
// any type.
package sim
