package world

import (
	"fmt"

	"dynamosim/dynamo"
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
	"dynamosim/sim/rng"
)

// seeds are the class seeds of a run: each kind of draw has its own, so that one can change while the others stay.
type seeds struct{ plan, workload, environment, node uint64 }

func classSeeds(seed uint64) seeds {
	class := func(name string) uint64 { return scenarios.ClassSeed(seed, name) }
	return seeds{plan: class("plan"), workload: class("workload"), environment: class("environment"), node: class("node")}
}

// nodeConfig translates the cluster section into what nodes agree on.
func nodeConfig(c *scenarios.Cluster) (dynamo.Config, error) {
	cfg := dynamo.Config{
		N: c.N, R: c.R, W: c.W,
		Sloppy:    c.Quorum == scenarios.QuorumSloppy,
		Fallbacks: c.Fallbacks,
		Mode:      modes(c.Versioning.Mode),
		Versions:  versioning(&c.Versioning),

		DatacenterQuorum: map[scenarios.DatacenterQuorum]dynamo.DatacenterQuorum{scenarios.DatacenterQuorumLocal: dynamo.LocalQuorum,
			scenarios.DatacenterQuorumEach: dynamo.EachDatacenter}[c.DatacenterQuorum],

		ReplicaTimeout: int64(c.Timeouts.Replica),
		ReadTimeout:    int64(c.Timeouts.Read),
		WriteTimeout:   int64(c.Timeouts.Write),

		ReadRepair:   c.ReadRepair.Enabled,
		RepairWait:   int64(c.ReadRepair.Wait),
		RepairShare:  uint64(c.ReadRepair.Share.Chance),
		Handoff:      c.Handoff.Enabled,
		HandoffEvery: int64(c.Handoff.Every),
		HintWindow:   int64(c.Handoff.Window),
		HintsAtOnce:  16,
		MaxHints:     c.Handoff.MaxHints,
		HintRate:     c.Handoff.Rate.BytesPerSecond(),
		MaxRequests:  c.CPU.Queue,

		AntiEntropy:      c.AntiEntropy.Enabled,
		AntiEntropyEvery: int64(c.AntiEntropy.Every),
		AntiEntropyPeers: c.AntiEntropy.Peers,
		Tree:             merkle.Shape{Branching: c.AntiEntropy.Branching, Depth: c.AntiEntropy.Depth},

		Detect:       c.FailureDetection.Kind == scenarios.DetectorTimeouts,
		SuspectAfter: c.FailureDetection.SuspectAfter,
		Retry:        int64(c.FailureDetection.Retry),
		Accrual:      accrual(&c.FailureDetection),

		GossipFanout: c.Gossip.Fanout,
		GossipDigest: c.Gossip.Payload == scenarios.PayloadDigest,
		PersistViews: c.Membership.Persist,

		Sync:       syncPolicy(c.Storage.Sync),
		SyncPeriod: int64(c.Storage.Period),
		CompactAt:  percent(c.Storage.CompactAt),
		Checksums:  c.Storage.Checksums,
		Mend:       c.Storage.Mend,
		Segment:    int64(c.Storage.Segment),
		Memory:     c.Storage.Engine == scenarios.EngineMemory,

		WriteBuffer:   c.WriteBuffer.Enabled,
		BufferObjects: c.WriteBuffer.Objects,
		BufferFlush:   int64(c.WriteBuffer.Flush),
		BufferDurable: c.WriteBuffer.Durable,
		Admission:     admission(&c.Admission),
	}
	if c.Cache.Enabled {
		cfg.CacheSize = int64(c.Cache.Size)
	}
	cfg.Transfer, cfg.TransferConfirm = c.Transfer.Enabled, c.Transfer.Confirm
	cfg.TransferRate, cfg.TransfersAtOnce = c.Transfer.Rate.BytesPerSecond(), c.Transfer.Concurrent
	cfg.StaleRefuse = c.Routing.StaleView == scenarios.StaleRefuse
	if c.Gossip.Enabled {
		cfg.GossipEvery = int64(c.Gossip.Every)
	}
	cfg.Coordinator = map[scenarios.Coordinator]dynamo.CoordinatedBy{scenarios.CoordinatorClient: dynamo.ByClient,
		scenarios.CoordinatorOutside: dynamo.ByOutside}[c.Coordinator]
	cfg.PollEvery, cfg.PollRefresh = int64(c.Routing.Poll), c.Routing.Refresh
	cfg.ReadBy = map[scenarios.ReadBy]dynamo.Routing{scenarios.ReadByContacted: dynamo.Contacted, scenarios.ReadByFirst: dynamo.First,
		scenarios.ReadByAny: dynamo.Any}[c.Routing.ReadBy]
	cfg.WriteBy = map[scenarios.WriteBy]dynamo.Routing{scenarios.WriteByContacted: dynamo.Contacted, scenarios.WriteByFirst: dynamo.First,
		scenarios.WriteByFastest: dynamo.Fastest, scenarios.WriteByAny: dynamo.Any}[c.Routing.WriteBy]
	if err := cfg.Validate(); err != nil {
		return cfg, fmt.Errorf("building the cluster: %w", err)
	}
	return cfg, nil
}

