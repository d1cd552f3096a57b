package lab

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// widestStory is how many characters a line of the story has at most: a paragraph is read, not scanned.
const widestStory = 108

// Text writes an explanation for people.
func (e *Explanation) Text(w io.Writer, o TextOptions, ascii bool) error {
	width := o.Width
	if width <= 0 {
		width = defaultWidth
	}
	p := &explained{Explanation: e, paint: paint{o.Color}, width: width}
	p.head()
	p.story()
	p.between()
	p.turning()
	p.WriteByte('\n')
	if err := e.writeLadder(&p.Builder, width, ascii); err != nil {
		return err
	}
	p.WriteString("\n" + p.dim("see also  ") + Command("trace", e.Plan, "--key", e.Evidence.Key) + "\n")
	_, err := io.WriteString(w, p.String())
	return err
}

// explained is an explanation on its way to text.
type explained struct {
	strings.Builder
	paint
	*Explanation
	width int
}

func (p *explained) paragraph(indent, text string) {
	for _, line := range wrap(text, min(p.width, widestStory)-len(indent)) {
		p.WriteString(indent + line + "\n")
	}
}

func (p *explained) head() {
	name := Clean(p.Plan.Name)
	if p.Plan.Origin.Case != "" {
		name += ", case " + Clean(p.Plan.Origin.Case)
	}
	fmt.Fprintf(p, "%s   seed %d   %s\n\n", p.bold(name), seedOf(p.Plan), p.bad(p.Check+" is invalid"))
	p.paragraph("  ", Clean(p.Evidence.Text)+".")
}

func (p *explained) story() {
	p.WriteByte('\n')
	p.paragraph("  ", strings.Join(p.Story, " "))
}

// between lists the faults that the story names, and what becomes of it without each.
func (p *explained) between() {
	p.WriteByte('\n')
	switch {
	case len(p.Story) > 0 && len(p.Faults) == 0 && p.Turning != nil:
		p.WriteString("  No fault had a part in it.\n")
	case len(p.Faults) > 0:
		p.WriteString("  Between them stood:\n")
		for _, f := range p.Faults {
			verdict := "Without it, all else being the same, the violation is gone."
			if f.Shown {
				verdict = "Without it the violation is there all the same."
			}
			p.paragraph("    ", f.Text+". "+verdict)
		}
	}
}

// turning tells from which event on the violation was likely.
func (p *explained) turning() {
	t := p.Turning
	if t == nil {
		return
	}
	p.WriteByte('\n')
	what := map[Means]string{
		ByRedraw:  "the run is drawn again, latencies and losses and all,",
		ByLifting: "all faults end",
		BySilence: "the other clients fall silent",
	}[t.By]
	if t.By != ByRedraw || t.Decided {
		p.paragraph("  ", fmt.Sprintf("Chance has little part in it: of %s, %d show the violation too.",
			counted(int64(t.Start.Runs), "run that is drawn again from its beginning", "runs that are drawn again from their beginning"), t.Start.Shown))
	}
	if t.Decided {
		p.paragraph("  ", "Neither the end of all faults nor the silence of the other clients averts it: the plan decides it from its first event on.")
		return
	}
	p.paragraph("  ", p.bold("Turning point")+fmt.Sprintf(": event %d, %s, in which %s.", t.Event, moment(t.Time), t.Text))
	p.paragraph("  ", fmt.Sprintf("How often the violation is there when from a moment on %s:", strings.TrimSuffix(what, ",")))
	for _, o := range t.Course {
		mark := " "
		if o.Event == t.Event {
			mark = "▸"
		}
		p.WriteString("   " + mark + " " + p.oddsLine(&o) + "\n")
	}
}

// oddsLine is one moment: after which event, how often, within which interval.
func (p *explained) oddsLine(o *Odds) string {
	when := "from the beginning on"
	if o.Event > 0 {
		when = fmt.Sprintf("after event %d, %s", o.Event, moment(o.Time))
	}
	if o.Runs == 1 {
		return padRight(when, 36) + map[bool]string{true: "it is there", false: "it is averted"}[o.Shown > 0]
	}
	return fmt.Sprintf("%s%s %s   (%d of %d; 95 %% interval %s to %s)", padRight(when, 36), bar(o.Share()), padLeft(wholePercent(o.Share()), 5), o.Shown, o.Runs,
		wholePercent(o.Low), wholePercent(o.High))
}

func wholePercent(share float64) string { return fmt.Sprintf("%d %%", int(math.Round(share*100))) }

// bar draws a share in ten characters.
func bar(share float64) string {
	n := int(math.Round(share * 10))
	return strings.Repeat("█", n) + strings.Repeat("·", 10-n)
}
