package world

// Pending is how many events are scheduled or wait in queues, timers included.
func (w *World) Pending() int { return w.sys.Pending() }