// admission translates the setting of the controller, nil where it is off.
func admission(a *scenarios.Admission) *dynamo.Admission {
	if !a.Enabled {
		return nil
	}
	cfg := &dynamo.Admission{Percentile: int64(a.Percentile), Over: int64(a.Over), Target: int64(a.Target), Slices: a.Slices}
	for _, t := range a.Tasks {
		switch t {
		case scenarios.TaskHandoff:
			cfg.Tasks[dynamo.TaskHandoff] = true
		case scenarios.TaskAntiEntropy:
			cfg.Tasks[dynamo.TaskAntiEntropy] = true
		case scenarios.TaskTransfer:
			cfg.Tasks[dynamo.TaskTransfer] = true
		}
	}
	return cfg
}

// accrual is the failure detector of kind phi; nil: there is another one. Its threshold z has P(Z > z) = 10^-phi for a standard normal Z.
func accrual(f *scenarios.FailureDetection) *dynamo.Accrual {
	if f.Kind != scenarios.DetectorPhi {
		return nil
	}
	z := -rng.NormalQuantile(rng.Pow(10, -f.Phi))                                                                    // range: 0.4 for a phi of 0.5, 22 for one of 100
	return &dynamo.Accrual{Heartbeat: int64(f.Heartbeat), Samples: f.Samples, Threshold: uint64(float64(z * 65536))} // range: see z
}

// percent rounds a share to whole percents.
func percent(s scenarios.Share) int { return int(rng.Below(uint64(s.Chance), 200)+1) / 2 }

func modes(m scenarios.Mode) vclock.Mode {
	switch m {
	case scenarios.ModeRiak:
		return vclock.Riak
	case scenarios.ModeABD:
		return vclock.ABD
	case scenarios.ModePaper:
		return vclock.Paper
	case scenarios.ModeLastWriteWins:
		return vclock.LastWriteWins
	}
	return vclock.Dotted
}

// versioning is how versions are kept beside the mode.
func versioning(v *scenarios.Versioning) dynamo.Versioning {
	cfg := dynamo.Versioning{
		MaxEntries: v.MaxEntries, MaxSiblings: v.MaxSiblings, FixedActors: !v.ActorEpochs, Newest: v.Reconcile == scenarios.ReconcileNewest,
		Query: v.ABD.Query, WriteBack: v.ABD.WriteBack,
	}
	if v.Mode != scenarios.ModeABD {
		cfg.Grace, cfg.NoTombstones = int64(v.Tombstones.Grace), !v.Tombstones.Enabled
	}
	return cfg
}

func syncPolicy(p scenarios.SyncPolicy) storage.Policy {
	switch p {
	case scenarios.SyncGroup:
		return storage.Group
	case scenarios.SyncPeriodic:
		return storage.Periodic
	case scenarios.SyncNever:
		return storage.Never
	}
	return storage.Each
}

