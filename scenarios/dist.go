package scenarios

import (
	"bufio"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"dynamosim/sim/rng"
)

// Dist is a distribution of durations: its canonical text, and the compiled
// form that is sampled. A bare duration is a constant. Samples below 0 count
// as 0, except where the field is signed.
type Dist struct {
	Text string // such as 5ms or {dist: exponential, mean: 5ms}
	*rng.Dist
}

// String returns the text.
func (x Dist) String() string { return x.Text }

// distKind is a kind of distribution: the keys it takes and how it is built.
type distKind struct {
	name  string
	keys  []string // required, in the order in which they are printed
	also  []string // optional
	build func(p *distParts) (*rng.Dist, error)
	doc   string
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
		{"constant", []string{"value"}, nil, func(p *distParts) (*rng.Dist, error) {
			return rng.Constant(int64(p.spans["value"])), nil
		}, "always value"},
		{"uniform", []string{"min", "max"}, nil, func(p *distParts) (*rng.Dist, error) {
			return rng.Uniform(p.ns("min"), p.ns("max"))
		}, "evenly from min to max"},
		{"exponential", []string{"mean"}, nil, func(p *distParts) (*rng.Dist, error) {
			return rng.Exponential(p.ns("mean"))
		}, "memoryless"},
		{"normal", []string{"mean", "stddev"}, nil, func(p *distParts) (*rng.Dist, error) {
			return rng.Normal(p.ns("mean"), p.ns("stddev"))
		}, "the bell curve"},
		{"lognormal", nil, []string{"p50", "p99", "mu", "sigma"}, buildLogNormal,
			"by p50 and p99, or by mu and sigma of the logarithm of milliseconds"},
		{"pareto", []string{"min", "shape"}, []string{"max"}, func(p *distParts) (*rng.Dist, error) {
			return rng.Pareto(p.ns("min"), p.floats["shape"], p.ns("max"))
		}, "a heavy tail; a shape up to 1 needs max"},
		{"weibull", []string{"scale", "shape"}, nil, func(p *distParts) (*rng.Dist, error) {
			return rng.Weibull(p.ns("scale"), p.floats["shape"])
		}, "shape 1 is exponential"},
		{"mixture", []string{"of"}, nil, func(p *distParts) (*rng.Dist, error) {
			return rng.Mixture(p.parts)
		}, "a list of distributions, each with its share"},
		{"empirical", nil, []string{"file", "quantiles"}, buildEmpirical,
			"from quantiles: {p50: 1ms, p99: 5ms}, or a file with one quantile,duration a line"},
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

// decodeYAML reads a duration or a map {dist: kind, ..}.
func (x *Dist) decodeYAML(d *decoder, n *yaml.Node, path string) {
	signed := d.field.flag("signed")
	if n.Kind == yaml.ScalarNode && !isNull(n) {
		x.decodeConstant(d, n, path, signed)
		return
	}
	if !d.isMapping(n, path) {
		return
	}
	_, kindNode := lookup(n, "dist")
	if kindNode == nil {
		d.fail(n, path, "such as {dist: exponential, mean: 5ms}", "%s: a distribution needs the key \"dist\"", path)
		return
	}
	kind := findDist(kindNode.Value)
	if kind == nil {
		d.fail(kindNode, path, suggest(kindNode.Value, distNames()), "no distribution %s", quote(kindNode.Value))
		return
	}
	before := d.errors()
	p := &distParts{d: d, n: n, path: path, spans: map[string]Duration{}, floats: map[string]float64{}, text: map[string]string{}}
	p.read(kind, signed)
	if d.errors() == before {
		x.compile(p, kind, signed)
	}
}

// decodeConstant reads a bare duration.
func (x *Dist) decodeConstant(d *decoder, n *yaml.Node, path string, signed bool) {
	if strings.Contains(n.Value, "..") {
		d.fail(n, path, "{dist: uniform, min: .., max: ..} samples at each use; {dist: constant, value: "+n.Value+"} is drawn once",
			"%s: a bare range leaves open when it is drawn", path)
		return
	}
	var span Duration
	d.scalar(n, path, &span, d.field)
	x.Text = span.String()
	x.Dist = constantDist(span, signed)
}

// constantDist compiles a constant.
func constantDist(span Duration, signed bool) *rng.Dist {
	if !signed {
		return rng.Constant(int64(span))
	}
	return (*rng.Dist)(nil).Signed().Plus(int64(span))
}

func findDist(name string) *distKind {
	for _, k := range distKinds() {
		if k.name == name {
			return &k
		}
	}
	return nil
}

func distNames() []string {
	var names []string
	for _, k := range distKinds() {
		names = append(names, k.name)
	}
	return names
}

// read reads the parameters of a kind.
func (p *distParts) read(kind *distKind, signed bool) {
	known := append(append([]string{"dist", "add"}, kind.keys...), kind.also...)
	if kind.name != "uniform" && kind.name != "pareto" {
		known = append(known, "max")
	}
	for i := 0; i < len(p.n.Content); i += 2 {
		key, value := p.n.Content[i], p.n.Content[i+1]
		at := join(p.path, key.Value)
		switch {
		case ignored(key.Value) || key.Value == "dist":
		case key.Value == "share" && strings.Contains(p.path, ".of["):
		case !contains(known, key.Value):
			p.d.unknownKey(key, p.path, known)
		default:
			p.d.remember(at, key, value)
			p.parameter(key.Value, value, at, signed)
		}
	}
	for _, k := range kind.keys {
		if _, v := lookup(p.n, k); v == nil {
			p.d.fail(p.n, p.path, kind.doc, "a %s distribution needs %s", kind.name, quote(k))
		}
	}
}

// parameter reads one parameter.
func (p *distParts) parameter(key string, n *yaml.Node, at string, signed bool) {
	switch key {
	case "shape", "sigma", "mu":
		var f float64
		p.d.decodeTagged(n, at, &f, floatTag(key))
		p.floats[key], p.text[key] = f, formatFloat(f)
	case "of":
		p.readParts(n, at)
	case "file":
		p.readFile(n, at)
	case "quantiles":
		p.readQuantiles(n, at)
	default:
		var span Duration
		tag := reflect.StructTag("")
		if signed || key == "add" {
			tag = `signed:""`
		}
		p.d.decodeTagged(n, at, &span, tag)
		p.spans[key], p.text[key] = span, span.String()
	}
}

// floatTag holds the bounds of a parameter without unit.
func floatTag(key string) reflect.StructTag {
	switch key {
	case "shape":
		return `range:"0.01..1000"`
	case "sigma":
		return `range:"0..20"`
	}
	return `range:"-30..40"`
}

// decodeTagged reads a value under the rules of a tag.
func (d *decoder) decodeTagged(n *yaml.Node, path string, target any, tag reflect.StructTag) {
	d.value(n, path, reflect.ValueOf(target).Elem(), &field{tag: tag})
}

// readParts reads the parts of a mixture.
func (p *distParts) readParts(n *yaml.Node, at string) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		p.d.wrongKind(n, at, "a list of distributions", "each {share: 90%, dist: ..}")
		return
	}
	if strings.Count(at, ".of") > 4 {
		p.d.fail(n, at, "", "mixtures nested too deeply")
		return
	}
	var texts []string
	for i, c := range n.Content {
		path := fmt.Sprintf("%s[%d]", at, i)
		_, shareNode := lookup(c, "share")
		if c.Kind != yaml.MappingNode || shareNode == nil {
			p.d.fail(c, path, "such as {share: 90%, dist: constant, value: 1ms}", "a part of a mixture needs its share")
			continue
		}
		var share Share
		var part Dist
		p.d.decode(shareNode, join(path, "share"), &share)
		part.decodeYAML(p.d, c, path)
		p.parts = append(p.parts, rng.Part{Share: share.Chance, Dist: part.Dist})
		texts = append(texts, "{share: "+share.String()+", "+strings.TrimPrefix(part.Text, "{"))
	}
	p.text["of"] = "[" + strings.Join(texts, ", ") + "]"
}

