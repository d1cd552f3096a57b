package scenarios

import "gopkg.in/yaml.v3"

// Expectation is one claim about a run.
type Expectation struct {
	Text string
}

func (x *Expectation) decodeYAML(d *decoder, n *yaml.Node, path string) {
	if text, ok := d.word(n, path, "a claim such as availability(put) >= 99.9%"); ok {
		x.Text = text
	}
}

func (x Expectation) encodeYAML() *yaml.Node { return scalarNode(x.Text) }
