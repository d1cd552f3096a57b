package lab

import (
	"io"
	"strings"
)

// Text writes an explanation for people.
func (e *Explanation) Text(w io.Writer, o TextOptions, ascii bool) error {
	width := o.Width
	if width <= 0 {
		width = defaultWidth
	}
	var b strings.Builder
	p := paint{o.Color}
	b.WriteString(p.bold(e.Check+" is invalid") + "   " + Clean(e.Evidence.Text) + "\n\n")
	for _, line := range wrap(strings.Join(e.Story, " "), min(width, 110)-2) {
		b.WriteString("  " + line + "\n")
	}
	b.WriteByte('\n')
	if err := e.writeLadder(&b, width, ascii); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}
