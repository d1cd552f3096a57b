package scenarios

import "strconv"

// Cluster is the system under test: its nodes and how they work.
type Cluster struct {
	Nodes       Nodes        `yaml:"nodes" default:"5" doc:"number of nodes (n1, n2, ..) or list of their names"`
	Datacenters []Datacenter `yaml:"datacenters" as:"map" doc:"nodes by datacenter, instead of nodes: {east: 2} has east-1 and east-2"`

	N                int              `yaml:"n" default:"3" range:"1.." doc:"replicas of a key (§4.3)"`
	R                int              `yaml:"r" default:"2" range:"0.." doc:"replicas that must answer a get (§4.5)"`
	W                int              `yaml:"w" default:"2" range:"0.." doc:"replicas that must acknowledge a put (§4.5)"`
	AllowUnsafe      bool             `yaml:"allow_unsafe" default:"false" doc:"allow R or W of 0"`
	Quorum           Quorum           `yaml:"quorum" enum:"sloppy,strict" derived:"sloppy; strict in mode abd" doc:"whether nodes past the first N stand in for those that do not answer (§4.6)"`
	Fallbacks        int              `yaml:"fallbacks" default:"all" word:"all=-1" range:"0.." doc:"how many nodes past the N may stand in"`
	DatacenterQuorum DatacenterQuorum `yaml:"datacenter_quorum" default:"none" enum:"none,local,each" doc:"R and W count replicas anywhere, in the coordinator's datacenter, or in each one"`
	Placement        Placement        `yaml:"placement" enum:"ring,spread" derived:"spread with datacenters, else ring" doc:"spread: preference lists span datacenters"`

	Ring             Ring             `yaml:"ring" doc:"how keys are spread over nodes (§6.2)"`
	PerNode          []PerNode        `yaml:"per_node" as:"map" doc:"settings of single nodes or datacenters"`
	Versioning       Versioning       `yaml:"versioning" doc:"how versions of a key are told apart (§4.4)"`
	Coordinator      Coordinator      `yaml:"coordinator" default:"server" enum:"server,client,outside" doc:"server: nodes that a load balancer picks; client: the client library coordinates gets and sends puts to a home of the key (§6.4); outside: a node that holds no replica, or the library where every node does (last-write-wins)"`
	Routing          Routing          `yaml:"routing" doc:"which node a request goes to (§5, §6.4)"`
	Hedge            Hedge            `yaml:"hedge" doc:"a get that takes long is sent to a second node too"`
	Timeouts         Timeouts         `yaml:"timeouts" doc:"when to stop waiting"`
	ReadRepair       ReadRepair       `yaml:"read_repair" doc:"stale replicas found by a get are brought up to date (§5)"`
	Handoff          Handoff          `yaml:"handoff" doc:"hints are delivered to the nodes they are for (§4.6)"`
	AntiEntropy      AntiEntropy      `yaml:"anti_entropy" doc:"replicas compare Merkle trees and bring each other up to date (§4.7)"`
	FailureDetection FailureDetection `yaml:"failure_detection" doc:"each node's own idea of who answers (§4.8)"`
	Membership       Membership       `yaml:"membership" doc:"who belongs to the ring (§4.8)"`
	Transfer         Transfer         `yaml:"transfer" doc:"ranges are handed over at joins and leaves (§4.9)"`
	Gossip           Gossip           `yaml:"gossip" doc:"how nodes learn of changes of the members (§4.8)"`
	Storage          Storage          `yaml:"storage" doc:"the local engine"`
	WriteBuffer      WriteBuffer      `yaml:"write_buffer" doc:"writes wait in memory for a writer that brings them to the disk (§6.1)"`
	Cache            Cache            `yaml:"cache" doc:"objects kept in memory beside the disk, written through"`
	Admission        Admission        `yaml:"admission" doc:"background tasks get what clients leave of the disk (§6.5)"`
	CPU              CPU              `yaml:"cpu" doc:"what handling a message costs"`
	Disk             Disk             `yaml:"disk" doc:"the device, apart from the engine"`
	// Joiners are nodes that faults add.
	Joiners []Joiner `yaml:"-"`

	Clock Clock `yaml:"clock" doc:"how far clocks are off"`
}

