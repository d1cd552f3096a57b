package dynamo_test

import (
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
)

func registers(t testing.TB, names string, v dynamo.Versioning) *bench {
	return newBench(t, names, func(c *dynamo.Config) {
		c.Mode, c.Versions, c.Sloppy, c.ReadRepair = vclock.ABD, v, false, false
	})
}

var atomic = dynamo.Versioning{Query: true, WriteBack: true}

// Each put asks a majority for the register's timestamp and takes a larger one, whatever clocks say.
func TestRegisterOrdersPutsByWhatAMajorityKnows(t *testing.T) {
	b := registers(t, "abcde", atomic)
	b.run(t, "skew a 1h", "put v1 at a", "put v2 at b", "put v3 at d", "get g at e")
	expect(t, "get", b.reply("g"), "ok v3")
	expect(t, "stored", b.stored(), "a:v3 b:v3 c:v3")
	if b.marks[dynamo.MarkQuery] != 3 || b.marks[dynamo.MarkWriteBack] != 1 {
		t.Errorf("%d queries, %d write-backs", b.marks[dynamo.MarkQuery], b.marks[dynamo.MarkWriteBack])
	}
}

// A coordinator that missed the last put would issue an older timestamp than its.
func TestRegisterNeedsTheQuery(t *testing.T) {
	for query, want := range map[bool]string{true: "ok v4", false: "ok v3"} {
		b := registers(t, "abc", dynamo.Versioning{Query: query, WriteBack: true})
		b.run(t, "put v1 at a", "lose a>c", "put v2 at a", "put v3 at a", "mend a>c", "put v4 at c", "get g at b")
		expect(t, "get", b.reply("g"), want)
	}
}

// What one get has returned a later one returns too, although the put that wrote it never ended: the get brought it to a majority.
func TestRegisterNeedsTheWriteBack(t *testing.T) {
	for writeBack, want := range map[bool]string{true: "ok v2", false: "ok v1"} {
		b := registers(t, "abc", dynamo.Versioning{Query: true, WriteBack: writeBack})
		b.run(t, "put v1 at a", "advance 1s")
		b.begin("put v2 at a")
		b.catch(t, "a", "b", dynamo.Replicate)
		b.catch(t, "a", "c", dynamo.Replicate)
		b.run(t, "get first at a", "down a", "get second at b", "advance 1s")
		expect(t, "first", b.reply("first"), "ok v2")
		expect(t, "second", b.reply("second"), want)
	}
}

// A get does not answer before a majority has acknowledged what it returns; a put whose question finds no majority is refused, and nobody was
// sent it.
func TestRegisterWithoutAMajority(t *testing.T) {
	b := registers(t, "abc", atomic)
	b.run(t, "put v1 at a", "lose b>a", "lose c>a", "put v2 at a", "get g at a", "advance 1s", "mend b>a", "mend c>a", "advance 2s", "get h at a")
	expect(t, "put", b.reply("v2"), "unavailable")
	expect(t, "get", b.reply("g"), "timeout")
	expect(t, "later", b.reply("h"), "ok v1")
	expect(t, "stored", b.stored(), "a:v1 b:v1 c:v1")
}

// A put whose answers are lost after it was sent is in doubt.
func TestRegisterInDoubt(t *testing.T) {
	b := registers(t, "abc", atomic)
	b.run(t, "put v1 at a")
	b.begin("put v2 at a")
	b.catch(t, "a", "b", dynamo.Replicate)
	b.catch(t, "a", "c", dynamo.Replicate)
	b.run(t, "advance 1s")
	expect(t, "put", b.reply("v2"), "timeout")
	b.run(t, "advance 2s", "get g at a")
	expect(t, "get", b.reply("g"), "ok v2")
}

// A register that was never written is empty for every reader; a deleted one keeps its timestamp for ever.
func TestRegisterDeletes(t *testing.T) {
	b := registers(t, "abc", atomic)
	b.run(t, "get none at a", "put v1 at a", "delete gone at b", "advance 1000h", "get g at c", "put v2 at c", "get h at a")
	expect(t, "none", b.reply("none"), "ok")
	expect(t, "deleted", b.reply("g"), "ok gone")
	expect(t, "put again", b.reply("h"), "ok v2")
}

// What makes a register none is refused.
func TestRegisterConfiguration(t *testing.T) {
	good := dynamo.Config{N: 3, R: 2, W: 2, Mode: vclock.ABD, Versions: atomic, ReplicaTimeout: 1, ReadTimeout: 1, WriteTimeout: 1}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(c *dynamo.Config){
		"sloppy":     func(c *dynamo.Config) { c.Sloppy = true },
		"R=1":        func(c *dynamo.Config) { c.R = 1 },
		"W=1":        func(c *dynamo.Config) { c.W = 1 },
		"grace":      func(c *dynamo.Config) { c.Versions.Grace = 1 },
		"tombstones": func(c *dynamo.Config) { c.Versions.NoTombstones = true },
	} {
		bad := good
		change(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s is accepted", what)
		}
	}
}
