package lab_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// faultRow is what a kind of fault does to a cluster under load, alone.
type faultRow struct {
	fault  string   // as ParseFault reads it
	claims []string // what clients, checks or counters see of it; the fault is called f
	harm   []string // the counters of harm that it may move
	set    []string
	again  bool // it is over at once
}

// harms are what may go wrong inside. A fault moves those of its row, and no others.
var harms = []string{
	"messages_lost", "messages_cut", "messages_duplicated", "messages_reordered", "messages_down", "torn_tails", "corrupt_records", "corrupt_reads", "disk_errors",
	"shed", "dropped_arrivals", "hints_destroyed",
}

func faultRows() map[string]faultRow {
	down := []string{"messages_down"}
	return map[string]faultRow{
		"partition":  {fault: "partition {isolate: n3}", claims: []string{"availability(get) while f < 100%", "availability(get) before f == 100%"}, harm: []string{"messages_cut"}},
		"loss":       {fault: "loss {share: 20%}", claims: []string{"p99(get) while f > p99(get) before f"}, harm: []string{"messages_lost"}},
		"duplicate":  {fault: "duplicate {link: client, share: 50%, lag: 50ms}", claims: []string{"duplicate_puts while f > 0", "availability(put) == 100%"}, harm: []string{"messages_duplicated"}},
		"reorder":    {fault: "reorder {share: 50%, gap: 20ms}", claims: []string{"p90(get) while f >= 20ms", "p90(get) before f < 20ms"}, harm: []string{"messages_reordered"}},
		"delay":      {fault: "delay {add: 20ms}", claims: []string{"p50(get) while f >= 20ms", "p50(get) after f < 20ms"}},
		"bandwidth":  {fault: "bandwidth {rate: 200kbit/s, buffer: 100KB}", claims: []string{"p90(get) while f >= 10ms", "p90(get) before f < 10ms"}},
		"corrupt":    {fault: "corrupt {share: 20%}", claims: []string{"p99(get) while f > p99(get) before f"}},
		"clog":       {fault: "clog {link: {between: [n3, all]}}", claims: []string{"availability(get) while f < 100%", "messages_cut == 0"}},
		"flap":       {fault: "flap {link: {between: [n3, all]}, up: 300ms, down: 300ms}", claims: []string{"availability(get) while f < 100%"}, harm: []string{"messages_cut"}},
		"crash":      {fault: "crash {nodes: n3}", claims: []string{"availability(get) while f < 100%", "recoveries(n3) == 2", "recoveries(n2) == 1"}, harm: down},
		"power-loss": {fault: "power-loss {nodes: n3, unsynced: lose}", claims: []string{"availability(get) while f < 100%", "recoveries(n3) == 2"}, harm: down},
		"stop":       {fault: "stop {nodes: n3}", claims: []string{"availability(get) while f < 100%", "recoveries(n3) == 2"}, harm: down},
		"restart":    {fault: "restart {nodes: n3}", claims: []string{"recoveries(n3) after f == 1", "gets_coordinated(n3) after f > 0"}, harm: down, again: true},
		"crash-loop": {fault: "crash-loop {nodes: n3, up: 300ms, down: 200ms}", claims: []string{"availability(get) while f < 100%", "recoveries(n3) while f >= 4"}, harm: down},
		"rolling-restart": {fault: "rolling-restart {nodes: [n1, n3], down: 500ms, gap: 500ms}", claims: []string{"recoveries(n1) while f == 1", "recoveries(n3) while f == 1",
			"recoveries(n2) while f == 0", "availability(get) while f < 100%"}, harm: down},
		"pause":   {fault: "pause {nodes: n3}", claims: []string{"availability(get) while f < 100%", "recoveries(n3) == 1"}},
		"slow":    {fault: "slow {nodes: n3, factor: 100, of: [cpu]}", claims: []string{"p99(get) while f > p99(get) before f", "availability(get) == 100%"}},
		"clock":   {fault: "clock {nodes: n3, offset: 5s}", claims: []string{"shadowed while f > 0", "shadowed before f == 0"}, set: []string{"cluster.versioning.mode=last-write-wins", "checks={lost-writes: report}"}},
		"wipe":    {fault: "wipe {nodes: n3}", claims: []string{"availability(get) while f < 100%", "versions_stored(n3) after f > 0"}, harm: down},
		"join":    {fault: "join {nodes: [n6]}", claims: []string{"gets_coordinated(n6) before f == 0", "gets_coordinated(n6) after f > 0", "keys_transferred(n6) > 0"}, again: true},
		"leave":   {fault: "leave {nodes: n3}", claims: []string{"gets_coordinated(n3) before f > 0", "gets_coordinated(n3) between 10s and 12s == 0", "availability(get) == 100%"}, harm: down, again: true},
		"replace": {fault: "replace {node: n3, by: n6}", claims: []string{"gets_coordinated(n6) after f > 0", "gets_coordinated(n3) between 10s and 12s == 0"}, harm: down, again: true},
	}
}