// Datacenter is a group of nodes.
type Datacenter struct {
	Name  string `yaml:",key" format:"name"`
	Nodes int    `yaml:",value" range:"1..10000"`
}

// Quorum says who may stand in for a replica.
type Quorum string

// The values of Quorum.
const (
	QuorumSloppy Quorum = "sloppy" // the first N healthy nodes of the preference list
	QuorumStrict Quorum = "strict" // the first N nodes only
)

// DatacenterQuorum says which replicas R and W count.
type DatacenterQuorum string

// The values of DatacenterQuorum.
const (
	DatacenterQuorumNone  DatacenterQuorum = "none"  // wherever they are
	DatacenterQuorumLocal DatacenterQuorum = "local" // in the coordinator's datacenter
	DatacenterQuorumEach  DatacenterQuorum = "each"  // in each datacenter
)

// Placement says how preference lists are built.
type Placement string

// The values of Placement.
const (
	PlacementRing   Placement = "ring"   // in ring order
	PlacementSpread Placement = "spread" // spanning datacenters
)

// Ring is how keys are spread over nodes.
type Ring struct {
	Strategy  int   `yaml:"strategy" default:"3" range:"1..3" doc:"1: random tokens, ranges between them; 2: random tokens, equal ranges; 3: equal ranges, Q/S tokens a node"`
	Tokens    int   `yaml:"tokens" default:"16" range:"1..4096" doc:"tokens per unit of capacity (strategies 1 and 2)"`
	Ranges    int   `yaml:"ranges" default:"256" range:"1..1048576" doc:"equal ranges of the ring (strategies 2 and 3); at least 8 a node"`
	Positions []Pin `yaml:"positions" as:"map" doc:"keys pinned to a place on the ring, for figures: {cart: 0.15}"`
}

// Pin puts a key at a place on the ring.
type Pin struct {
	Key string `yaml:",key" format:"key"`
	At  Share  `yaml:",value"`
}

// PerNode is what differs for one node, or for each node of a datacenter.
type PerNode struct {
	Name     string     `yaml:",key" format:"name"`
	Capacity float64    `yaml:"capacity" range:"0.01..1000" derived:"the datacenter's, else 1" doc:"share of the work, in units of an ordinary node"`
	Tokens   []Share    `yaml:"tokens" doc:"fixed tokens, as shares of the ring (Figure 2)"`
	CPU      *NodeCPU   `yaml:"cpu" doc:"this node's processor, as far as it differs"`
	Disk     *NodeDisk  `yaml:"disk" doc:"this node's device, as far as it differs"`
	Clock    *NodeClock `yaml:"clock" doc:"this node's clock"`
}

// NodeCPU is the processor of one node; what is nil is as cluster.cpu says.
type NodeCPU struct {
	Cores   *int     `yaml:"cores" range:"1..1024" doc:"messages handled at once"`
	Service *Service `yaml:"service" doc:"time to handle a message, or a map from kind of message to time"`
	Queue   *int     `yaml:"queue" range:"1..10000000" doc:"messages that may wait"`
}

// NodeDisk is the device of one node; what is nil is as cluster.disk says.
type NodeDisk struct {
	Read      *Dist      `yaml:"read" doc:"time of a read"`
	Write     *Dist      `yaml:"write" doc:"time of a write into the page cache"`
	Sync      *Dist      `yaml:"sync" doc:"time of a sync"`
	Bandwidth *Bandwidth `yaml:"bandwidth" doc:"bytes take time besides"`
	Queue     *int       `yaml:"queue" range:"1..10000000" doc:"operations that may wait"`
	Capacity  *Bytes     `yaml:"capacity" range:"1B.." doc:"a full disk refuses writes"`
}

