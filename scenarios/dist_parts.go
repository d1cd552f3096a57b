package scenarios

import (
	"bufio"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"dynamosim/sim/rng"
)

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
		texts = append(texts, partText(share, part))
	}
	p.text["of"] = "[" + strings.Join(texts, ", ") + "]"
}

// partText writes a part of a mixture: the share comes first in its map.
func partText(share Share, part Dist) string {
	inner, isMap := strings.CutPrefix(part.Text, "{")
	if !isMap {
		inner = "dist: constant, value: " + part.Text + "}"
	}
	return "{share: " + share.String() + ", " + inner
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
		text := strconv.FormatFloat(float64(p*100), 'f', digits, 64)
		if s, err := ParseShare(text + "%"); err == nil && s.Float() == p {
			return text
		}
	}
	return strconv.FormatFloat(float64(p*100), 'f', 18, 64)
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