// placing is the rule by which nodes turn a view of the members into a ring (§6.2). Fixed tokens of the plan win over equal ranges.
func placing(c *scenarios.Cluster, seed uint64) dynamo.Placing {
	p := dynamo.Placing{
		Strategy: c.Ring.Strategy, Tokens: c.Ring.Tokens, Ranges: c.Ring.Ranges, Spread: c.Placement == scenarios.PlacementSpread,
		Deal: func(change uint64, i int) uint64 { return rng.Draw(seed, 12, change, uint64(i)) },
	}
	if fixesTokens(c) {
		p.Strategy = 1
	}
	return p
}

// founders are the first nodes of a cluster: members before time began, or those that join themselves in a cluster that starts cold. Tokens are drawn from the node's name, so that a node keeps
// its places whoever else there is; where the plan writes tokens out, those are all there are.
func founders(c *scenarios.Cluster, seed uint64) []membership.Change {
	fixed := fixesTokens(c)
	changes := make([]membership.Change, len(c.Nodes))
	for i := range c.Nodes {
		changes[i] = membership.Change{Node: int32(i), What: membership.Join, Issuer: int32(i), Capacity: capacityOf(c, i), Zone: int32(c.DatacenterOf(i))}
		switch {
		case fixed:
			changes[i].Tokens = fixedTokens(c, i)
		case c.Ring.Strategy != 3 && c.Membership.Start == scenarios.StartFormed:
			changes[i].Tokens = drawnTokens(c, seed, i)
		}
	}
	return changes
}

// drawnTokens are the random tokens of one node (strategies 1 and 2).
func drawnTokens(c *scenarios.Cluster, seed uint64, node int) []membership.Token {
	entity := rng.Hash(c.Nodes[node])
	drawn := ring.RandomTokens([]ring.Member{{Capacity: capacityOf(c, node)}}, c.Ring.Tokens, func(_ int32, i int) (hi, lo uint64) {
		return rng.Draw(seed, 10, entity, uint64(i)), rng.Draw(seed, 11, entity, uint64(i))
	})
	return sortedTokens(drawn)
}

func sortedTokens(list []ring.Token) []membership.Token {
	tokens := make([]membership.Token, len(list))
	for i, t := range list {
		tokens[i] = membership.Token(t.At)
	}
	return membership.SortTokens(tokens)
}

// zones are the datacenters of the nodes, nil where there is one.
func zones(c *scenarios.Cluster) []int32 {
	if len(c.Datacenters) < 2 {
		return nil
	}
	zones := make([]int32, len(c.AllNodes()))
	for i := range zones {
		zones[i] = int32(c.DatacenterOf(i))
	}
	return zones
}

// perNode finds what the plan says of one node, itself or its datacenter; the node's own entry wins.
func perNode(c *scenarios.Cluster, node int) (own, zone *scenarios.PerNode) {
	for i := range c.PerNode {
		p := &c.PerNode[i]
		if c.NodeIndex(p.Name) == node {
			own = p
		} else if len(c.Datacenters) > 0 && p.Name == c.Datacenters[c.DatacenterOf(node)].Name {
			zone = p
		}
	}
	return own, zone
}

func capacityOf(c *scenarios.Cluster, node int) float64 {
	own, zone := perNode(c, node)
	switch {
	case own != nil && own.Capacity > 0:
		return own.Capacity
	case zone != nil && zone.Capacity > 0:
		return zone.Capacity
	}
	return 1
}

// fixesTokens tells whether the plan writes out the tokens of any node.
func fixesTokens(c *scenarios.Cluster) bool {
	for i := range c.PerNode {
		if len(c.PerNode[i].Tokens) > 0 {
			return true
		}
	}
	return false
}

// fixedTokens are the tokens that the plan writes out for a node.
func fixedTokens(c *scenarios.Cluster, node int) []membership.Token {
	own, _ := perNode(c, node)
	if own == nil {
		return nil
	}
	var tokens []ring.Token
	for _, at := range own.Tokens {
		tokens = append(tokens, ring.Token{At: ring.Position{Hi: uint64(at.Chance)}})
	}
	return sortedTokens(tokens)
}

// pinned are the positions that the plan gives to keys.
func pinned(c *scenarios.Cluster) map[string]ring.Position {
	pins := make(map[string]ring.Position, len(c.Ring.Positions))
	for _, p := range c.Ring.Positions {
		pins[p.Key] = ring.Position{Hi: uint64(p.At.Chance)}
	}
	return pins
}
