package lab

import (
	"fmt"
	"math"
	"slices"

	"dynamosim/dynamo"
)

// costSeries is a curve: settings that differ in one number.
type costSeries struct {
	name     string
	x        func(s *costSetting) int
	settings []costSetting
}

// costSweep is what is said about one number that a cluster grows by.
type costSweep struct {
	name, title, axis string
	linear            bool // the axes are
	series            []costSeries
	bytes             []costCurve // of the picture of bytes
	counts            []costCurve // of the picture of events and messages
	text, after       []string
}

// costCurve is what a picture shows of a series.
type costCurve struct {
	series int
	name   string
	of     func(p *costPoint) float64
}

// What curves show.
func eventsOf(p *costPoint) float64     { return p.each(p.events) }
func requestsOf(p *costPoint) float64   { return p.each(p.messages[partRequests]) }
func backgroundOf(p *costPoint) float64 { return p.each(background(&p.messages)) }
func readsOf(p *costPoint) float64      { return p.counter("disk_reads") }
func syncsOf(p *costPoint) float64      { return p.counter("disk_syncs") }

// wireOf is the bytes of a part.
func wireOf(part int) func(p *costPoint) float64 {
	return func(p *costPoint) float64 { return p.each(p.bytes[part]) }
}

// along makes a series by changing the base for each value.
func along(name string, x func(s *costSetting) int, values []int, change func(s *costSetting, value int)) costSeries {
	series := costSeries{name: name, x: x}
	for _, v := range values {
		s := costBase
		change(&s, v)
		series.settings = append(series.settings, s)
	}
	return series
}

// costSweeps are all that is measured.
func costSweeps() []costSweep { return []costSweep{byNodes(), byReplicas(), byKeys(), byClients()} }

var costSizes = []int{10, 30, 100, 300, 1000, 3000, 10_000}

func byNodes() costSweep {
	x := func(s *costSetting) int { return s.nodes }
	along := func(name string, sizes []int, change func(s *costSetting, n int)) costSeries {
		return along(name, x, sizes, func(s *costSetting, n int) {
			s.nodes = n
			change(s, n)
		})
	}
	ten := func(s *costSetting, n int) { s.clients, s.keys = 10*n, 20*n }
	return costSweep{
		name: "nodes", title: "Nodes", axis: "nodes",
		series: []costSeries{
			along("10 clients a node", costSizes[:6], ten),
			along("10 clients a node, 1 % of nodes down", costSizes[2:5], func(s *costSetting, n int) {
				ten(s, n)
				s.down = n / 100
			}),
			along("1,000 clients in all", costSizes, func(*costSetting, int) {}),
			along("1,000 clients in all, gossip by digest", []int{10, 100, 1000, 10_000}, func(s *costSetting, _ int) { s.payload = "digest" }),
		},
		counts: []costCurve{
			{0, "events, 10 clients a node", eventsOf}, {0, "messages of requests, 10 clients a node", requestsOf},
			{2, "events, 1,000 clients in all", eventsOf}, {2, "messages of requests, 1,000 clients in all", requestsOf}, {2, "background messages, 1,000 clients in all", backgroundOf},
		},
		bytes: []costCurve{
			{0, "requests, 10 clients a node", wireOf(partRequests)}, {0, "gossip, 10 clients a node", wireOf(partGossip)},
			{2, "gossip, 1,000 clients in all", wireOf(partGossip)}, {3, "gossip by digest, 1,000 clients in all", wireOf(partGossip)},
			{2, "anti-entropy, 1,000 clients in all", wireOf(partAntiEntropy)},
		},
		text: textNodes,
	}
}

func byReplicas() costSweep {
	return costSweep{
		name: "replicas", title: "Replicas", axis: "replicas N, with R and W a majority", linear: true,
		series: []costSeries{along("", func(s *costSetting) int { return s.replicas }, []int{1, 2, 3, 5, 7, 9}, func(s *costSetting, n int) { s.replicas = n })},
		counts: []costCurve{{0, "events", eventsOf}, {0, "messages of requests", requestsOf}, {0, "reads of disks", readsOf}, {0, "syncs of disks", syncsOf}},
		bytes:  []costCurve{{0, "requests", wireOf(partRequests)}, {0, "gossip", wireOf(partGossip)}, {0, "read repair", wireOf(partRepair)}, {0, "anti-entropy", wireOf(partAntiEntropy)}},
		text:   textReplicas,
	}
}

