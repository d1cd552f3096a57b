package scenarios

import (
	"reflect"
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

// DistDoc describes a kind of distribution.
type DistDoc struct {
	Name    string // such as lognormal
	Doc     string // one phrase
	Example string // as a scenario has it
}

// Distributions describes the kinds of distributions. Each may have add, which
// moves it, and max, which bounds it.
func Distributions() []DistDoc {
	var docs []DistDoc
	for _, k := range distKinds() {
		docs = append(docs, k.DistDoc)
	}
	return docs
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
		if k.Name == name {
			return &k
		}
	}
	return nil
}

func distNames() []string {
	var names []string
	for _, k := range distKinds() {
		names = append(names, k.Name)
	}
	return names
}

// read reads the parameters of a kind.
func (p *distParts) read(kind *distKind, signed bool) {
	known := append(append([]string{"dist", "add"}, kind.keys...), kind.also...)
	if kind.Name != "uniform" && kind.Name != "pareto" {
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
			p.d.fail(p.n, p.path, "such as "+kind.Example, "a %s distribution needs %s", kind.Name, quote(k))
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

// compile builds the distribution and its canonical text.
func (x *Dist) compile(p *distParts, kind *distKind, signed bool) {
	x.Text = p.canonical(kind)
	if done := p.d.dists[x.Text]; done != nil && !signed {
		x.Dist = done
		return
	}
	dist, err := kind.build(p)
	if kind.Name == "constant" {
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
	if kind.Name != "uniform" && kind.Name != "pareto" && p.has("max") {
		dist = dist.Capped(p.ns("max"))
	}
	x.Dist = dist
	if !signed {
		p.d.dists[x.Text] = dist
	}
}

// canonical writes the distribution with its parameters in fixed order.
func (p *distParts) canonical(kind *distKind) string {
	if kind.Name == "constant" && !p.has("add") && !p.has("max") {
		return p.text["value"]
	}
	texts := []string{"dist: " + kind.Name}
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
