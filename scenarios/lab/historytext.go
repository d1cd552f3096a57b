package lab

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"dynamosim/analysis/history"
	"dynamosim/scenarios"
)

// KnowsKey is a *BadInput if nobody used a key of this name.
func KnowsKey(h *history.History, key string) error {
	if _, ok := h.FindKey(key); ok {
		return nil
	}
	var names []string
	for k := range h.Keys() {
		names = append(names, Clean(h.KeyName(int32(k))))
	}
	if more := len(names) - 10; more > 0 && scenarios.Nearest(key, names) == "" {
		names = append(names[:10], fmt.Sprintf("%d more", more))
	}
	return &BadInput{Unknown("key", key, names)}
}

// WriteHistoryText writes what clients saw, for people: an operation a line in the order in which they began, with how it ended, and
// what the nemesis did between them. With a key, only what concerns it.
func WriteHistoryText(h *history.History, w io.Writer, key string) error {
	out := bufio.NewWriterSize(w, 64<<10)
	t := &historyText{h: h, w: out, key: key, events: h.Events()}
	t.measure()
	t.row("invoked", "took", "client", "operation", "outcome")
	for i := range h.Len() {
		id := history.OpID(i)
		o := h.Op(id)
		t.newsBefore(o.InvokeIndex)
		if t.shows(o.Key) {
			t.operation(id, o)
		}
	}
	t.newsBefore(math.MaxInt32)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the history: %w", err)
	}
	return nil
}

type historyText struct {
	h      *history.History
	w      *bufio.Writer
	key    string          // alone shown, "" for all
	events []history.Event // not yet written
	state  int             // the next state line
	client int             // width of the column of clients
	what   int             // and of operations
}

func (t *historyText) shows(key int32) bool { return t.key == "" || t.h.KeyName(key) == t.key }

// measure finds how wide the columns are.
func (t *historyText) measure() {
	t.client, t.what = len("client"), len("operation")
	for i := range t.h.Len() {
		id := history.OpID(i)
		if o := t.h.Op(id); t.shows(o.Key) {
			t.client = max(t.client, min(20, textWidth(t.clientName(o))))
			t.what = max(t.what, min(48, textWidth(t.whatText(id, o))))
		}
	}
}

func (t *historyText) row(cells ...string) {
	line := padLeft(cells[0], 12) + "  " + padLeft(cells[1], 8) + "  " + padRight(cells[2], t.client) + "  " + padRight(cells[3], t.what) + "  " + cells[4]
	t.w.WriteString(strings.TrimRight(line, " "))
	t.w.WriteByte('\n')
}

func (t *historyText) operation(id history.OpID, o *history.Operation) {
	took := "–"
	if o.Outcome != history.Open {
		took = span(o.Return - o.Invoke)
	}
	t.row(moment(o.Invoke), took, t.clientName(o), t.whatText(id, o), t.outcomeText(id, o))
}

func (t *historyText) clientName(o *history.Operation) string { return Clean(t.h.ClientName(o.Client)) }

// whatText is what the client asked for.
func (t *historyText) whatText(id history.OpID, o *history.Operation) string {
	text := o.Func.String() + " " + Clean(t.h.KeyName(o.Key))
	if o.Final() {
		text = "final " + text
	}
	if !o.Func.Writes() {
		return text
	}
	text += " = " + t.version(id)
	if context := t.h.Context(id); len(context) > 0 {
		text += " over " + t.versions(context)
	}
	return text
}

// outcomeText is what the client got.
func (t *historyText) outcomeText(id history.OpID, o *history.Operation) string {
	text := o.Outcome.String()
	if o.Outcome == history.Open {
		text = "info: it never ended"
	}
	if o.Outcome == history.Ok && !o.Func.Writes() {
		text += " " + t.versions(t.h.Versions(id))
	}
	if why := t.h.Reason(id); why != "" {
		text += ": " + Clean(why)
	}
	return text
}

// version is a version's name, with its value where it has one of its own.
func (t *historyText) version(v history.OpID) string {
	name := Clean(t.h.VersionName(v))
	if v.Written() && t.h.Value(v) != "" && t.h.Value(v) != t.h.VersionName(v) {
		name += " {" + Clean(t.h.Value(v)) + "}"
	}
	return name
}

func (t *historyText) versions(list []history.OpID) string {
	if len(list) == 0 {
		return "nothing"
	}
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = t.version(v)
	}
	return strings.Join(names, ", ")
}

// newsBefore writes what the nemesis did before an index, and, of a single key, what the nodes hold at the end.
func (t *historyText) newsBefore(index int32) {
	for len(t.events) > 0 && t.events[0].Index < index {
		e := &t.events[0]
		t.statesBefore(e.Index)
		t.events = t.events[1:]
		t.news(e.Time, eventText(e))
	}
	t.statesBefore(index)
}

func (t *historyText) statesBefore(index int32) {
	for ; t.key != "" && t.state < t.h.States(); t.state++ {
		s, versions := t.h.State(t.state)
		if s.Index >= index {
			return
		}
		if t.shows(s.Key) {
			t.news(s.Time, fmt.Sprintf("%s (%s) holds %s", Clean(t.h.NodeName(s.Node)), s.Role, t.versions(versions)))
		}
	}
}

func (t *historyText) news(at int64, text string) {
	fmt.Fprintf(t.w, "%s  ── %s\n", padLeft(moment(at), 12), text)
}

func eventText(e *history.Event) string {
	switch e.Phase {
	case history.Heal:
		return "heal: all faults end, clients stop"
	case history.Quiet:
		return "quiet: what is left is read from all homes"
	case history.Start:
		return fmt.Sprintf("%s begins: %s", Clean(e.Fault), Clean(e.Text))
	case history.End:
		return fmt.Sprintf("%s ends", Clean(e.Fault))
	case history.Effect:
		return fmt.Sprintf("%s has had its effect: %s", Clean(e.Fault), Clean(e.Text))
	case history.Recovered:
		return fmt.Sprintf("%s is over and done with: %s", Clean(e.Fault), Clean(e.Text))
	case history.Refused:
		return fmt.Sprintf("%s cannot begin: %s", Clean(e.Fault), Clean(e.Text))
	}
	return Clean(strings.TrimSpace(e.Kind + " " + e.Text))
}

// WriteHistory writes a history in its own format. With a key, the lines that concern it and those of the nemesis: again a history, which
// the checkers take.
func WriteHistory(h *history.History, w io.Writer, key string) error {
	if key == "" {
		return h.Write(w)
	}
	return writeHistoryOf(h, w, key)
}

func writeHistoryOf(h *history.History, w io.Writer, key string) error {
	out := bufio.NewWriterSize(w, 64<<10)
	r, pipe := io.Pipe()
	go func() { pipe.CloseWithError(h.Write(pipe)) }()
	defer r.Close()
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 && concerns(line, key) {
			out.Write(line)
		}
		switch {
		case errors.Is(err, io.EOF):
			if err := out.Flush(); err != nil {
				return fmt.Errorf("writing the history: %w", err)
			}
			return nil
		case err != nil:
			return err
		}
	}
}

// concerns tells whether a line has this key, or none.
func concerns(line []byte, key string) bool {
	if !bytes.Contains(line, []byte(`"key":`)) {
		return true
	}
	var l struct{ Key *string }
	if err := json.Unmarshal(line, &l); err != nil {
		panic(fmt.Sprintf("lab: a history's own line is no JSON: %v: %q", err, line))
	}
	return l.Key == nil || *l.Key == key
}
