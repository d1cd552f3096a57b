package main

import akita "github.com/sarchlab/akita/v4/sim"

// akitaHandler handles the events of all processes. Akita counts time in seconds, as a float; a nanosecond is one of them here, so that
// all times are exact.
type akitaHandler struct {
	*model
	engine *akita.SerialEngine
}

// akitaEvent is an event at a process.
type akitaEvent struct {
	*akita.EventBase
	process int
}

func (h *akitaHandler) schedule(p int, at int64) {
	if at <= h.until {
		h.engine.Schedule(&akitaEvent{akita.NewEventBase(akita.VTimeInSec(at), h), p})
	}
}

// Handle is called by the engine.
func (h *akitaHandler) Handle(e akita.Event) error {
	at := int64(e.Time())
	target, delay := h.handle(e.(*akitaEvent).process, at)
	h.schedule(target, at+delay)
	return nil
}

func runAkita(t *task) *result {
	akita.UseSequentialIDGenerator()
	h := &akitaHandler{newModel(t), akita.NewSerialEngine()}
	for p := range t.pending {
		h.schedule(p, h.first(p))
	}
	return h.measured(func() { h.engine.Run() })
}