// NodeClock is the clock of one node; what is nil is as cluster.clock says.
type NodeClock struct {
	Offset *Dist  `yaml:"offset" signed:"" doc:"how far wall time is ahead; may be negative"`
	Drift  *Drift `yaml:"drift" doc:"how much faster time passes"`
}

// Versioning is how versions of a key are told apart.
type Versioning struct {
	Mode        Mode       `yaml:"mode" default:"dotted" enum:"dotted,riak,paper,last-write-wins,abd" doc:"dotted version vectors, one clock for all siblings, the paper's vector clocks, timestamps, or atomic registers"`
	MaxEntries  int        `yaml:"max_entries" default:"none" word:"none=0" range:"1.." doc:"pairs of a clock: the coordinator that makes a version drops more than these, oldest first (§4.4; the paper: 10); promises that nothing is lost need none"`
	ActorEpochs bool       `yaml:"actor_epochs" default:"true" doc:"a node that may have forgotten versions makes new ones under another actor; off: under the same, counting on from what its disk holds"`
	MaxSiblings int        `yaml:"max_siblings" default:"none" word:"none=0" range:"1.." doc:"a put that would leave more versions beside each other fails"`
	Reconcile   Reconcile  `yaml:"reconcile" default:"client" enum:"client,newest,cart-union" doc:"who makes one of several versions (§6): the caller; the coordinator of a get, by the latest timestamp; the client library, as the union of carts"`
	Tombstones  Tombstones `yaml:"tombstones" doc:"what a delete leaves behind; off: nothing, and nothing stops an old value from coming back"`
	ABD         ABD        `yaml:"abd" doc:"mode abd: multi-writer atomic registers (Attiya, Bar-Noy, Dolev 1995)"`
}

// Reconcile says who makes one of several versions.
type Reconcile string

// The values of Reconcile.
const (
	ReconcileClient    Reconcile = "client"     // all versions go to the caller
	ReconcileNewest    Reconcile = "newest"     // the coordinator of a get picks the latest timestamp
	ReconcileCartUnion Reconcile = "cart-union" // the client library merges carts
)

// Tombstones are what deletes leave behind.
type Tombstones struct {
	Enabled bool     `yaml:"enabled" default:"true" doc:"on or off"`
	Grace   Duration `yaml:"grace" default:"240h" word:"none=0" range:"1ns.." doc:"after this time a tombstone is forgotten; none: never"`
}

// ABD weakens mode abd on purpose.
type ABD struct {
	Query     bool `yaml:"query" default:"true" doc:"a put first asks a majority for the register's timestamp"`
	WriteBack bool `yaml:"write_back" default:"true" doc:"a get brings its value to a majority before it answers"`
}

// Mode is a clock mode.
type Mode string

// The values of Mode.
const (
	ModeDotted        Mode = "dotted"          // each version has a dot of its own; loses nothing
	ModeRiak          Mode = "riak"            // one clock for all siblings of a key; loses nothing
	ModePaper         Mode = "paper"           // one plain clock per version, as §4.4 is written
	ModeLastWriteWins Mode = "last-write-wins" // the largest timestamp stays
	ModeABD           Mode = "abd"             // an atomic register
)