func byKeys() costSweep {
	x := func(s *costSetting) int { return s.keys }
	counts := []int{100, 300, 1000, 3000, 10_000, 30_000, 100_000}
	return costSweep{
		name: "keys", title: "Keys", axis: "keys",
		series: []costSeries{
			along("no cache", x, counts, func(s *costSetting, n int) { s.keys = n }),
			along("a cache of 50 KB a node", x, counts, func(s *costSetting, n int) { s.keys, s.cache, s.warmup = n, "50KB", 10 }),
		},
		counts: []costCurve{{0, "events", eventsOf}, {0, "messages of requests", requestsOf}, {0, "reads of disks", readsOf}, {1, "reads of disks, with the cache", readsOf}},
		bytes:  []costCurve{{0, "requests", wireOf(partRequests)}, {0, "gossip", wireOf(partGossip)}, {0, "read repair", wireOf(partRepair)}, {0, "anti-entropy", wireOf(partAntiEntropy)}},
		text:   textKeys,
	}
}

func byClients() costSweep {
	return costSweep{
		name: "clients", title: "Clients", axis: "clients",
		series: []costSeries{along("", func(s *costSetting) int { return s.clients }, []int{10, 30, 100, 300, 1000, 3000, 10_000, 20_000}, func(s *costSetting, n int) { s.clients = n })},
		counts: []costCurve{{0, "events", eventsOf}, {0, "messages of requests", requestsOf}, {0, "background messages", backgroundOf}, {0, "hints stored", func(p *costPoint) float64 { return p.counter("hints_stored") }}},
		bytes:  []costCurve{{0, "requests", wireOf(partRequests)}, {0, "gossip", wireOf(partGossip)}, {0, "read repair", wireOf(partRepair)}, {0, "anti-entropy", wireOf(partAntiEntropy)}},
		text:   textClients,
	}
}

// runCostGrowth measures all sweeps.
func runCostGrowth(a *measuring) ([]ScalingSection, error) {
	known := map[costSetting]costPoint{}
	base, err := a.measureCost(costBase, known)
	if err != nil {
		return nil, err
	}
	sections := []ScalingSection{costPreface(), base.parts()}
	host := ScalingSection{Title: "Processor time and memory", OfHost: true, Text: textHost}
	for _, sweep := range costSweeps() {
		points, err := a.measureSweep(&sweep, known)
		if err != nil {
			return nil, err
		}
		sections = append(sections, sweep.section(points))
		table, figure := sweep.ofHost(points)
		host.Tables, host.Figures = append(host.Tables, table), append(host.Figures, figure)
	}
	return append(sections, host, ScalingSection{Title: "What the model leaves out at internet scale", Text: textLeftOut}), nil
}

// largestOf is the largest number of nodes, and of clients, that an effort allows.
func largestOf(e Effort) (nodes, clients int) {
	switch {
	case e >= Least:
		return 100, 1000
	case e >= Quick:
		return 1000, 10_000
	}
	return math.MaxInt, math.MaxInt
}

// measureSweep measures the points of a sweep, by series.
func (a *measuring) measureSweep(sweep *costSweep, known map[costSetting]costPoint) ([][]costPoint, error) {
	nodes, clients := largestOf(a.Effort)
	points := make([][]costPoint, len(sweep.series))
	for i := range sweep.series {
		for k, s := range sweep.series[i].settings {
			if s.nodes > nodes || s.clients > clients || k > 0 && a.Effort >= Least {
				continue
			}
			a.tell(fmt.Sprintf("%s, %s %d", sweep.name, sweep.series[i].name, sweep.series[i].x(&s)), i+1, len(sweep.series))
			p, err := a.measureCost(s, known)
			if err != nil {
				return nil, err
			}
			points[i] = append(points[i], p)
		}
	}
	return points, nil
}

