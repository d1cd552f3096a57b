package scenarios

import (
	"gopkg.in/yaml.v3"

	"dynamosim/sim/rng"
)

// distKind is a kind of distribution: the keys it takes and how it is built.
type distKind struct {
	DistDoc
	keys  []string // required, in the order in which they are printed
	also  []string // optional
	build func(p *distParts) (*rng.Dist, error)
}

// distParts are the parameters of one distribution, read from its map.
type distParts struct {
	d      *decoder
	n      *yaml.Node
	path   string
	spans  map[string]Duration
	floats map[string]float64
	text   map[string]string // canonical, by key
	parts  []rng.Part
	points []rng.Quantile
}

// distKinds lists the distributions.
func distKinds() []distKind {
	return []distKind{
		{DistDoc{"constant", "always value; a bare duration is the same", "{dist: constant, value: 5ms}"},
			[]string{"value"}, nil, func(p *distParts) (*rng.Dist, error) { return rng.Constant(p.ns("value")), nil }},
		{DistDoc{"uniform", "evenly from min to max", "{dist: uniform, min: 1ms, max: 5ms}"},
			[]string{"min", "max"}, nil, func(p *distParts) (*rng.Dist, error) { return rng.Uniform(p.ns("min"), p.ns("max")) }},
		{DistDoc{"exponential", "memoryless", "{dist: exponential, mean: 5ms}"},
			[]string{"mean"}, nil, func(p *distParts) (*rng.Dist, error) { return rng.Exponential(p.ns("mean")) }},
		{DistDoc{"normal", "the bell curve", "{dist: normal, mean: 5ms, stddev: 1ms}"},
			[]string{"mean", "stddev"}, nil, func(p *distParts) (*rng.Dist, error) { return rng.Normal(p.ns("mean"), p.ns("stddev")) }},
		{DistDoc{"lognormal", "by p50 and p99, or by mu and sigma of the natural logarithm of milliseconds", "{dist: lognormal, p50: 1ms, p99: 10ms}"},
			nil, []string{"p50", "p99", "mu", "sigma"}, buildLogNormal},
		{DistDoc{"pareto", "a heavy tail; a shape up to 1 needs max", "{dist: pareto, min: 1ms, shape: 1.8, max: 1s}"},
			[]string{"min", "shape"}, []string{"max"}, func(p *distParts) (*rng.Dist, error) {
				return rng.Pareto(p.ns("min"), p.floats["shape"], p.ns("max"))
			}},
		{DistDoc{"weibull", "shape 1 is exponential", "{dist: weibull, scale: 5ms, shape: 1.5}"},
			[]string{"scale", "shape"}, nil, func(p *distParts) (*rng.Dist, error) { return rng.Weibull(p.ns("scale"), p.floats["shape"]) }},
		{DistDoc{"mixture", "distributions, each with its share", "{dist: mixture, of: [{share: 90%, dist: constant, value: 1ms}, {share: 10%, dist: exponential, mean: 9ms}]}"},
			[]string{"of"}, nil, func(p *distParts) (*rng.Dist, error) { return rng.Mixture(p.parts) }},
		{DistDoc{"empirical", "from quantiles, or from a file below the scenario's folder with one quantile,duration a line", "{dist: empirical, quantiles: {p50: 1ms, p99: 5ms}}"},
			nil, []string{"file", "quantiles"}, buildEmpirical},
	}
}

func (p *distParts) ns(key string) int64 { return int64(p.spans[key]) }

func (p *distParts) has(key string) bool { _, ok := p.text[key]; return ok }

// logMillisecond is the natural logarithm of 1e6, the nanoseconds in a
// millisecond.
const logMillisecond = 13.815510557964274

func buildLogNormal(p *distParts) (*rng.Dist, error) {
	switch {
	case p.has("p50") && p.has("p99") && !p.has("mu") && !p.has("sigma"):
		return rng.LogNormal(p.ns("p50"), p.ns("p99"))
	case p.has("mu") && p.has("sigma") && !p.has("p50") && !p.has("p99"):
		return rng.LogNormalMuSigma(p.floats["mu"]+logMillisecond, p.floats["sigma"])
	}
	return nil, hinted{"a lognormal distribution needs p50 and p99, or mu and sigma", "such as {dist: lognormal, p50: 1ms, p99: 10ms}"}
}

func buildEmpirical(p *distParts) (*rng.Dist, error) {
	if p.has("file") == p.has("quantiles") {
		return nil, hinted{"an empirical distribution needs either file or quantiles", "such as quantiles: {p50: 1ms, p99: 5ms}"}
	}
	return rng.Empirical(p.points)
}