// Routing says which node a request goes to.
type Routing struct {
	Balancer  Balancer  `yaml:"balancer" default:"random" enum:"random,round-robin,least-loaded,same-datacenter" doc:"how the load balancer picks the node that a client contacts; least-loaded: the fewest open requests of all clients"`
	ReadBy    ReadBy    `yaml:"read_by" default:"contacted" enum:"contacted,first,any" doc:"coordinator of a get: the contacted node if it is in the top N, else the first; the first; any node"`
	WriteBy   WriteBy   `yaml:"write_by" default:"fastest" enum:"contacted,first,fastest,any" doc:"coordinator of a put; fastest: the replica that answered the previous get first; any needs last-write-wins"`
	Poll      Duration  `yaml:"poll" default:"10s" range:"1ns.." doc:"how often a client library asks a random node for the members (§6.4)"`
	Refresh   bool      `yaml:"refresh" default:"true" doc:"a client library asks at once when it cannot reach a member, or a put had to be forwarded (§6.4)"`
	StaleView StaleView `yaml:"stale_view" default:"forward" enum:"forward,refuse" doc:"a request that a node passed on by an old view of the members is passed on once more, or refused"`
}

// Coordinator says who coordinates requests.
type Coordinator string

// The values of Coordinator.
const (
	CoordinatorServer  Coordinator = "server"
	CoordinatorClient  Coordinator = "client"
	CoordinatorOutside Coordinator = "outside"
)

// StaleView is what becomes of a request routed by an old view.
type StaleView string

// The values of StaleView.
const (
	StaleForward StaleView = "forward"
	StaleRefuse  StaleView = "refuse"
)

// Balancer is how a client picks the node it contacts.
type Balancer string

// The values of Balancer.
const (
	BalancerRandom         Balancer = "random"
	BalancerRoundRobin     Balancer = "round-robin"
	BalancerLeastLoaded    Balancer = "least-loaded"
	BalancerSameDatacenter Balancer = "same-datacenter"
)

// ReadBy is who coordinates a get.
type ReadBy string

// The values of ReadBy.
const (
	ReadByContacted ReadBy = "contacted" // that node if in the top N, else the first
	ReadByFirst     ReadBy = "first"
	ReadByAny       ReadBy = "any"
)

// WriteBy is who coordinates a put.
type WriteBy string

// The values of WriteBy.
const (
	WriteByContacted WriteBy = "contacted" // that node if in the top N, else the first
	WriteByFirst     WriteBy = "first"
	WriteByFastest   WriteBy = "fastest" // quickest at the previous get, as its context says
	WriteByAny       WriteBy = "any"
)

// Hedge is a second request for gets that take long.
type Hedge struct {
	Enabled bool       `yaml:"enabled" default:"false" doc:"on or off"`
	After   HedgeAfter `yaml:"after" default:"p95" doc:"when a get takes long: a time, or a percentile of the client's own gets, p50 to p99.9"`
}

// Timeouts say when to stop waiting.
type Timeouts struct {
	Replica Duration `yaml:"replica" default:"100ms" range:"1ns.." doc:"the coordinator turns to the next node"`
	Read    Duration `yaml:"read" default:"300ms" range:"1ns.." doc:"the coordinator gives up a get"`
	Write   Duration `yaml:"write" default:"300ms" range:"1ns.." doc:"the coordinator gives up a put"`
	Client  Duration `yaml:"client" default:"1s" range:"1ns.." doc:"the client gives up: the operation's outcome is unknown"`
}

// ReadRepair brings stale replicas up to date after a get.
type ReadRepair struct {
	Enabled bool     `yaml:"enabled" default:"true" doc:"on or off"`
	Wait    Duration `yaml:"wait" default:"100ms" doc:"how long to wait for stragglers after the reply"`
	Share   Share    `yaml:"share" default:"100%" doc:"share of gets that repair"`
}

// Handoff delivers hints.
type Handoff struct {
	Enabled bool     `yaml:"enabled" default:"true" doc:"on or off"`
	Every   Duration `yaml:"every" default:"5s" range:"1ns.." doc:"time between scans of the hints"`
	Window  Duration `yaml:"window" default:"none" word:"none=0" range:"1ns.." doc:"older hints expire"`

	MaxHints int       `yaml:"max_hints" default:"none" word:"none=0" range:"1.." doc:"hints that a node keeps; a write that would be one more is refused, and goes to the next node"`
	Rate     Bandwidth `yaml:"rate" default:"none" word:"none=0" doc:"hints that a node sends, in bytes"`
}

