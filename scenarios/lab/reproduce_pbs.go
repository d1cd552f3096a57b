package lab

import (
	"fmt"
	"math"
)

// pbs is the validation against probabilistically bounded staleness.
func pbs() *Study {
	return &Study{
		Name:  "pbs",
		Title: "Probabilistically bounded staleness",
		Source: "Bailis et al., VLDB 2012, Table 4: latencies from 1 million operations, t from 50,000 trials a point. The reference of LNKD-SSD and LNKD-DISK is an independent " +
			"program's mean over 4 million trials; that of YMMR and WAN, and of what nobody has published, are 4 million trials of the model drawn with the standard library's floating point and random numbers; that of the exact case is a closed form",
		Method: "Probes on six nodes in three datacenters, N=3, with the preset networks of the four systems: a client puts a key that nobody has written and, a time t after the acknowledgement, gets it. " +
			"A node without a replica of the key coordinates, as in the model; clients, processors and disks take no time, and nothing is repaired. All replicas are sent each put and each get whatever R and W are, so the arrivals of the messages of one probe " +
			"tell its latencies for every R and W, and from which t on its get would have been fresh; these numbers are over all probes of a system. In every single probe what the client saw is compared with what the arrivals say. " +
			"YMMR has the shape 3.5 of the authors' program for the body of its writes, not the 3.35 of their Table 3 (the preset ymmr-table3).",
		Rule: "99.9th percentiles of latency within 3 % of the reference; the share of fresh gets at a time t within 3.5 standard errors of the difference; t for a share within the combined 99.9 % interval of both; no probe whose client saw anything but what the arrivals say. " +
			"The published t is only shown: its estimator, the first of many noisy points to reach 99.9 %, is biased low by 4 to 14 %",
		run: runPBS,
	}
}

// pbsSystem is one of the four systems.
type pbsSystem struct {
	preset, name string
	probes       int    // batches for each R and W
	late         string // the other time at which clients look, beside 0
	model        warsModel
	published    [6][3]float64 // Table 4: by pbsSettings, gets, puts, t; ms
	reference    *pbsReference // nil: the model's
}

// pbsReference is what the independent program found.
type pbsReference struct {
	gets, puts [probeN]float64 // 99.9th percentile, ms
	visible    [3][4]float64   // for R,W of 1,1, 1,2 and 2,1: the share at t=0; t for 99 %, 99.9 %, 99.99 %, ms
	digits     [3][4]float64   // half of the last digit given
}

// pbsSettings are R and W, those of Table 4 first, and of those the three that can miss a put first.
var pbsSettings = [9][2]int{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {3, 1}, {1, 3}, {2, 3}, {3, 2}, {3, 3}}

// pbsBatch is how many probes a world has.
const (
	pbsBatch      = 50_000
	pbsTrials     = 4_000_000 // of a reference
	pbsTrialBatch = 250_000
)

