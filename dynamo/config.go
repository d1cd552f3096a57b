package dynamo

import (
	"fmt"

	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// Routing says which node coordinates a request; the paper gives three readings (§4.5, §5, §6.4).
type Routing uint8

// The readings.
const (
	Contacted Routing = iota // the node that was contacted if it is among the key's first N, else the first of those that are up
	First                    // always the first of the key's preference list that is up (§4.5)
	Fastest                  // the node that answered the preceding read fastest, carried in the context; else as Contacted (§5)
	Any                      // the contacted node, whoever it is (§6.4: reads; writes only with timestamps)
)

// Config is what all nodes of a cluster agree on. Durations are nanoseconds.
type Config struct {
	N, R, W   int         // replicas of a key; answers that a get and a put wait for (§4.5)
	Sloppy    bool        // true: the first N nodes that are up, with hints (§4.6); false: only the N homes
	Fallbacks int         // how many nodes past the N may stand in; negative: all
	Mode      vclock.Mode // what a version's clock means (§4.4)
	Versions  Versioning  // the rest of it

	DatacenterQuorum DatacenterQuorum // which replicas R and W count, in a cluster of several datacenters

	ReadBy  Routing
	WriteBy Routing

	Coordinator CoordinatedBy // where requests are coordinated (§6.4)
	PollEvery   int64         // how often client libraries ask a node for its view of the members (§6.4); 0: never
	PollRefresh bool          // and at once when their table proves to be old

	ReplicaTimeout int64 // a replica that has not answered by then is passed over
	ReadTimeout    int64 // a get fails
	WriteTimeout   int64 // a put ends with an unknown outcome

	ReadRepair   bool
	RepairWait   int64  // how long after the answer to wait for stragglers (§5: "a short period of time")
	RepairShare  uint64 // share of gets that repair, as a threshold of 2^64; the maximum is all of them
	Handoff      bool
	HandoffEvery int64 // period of the scan of the hint store (§4.6)
	HintWindow   int64 // older hints are dropped; 0: never
	HintsAtOnce  int   // hints under way to one home at a time
	MaxHints     int   // hints that a node keeps; 0: no limit
	HintRate     int64 // bytes of hints that a node sends a second; 0: no limit
	MaxRequests  int   // requests that a node coordinates at a time, more are refused; 0: no limit

	AntiEntropy      bool
	AntiEntropyEvery int64        // period in which a node turns to its next partners (§4.7)
	AntiEntropyPeers int          // how many a period; 0: a quarter of them
	Tree             merkle.Shape // of the trees that they compare

	Detect       bool     // whether silence makes a peer suspected (§4.8)
	SuspectAfter int      // so many timeouts in a row
	Retry        int64    // how often a suspected peer is tried again
	Accrual      *Accrual // failure detection by heartbeats in place of timeouts; nil: none

	GossipEvery     int64    // period of gossip (§4.8); 0: none
	GossipFanout    int      // peers contacted each time
	GossipDigest    bool     // contacts begin with a hash in place of the whole view
	Transfer        bool     // ranges are handed over at joins and leaves (§4.9)
	TransferConfirm bool     // after the receiver's confirmation
	TransferRate    int64    // bytes a second that a node hands over at the most; 0: no limit
	TransfersAtOnce int      // nodes that it gives to at one time
	StaleRefuse     bool     // a request routed by an old view is refused; false: it is forwarded
	PersistViews    bool     // views are written to disk before they are acted upon
	SeedNodes       []NodeID // known to all from the configuration

	Sync       storage.Policy
	SyncPeriod int64
	CompactAt  int // percent of the log that may be dead before it is rewritten
	Checksums  bool
	Mend       bool  // what the node's disk may have forgotten it asks its peers for before it answers
	Segment    int64 // bytes of the largest log file; 0: the engine's own
	Memory     bool  // what the node stores is gone when it stops, its identity apart

	WriteBuffer   bool  // writes wait in memory for a writer that brings them to the log (§6.1)
	BufferObjects int   // most objects that wait
	BufferFlush   int64 // how long the first of them waits
	BufferDurable int   // so many replicas of a put are asked not to let it wait

	CacheSize int64      // bytes of the object cache; 0: none
	Admission *Admission // what background tasks get of the disk (§6.5); nil: all they want

	Planted Planted // a mistake, for tests
}

// Versioning is how versions are kept beside what their clocks mean. The zero Versioning switches everything off that can be.
type Versioning struct {
	MaxEntries   int   // pairs of a clock: the coordinator that makes a version cuts more than these, oldest first (§4.4); 0: all stay
	MaxSiblings  int   // a put that would leave more versions is refused; 0: none is
	FixedActors  bool  // a node goes on under the same actor whatever it has forgotten, with the counters that it finds on its disk
	Newest       bool  // a get returns the version with the latest timestamp (§6), not all that are in conflict
	Grace        int64 // ns after which a tombstone is forgotten; 0: never
	NoTombstones bool  // a delete removes what it supersedes and leaves nothing in its place
	Query        bool  // mode ABD: a put asks a majority for the register's timestamp before it makes its own
	WriteBack    bool  // mode ABD: a get brings what it returns to a majority first
}

// Validate reports the first setting that cannot be.
func (c *Config) Validate() error {
	switch {
	case c.N < 1:
		return fmt.Errorf("N is %d: a key needs at least one replica", c.N)
	case c.R < 0 || c.R > c.N:
		return fmt.Errorf("R is %d: allowed is 0 to N=%d", c.R, c.N)
	case c.W < 0 || c.W > c.N:
		return fmt.Errorf("W is %d: allowed is 0 to N=%d", c.W, c.N)
	case c.WriteBy == Any && c.Mode != vclock.LastWriteWins && c.Mode != vclock.ABD:
		return fmt.Errorf("any node may coordinate a put only with last-write-wins: a version stamp must come from a home of the key (§6.4)")
	case c.WriteBuffer && (c.BufferObjects < 1 || c.BufferFlush <= 0):
		return fmt.Errorf("a write buffer of %d objects, flushed after %d ns: both must be positive", c.BufferObjects, c.BufferFlush)
	case c.WriteBuffer && c.Versions.FixedActors:
		return fmt.Errorf("a write buffer needs actors with epochs: a node that loses it would count on from its disk, and give one name to two versions")
	case c.Admission != nil && c.Admission.Validate() != nil:
		return fmt.Errorf("admission: %w", c.Admission.Validate())
	case c.Mode == vclock.ABD && (c.Sloppy || 2*c.R <= c.N || 2*c.W <= c.N):
		return fmt.Errorf("mode abd needs strict quorums that are majorities: R=%d and W=%d of N=%d", c.R, c.W, c.N)
	case c.Mode == vclock.ABD && c.DatacenterQuorum != Anywhere:
		return fmt.Errorf("mode abd needs majorities of all homes, not of those in a datacenter")
	case c.Mode == vclock.ABD && (c.Versions.NoTombstones || c.Versions.Grace != 0):
		return fmt.Errorf("mode abd keeps its tombstones for ever: a register that has forgotten its timestamp would issue it again")
	case c.Coordinator == ByOutside && c.Mode != vclock.LastWriteWins:
		return fmt.Errorf("a coordinator without a replica needs last-write-wins: a version stamp must come from a home of the key (§6.4)")
	case c.ReplicaTimeout <= 0 || c.ReadTimeout <= 0 || c.WriteTimeout <= 0:
		return fmt.Errorf("timeouts must be positive")
	}
	return c.validateTrees()
}

func (c *Config) validateTrees() error {
	switch {
	case !c.AntiEntropy:
		return nil
	case c.AntiEntropyEvery <= 0:
		return fmt.Errorf("the period of anti-entropy must be positive")
	}
	return c.Tree.Validate()
}