// AntiEntropy compares replicas and brings them up to date.
type AntiEntropy struct {
	Enabled   bool     `yaml:"enabled" default:"true" doc:"on or off"`
	Every     Duration `yaml:"every" default:"20s" range:"1ns.." doc:"period in which a node turns to its next partners, which are the nodes that host a range of its own"`
	Branching int      `yaml:"branching" default:"2" range:"2..256" doc:"children of an inner node of a tree"`
	Depth     int      `yaml:"depth" default:"10" range:"1..32" doc:"levels below the root: the tree of a range has branching^depth leaves"`
	Peers     int      `yaml:"peers" default:"auto" word:"auto=0" range:"1..10000" doc:"partners a period; auto: so many that all have had their turn after four periods"`
}

// FailureDetection is a node's own idea of who answers.
type FailureDetection struct {
	Kind         DetectorKind `yaml:"kind" default:"timeouts" enum:"timeouts,phi,none" doc:"timeouts: so many in a row make a node suspected; phi: silence that is too unlikely by the heartbeats so far (Hayashibara et al. 2004)"`
	SuspectAfter int          `yaml:"suspect_after" default:"1" range:"1..1000" doc:"timeouts in a row"`
	Retry        Duration     `yaml:"retry" default:"1s" range:"1ns.." doc:"a suspected node is tried again after this time"`
	Phi          float64      `yaml:"phi" default:"8" range:"0.5..100" doc:"phi: suspected when -log10 of the likelihood that it is merely late exceeds this"`
	Samples      int          `yaml:"samples" default:"1000" range:"2..2000" doc:"phi: heartbeats of each peer that are remembered"`
	Heartbeat    Duration     `yaml:"heartbeat" default:"1s" range:"1ms..10s" doc:"phi: period of heartbeats"`
}

// DetectorKind is a kind of failure detector.
type DetectorKind string

// The values of DetectorKind.
const (
	DetectorTimeouts DetectorKind = "timeouts"
	DetectorPhi      DetectorKind = "phi"
	DetectorNone     DetectorKind = "none"
)

// Membership is how a ring begins and what its nodes keep of its history.
type Membership struct {
	Start     Start     `yaml:"start" default:"formed" enum:"formed,cold" doc:"formed: all nodes know all from the beginning; cold: a node knows itself and the seed nodes, and picks its tokens at its first start"`
	SeedNodes *Selector `yaml:"seed_nodes" doc:"nodes known to all from the configuration; with them rings that came to be apart find each other"`
	Persist   bool      `yaml:"persist" default:"true" doc:"what a node learns of the members is on its disk before it acts upon it; false: it dies with the process"`
}

// Start is how a ring begins.
type Start string

// The values of Start.
const (
	StartFormed Start = "formed"
	StartCold   Start = "cold"
)

// Transfer hands over ranges at joins and leaves.
type Transfer struct {
	Enabled    bool      `yaml:"enabled" default:"true" doc:"on or off"`
	Confirm    bool      `yaml:"confirm" default:"true" doc:"the receiver says which of the ranges that it is offered it does not hold equally"`
	Rate       Bandwidth `yaml:"rate" default:"none" word:"none=0" doc:"what a node hands over at the most"`
	Concurrent int       `yaml:"concurrent" default:"1" range:"1..1000" doc:"nodes that a node gives to at one time"`
}

// Gossip is how nodes learn of changes of the members.
type Gossip struct {
	Enabled bool     `yaml:"enabled" default:"true" doc:"on or off"`
	Every   Duration `yaml:"every" default:"1s" range:"1ns.." doc:"time between a node's contacts"`
	Fanout  int      `yaml:"fanout" default:"1" range:"1..1000" doc:"random peers contacted each time; both reconcile"`
	Payload Payload  `yaml:"payload" default:"full" enum:"full,digest" doc:"what a contact begins with: the whole history, or its hash"`
}

