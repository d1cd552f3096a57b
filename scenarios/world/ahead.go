package world

import (
	"dynamosim/dynamo"
	"dynamosim/dynamo/storage"
	"dynamosim/internal/fetch"
	"dynamosim/sim"
)

// hot is where the memory is that the events of a process touch: of a node, or of a client.
type hot struct {
	host    *host
	node    *dynamo.Node
	engine  *storage.Engine
	disk    *sim.Disk
	session *session
}

// How many lines of the processor's cache most events touch, from the beginning on.
const (
	hotHost    = 2
	hotNode    = 10
	hotEngine  = 4
	hotDisk    = 3
	hotSession = 6
)

// keepHot notes where the memory of a process is.
func (w *World) keepHot(p sim.ProcID, h hot) {
	for len(w.hot) <= int(p) {
		w.hot = append(w.hot, hot{})
	}
	w.hot[p] = h
}

// ahead fetches what the next event will touch, see sim.Config.
func (w *World) ahead(p sim.ProcID, m *dynamo.Message) {
	if int(p) >= len(w.hot) {
		return
	}
	h := &w.hot[p]
	if m != nil {
		fetch.Lines(m, 1)
	}
	if h.session != nil {
		fetch.Lines(h.session, hotSession)
		return
	}
	fetch.Lines(h.host, hotHost)
	fetch.Lines(h.node, hotNode)
	fetch.Lines(h.engine, hotEngine)
	fetch.Lines(h.disk, hotDisk)
}
