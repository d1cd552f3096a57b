package scenarios

// Network is what messages suffer without any fault.
type Network struct {
	Preset NetworkPreset `yaml:"preset" enum:"lnkd-ssd,lnkd-disk,ymmr,ymmr-table3,wan" doc:"latencies of writes, reads and their answers in a known system, by kind of message; explicit keys win"`

	SameDC  LinkClass `yaml:"same-dc" default:"{latency: {dist: lognormal, p50: 300us, p99: 2ms}}" doc:"between nodes of one datacenter; a cluster without datacenters is all same-dc"`
	CrossDC LinkClass `yaml:"cross-dc" default:"{latency: {dist: lognormal, p50: 35ms, p99: 60ms}}" doc:"between datacenters, clients placed in one included"`
	Client  LinkClass `yaml:"client" default:"{latency: 0s}" doc:"between clients and nodes, but for the nodes of other datacenters than the one in which a client was placed; a latency of 0 hides nothing"`

	Links       []LinkOverride   `yaml:"links" doc:"single links; the narrowest match wins, then the later"`
	Messages    []MessageLatency `yaml:"messages" as:"map" doc:"latency by kind of message, in place of the link's"`
	PairExtra   Dist             `yaml:"pair_extra" default:"0s" doc:"added latency, drawn once per pair"`
	CutInFlight bool             `yaml:"cut_in_flight" default:"true" doc:"messages under way are lost when a cut begins"`
}

// LinkClass is what a class of links does to messages.
type LinkClass struct {
	Latency   Dist      `yaml:"latency" default:"0s" doc:"time under way"`
	Add       Duration  `yaml:"add" default:"0s" doc:"on top of the latency, also of one by kind of message"`
	Loss      Share     `yaml:"loss" default:"0" doc:"share of messages lost"`
	Duplicate Share     `yaml:"duplicate" default:"0" doc:"share of messages doubled"`
	Reorder   Share     `yaml:"reorder" default:"0" doc:"share of messages overtaken by later ones"`
	Bandwidth Bandwidth `yaml:"bandwidth" default:"none" word:"none=0" doc:"bytes take time besides"`
	InFlight  int       `yaml:"in_flight" default:"none" word:"none=0" range:"1.." doc:"messages a path holds; more are dropped"`
}

// LinkOverride is what differs on some links; what is nil is as the class says.
type LinkOverride struct {
	Link      Link       `yaml:"link" need:"" doc:"which links"`
	Latency   *Dist      `yaml:"latency" doc:"time under way"`
	Add       *Duration  `yaml:"add" doc:"on top of the latency, also of one by kind of message"`
	Loss      *Share     `yaml:"loss" doc:"share of messages lost"`
	Duplicate *Share     `yaml:"duplicate" doc:"share of messages doubled"`
	Reorder   *Share     `yaml:"reorder" doc:"share of messages overtaken by later ones"`
	Bandwidth *Bandwidth `yaml:"bandwidth" word:"none=0" doc:"bytes take time besides"`
	InFlight  *int       `yaml:"in_flight" word:"none=0" range:"1.." doc:"messages a path holds; more are dropped"`
}

// MessageLatency is the latency of one kind of message.
type MessageLatency struct {
	Kind    string `yaml:",key" vocabulary:"messages"`
	Latency Dist   `yaml:"latency" need:"" doc:"time under way"`
}
