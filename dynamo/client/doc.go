// Package client is the library that applications link to talk to a Dynamo cluster (§4.5, §6.4): it picks a node, sends the request,
// waits, tries again where that is safe or asked for, and keeps for each key the context that the next put of the session needs (§4.1).
//
// A Client is one connection of a session, with at most one request under way; several may share a Session. It is driven like a node,
// through dynamo.Env, and has no disk. Do starts a request; the Owner is told how it ended.
//
// Start reading at client.go; balance.go chooses nodes, session.go keeps contexts.
package client
