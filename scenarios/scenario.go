package scenarios

// Format is the version of plans, of what they leave out and of digests: a plan of this format has the same run in every program that reads it. What
// would change a run, or what a key means that is not written, is a new format; docs/versions.md says how.
const Format = 1

// Values of fields that accept a word in place of a number. "none" is 0 in
// fields where 0 has no meaning of its own.
const (
	// None is the word "none": no limit, switched off.
	None = 0
	// All is the word "all" in an integer.
	All = -1
	// Auto is the word "auto" in a duration: computed when the run is built.
	Auto Duration = -1
	// Forever is the word "forever" in a duration: to the end of the run.
	Forever Duration = -2
	// Unset marks a moment or number that was not given.
	Unset = -1
)

// Scenario is one experiment, concrete: everything random in its text has been
// drawn. It mirrors the paths of the schema field by field.
type Scenario struct {
	Version     int         `yaml:"version" range:"1..1" fixed:"" need:"" doc:"version of the scenario language; always 1"`
	Name        string      `yaml:"name" format:"name" fixed:"" derived:"the file's name" doc:"name of folders, tests and suites"`
	Plan        *PlanHeader `yaml:"plan" doc:"header of a drawn plan; written, not edited"`
	About       string      `yaml:"about" doc:"one line, the first of a run's summary"`
	Description string      `yaml:"description" doc:"two sentences: what to see, and why"`
	Paper       []string    `yaml:"paper" doc:"sections of the paper shown, such as §4.4"`
	Tags        []string    `yaml:"tags" format:"name" doc:"for list --tag"`
	Base        string      `yaml:"base" fixed:"" omit:"" doc:"library name or ./file that this one is merged over: maps key by key, lists of named items by name, other lists whole"`

	Seed       uint64     `yaml:"seed" default:"1" fixed:"" doc:"seed of single runs, 0 to 2^64-1"`
	Warmup     Duration   `yaml:"warmup" default:"0s" doc:"left out of measures and shares; checks judge everything"`
	Duration   Duration   `yaml:"duration" default:"60s" range:"1ns.." doc:"at this time clients stop and all faults heal"`
	Quiesce    Duration   `yaml:"quiesce" default:"auto" word:"auto=-1" doc:"time to settle after the heal; auto is the convergence bound"`
	FinalReads bool       `yaml:"final_reads" default:"true" doc:"read every key with R=N after settling, marked final in the history"`
	Liveness   Liveness   `yaml:"liveness" default:"all" enum:"none,core,all" doc:"what must be back after the heal: nothing, a quorum of every key, every node"`
	Requires   []string   `yaml:"requires" vocabulary:"mechanisms" doc:"mechanisms that must have acted, else the run is vacuous"`
	Ties       Ties       `yaml:"ties" default:"fifo" enum:"fifo,seeded" doc:"order of events at one instant"`
	Reseed     []Reseed   `yaml:"reseed" doc:"moments from which draws come from another seed"`
	Invariants Invariants `yaml:"invariants" doc:"what must hold inside the nodes at every moment: names, all or none; observers that cost time"`
	Limits     Limits     `yaml:"limits" doc:"deterministic budgets; a run that reaches one is judged unknown"`
	Measures   Measures   `yaml:"measures" doc:"how measures are taken"`

	Cluster    Cluster       `yaml:"cluster" doc:"the nodes and how they store data"`
	Network    Network       `yaml:"network" doc:"latency and losses between nodes, and to clients"`
	Workloads  []Workload    `yaml:"workloads" doc:"generated load"`
	Operations []Operation   `yaml:"operations" doc:"scripted operations, each written out"`
	State      []StateCheck  `yaml:"state" doc:"what inspect must show at a moment"`
	Faults     []Fault       `yaml:"faults" doc:"scripted faults"`
	Nemesis    *Nemesis      `yaml:"nemesis" doc:"random faults; a plan has them drawn, under faults"`
	Checks     []CheckSpec   `yaml:"checks" as:"map" derived:"lost-writes and convergence valid, linearizable and placement report" doc:"verdicts wanted, by check"`
	Cases      []Case        `yaml:"cases" as:"map" omit:"" doc:"named bundles of overrides with wants of their own"`
	Expect     []Expectation `yaml:"expect" doc:"one claim a line, such as availability(put) >= 99.9%"`
	Sweep      SweepSpec     `yaml:"sweep" omit:"" doc:"what a sweep runs that is told nothing else"`
	ShrinksTo  ShrinksTo     `yaml:"shrinks_to" omit:"" doc:"how small the smallest scenario is that still fails a check of this one, at most"`

	// Origin says where the scenario came from; no part of the experiment.
	Origin Origin `yaml:"-"`
}