// Payload is what a contact begins with.
type Payload string

// The values of Payload.
const (
	PayloadFull   Payload = "full"
	PayloadDigest Payload = "digest"
)

// Storage is the local engine of a node.
type Storage struct {
	Engine    Engine     `yaml:"engine" default:"log" enum:"log,memory" doc:"log: append-only, checksummed, compacted; memory: gone when the node stops"`
	Sync      SyncPolicy `yaml:"sync" default:"each" enum:"each,group,periodic,never" doc:"when a write is acknowledged: synced by itself, in a group, or before it is synced"`
	Period    Duration   `yaml:"period" range:"1ns.." derived:"100ms, or 5ms for group" doc:"period of periodic, window of group"`
	Checksums bool       `yaml:"checksums" default:"true" doc:"verify what the disk returns"`
	Mend      bool       `yaml:"mend" default:"true" doc:"a node asks the other homes for what its damaged, old or empty disk may have forgotten, before it answers reads of it"`
	Segment   Bytes      `yaml:"segment" default:"64MiB" range:"4KiB..1TB" doc:"size at which a file of the log is closed"`
	CompactAt Share      `yaml:"compact_at" default:"50%" doc:"compact when this share of the log is garbage"`
}

// Engine is a storage engine.
type Engine string

// The values of Engine.
const (
	EngineLog    Engine = "log"
	EngineMemory Engine = "memory"
)

// WriteBuffer is the object buffer of a node.
type WriteBuffer struct {
	Enabled bool     `yaml:"enabled" default:"false" doc:"on or off"`
	Objects int      `yaml:"objects" default:"1000" range:"1..10000000" doc:"objects that may wait; a write that finds it full goes to the disk at once"`
	Flush   Duration `yaml:"flush" default:"1s" range:"1ns.." doc:"how long the first of them waits"`
	Durable int      `yaml:"durable" default:"1" range:"0.." doc:"replicas of a put that are asked for a durable write"`
}

// Cache is the object cache of a node.
type Cache struct {
	Enabled bool  `yaml:"enabled" default:"false" doc:"on or off"`
	Size    Bytes `yaml:"size" default:"64MB" range:"1B.." doc:"values that it holds, with 64 bytes for each object"`
}

// Admission is what keeps background tasks from the disk while clients need it.
type Admission struct {
	Enabled    bool       `yaml:"enabled" default:"false" doc:"on or off"`
	Percentile Percentile `yaml:"percentile" default:"p99" doc:"of the time that a node's disk takes to read for clients: p50 to p99.9"`
	Over       Duration   `yaml:"over" default:"60s" range:"1us.." doc:"trailing window"`
	Target     Duration   `yaml:"target" default:"50ms" range:"1ns.." doc:"the percentile is kept below"`
	Slices     int        `yaml:"slices" default:"16" range:"1..10000" doc:"pieces of background work under way at a time, at most"`
	Tasks      []Task     `yaml:"tasks" default:"[anti-entropy, handoff, transfer]" enum:"anti-entropy,handoff,transfer" doc:"tasks that need slices"`
}

// Task is a background task.
type Task string

// The values of Task.
const (
	TaskAntiEntropy Task = "anti-entropy"
	TaskHandoff     Task = "handoff"
	TaskTransfer    Task = "transfer"
)

// SyncPolicy says when a write is acknowledged.
type SyncPolicy string

// The values of SyncPolicy.
const (
	SyncEach     SyncPolicy = "each"
	SyncGroup    SyncPolicy = "group"
	SyncPeriodic SyncPolicy = "periodic"
	SyncNever    SyncPolicy = "never"
)

