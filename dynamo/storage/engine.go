package storage

import "fmt"

// Engine is a key-value store on the files of a Disk whose names begin with its
// prefix. It does nothing by itself: each call, and each completion handed to
// Handle, goes one step on and returns. It is used by one process and does not
// survive it: after a crash a new Engine recovers what the disk holds.
//
// What gets and completions need comes first, line by line of the processor's cache, the first of which begins with 8 bytes of the runtime's;
// then what puts and syncs need.
type Engine struct {
	disk        Disk
	owner       Owner
	base        uint64 // of the tokens
	freeReading int32
	near        [3]File // of the first logs, by id

	ready    bool // recovered
	calm     bool // neither a recovery nor a compaction is under way, nor is there doubt, see resting
	weighed  bool // there was room, and nothing in which room counts what there is has changed since
	resident bool // a get of sound bytes gives no payload
	policy   Policy
	flushing bool  // there are flushes
	ticks    bool  // the policy may want a Tick
	stuck    stuck // what the disk has refused, which a Tick tries again
	index    []entry
	reads    []reading
	gets     int64 // asked for

	files [16]File // as near, of more of them

	live  int64      // weight of the newest records of keys
	total int64      // weight of all logs
	room  room       // what excessive has found last
	seq   uint64     // the highest sequence so far
	logs  []*logFile // by id, free ones included

	scratch      *[]byte  // see Config
	pressure     int64    // bytes written for the owner since the last chunk of a compaction
	head         int32    // id of the log that is written to, or none
	running      int32    // syncs under way
	issued       int64    // syncs asked for
	marked       position // the largest mark that a durable record names
	leastSegment int64    // segment is never less
	mask         uint64   // of the tokens

	writes ring[write]
	mark   position // the log is durable up to here
	puts   int64    // and removes, asked for

	syncs ring[syncing]
	order []int32 // ids of the logs that count, by generation

	weights  []int64 // by slot, of the index entry's record
	held     bool    // puts do not call for a sync of their own
	doubtful bool    // there may be suspect or empty logs, see doubt

	batch   batch
	gen     uint32 // the highest generation so far
	flushes []flush
	config  Config
	stats   Stats

	recovery   recovery
	compaction compaction
	unknown    int64 // see RecoveryStats.Unknown
	freeLogs   []int32
	gone       []uint32 // logs dropped since the newest start record, which lists them
	work       uint64   // number of the last read or removal for recovery and compaction
	table, key []byte   // scratch
}

// stuck is a set of what waits for a Tick.
type stuck uint8

const (
	stuckSyncs      stuck = 1 // the device was too busy for some
	stuckCompaction stuck = 2
	stuckRecovery   stuck = 4
)

// op is the part of a token that says what has completed.
type op uint64

const (
	opAppend op = 1 // of a batch
	opSync   op = 2 // of a log
	opName   op = 3 // SyncDir for a new log
	opRead   op = 4 // of a get
	opWork   op = 5 // read for recovery or compaction
	opUnlink op = 6 // SyncDir for removed logs, or to end a recovery
	opBits      = 3
)

// New returns an engine that has touched nothing yet: call Recover. It panics if
// the token space is none.
func New(d Disk, cfg Config, owner Owner, tokens TokenSpace) *Engine {
	if tokens.Mask&(tokens.Mask+1) != 0 || tokens.Mask < 1<<32-1 || tokens.Base&tokens.Mask != 0 {
		panic(fmt.Sprintf("storage: %#x with mask %#x is no token space", tokens.Base, tokens.Mask))
	}
	cfg = cfg.normal()
	if cfg.Scratch == nil {
		cfg.Scratch = new([]byte)
	}
	return &Engine{
		disk: d, config: cfg, policy: cfg.Sync, scratch: cfg.Scratch, owner: owner, base: tokens.Base, mask: tokens.Mask, head: none, freeReading: none,
		resident: cfg.Resident, ticks: cfg.Sync == Periodic || cfg.Sync == Group, leastSegment: min(cfg.Segment, cfg.MinCompact/8),
	}
}

// token returns the token of operation number n of a kind.
func (e *Engine) token(o op, n uint64) uint64 {
	return e.base | (n<<opBits|uint64(o))&e.mask
}

// Handle takes a completion whose token the engine's space owns. c is valid during the call only.
func (e *Engine) Handle(c *Completion) {
	low := c.Token ^ e.base
	if o, n := op(low&(1<<opBits-1)), low>>opBits; o == opRead {
		e.got(int32(n), c)
	} else {
		e.handle(o, n, c)
	}
	if !e.resting() {
		e.advance()
	}
	if e.flushing {
		e.settleFlushes()
	}
}

// handle takes the completion of what is no get.
func (e *Engine) handle(o op, n uint64, c *Completion) {
	bits := e.mask >> opBits
	switch o {
	case opAppend:
		if n, ok := e.writes.find(n, bits); ok {
			e.appended(n, c.Err)
		}
	case opSync:
		if n, ok := e.syncs.find(n, bits); ok {
			e.synced(n, c.Err)
		}
	case opName:
		e.named(uint32(n), c.Err)
	case opWork, opUnlink:
		if n == e.work&bits {
			e.worked(o, *c)
		}
	default:
		panic(fmt.Sprintf("storage: completion of unknown operation %d", o))
	}
}

// worked takes the completion of a step of recovery or compaction.
func (e *Engine) worked(o op, c Completion) {
	switch {
	case e.recovery.stage == recoveryNames:
		e.namesSynced(c.Err)
	case o == opUnlink:
		e.unlinked(c.Err)
	case e.recovery.scanning():
		e.recovered(c)
	default:
		e.compactChunk(c)
	}
}

// Repaired says that the owner has repaired, from its peers, whatever
// RecoveryStats.Unknown may have cost. It is on the disk with the next log: until
// then a restart reports the damage again.
func (e *Engine) Repaired() { e.unknown = 0 }

// Marked returns the largest synced end that a durable record names, as a log's
// generation and an offset in it. Damage before it will be recognised as corruption,
// damage after it cannot be told from a torn tail.
func (e *Engine) Marked() (log uint32, offset int64) { return e.marked.log, e.marked.off }

// Vouched is up to which offset of a file damage will be recognised as corruption:
// 0 for a file that is no log that counts.
func (e *Engine) Vouched(file string) int64 {
	gen, ok := e.generation(file)
	switch l := e.byGeneration(gen); {
	case !ok || l == nil || e.marked.log < gen:
		return 0
	case gen < e.marked.log:
		return l.end
	}
	return e.marked.off
}

// Stats returns what the engine holds and has done.
func (e *Engine) Stats() Stats {
	s := e.stats
	s.Puts, s.Syncs = e.puts, e.issued
	s.Gets, s.LiveBytes, s.LogBytes, s.Logs = e.gets, e.live, e.total, len(e.order)
	return s
}
