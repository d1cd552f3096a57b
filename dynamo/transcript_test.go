package dynamo_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
)

var update = flag.Bool("update", false, "rewrite transcripts")

// Transcripts: a stanza is a comment that says why it is there, a command, and the lines that it brought about, up to an empty line. The
// commands are those of perform. The files are rewritten with -update; only a change that is understood may be committed.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { checkTranscript(t, file) })
	}
}

func checkTranscript(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var b *bench
	var out strings.Builder
	for _, stanza := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
		for _, line := range strings.Split(stanza, "\n") {
			if strings.HasPrefix(line, "#") {
				out.WriteString(line + "\n")
				continue
			}
			command, ok := strings.CutPrefix(line, "> ")
			if !ok {
				continue
			}
			out.WriteString(line + "\n")
			if strings.HasPrefix(command, "cluster") {
				b = clusterOf(t, command)
				continue
			}
			b.lines = nil
			if err := b.perform(command); err != nil {
				t.Fatalf("%s: %s: %v", file, command, err)
			}
			for _, l := range b.lines {
				out.WriteString("  " + l + "\n")
			}
		}
		out.WriteString("\n")
	}
	got := strings.TrimSpace(out.String()) + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(text) {
		t.Errorf("%s does not match; it is now:\n%s", file, got)
	}
}

// clusterOf builds the cluster of a command such as "cluster abcd n=3 r=2 w=2 strict paper".
func clusterOf(t testing.TB, command string) *bench {
	fields := strings.Fields(command)
	return newBench(t, fields[1], func(c *dynamo.Config) {
		for _, f := range fields[2:] {
			switch {
			case f == "strict":
				c.Sloppy = false
			case f == "paper":
				c.Mode = vclock.Paper
			case f == "last-write-wins":
				c.Mode = vclock.LastWriteWins
			case f == "first":
				c.ReadBy, c.WriteBy = dynamo.First, dynamo.First
			case f == "fastest":
				c.WriteBy = dynamo.Fastest
			case f == "no-repair":
				c.ReadRepair = false
			default:
				var name string
				var n int
				if _, err := fmt.Sscanf(strings.Replace(f, "=", " ", 1), "%s %d", &name, &n); err != nil {
					t.Fatalf("cluster: %q", f)
				}
				setQuorum(c, name, n)
			}
		}
	})
}

func setQuorum(c *dynamo.Config, name string, n int) {
	switch name {
	case "n":
		c.N = n
	case "r":
		c.R = n
	case "w":
		c.W = n
	}
}

// perform does one command:
//
//	put LABEL at NODE [key K] [context LABEL] [prefer NODE]   a put of a value called LABEL
//	delete LABEL at NODE ...                             a put of a tombstone
//	get LABEL at NODE ...                                a get, whose context can be used as LABEL
//	down NODE · up NODE                                  crash, restart from the disk
//	hold NODE · power-loss NODE                          its disk syncs nothing any more, and then forgets what was not synced
//	lose A>B · mend A>B                                  a link loses everything
//	skew NODE DURATION                                   the node's wall clock
//	advance DURATION                                     time passes
//	state [KEY]                                          what every node holds
func (b *bench) perform(command string) error {
	f := strings.Fields(command)
	switch f[0] {
	case "put", "delete", "get":
		b.request(f)
	case "down":
		b.host(f[1]).up = false
	case "up":
		b.host(f[1]).start()
		b.settle()
	case "hold":
		b.host(f[1]).disk.hold()
	case "power-loss":
		b.host(f[1]).up = false
		b.host(f[1]).disk.losePower()
	case "lose", "mend":
		b.lost[f[1]] = f[0] == "lose"
	case "skew":
		d, err := time.ParseDuration(f[2])
		if err != nil {
			return err
		}
		b.host(f[1]).wall = int64(d)
	case "advance":
		d, err := time.ParseDuration(f[1])
		if err != nil {
			return err
		}
		b.advance(d)
	case "state":
		key := "k"
		if len(f) > 1 {
			key = f[1]
		}
		b.state(key)
	default:
		return fmt.Errorf("no such command")
	}
	return nil
}

// request sends a client's request and lets everything happen that follows at once.
func (b *bench) request(f []string) {
	b.post(f)
	b.settle()
}

// post sends a client's request, and nothing happens yet.
func (b *bench) post(f []string) {
	b.serial++
	m := dynamo.Message{Kind: dynamo.Put, Request: b.serial, Key: b.shared.Keys.Intern("k"), Client: dynamo.NoNode, Node: dynamo.NoNode}
	b.labels[m.Request] = f[1]
	var to dynamo.NodeID
	var body dynamo.Body
	for i := 2; i+1 < len(f); i += 2 {
		switch f[i] {
		case "at":
			to = b.host(f[i+1]).id
		case "key":
			m.Key = b.shared.Keys.Intern(f[i+1])
		case "context":
			body.Context, body.Dots = b.context[f[i+1]], b.dots[f[i+1]]
		case "prefer":
			m.Node = b.host(f[i+1]).id
		}
	}
	if f[0] == "get" {
		m.Kind = dynamo.Get
	} else {
		body.Value = vclock.Value{ID: m.Request, Len: 10}
		m.Tombstone = f[0] == "delete"
		b.values[m.Request] = f[1]
	}
	m.Body = &body
	b.queue = append(b.queue, letter{client, to, m})
}

// state prints what every node holds of a key, hints apart.
func (b *bench) state(key string) {
	id := b.shared.Keys.Intern(key)
	for _, h := range b.hosts {
		if !h.up {
			b.print("%s: down", b.name(h.id))
			continue
		}
		held := b.setWords(h.node.Stored(id))
		if held == "" {
			held = "-"
		}
		h.node.EachHint(func(home dynamo.NodeID, k dynamo.KeyID, s *vclock.Set) {
			if k == id {
				held += "   hint for " + b.name(home) + ": " + b.setWords(s)
			}
		})
		b.print("%s: %s", b.name(h.id), held)
	}
}