// CPU is what handling a message costs a node.
type CPU struct {
	Cores   int     `yaml:"cores" default:"1" range:"1..1024" doc:"messages handled at once"`
	Service Service `yaml:"service" default:"20us" doc:"time to handle a message, or a map from kind of message to time"`
	Queue   int     `yaml:"queue" default:"4096" range:"1..10000000" doc:"messages that may wait; more are refused with overloaded"`
	Shed    Shed    `yaml:"shed" default:"newest" enum:"newest,oldest" doc:"which message a full queue refuses"`
}

// Shed says which message a full queue refuses.
type Shed string

// The values of Shed.
const (
	ShedNewest Shed = "newest"
	ShedOldest Shed = "oldest"
)

// Disk is a node's device.
type Disk struct {
	Read      Dist      `yaml:"read" default:"100us" doc:"time of a read"`
	Write     Dist      `yaml:"write" default:"20us" doc:"time of a write into the page cache"`
	Sync      Dist      `yaml:"sync" default:"500us" doc:"time of a sync"`
	Bandwidth Bandwidth `yaml:"bandwidth" default:"500MB/s" doc:"bytes take time besides"`
	Queue     int       `yaml:"queue" default:"1024" range:"1..10000000" doc:"operations that may wait"`
	Capacity  Bytes     `yaml:"capacity" default:"100GB" range:"1B.." doc:"a full disk refuses writes"`
	Sector    Bytes     `yaml:"sector" default:"512B" range:"1B..1GB" doc:"unit of a torn write"`
	Page      Bytes     `yaml:"page" default:"4KiB" range:"1B..1GB" doc:"unit of the page cache"`
}

// Clock is how far the clocks of nodes are off.
type Clock struct {
	Offset     Dist     `yaml:"offset" default:"0s" signed:"" doc:"how far wall time is ahead, drawn once a node; may be negative"`
	Drift      Drift    `yaml:"drift" default:"0ppm" doc:"how much faster time passes, drawn once a node from a range such as -50ppm..50ppm"`
	Resolution Duration `yaml:"resolution" default:"1us" range:"1ns.." doc:"a coarse one makes equal timestamps"`
}

// Size returns the number of nodes.
func (c *Cluster) Size() int { return len(c.Nodes) }

// DatacenterOf returns the index in Datacenters of the i-th node's datacenter,
// or 0 in a cluster without any.
func (c *Cluster) DatacenterOf(i int) int {
	if j := i - len(c.Nodes); j >= 0 && j < len(c.Joiners) {
		for d := range c.Datacenters {
			if c.Datacenters[d].Name == c.Joiners[j].Datacenter {
				return d
			}
		}
		return 0
	}
	for d, dc := range c.Datacenters {
		if i < dc.Nodes {
			return d
		}
		i -= dc.Nodes
	}
	return 0
}

// NodesOf returns the names of a datacenter's nodes, nil if there is none of
// that name.
func (c *Cluster) NodesOf(datacenter string) []string {
	at := 0
	for _, dc := range c.Datacenters {
		if dc.Name == datacenter && at+dc.Nodes <= len(c.Nodes) {
			return c.Nodes[at : at+dc.Nodes]
		}
		at += dc.Nodes
	}
	return nil
}

// AllNodes returns the names of all nodes, those that faults add last.
func (c *Cluster) AllNodes() []string {
	if len(c.Joiners) == 0 {
		return c.Nodes
	}
	names := append([]string(nil), c.Nodes...)
	for i := range c.Joiners {
		names = append(names, c.Joiners[i].Name)
	}
	return names
}

// NodeIndex returns the index of a node by name, -1 if there is none.
func (c *Cluster) NodeIndex(name string) int {
	for i, n := range c.Nodes {
		if n == name {
			return i
		}
	}
	for i := range c.Joiners {
		if c.Joiners[i].Name == name {
			return len(c.Nodes) + i
		}
	}
	return -1
}

// numbered returns prefix1 .. prefixCount.
func numbered(prefix string, count int) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = prefix + strconv.Itoa(i+1)
	}
	return names
}
