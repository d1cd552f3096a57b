// Package concurrency has what the scheduler decides.
package concurrency

func badGoroutine(f func()) {
	go f() // want "concurrency: a goroutine makes a run depend on the scheduler"
}

func badSelect() {
	select {} // want "concurrency: select"
}

func badChannel(in chan int) int { // want "concurrency: a channel"
	in <- 1     // want "concurrency: sending to a channel"
	return <-in // want "concurrency: receiving from a channel"
}

type event struct {
	at  int64
	run func()
}

func goodEvent(queue []event, at int64, f func()) []event {
	return append(queue, event{at, f})
}

func goodPointer(x *int) int { return -*x }
