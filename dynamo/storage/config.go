package storage

// Policy says when a write is acknowledged and when it is made durable.
type Policy uint8

const (
	Each     Policy = 0 // a sync for every write; acknowledged when it has ended
	Group    Policy = 1 // one sync for the writes of a window, or of the time that the running sync takes; acknowledged when it has ended
	Periodic Policy = 2 // acknowledged when written, synced every Period
	Never    Policy = 3 // acknowledged when written, synced only by log rotation and compaction
)

// String returns the name that scenarios use.
func (p Policy) String() string {
	switch p {
	case Each:
		return "each"
	case Group:
		return "group"
	case Periodic:
		return "periodic"
	case Never:
		return "never"
	}
	return "unknown policy"
}

// Config is the tuning of one engine.
type Config struct {
	Prefix     string // of its file names; engines on one disk need different ones
	Sync       Policy
	Period     int64 // ns: the window of Group (0 = none), the period of Periodic
	CompactAt  int64 // percent, 10 to 90: the share of live bytes that compaction keeps the log above; 0 = 50
	MinCompact int64 // bytes that the log may be longer than that; 0 = 4 MiB, at least 32 KiB
	Segment    int64 // bytes of the largest log file, if that does not make too many; 0 = 64 MiB, at least 4 KiB
	Chunk      int64 // bytes that recovery and compaction read at a time; 0 = 64 KiB, at least 512
	Checksums  bool  // verify payloads; records carry their checksums either way, and headers are always verified
	Resident   bool  // the owner has in memory what it stores: a get of bytes for which the disk vouches gives it no payload

	// Scratch is where appends are put together: engines whose calls never overlap
	// may share it. nil = memory of its own.
	Scratch *[]byte
}

// normal returns the configuration with defaults filled in and limits applied.
func (c Config) normal() Config {
	or := func(v, def, low, high int64) int64 {
		if v == 0 {
			v = def
		}
		return min(max(v, low), high)
	}
	c.Period = max(c.Period, 0)
	if c.Sync == Periodic && c.Period == 0 {
		c.Period = 100_000_000
	}
	c.CompactAt = or(c.CompactAt, 50, 10, 90)
	c.MinCompact = or(c.MinCompact, 4<<20, 8*minSegment, 1<<50)
	c.Segment = or(c.Segment, 64<<20, minSegment, 1<<50)
	c.Chunk = or(c.Chunk, 64<<10, 512, 1<<30)
	return c
}

// TokenSpace is the engine's share of a node's completion tokens: those that
// equal Base outside Mask. Mask is a run of low bits, at least 32 of them, none of
// which is set in Base.
type TokenSpace struct{ Base, Mask uint64 }

// Owns reports whether a token belongs to the space.
func (s TokenSpace) Owns(token uint64) bool { return token&^s.Mask == s.Base }

// Location is where the newest record of a key lies.
type Location struct {
	Slot   uint32 // of the key, as the owner gave it
	Log    uint32 // generation of the log file
	Offset int64  // in that file, bytes
	Length int64  // of the record, bytes
}

// Owner is told what the engine has done, synchronously, inside Handle or inside
// the call that asked. It may call the engine from there.
type Owner interface {
	// Slot returns the dense number of a key that was read from the disk.
	Slot(key []byte) uint32
	// AppendKey appends the key of a slot to b.
	AppendKey(b []byte, slot uint32) []byte
	// Loaded is called during Recover for each state of a key that is the newest
	// so far; a nil payload is a removal. Key and payload are valid during the call.
	Loaded(key, payload []byte, loc Location)
	// Recovered ends Recover.
	Recovered(stats RecoveryStats)
	// Corrupt says that the newest state of a key is unreadable: before Recovered,
	// what Loaded gave for it is outdated; later, a get or a compaction found out.
	// It stays so, over restarts too, until the next Put or Remove of the key.
	Corrupt(slot uint32)
	// Written ends a Put, Remove or Flush; with NoError it is as durable as the
	// policy says, otherwise it may or may not be there after a restart.
	Written(token uint64, err Error)
	// Got ends a Get. The payload is valid during the call; it may be nil if Config.Resident.
	Got(token uint64, payload []byte, err Error)
}

// RecoveryStats is what Recover found on the disk.
type RecoveryStats struct {
	Logs     int   // log files read
	Records  int64 // valid records read
	Bytes    int64 // bytes read
	TornTail int64 // bytes damaged after the last synced end: writes that a crash cut short
	Corrupt  int64 // records or runs of records damaged before it: rot, lost and misdirected writes, lying syncs
	Unknown  int64 // those of Corrupt whose keys are unknown, and those of earlier recoveries until Repaired: any key may be older than acknowledged
}

// Stats is what the engine holds and has done since New.
type Stats struct {
	Keys        int64 // with a live state
	LiveBytes   int64 // weight of the newest records of live keys
	LogBytes    int64 // weight of all log files
	Logs        int   // log files
	Puts        int64 // puts and removes asked for
	Gets        int64
	Syncs       int64 // issued, of files
	Failures    int64 // appends and syncs that failed
	Corrupt     int64 // records found damaged
	Compactions int64 // log files compacted away
	Copied      int64 // weight of the records that compaction copied
}
