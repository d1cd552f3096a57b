package lab

import (
	"fmt"
	"io"
	"strings"
)

// ShrunkTitle begins the text of a shrunk scenario.
const ShrunkTitle = "# The smallest scenario found that fails as"

// Text tells of the result. file is where the scenario was written, "" for nowhere.
func (s *Shrunk) Text(w io.Writer, file string, width int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", s.Signature)
	fmt.Fprintf(&b, "  from  %v\n    to  %v\n", s.From, s.Size)
	fmt.Fprintf(&b, "        %s\n\n", strings.Join(wrap(strings.ReplaceAll(s.Evidence, "\n", ": "), max(width, defaultWidth)-8), "\n        "))
	state := "nothing more can be taken away"
	if !s.Whole {
		state = "stopped: there may be more to take away"
	}
	fmt.Fprintf(&b, "%s; %s tried, %d taken\n", state, counted(int64(s.Tried), "change", "changes"), s.Taken)
	if file != "" {
		fmt.Fprintf(&b, "again   dynamosim run %s\n", Quote(file))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// JSON is the result as an object. file is where the scenario was written, "" for nowhere.
func (s *Shrunk) JSON(file string) []byte {
	o := object{
		{"format", ResultFormat}, {"kind", "shrunk"}, {"target", s.Target.String()}, {"signature", s.Signature}, {"verdict", string(s.Verdict)}, {"exit_code", s.ExitCode},
		{"evidence", s.Evidence}, {"digest", s.Digest}, {"whole", s.Whole}, {"tried", s.Tried}, {"taken", s.Taken},
	}
	for _, z := range []struct {
		name string
		size object
	}{
		{"from", object{{"operations", s.From.Operations}, {"clients", s.From.Clients}, {"keys", s.From.Keys}, {"faults", s.From.Faults}, {"nodes", s.From.Nodes}, {"duration_ns", int64(s.From.Duration)}, {"events", s.From.Events}}},
		{"to", object{{"operations", s.Size.Operations}, {"clients", s.Size.Clients}, {"keys", s.Size.Keys}, {"faults", s.Size.Faults}, {"nodes", s.Size.Nodes}, {"duration_ns", int64(s.Size.Duration)}, {"events", s.Size.Events}}},
	} {
		o.add(z.name, z.size)
	}
	o.add("scenario", string(s.YAML))
	if file != "" {
		o.add("reproduce", "dynamosim run "+Quote(file))
	}
	return o.pretty()
}

// Writable tries whether WriteWhole could write a file.
func Writable(name string) error { return writable(name) }

// WriteWhole writes a file that is there whole or not at all.
func WriteWhole(name string, content []byte) error { return writeWhole(name, content) }
