package scenarios

import (
	"math"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"dynamosim/sim/rng"
)

// ClassSeed returns the seed of one class of draws of a run: "plan" (what a
// scenario leaves open), "workload", "environment" (network, disks, clocks,
// faults) or "node". A draw of one class never moves those of another.
func ClassSeed(seed uint64, class string) uint64 { return rng.Mix(seed, rng.Hash(class)) }

// purposeDraw keys the draws made here; others use purposes of their own.
const purposeDraw = 1

// draw returns the 64 bits that belong to a path.
func (d *decoder) draw(path string) uint64 {
	return rng.Draw2(d.seed, purposeDraw, rng.Hash(path), uint64(d.nested), d.occurrence)
}

// choices returns the options of {one_of: [..]}, nil for any other node.
func choices(n *yaml.Node) []*yaml.Node {
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 || n.Content[0].Value != "one_of" {
		return nil
	}
	if list := n.Content[1]; list.Kind == yaml.SequenceNode && len(list.Content) > 0 {
		return list.Content
	}
	return []*yaml.Node{}
}

// isStructural tells whether a value is a group of settings, which is not
// drawn as a whole.
func isStructural(v reflect.Value) bool {
	if v.Kind() != reflect.Struct || isScalar(v) {
		return false
	}
	_, reads := v.Addr().Interface().(yamlDecoder)
	return !reads || len(shapeOf(v.Type()).fields) > 0
}

func isScalar(v reflect.Value) bool {
	_, ok := v.Addr().Interface().(scalar)
	return ok
}

// choose draws one option of {one_of: [..]}; the others are checked as well.
func (d *decoder) choose(n *yaml.Node, options []*yaml.Node, path string, v reflect.Value, f *field) {
	if f.flag("fixed") {
		d.fail(n, path, "give one value", "%s cannot be drawn", path)
		return
	}
	if len(options) == 0 {
		d.fail(n, path, "such as {one_of: [1, 2]}", "one_of needs a list of values to choose from")
		return
	}
	chosen := int(rng.Below(d.draw(path), uint64(len(options))))
	drawn := len(d.drawn)
	d.nested++
	defer func() { d.nested-- }()
	for i, option := range options {
		if i == chosen {
			d.value(option, path, v, f)
			continue
		}
		d.quiet++
		d.value(option, path, reflect.New(v.Type()).Elem(), f)
		d.quiet--
	}
	d.drawn = d.drawn[:drawn] // a range in the chosen option is part of this draw
	d.record(path, flowText(n), flowText(encodeAny(v)))
}

// record notes what the seed decided.
func (d *decoder) record(path, text, value string) {
	if d.quiet == 0 {
		d.drawn = append(d.drawn, Drawn{path, text, value})
	}
}

// drawRange draws from a..b or "a..b log". It reports false if the text is no
// range after all.
func (d *decoder) drawRange(n *yaml.Node, path string, target stepped, f *field) bool {
	text, isLog := strings.CutSuffix(n.Value, " log")
	lowText, highText, _ := strings.Cut(text, "..")
	if lowText == "" || highText == "" {
		return false
	}
	if f.flag("fixed") {
		d.fail(n, path, "give one value", "%s cannot be drawn from a range", path)
		return true
	}
	low, lowOK := d.bound(n, path, lowText, target, f)
	high, highOK := d.bound(n, path, highText, target, f)
	switch {
	case !lowOK || !highOK:
	case low > high:
		d.fail(n, path, "write the smaller first", "%s: range upside down: %s", path, quote(n.Value))
	case isLog && low <= 0:
		d.fail(n, path, "begin above 0, or leave out log", "%s: a logarithmic range cannot begin at %s", path, lowText)
	default:
		target.setSteps(between(d.draw(path), low, high, isLog))
		d.record(path, n.Value, target.text())
	}
	return true
}

// bound parses one end of a range.
func (d *decoder) bound(n *yaml.Node, path, text string, target stepped, f *field) (int64, bool) {
	if err := d.parseIn(text, target, f); err != nil {
		message, hint := unwrapHint(err)
		d.fail(n, path, hint, "%s: %s", path, message)
		return 0, false
	}
	return target.steps(), true
}

// between maps 64 bits onto low..high, ends included; logarithmically each
// octave is equally likely.
func between(u uint64, low, high int64, isLog bool) int64 {
	span := uint64(high - low)
	switch {
	case span == math.MaxUint64:
		return int64(u)
	case !isLog:
		return low + int64(rng.Below(u, span+1))
	}
	from, to := rng.Log(float64(low)), rng.Log(float64(high))
	share := float64(float64(u>>11) * 0x1p-53)
	x := rng.Exp(from + float64(share*(to-from)))
	x = min(max(x+0.5, float64(low)), float64(high))
	return min(max(int64(x), low), high) // range: clamped to two numbers of 64 bits that are far from the largest
}
