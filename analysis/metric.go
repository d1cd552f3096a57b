package analysis

import "slices"

// Unit is what the values of a metric are in.
type Unit uint8

const (
	Plain       Unit = 0 // a number
	Nanoseconds Unit = 1
	Share       Unit = 2 // 0 to 1
	Bytes       Unit = 3
)

var unitNames = [...]string{Plain: "number", Nanoseconds: "ns", Share: "share", Bytes: "bytes"}

// String returns the name used in results.
func (u Unit) String() string { return unitNames[u] }

// MarshalText makes a unit its name in JSON.
func (u Unit) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// Direction says which values of a metric one would rather have.
type Direction uint8

const (
	Neither Direction = 0
	Lower   Direction = 1
	Higher  Direction = 2
)

var directionNames = [...]string{Neither: "neither", Lower: "lower", Higher: "higher"}

// String returns the name used in results.
func (d Direction) String() string { return directionNames[d] }

// MarshalText makes a direction its name in JSON.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Pooling is how the samples of many runs become one value.
type Pooling uint8

const (
	PoolRatios    Pooling = 1 // the sum of all parts over the sum of all wholes
	PoolQuantiles Pooling = 2 // the quantile of the values of all runs together
	PoolCurves    Pooling = 3 // the time of the curve of all runs together
	PoolMeans     Pooling = 4 // the mean over the runs
	PoolMaxima    Pooling = 5 // the largest of all
)

// Metric is one number that a run is measured by. Under its name results,
// comparisons and expectations know it.
type Metric struct {
	Name   string // get_p99, stale_reads, messages_per_operation, ...
	Claim  string // an older way to write it in an expectation: p99(get); "" is none
	Doc    string // the definition
	Source string // where it comes from
	Unit   Unit
	Better Direction
	Pool   Pooling
	Scoped bool // it can be taken over a part of a run

	ppm    int64                           // PoolQuantiles, PoolCurves: the share wanted
	values func(f *Findings) *Distribution // PoolQuantiles
	of     func(f *Findings) Sample
}

// Findings are what the metrics of a run, or of a part of one, are read off.
type Findings struct {
	Subject  *Subject
	Scope    Scope     // of Measures
	Measures *Measures // of the scope
	Checks   []Result
	Costs    *Costs // nil: the history is not of a run of ours

	points     []VisiblePoint               // see metric_staleness.go
	histograms map[*Distribution]*Histogram // looked up only
}

// histogram is the histogram of a distribution of the findings, made once.
func (f *Findings) histogram(d *Distribution) *Histogram {
	if h := f.histograms[d]; h != nil {
		return h
	}
	if f.histograms == nil {
		f.histograms = map[*Distribution]*Histogram{}
	}
	h := d.Histogram()
	f.histograms[d] = &h
	return &h
}

// Findings returns what the metrics over a scope are read off.
func (s *Subject) Findings(scope Scope, checks []Result, costs *Costs) *Findings {
	return &Findings{Subject: s, Scope: scope, Measures: s.Measure(scope), Checks: checks, Costs: costs}
}

// Sample is what a metric was in one run.
type Sample struct {
	Measured    bool           // there was something to measure
	Value       float64        // exact, in the unit of the metric
	Part, Whole int64          // PoolRatios
	Values      *Histogram     // PoolQuantiles
	Curve       []VisiblePoint // PoolCurves
}

// Sample measures one run, for Pooled.
func (m *Metric) Sample(f *Findings) Sample {
	s := m.of(f)
	if m.values != nil && s.Measured {
		s.Values = f.histogram(m.values(f))
	}
	return s
}

// Value is the value of a sample, at less cost. ok is false if there was
// nothing to measure.
func (m *Metric) Value(f *Findings) (value float64, ok bool) {
	s := m.of(f)
	return s.Value, s.Measured
}

// PPM returns the share that a metric of PoolQuantiles or PoolCurves wants, in
// millionths, else 0.
func (m *Metric) PPM() int64 { return m.ppm }

// Pooled returns the value of many runs together; ok is false if none of them
// measured anything.
func (m *Metric) Pooled(samples []Sample) (value float64, ok bool) {
	var p pooled
	for i := range samples {
		if samples[i].Measured {
			p.add(&samples[i], m.Pool)
		}
	}
	if p.runs == 0 {
		return 0, false
	}
	switch m.Pool {
	case PoolRatios:
		return quotient(p.part, p.whole), true
	case PoolQuantiles:
		return float64(p.values.Quantile(m.ppm)), true
	case PoolCurves:
		return visibleFrom(p.curve, m.ppm)
	case PoolMeans:
		return p.sum / float64(p.runs), true
	}
	return p.max, true
}

// pooled puts samples together.
type pooled struct {
	runs        int
	part, whole int64
	sum, max    float64
	values      Histogram
	curve       []VisiblePoint
}

func (p *pooled) add(s *Sample, how Pooling) {
	if p.runs == 0 {
		p.max = s.Value
	}
	p.runs++
	p.part, p.whole = p.part+s.Part, p.whole+s.Whole
	p.sum, p.max = p.sum+s.Value, max(p.max, s.Value)
	switch {
	case how == PoolQuantiles && s.Values != nil:
		p.values.Add(s.Values)
	case how == PoolCurves && p.curve == nil:
		p.curve = slices.Clone(s.Curve)
	case how == PoolCurves:
		for i := range s.Curve {
			p.curve[i].Gets += s.Curve[i].Gets
			p.curve[i].Fresh += s.Curve[i].Fresh
		}
	}
}

func quotient(part, whole int64) float64 { return float64(part) / float64(whole) }

// ratio is the sample of a quotient, nothing if the whole is 0.
func ratio(part, whole int64) Sample {
	if whole == 0 {
		return Sample{}
	}
	return Sample{Measured: true, Value: quotient(part, whole), Part: part, Whole: whole}
}

// single is the sample of a value that stands for the run.
func single(v float64) Sample { return Sample{Measured: true, Value: v} }

// Metrics returns all metrics in the order in which they are shown.
func Metrics() []Metric {
	return slices.Concat(latencyMetrics(), availabilityMetrics(), stalenessMetrics(), divergenceMetrics(), settlingMetrics(),
		costMetrics(), loadMetrics(), verdictMetrics())
}

// FindMetric returns the metric of this name, or of this way to write it in an
// expectation.
func FindMetric(name string) (Metric, bool) {
	all := Metrics()
	i := slices.IndexFunc(all, func(m Metric) bool { return m.Name == name || m.Claim == name && name != "" })
	if i < 0 {
		return Metric{}, false
	}
	return all[i], true
}