func pbsSystems() []pbsSystem {
	ssd := fitted(.9122, .235, 10, 1.66)
	disk := fitted(.38, 1.05, 1.51, .183)
	return []pbsSystem{
		{"lnkd-ssd", "LNKD-SSD", 18, "5ms", warsModel{ssd, ssd, 0},
			[6][3]float64{{.66, .66, 1.85}, {.66, 1.63, 1.79}, {1.63, .65, 0}, {1.62, 1.64, 0}, {4.14, .65, 0}, {.65, 4.09, 0}},
			&pbsReference{[3]float64{.654, 1.638, 4.119}, [3]float64{.655, 1.633, 4.117},
				[3][4]float64{{.97356, .58, 1.98, 3.36}, {.97817, .47, 1.87, 3.25}, {.99943, 0, 0, .54}},
				[3][4]float64{{5e-6, .005, .005, .005}, {5e-6, .005, .005, .005}, {5e-6, .005, .005, .005}}}},
		{"lnkd-disk", "LNKD-DISK", 18, "10ms", warsModel{disk, ssd, 0},
			[6][3]float64{{.66, 10.99, 45.5}, {.65, 20.97, 43.3}, {1.63, 10.9, 13.6}, {1.64, 20.96, 0}, {4.12, 10.89, 0}, {.65, 112.65, 0}},
			&pbsReference{[3]float64{.654, 1.638, 4.119}, [3]float64{10.93, 20.90, 112.6},
				[3][4]float64{{.43726, 22.3, 51.9, 249}, {.71298, 19.2, 48.1, 243}, {.76287, 7.51, 14.18, 21.6}},
				[3][4]float64{{5e-6, .05, .05, .5}, {5e-6, .05, .05, .5}, {5e-6, .005, .005, .05}}}},
		{"ymmr", "YMMR", 4, "100ms", warsModel{fitted(.939, 3, 3.5, .0028), fitted(.982, 1.5, 3.8, .0217), 0},
			[6][3]float64{{5.58, 10.83, 1364}, {5.61, 427.12, 1352}, {32.6, 10.73, 202}, {33.18, 428.11, 0}, {219.27, 10.79, 0}, {5.63, 1870.86, 0}}, nil},
		{"wan", "WAN", 4, "50ms", warsModel{disk, ssd, 75},
			[6][3]float64{{3.4, 55.12, 113}, {3.4, 167.64, 0}, {151.3, 56.36, 30.2}, {151.31, 167.72, 0}, {153.86, 55.19, 0}, {3.44, 241.55, 0}}, nil},
	}
}

// probeCluster is the cluster of the model: N=3, a datacenter for each replica, and as many nodes more, of which one coordinates. Without
// 75 ms between them, datacenters make no difference.
const probeCluster = `version: 1
name: probes
duration: 1000h
quiesce: 0s
final_reads: false
cluster:
  datacenters: {a: 2, b: 2, c: 2}
  r: %d
  w: %d
  quorum: strict
  coordinator: outside
  versioning: {mode: last-write-wins}
  read_repair: false
  handoff: false
  anti_entropy: false
  gossip: false
  routing: {poll: 1000h}
  failure_detection: {kind: none}
  timeouts: {replica: 1h, read: 1h, write: 1h, client: 1h}
  storage: {engine: memory}
  cpu: {service: 0s}
  disk: {read: 0s, write: 0s, sync: 0s}
network: {%s}
workloads: [{name: p, clients: 100, count: %d, probe: {after: [%s]}}]
limits: {events: 100000000}
`

func runPBS(a *measuring) (*Reproduction, error) {
	r := &Reproduction{Study: a.Study, Axes: [2]string{"R, W", ""}}
	if err := a.exactCase(r); err != nil {
		return nil, err
	}
	for _, system := range pbsSystems() {
		if err := a.pbsSystem(r, &system); err != nil {
			return nil, fmt.Errorf("%s: %w", system.name, err)
		}
	}
	return r, nil
}

// pbsSystem measures one system.
func (a *measuring) pbsSystem(r *Reproduction, s *pbsSystem) error {
	all, settings, err := a.probe(s)
	if err != nil {
		return err
	}
	model, err := a.predict(&s.model, s.name)
	if err != nil {
		return err
	}
	p := &pbsResult{pbsSystem: s, all: all, settings: settings, predicted: model, effort: a.Effort}
	r.Readings = append(r.Readings, p.readings()...)
	r.Figures = append(r.Figures, p.figure())
	return nil
}