const faultBed = `version: 1
name: bed
duration: 12s
cluster: {nodes: 5, gossip: {every: 200ms}}
workloads: [{name: kv, clients: 6, ops: {get: 50, rmw: 50}, think: {dist: exponential, mean: 25ms}, keys: {count: 30}}]
checks: {lost-writes: valid, convergence: valid, placement: valid}
faults: [{name: f, at: 4s, %s%s}]
`

// Each kind of fault does what its row says, alone, and nothing that the row does not allow; the kinds of disks have tests of their own.
func TestAFaultDoesWhatItSaysAndNothingElse(t *testing.T) {
	disks := []string{"disk-error", "sync-lies", "lost-write", "misdirected-write", "bit-rot", "disk-full", "disk-stall", "rollback"}
	rows := faultRows()
	for _, k := range scenarios.FaultKinds() {
		row, ok := rows[k.Name]
		switch {
		case slices.Contains(disks, k.Name):
			continue
		case !ok:
			t.Errorf("no row for %s", k.Name)
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			claims := slices.Clone(row.claims)
			for _, h := range harms {
				if !slices.Contains(row.harm, h) {
					claims = append(claims, h+" == 0")
				}
			}
			lasts := "for: 4s, "
			if row.again {
				lasts = ""
			}
			name, fields, _ := strings.Cut(row.fault, " ")
			text := fmt.Sprintf(faultBed, lasts, name+": "+fields)
			set := append(row.set, "expect=["+strings.Join(claims, ", ")+"]")
			plan, list := scenarios.Load("bed.yaml", []byte(text), nil, lab.Vocabulary(), scenarios.LoadOptions{Set: set})
			if plan == nil {
				t.Fatal(scenarios.FormatAll(list))
			}
			r, err := lab.Run(plan, lab.RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, why := range r.Reasons {
				t.Error(why)
			}
		})
	}
}

// Without the fault none of the harm is there: the rows show the fault, and not the bed.
func TestTheBedOfFaultsIsQuiet(t *testing.T) {
	var claims []string
	for _, h := range harms {
		claims = append(claims, h+" == 0")
	}
	claims = append(claims, "availability(get) == 100%", "availability(put) == 100%", "hints_stored == 0", "suspected == 0", "max(get) < 20ms")
	text := strings.Replace(fmt.Sprintf(faultBed, "for: 4s, ", "crash: {nodes: n3}"), "faults:", "x-faults:", 1)
	plan, list := scenarios.Load("bed.yaml", []byte(text), nil, lab.Vocabulary(), scenarios.LoadOptions{Set: []string{"expect=[" + strings.Join(claims, ", ") + "]"}})
	if plan == nil {
		t.Fatal(scenarios.FormatAll(list))
	}
	mustPass(t, plan)
}

// For one workload, switching the faults of a kind off leaves times, targets and parameters of all others as they are: for every kind.
func TestSwitchingAKindOffMovesNoOther(t *testing.T) {
	lines := func(seed uint64, set ...string) map[string][]string {
		plan := open(t, "@swarm", lab.OpenOptions{Seed: &seed, Set: append([]string{"nemesis.swarm.share=100%", "nemesis.max_down=1000"}, set...)})
		by := map[string][]string{}
		for _, f := range plan.Faults {
			by[f.Kind.Kind()] = append(by[f.Kind.Kind()], fmt.Sprint(f.Name, f.At, f.For, f.Kind))
		}
		return by
	}
	for seed := uint64(1); seed <= 2; seed++ {
		all := lines(seed)
		for kind := range all { // order: each is tried by itself
			var set []string
			for _, f := range open(t, "@swarm", lab.OpenOptions{Seed: &seed, Set: []string{"nemesis.swarm.share=100%", "nemesis.max_down=1000"}}).Faults {
				if name := f.Name[:strings.LastIndexByte(f.Name, '-')]; f.Kind.Kind() == kind && !slices.Contains(set, "nemesis.faults."+name+".enabled=false") {
					set = append(set, "nemesis.faults."+name+".enabled=false")
				}
			}
			fewer := lines(seed, set...)
			if len(fewer[kind]) > 0 {
				t.Fatalf("%s is switched off, and occurs", kind)
			}
			for other, want := range all { // order: compared one by one
				if other != kind && !slices.Equal(fewer[other], want) {
					t.Errorf("seed %d: without %s, %s draws\n%s\nand with it\n%s", seed, kind, other, strings.Join(fewer[other], "\n"), strings.Join(want, "\n"))
				}
			}
		}
	}
}

// Every kind of fault is shown by a scenario of the library that scripts it and says what clients or checks see.
func TestTheLibraryShowsEveryKind(t *testing.T) {
	shown := map[string]bool{}
	for _, e := range scenarios.Library() {
		if e.Large() {
			continue
		}
		plan := open(t, "@"+e.Name, lab.OpenOptions{})
		for i := range plan.Faults {
			if f := &plan.Faults[i]; !f.Drawn && len(plan.Checks)+len(plan.Expect) > 0 {
				shown[f.Kind.Kind()] = true
			}
		}
	}
	for _, k := range scenarios.FaultKinds() {
		if !shown[k.Name] {
			t.Errorf("no scenario of the library shows %s: add one to scenarios/library, with what clients or checks see of it", k.Name)
		}
	}
}
