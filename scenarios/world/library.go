package world

import (
	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
)

// What clients do that coordinate their requests themselves (§6.4).

// addLibrary gives a session a library, if the cluster's clients have one.
func (w *World) addLibrary(s *session, zone int) {
	if w.config.Coordinator == dynamo.ByServer {
		return
	}
	if w.library == nil {
		w.library = libraryConfig(w.config)
	}
	s.library = dynamo.NewLibrary(clientEnv{s}, dynamo.LibraryConfig{
		ID: dynamo.NodeID(s.id), Zone: int32(zone), Cluster: w.library, View: w.place.View, Contacts: s.cfg.Nodes,
	}, w.shared, s)
}

// libraryConfig is the cluster's configuration as a library of a client uses it.
//
// Nodes send no heartbeats to clients: a library goes by timeouts.
func libraryConfig(cfg dynamo.Config) *dynamo.Config {
	if cfg.Accrual != nil {
		cfg.Accrual, cfg.Detect = nil, true
	}
	return &cfg
}

// Answer takes the answers of the session's library.
func (s *session) Answer(m *dynamo.Message) {
	s.laneAt(client.Lane(m.Request)).lib.Message(dynamo.NodeID(s.id), m)
}

// onStart is what a session does when its process starts; nil: nothing.
func (s *session) onStart() func() {
	if s.library == nil {
		return nil
	}
	return s.library.Start
}

// markLibrary counts what a library tells.
func (w *World) markLibrary(s *session, m dynamo.Mark, key dynamo.KeyID, arg int64) {
	w.marked[m] += m.Amount(arg)
	if w.sink != nil {
		w.recordMark(int32(s.id), m, key, arg)
	}
}

// coordinatedByClients is how many requests the clients' libraries have coordinated.
func (w *World) coordinatedByClients() int64 {
	return w.marked[dynamo.MarkCoordinateGet] + w.marked[dynamo.MarkCoordinatePut]
}