// readQuantiles reads {p50: 1ms, p99: 5ms}.
func (p *distParts) readQuantiles(n *yaml.Node, at string) {
	if !p.d.isMapping(n, at) {
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		number, hasP := strings.CutPrefix(key.Value, "p")
		share, err := ParseShare(number + "%")
		if !hasP || err != nil {
			p.d.fail(key, at, "p0 to p100, such as p99.9: 5ms", "not a quantile: %s", quote(key.Value))
			continue
		}
		var span Duration
		p.d.decode(value, join(at, key.Value), &span)
		p.addPoint(share, span)
	}
	p.text["quantiles"] = quantileText(p.points)
}

// addPoint adds a quantile.
func (p *distParts) addPoint(share Share, span Duration) {
	p.points = append(p.points, rng.Quantile{P: share.Float(), NS: int64(span)})
}

// quantileText writes quantiles as a map.
func quantileText(points []rng.Quantile) string {
	texts := make([]string, len(points))
	for i, q := range points {
		texts[i] = "p" + percentText(q.P) + ": " + Duration(q.NS).String()
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

// percentText writes a share as a percentage without the sign, such that it
// reads back as the same float.
func percentText(p float64) string {
	for digits := 0; digits < 18; digits++ {
		text := strconv.FormatFloat(p*100, 'f', digits, 64)
		if s, err := ParseShare(text + "%"); err == nil && s.Float() == p {
			return text
		}
	}
	return strconv.FormatFloat(p*100, 'f', 18, 64)
}

// maxQuantiles bounds a file of quantiles.
const maxQuantiles = 10000

// readFile reads a file below the scenario's folder: quantile,duration lines.
func (p *distParts) readFile(n *yaml.Node, at string) {
	name, ok := p.d.word(n, at, "a file name")
	if !ok {
		return
	}
	clean := path.Clean(strings.TrimPrefix(name, "./"))
	if p.d.fsys == nil || !fs.ValidPath(clean) {
		p.d.fail(n, at, "a path below the scenario's folder", "cannot read %s", quote(name))
		return
	}
	f, err := p.d.fsys.Open(clean)
	if err != nil {
		p.d.fail(n, at, "files lie below the scenario's folder", "cannot read %s: %s", quote(name), reason(err))
		return
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for number := 1; lines.Scan(); number++ {
		if err := p.line(lines.Text()); err != nil || len(p.points) > maxQuantiles {
			p.d.fail(n, at, "one quantile,duration a line, such as 0.99,5ms", "%s:%d: %v", clean, number, err)
			return
		}
	}
	p.text["file"] = "" // printed as quantiles
	if lines.Err() != nil {
		p.d.fail(n, at, "", "cannot read %s: %v", quote(name), lines.Err())
	}
}

// line reads "0.99,5ms"; blank lines and # comments are skipped.
func (p *distParts) line(text string) error {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasPrefix(text, "#") {
		return nil
	}
	quantile, span, _ := strings.Cut(text, ",")
	share, err := ParseShare(strings.TrimSpace(quantile))
	if err != nil {
		return err
	}
	value, err := ParseDuration(strings.TrimSpace(span))
	if err != nil {
		return err
	}
	p.addPoint(share, value)
	return nil
}

// compile builds the distribution and its canonical text.
func (x *Dist) compile(p *distParts, kind *distKind, signed bool) {
	x.Text = p.canonical(kind)
	if done := p.d.dists[x.Text]; done != nil && !signed {
		x.Dist = done
		return
	}
	dist, err := kind.build(p)
	if kind.name == "constant" {
		dist = constantDist(p.spans["value"], signed)
	}
	if err != nil {
		message, hint := unwrapHint(err)
		p.d.fail(p.n, p.path, hint, "%s: %s", p.path, strings.TrimPrefix(message, "rng: "))
		return
	}
	if signed {
		dist = dist.Signed()
	}
	if p.spans["add"] != 0 {
		dist = dist.Plus(p.ns("add"))
	}
	if kind.name != "uniform" && kind.name != "pareto" && p.has("max") {
		dist = dist.Capped(p.ns("max"))
	}
	x.Dist = dist
	if !signed {
		p.d.dists[x.Text] = dist
	}
}

// canonical writes the distribution with its parameters in fixed order.
func (p *distParts) canonical(kind *distKind) string {
	if kind.name == "constant" && !p.has("add") && !p.has("max") {
		return p.text["value"]
	}
	texts := []string{"dist: " + kind.name}
	keys := append(append([]string{}, kind.keys...), kind.also...)
	if !contains(keys, "max") {
		keys = append(keys, "max")
	}
	for _, k := range append(keys, "add") {
		if k == "file" && p.has("file") {
			texts = append(texts, "quantiles: "+quantileText(p.points))
		} else if t := p.text[k]; t != "" {
			texts = append(texts, k+": "+t)
		}
	}
	return "{" + strings.Join(texts, ", ") + "}"
}
