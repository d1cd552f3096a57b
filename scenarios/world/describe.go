package world

import (
	"fmt"
	"strings"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// describe puts a message into words for traces.
func (w *World) describe(m *dynamo.Message) (kind, key, text string) {
	w.takeDown(m)
	if key = w.shared.Keys.Name(m.Key); w.only != "" && key != w.only {
		return m.Kind.String(), key, ""
	}
	var b strings.Builder
	switch {
	case m.Status != dynamo.OK:
		b.WriteString(m.Status.String())
	case m.Set != nil:
		if w.words == nil {
			w.words = new(words)
		}
		text = w.words.set(w, m.Set)
		if m.Kind != dynamo.Replicate || m.Node == dynamo.NoNode {
			return m.Kind.String(), key, text
		}
		b.WriteString(text)
	case m.Kind == dynamo.ReadReply || m.Kind == dynamo.GetReply:
		b.WriteString("nothing")
	case m.Body != nil && m.Body.Trees != nil:
		b.WriteString(w.describeTrees(m.Body.Trees))
	case m.Kind == dynamo.Merkle:
		b.WriteString("all roots are equal")
	case m.View() != nil:
		b.WriteString(w.describeView(m.View()))
	case m.Value().ID != 0:
		b.WriteString(w.history.VersionName(w.versionRead(m.Value().ID)))
	}
	if m.Node != dynamo.NoNode && (m.Kind == dynamo.Replicate) {
		b.WriteString(" hint for " + w.nodeName(m.Node))
	}
	return m.Kind.String(), key, b.String()
}

// describeTrees says what a message of anti-entropy is about.
func (w *World) describeTrees(t *dynamo.Trees) string {
	var parts []string
	roots := 0
	for i := range t.Lists {
		if t.Lists[i].Level == 0 {
			roots++
		}
	}
	for _, part := range []struct {
		count int
		what  string
	}{{roots, "roots"}, {len(t.Lists) - roots, "lists of hashes"}, {len(t.Buckets), "leaves"}, {len(t.Wants), "keys wanted"}, {len(t.Sets), "keys brought"}} {
		if part.count > 0 {
			parts = append(parts, fmt.Sprintf("%s: %d", part.what, part.count))
		}
	}
	return strings.Join(parts, ", ")
}

// recordOperation writes an operation's beginning or end into the trace.
func (w *World) recordOperation(kind trace.Kind, s *session, op history.OpID, versions []history.OpID) {
	o := w.history.Op(op)
	text := o.Func.String()
	if kind == trace.Complete {
		text += " " + o.Outcome.String()
		if why := w.history.Reason(op); why != "" {
			text += ": " + why
		}
	}
	if o.Func.Writes() {
		text += " " + w.history.VersionName(op)
	}
	if kind == trace.Complete && !o.Func.Writes() && o.Outcome == history.Ok {
		names := make([]string, len(versions))
		for i, v := range versions {
			names[i] = w.history.VersionName(v)
		}
		text += " [" + strings.Join(names, ", ") + "]"
	}
	w.sink.Record(&trace.Record{
		Ordinal: w.sys.Ordinal(), Time: w.sys.Now(), Kind: kind, Proc: int32(s.id), Peer: -1, Cause: w.sys.Ordinal(),
		Lineage: rng.Mix(s.hash, uint64(o.Number)), Key: w.history.KeyName(o.Key), Text: text, Arg1: int64(op),
	})
}