// Liveness says what must be back after the heal.
type Liveness string

// The values of Liveness.
const (
	LivenessNone Liveness = "none" // nothing
	LivenessCore Liveness = "core" // a quorum of every key
	LivenessAll  Liveness = "all"  // every node
)

// Ties says in which order events at one instant take place.
type Ties string

// The values of Ties.
const (
	TiesFIFO   Ties = "fifo"   // in the order in which they were scheduled
	TiesSeeded Ties = "seeded" // shuffled by the seed
)

// Reseed makes draws come from another seed from a moment on.
type Reseed struct {
	At   Duration `yaml:"at" need:"" doc:"moment of the change"`
	Seed uint64   `yaml:"seed" need:"" fixed:"" doc:"seed of the environment and of the nodes from then on"`
}

// Limits are deterministic budgets of a run.
type Limits struct {
	Events        int   `yaml:"events" default:"50000000" range:"1.." doc:"events of one run"`
	InstantEvents int   `yaml:"instant_events" default:"1000000" range:"1.." doc:"events at one virtual instant"`
	Objects       int   `yaml:"objects" default:"20000000" range:"1.." doc:"events scheduled, messages that wait, and operations in the history, all at once"`
	Memory        Bytes `yaml:"memory" default:"4GB" range:"1MB.." doc:"a run that is estimated to need more is refused, unless --max-memory says otherwise"`
	CheckerSteps  int   `yaml:"checker_steps" default:"1000000" range:"1.." doc:"steps of a checker's search for each key"`
}

// Measures say how measures are taken. Nothing in a run depends on them.
type Measures struct {
	Window      Duration   `yaml:"window" default:"1s" range:"1ms.." doc:"length of the windows of time series, and of the loads of nodes; doubled until there are at most 10000"`
	TVisibility []Duration `yaml:"t_visibility" default:"[0ms, 1ms, 10ms, 100ms, 1s]" doc:"times since the latest acknowledged put at which points of the t-visibility curve begin"`
	K           int        `yaml:"k" default:"3" range:"1..3" doc:"largest k of k-atomicity that is tried"`
}

// PlanHeader says what a plan was drawn from.
type PlanHeader struct {
	Of             string `yaml:"of" need:"" fixed:"" doc:"name of the scenario"`
	Seed           uint64 `yaml:"seed" need:"" fixed:"" doc:"seed that everything was drawn from"`
	ScenarioSHA256 string `yaml:"scenario_sha256" need:"" fixed:"" doc:"hash of the scenario's file"`
	Format         int    `yaml:"format" need:"" fixed:"" doc:"version of plans and digests"`
	Program        string `yaml:"program" fixed:"" doc:"program that drew it"`
}

// Case is a named bundle of overrides.
type Case struct {
	Name   string        `yaml:",key" format:"name"`
	About  string        `yaml:"about" doc:"one line"`
	Set    []Override    `yaml:"set" as:"map" doc:"path: value, as with --set"`
	Checks []CheckSpec   `yaml:"checks" as:"map" doc:"merged over the scenario's checks"`
	Expect []Expectation `yaml:"expect" doc:"in place of the scenario's expectations"`
}

// Override is a value put in the place of another.
type Override struct {
	Path  string `yaml:",key"`
	Value Raw    `yaml:",value"`
}

// Origin says where a scenario came from and what drawing it decided.
type Origin struct {
	Source string   // file path, "-" or library name, as given to Load
	Base   string   // what it was merged over, "" for nothing
	SHA256 string   // of the scenario's text, hex
	IsPlan bool     // the text was a plan
	Case   string   // the case that was applied, "" for none
	Set    []string // overrides that were applied
	Drawn  []Drawn  // what the seed decided, in the order of the schema
	Notes  []string // what drawing the nemesis refused or lowered

	places map[string]Position
}

// Position is a place in a text, counted from 1.
type Position struct {
	File         string
	Line, Column int
}

// Position returns where the text has a top-level key such as "warmup", or an
// item such as "faults.cut", "expect[2]" or "checks.convergence". What came
// with an override has the override as its file.
func (o *Origin) Position(path string) (Position, bool) {
	p, ok := o.places[path]
	return p, ok
}

// Drawn is one value that the seed decided.
type Drawn struct {
	Path  string // such as cluster.anti_entropy.every
	Text  string // what the scenario says, such as 5s..30s
	Value string // what was drawn
}
