package trace

// cast are three clients and five nodes.
var cast = []int32{5, 6, 7, 0, 1, 2, 3, 4}

func castName(p int32) string {
	return [...]string{"n1", "n2", "n3", "n4", "n5", "alice", "bob", "carol"}[p]
}

// teller makes the records of a run that is made up.
type teller struct {
	sink    Sink
	ordinal uint64
}

func (t *teller) record(r Record) {
	t.ordinal++
	r.Ordinal, r.Cause = t.ordinal, t.ordinal-1
	t.sink.Record(&r)
}

func (t *teller) at(us int64, k Kind, proc int32, r Record) {
	r.Time, r.Kind, r.Proc, r.Peer = us*1000, k, proc, None
	t.record(r)
}

func (t *teller) send(us int64, id uint64, from, to int32, message, text string) {
	t.record(Record{Time: us * 1000, Kind: Send, Proc: from, Peer: to, Lineage: id, Message: message, Key: "cart", Text: text})
}

func (t *teller) arrive(us int64, id uint64, from, to int32, message, text string) {
	t.record(Record{Time: us * 1000, Kind: Deliver, Proc: to, Peer: from, Lineage: id, Message: message, Key: "cart", Text: text})
}

func (t *teller) lose(us int64, id uint64, from, to int32, message, text, why string) {
	t.record(Record{Time: us * 1000, Kind: Drop, Proc: from, Peer: to, Lineage: id, Message: message, Key: "cart", Text: text, Mark: why})
}

// put is a put, a partition in which a get misses a replica, a node that loses
// its power, and a hint that comes home.
func put(sink Sink) {
	const n1, n2, n3, n4, alice, bob = 0, 1, 2, 3, 5, 6
	t := &teller{sink: sink}
	for p := range int32(5) {
		t.at(0, Boot, p, Record{})
	}
	t.at(1000, Invoke, alice, Record{Message: "put", Key: "cart", Text: "= milk"})
	t.send(1000, 1, alice, n1, "put", "milk")
	t.arrive(1450, 1, alice, n1, "put", "milk")
	t.at(1450, Mark, n1, Record{Mark: "puts_coordinated", Key: "cart", Arg1: 2})
	t.send(1450, 2, n1, n2, "replicate", "[(n1,1)]")
	t.send(1450, 3, n1, n3, "replicate", "[(n1,1)]")
	t.at(1600, Timer, n1, Record{Message: "gossip"})
	t.arrive(1832, 2, n1, n2, "replicate", "[(n1,1)]")
	t.send(1832, 4, n2, n1, "stored", "")
	t.arrive(2101, 3, n1, n3, "replicate", "[(n1,1)]")
	t.send(2101, 5, n3, n1, "stored", "")
	t.arrive(2310, 4, n2, n1, "stored", "")
	t.send(2310, 6, n1, alice, "put ok", "[(n1,1)]")
	t.arrive(2777, 6, n1, alice, "put ok", "[(n1,1)]")
	t.at(2777, Complete, alice, Record{Message: "put", Key: "cart", Text: "ok v1"})
	t.arrive(2912, 5, n3, n1, "stored", "")

	t.at(500_000, FaultStart, None, Record{Message: "partition", Text: "n1,n2,n4,n5 | n3 for 2 s"})
	t.at(510_000, Invoke, bob, Record{Message: "get", Key: "cart"})
	t.send(510_000, 7, bob, n2, "get", "")
	t.arrive(510_390, 7, bob, n2, "get", "")
	t.send(510_390, 8, n2, n1, "read", "")
	t.send(510_390, 9, n2, n3, "read", "")
	t.lose(510_390, 9, n2, n3, "read", "", "cut")
	t.arrive(510_700, 8, n2, n1, "read", "")
	t.at(511_000, Pause, n4, Record{})
	t.send(510_700, 10, n1, n2, "read ok", "[(n1,1)] = milk")
	t.arrive(511_060, 10, n1, n2, "read ok", "[(n1,1)] = milk")
	t.send(511_060, 11, n2, bob, "get ok", "milk")
	t.arrive(511_500, 11, n2, bob, "get ok", "milk")
	t.at(511_500, Complete, bob, Record{Message: "get", Key: "cart", Text: "ok milk"})
	t.at(512_000, Resume, n4, Record{})
	t.at(600_000, Crash, n2, Record{Text: "power loss, 3 records torn"})
	t.send(610_000, 12, n1, n2, "replicate", "[(n1,2)]")
	t.record(Record{Time: 610_400_000, Kind: Drop, Proc: n2, Peer: n1, Lineage: 12, Message: "replicate", Key: "cart", Text: "[(n1,2)]", Mark: "down"})
	t.at(700_000, Boot, n2, Record{})
	t.at(700_100, DiskDone, n2, Record{Message: "read", Text: "4096 bytes"})
	t.at(2_500_000, FaultEnd, None, Record{Message: "partition", Text: "n1,n2,n4,n5 | n3"})
	t.send(2_600_000, 13, n4, n3, "hint", "[(n1,2)] = milk, eggs")
	t.arrive(2_600_412, 13, n4, n3, "hint", "[(n1,2)] = milk, eggs")
	t.at(3_000_000, Phase, None, Record{Message: "quiet"})
}

// lives is what happens to processes rather than messages: several at once,
// one twice at one instant, a message from a process that is not shown, and
// enough lines for the names to be repeated.
func lives(sink Sink) {
	t := &teller{sink: sink}
	for p := range int32(5) {
		t.at(0, Boot, p, Record{})
	}
	t.at(10, Crash, 1, Record{})
	t.at(10, Crash, 3, Record{})
	t.at(10, Boot, 1, Record{})
	t.at(10, Crash, 1, Record{})
	t.at(11, Crash, 4, Record{Text: "power loss, torn"})
	t.at(11, Pause, 0, Record{})
	t.arrive(20, 1, 6, 2, "put", "milk")
	t.lose(21, 2, 2, 6, "put ok", "", "loss")
	t.record(Record{Time: 22_000, Kind: Shed, Proc: 2, Peer: 6, Lineage: 3, Message: "put", Key: "cart", Arg1: 1000})
	t.record(Record{Time: 23_000, Kind: Deliver, Proc: 2, Peer: 4, Lineage: 4, Message: "replicate", Key: "cart", Arg1: 2000, Text: "a copy that the network made"})
	t.at(30, Resume, 0, Record{})
	t.at(30, Boot, 1, Record{})
	t.at(40, Mark, None, Record{Text: "a mark of the world"})
	for i := range int64(60) {
		t.at(100+i, Mark, int32(i%5), Record{Mark: "hints_stored", Text: "for n3"})
	}
}