// parts tells what an operation is made of, by kinds of messages.
func (p *costPoint) parts() ScalingSection {
	t := ScalingTable{Columns: []string{"message", "part", "an operation>", "bytes an operation>"}}
	for k := range p.kinds {
		if p.kinds[k][0] > 0 {
			t.Rows = append(t.Rows, []any{dynamo.Kind(k).String(), costParts[partOf(dynamo.Kind(k))].name, p.each(p.kinds[k][0]), p.each(p.kinds[k][1])})
		}
	}
	all, bytes := p.messages[partRequests]+background(&p.messages), p.bytes[partRequests]+background(&p.bytes)
	t.Rows = append(t.Rows, []any{"all", "", p.each(all), p.each(bytes)})
	return ScalingSection{Title: "What an operation is made of", Text: textParts(p), Tables: []ScalingTable{t}}
}

// costColumns are those of every sweep.
var costColumns = []string{"operations>", "events>", "messages of requests>", "background messages>", "bytes of requests>", "of gossip>", "of anti-entropy>", "other background bytes>", "disk reads>", "disk syncs>"}

func (p *costPoint) row() []any {
	other := background(&p.bytes) - p.bytes[partGossip] - p.bytes[partAntiEntropy]
	return []any{p.operations, eventsOf(p), requestsOf(p), backgroundOf(p), p.each(p.bytes[partRequests]), p.each(p.bytes[partGossip]), p.each(p.bytes[partAntiEntropy]), p.each(other), readsOf(p), syncsOf(p)}
}

// section is the part of the page about a sweep.
func (s *costSweep) section(points [][]costPoint) ScalingSection {
	section := ScalingSection{Title: s.title, Text: s.text, After: s.after}
	for i := range s.series {
		t := ScalingTable{Columns: slices.Concat([]string{s.name + ">"}, costColumns)}
		if len(s.series) > 1 {
			t.Title = s.series[i].name
		}
		for j := range points[i] {
			t.Rows = append(t.Rows, append([]any{int64(s.series[i].x(&points[i][j].costSetting))}, points[i][j].row()...))
		}
		section.Tables = append(section.Tables, t)
	}
	section.Figures = []*Figure{
		s.figure("cost-"+s.name, "What an operation takes, by "+s.name, "for each operation", points, s.counts),
		s.figure("cost-"+s.name+"-bytes", "Bytes on the wire, by "+s.name, "bytes for each operation", points, s.bytes),
	}
	return section
}

func (s *costSweep) figure(name, title, y string, points [][]costPoint, curves []costCurve) *Figure {
	f := &Figure{Name: name, Title: title, X: s.axis, Y: y, LogX: !s.linear, LogY: !s.linear}
	for i, c := range curves {
		curve := Curve{Name: c.name, Color: i}
		for j := range points[c.series] {
			p := &points[c.series][j]
			v := c.of(p)
			curve.Points = append(curve.Points, CurvePoint{float64(s.series[c.series].x(&p.costSetting)), v, v, v})
		}
		f.Curves = append(f.Curves, curve)
	}
	return f
}

// ofHost is what the machine took.
func (s *costSweep) ofHost(points [][]costPoint) (ScalingTable, *Figure) {
	t := ScalingTable{Title: s.title, Columns: []string{"", s.name + ">", "µs an operation>", "ns an event>", "runs>", "memory in use, MB>"}}
	f := &Figure{Name: "cost-" + s.name + "-cpu", Title: "Processor time, by " + s.name, X: s.axis, Y: "µs for each operation", LogX: !s.linear, LogY: !s.linear}
	for i := range s.series {
		c := Curve{Name: s.series[i].name, Color: i}
		if c.Name == "" {
			c.Name = "an operation"
		}
		for j := range points[i] {
			p := &points[i][j]
			x, us := s.series[i].x(&p.costSetting), p.cpu/1e3
			name := s.series[i].name
			if j > 0 {
				name = ""
			}
			t.Rows = append(t.Rows, []any{name, int64(x), us, per(p.cpu*float64(p.operations), float64(p.events)), int64(p.seeds()), p.live / 1e6})
			c.Points = append(c.Points, CurvePoint{float64(x), us, us, us})
		}
		f.Curves = append(f.Curves, c)
	}
	return t, f
}
