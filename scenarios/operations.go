package scenarios

// Operation is one scripted operation of a client.
type Operation struct {
	ID     string   `yaml:"id" format:"id" fixed:"" need:"" doc:"its name; a put's is its version in the history"`
	At     Duration `yaml:"at" absent:"-1" doc:"begins at this time"`
	After  *After   `yaml:"after" doc:"begins when another one has completed: its id, or {op: id, delay: 10ms}"`
	Client string   `yaml:"client" format:"client" need:"" doc:"who; clients exist by being named; kv/3 is the third of a workload kv that is not enabled"`
	Via    string   `yaml:"via" format:"name" doc:"node to contact; absent: the balancer's choice"`

	Get        string `yaml:"get" format:"key" doc:"key to read"`
	Put        string `yaml:"put" format:"key" doc:"key to write"`
	Delete     string `yaml:"delete" format:"key" doc:"key to delete"`
	RMW        string `yaml:"rmw" format:"key" doc:"key to read and then write"`
	CartAdd    string `yaml:"cart-add" format:"key" doc:"cart to add the value to"`
	CartRemove string `yaml:"cart-remove" format:"key" doc:"cart to take the value out of"`

	Value   string     `yaml:"value" doc:"what to write, add or remove"`
	Context ContextRef `yaml:"context" default:"session" doc:"what it supersedes: an id, ids, session (this client's last get or put of the key) or none"`
	N       int        `yaml:"n" range:"1.." derived:"the cluster's" doc:"replicas"`
	R       int        `yaml:"r" range:"0.." derived:"the cluster's" doc:"answers to a get"`
	W       int        `yaml:"w" range:"0.." derived:"the cluster's" doc:"acknowledgements of a put"`
	Timeout Duration   `yaml:"timeout" range:"1ns.." derived:"the cluster's" doc:"the client gives up"`
	Number  int        `yaml:"number" absent:"-1" range:"0.." doc:"draws what this operation of its client would draw in a workload, counted from 0; absent: draws of its own, by its id"`
	Want    *Want      `yaml:"want" doc:"what must come of it, exactly"`
}

// After is the completion of another operation, plus a delay.
type After struct {
	Op    string   `yaml:"op" format:"id" need:"" doc:"id of the operation"`
	Delay Duration `yaml:"delay" default:"0s" doc:"time after its completion"`
}

// ContextRef says what a scripted operation supersedes: Session, or the
// versions of IDs. Neither means none: a blind put.
type ContextRef struct {
	Session bool
	IDs     []string
}

// Want is what must come of an operation. What is nil or empty is not asked.
type Want struct {
	Outcome     Outcome      `yaml:"outcome" enum:"ok,fail,info" doc:"how it ends"`
	Returns     []string     `yaml:"returns" format:"id" doc:"ids of the versions returned; [] for nothing found"`
	Clock       []ClockEntry `yaml:"clock" as:"map" doc:"clock of the version written, or join of those returned: {sx: 2, sy: 1}"`
	Coordinator string       `yaml:"coordinator" format:"name" doc:"node that coordinates it"`
	Holders     *Selector    `yaml:"holders" doc:"nodes that store it when it completes"`
}

// Outcome is how an operation ends.
type Outcome string

// The values of Outcome.
const (
	OutcomeOk   Outcome = "ok"   // happened
	OutcomeFail Outcome = "fail" // certainly did not happen
	OutcomeInfo Outcome = "info" // unknown
)

// ClockEntry is a node's counter in a clock.
type ClockEntry struct {
	Node    string `yaml:",key" format:"name"`
	Counter uint64 `yaml:",value"`
}

// StateCheck is what inspect must show at a moment. What is nil, empty or -1
// is not asked.
type StateCheck struct {
	At       Duration     `yaml:"at" need:"" word:"end=-1" doc:"a time, or end: after settling"`
	Key      string       `yaml:"key" format:"key" doc:"a key"`
	Node     string       `yaml:"node" format:"name" doc:"only on this node"`
	Versions []string     `yaml:"versions" format:"id" doc:"ids of the versions stored"`
	Clock    []ClockEntry `yaml:"clock" as:"map" doc:"join of their clocks"`
	Holders  *Selector    `yaml:"holders" doc:"nodes that store the key"`
	Members  *Selector    `yaml:"members" doc:"whom the node knows as members of the ring; of all nodes that are up, if no node is given"`
	Ranges   []string     `yaml:"ranges" doc:"the ranges of the ring that the node stores by its own view, between the places of nodes with one token or shares of the ring: \"(f, g]\"; neighbours may be written as one"`
	Hints    int          `yaml:"hints" absent:"-1" range:"0.." doc:"hints held, for the key or node if given"`
}

// End is the moment of a StateCheck that takes place after settling.
const End Duration = -1

// Kind returns the kind of operation and its key.
func (o *Operation) Kind() (OpKind, string) {
	switch {
	case o.Get != "":
		return OpGet, o.Get
	case o.Put != "":
		return OpPut, o.Put
	case o.Delete != "":
		return OpDelete, o.Delete
	case o.RMW != "":
		return OpRMW, o.RMW
	case o.CartAdd != "":
		return OpCartAdd, o.CartAdd
	}
	return OpCartRemove, o.CartRemove
}