// probe runs probes with every R and W. The sum of all has what the arrivals tell; what clients saw is by setting.
func (a *measuring) probe(s *pbsSystem) (all *probes, settings [9]probes, err error) {
	batch := max(500, pbsBatch/int(a.Effort))
	batches := max(1, s.probes/max(1, int(a.Effort)/10)) // smaller batches first, then fewer
	workers := make([]struct {
		probing
		sum      probes
		settings [9]probes
	}, workers())
	if err := a.each(s.name, batches*len(pbsSettings), func(worker, i int) error {
		w, setting := &workers[worker], pbsSettings[i%len(pbsSettings)]
		text := fmt.Sprintf(probeCluster, setting[0], setting[1], "preset: "+s.preset, batch, "0s, "+s.late)
		p, err := w.run(text, uint64(i)+1)
		if err != nil {
			return err
		}
		w.sum.join(p)
		w.settings[i%len(pbsSettings)].joinSeen(p)
		return nil
	}); err != nil {
		return nil, settings, err
	}
	all = &probes{}
	for i := range workers {
		all.join(&workers[i].sum)
		for k := range settings {
			settings[k].joinSeen(&workers[i].settings[k])
		}
	}
	return all, settings, nil
}

// predict draws the trials of the model.
func (a *measuring) predict(m *warsModel, name string) (*probes, error) {
	sums := make([]probes, workers())
	err := a.each(name+", the model", a.of(pbsTrials)/pbsTrialBatch+1, func(worker, i int) error {
		sums[worker].join(m.trials(uint64(i)+1, min(pbsTrialBatch, a.of(pbsTrials))))
		return nil
	})
	all := &probes{}
	for i := range sums {
		all.join(&sums[i])
	}
	return all, err
}

// pbsResult is a system with its numbers.
type pbsResult struct {
	*pbsSystem
	all       *probes
	settings  [9]probes
	predicted *probes
	effort    Effort
}

// readings are the numbers of a system and whether they agree.
func (p *pbsResult) readings() []Reading {
	var list []Reading
	add := func(series string, setting int, published, reference float64, ours Estimate, agrees bool) {
		s := pbsSettings[setting]
		list = append(list, Reading{Table: p.name, Series: series, At: fmt.Sprintf("R=%d W=%d", s[0], s[1]), X: math.NaN(), Published: published, Reference: reference, Ours: ours, Agrees: agrees})
	}
	for _, what := range []string{"gets: 99.9th percentile, ms", "puts: 99.9th percentile, ms"} {
		for i, s := range pbsSettings {
			ours, model, published := &p.all.gets[s[0]-1], &p.predicted.gets[s[0]-1], math.NaN()
			column := 0
			if what[0] == 'p' {
				ours, model, column = &p.all.puts[s[1]-1], &p.predicted.puts[s[1]-1], 1
			}
			if i < len(p.published) {
				published = p.published[i][column]
			}
			reference := model.quantile(.999, 0).Mean / 1e6
			if p.reference != nil {
				reference = [2][probeN]float64{p.reference.gets, p.reference.puts}[column][s[column]-1]
			}
			estimate := ours.quantile(.999, normal95).times(1e-6)
			add(what, i, published, reference, estimate, p.near(estimate, reference))
		}
	}
	for i, s := range pbsSettings {
		published := math.NaN()
		if i < len(p.published) {
			published = p.published[i][2]
		}
		reference, ours, agrees := p.visible(s, i, .999, 2)
		add("t for 99.9 % fresh gets, ms", i, published, reference, ours, agrees)
	}
	for k, share := range []float64{.99, .9999} {
		for i, s := range pbsSettings[:3] {
			reference, ours, agrees := p.visible(s, i, share, 1+2*k)
			add(fmt.Sprintf("t for %v %% fresh gets, ms", shortNumber(share*100)), i, math.NaN(), reference, ours, agrees)
		}
	}
	for i, s := range pbsSettings[:3] {
		reference, ours, agrees := p.fresh(s, i)
		add("share of fresh gets at t=0", i, math.NaN(), reference, ours, agrees)
	}
	for k, t := range []string{"0", p.late[:len(p.late)-2] + " ms"} {
		for i, s := range pbsSettings[:[]int{9, 3}[k]] {
			reference, ours, agrees := p.seen(s, i, k)
			add("the same as clients saw it, at t="+t, i, math.NaN(), reference, ours, agrees)
		}
	}
	return append(list, p.consistency())
}

// near is the rule for latencies. With fewer operations than the study has, their own scatter is allowed for.
func (p *pbsResult) near(ours Estimate, reference float64) bool {
	allowed := .03 * reference
	if p.effort > Full {
		allowed = max(allowed, 3.29*ours.half()/normal95)
	}
	return math.Abs(ours.Mean-reference) <= allowed
}

// references is the number of trials of the reference.
func (p *pbsResult) references() float64 {
	if p.reference != nil {
		return pbsTrials
	}
	return float64(p.predicted.visible[0][0].n)
}

// visible is t for a share, and whether it is inside of the combined 99.9 % interval. How wide the reference's own is follows from ours, which
// scatters by the number of trials alike.
func (p *pbsResult) visible(s [2]int, setting int, share float64, column int) (reference float64, ours Estimate, agrees bool) {
	tally, model := &p.all.visible[s[0]-1][s[1]-1], &p.predicted.visible[s[0]-1][s[1]-1]
	ours = tally.quantile(share, normal95).times(1e-6)
	reference, rounding := model.quantile(share, 0).Mean/1e6, 0.0
	if p.reference != nil && setting < 3 {
		reference, rounding = p.reference.visible[setting][column], p.reference.digits[setting][column]
	}
	se := ours.half() / normal95
	return reference, ours, math.Abs(ours.Mean-reference) <= 3.29*se*math.Sqrt(1+float64(tally.n)/p.references())+rounding
}

// fresh is the share of gets that see the put if they begin at its acknowledgement.
func (p *pbsResult) fresh(s [2]int, setting int) (reference float64, ours Estimate, agrees bool) {
	tally := &p.all.visible[s[0]-1][s[1]-1]
	ours = proportion(tally.zero, tally.n)
	reference, rounding := p.predicted.visible[s[0]-1][s[1]-1].share(0), 0.0
	if p.reference != nil && setting < 3 {
		reference, rounding = p.reference.visible[setting][0], p.reference.digits[setting][0]
	}
	return reference, ours, sameShare(ours, reference, p.references(), rounding)
}

// seen is the same from clients that looked after the k-th wait.
func (p *pbsResult) seen(s [2]int, setting, k int) (reference float64, ours Estimate, agrees bool) {
	c := &p.settings[setting]
	ours = proportion(c.fresh[k], c.asked[k])
	model := &p.predicted.visible[s[0]-1][s[1]-1]
	reference = model.share(p.lateNS() * int64(k))
	return reference, ours, sameShare(ours, reference, float64(model.n), 0)
}

func (p *pbsResult) lateNS() int64 {
	var ms int64
	fmt.Sscanf(p.late, "%dms", &ms)
	return ms * 1e6
}

// consistency is how many probes were seen as their messages' arrivals say.
func (p *pbsResult) consistency() Reading {
	n, wrong := p.all.gets[0].n+p.all.failed, p.all.disagree+p.all.failed
	return Reading{Table: p.name, Series: "probes that clients saw otherwise than the arrivals say", At: "all", X: math.NaN(), Published: math.NaN(), Reference: 0,
		Ours: exactly(float64(wrong), int(n)), Agrees: wrong == 0}
}

// sameShare tells whether a share is within 3.5 standard errors of that of a reference of so many trials (infinite: it is exact). A certainty is
// certain: R+W>N misses nothing.
func sameShare(ours Estimate, reference, trials, rounding float64) bool {
	if reference == 1 && math.IsInf(trials, 0) {
		return ours.Mean == 1
	}
	v := reference * (1 - reference)
	if v == 0 {
		v = 1 / trials // a reference that has seen none of the rarer kind
	}
	return math.Abs(ours.Mean-reference) <= 3.5*math.Sqrt(v*(1/float64(ours.N)+1/trials))+rounding
}
