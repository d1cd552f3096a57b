package lab

import (
	"fmt"
	"math"
	"strings"
)

// Tables are the numbers of a study for people: a heading each, a line of names of columns, then a line a number.
type Table struct {
	Title string // "" where there is only one
	Rows  [][]string
}

// Tables are the numbers for people.
func (r *Reproduction) Tables() []Table {
	var tables []Table
	last := ""
	for _, c := range r.Readings {
		if n := len(tables); n == 0 || tables[n-1].Title != c.Table {
			tables = append(tables, Table{c.Table, [][]string{{"", r.Axes[0], "published", "reference", "ours, 95 % interval", "of", ""}}})
			last = ""
		}
		t := &tables[len(tables)-1]
		first := c.Series
		if first == last {
			first = ""
		}
		last = c.Series
		t.Rows = append(t.Rows, []string{first, c.at(), shortNumber(c.Published), shortNumber(c.Reference), c.Ours.String(), fmt.Sprint(c.Ours.N), c.verdict()})
	}
	return tables
}

func (c *Reading) at() string {
	if c.At != "" {
		return c.At
	}
	return shortNumber(c.X)
}

func (c *Reading) verdict() string {
	switch {
	case c.Shown:
		return "shown only"
	case c.Agrees:
		return "agrees"
	}
	return "DIFFERS"
}

// Verdict says in a line how many of the numbers agree.
func (r *Reproduction) Verdict() string {
	agree, asked := 0, 0
	for _, c := range r.Readings {
		if c.Shown {
			continue
		}
		asked++
		if c.Agrees {
			agree++
		}
	}
	text := fmt.Sprintf("%d of %s", agree, counted(int64(asked), "number agrees", "numbers agree"))
	if n := len(r.Readings) - asked; n > 0 {
		text += fmt.Sprintf(", %d more are only shown", n)
	}
	return text
}

// Markdown is the study as a section of docs/validation.md.
func (r *Reproduction) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s: %s.\n\n*Published:* %s. *Here:* %s *Agreement:* %s.\n", r.Title, "`dynamosim reproduce "+r.Name+"`", r.Verdict(), r.Source, r.Method, r.Rule)
	for _, t := range r.Tables() {
		if t.Title != "" {
			fmt.Fprintf(&b, "\n### %s\n", t.Title)
		}
		b.WriteString("\n")
		for i, row := range t.Rows {
			fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
			if i == 0 {
				b.WriteString("|" + strings.Repeat("---|", len(row)) + "\n")
			}
		}
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "\n%s\n", note)
	}
	for _, f := range r.Drawings() {
		fmt.Fprintf(&b, "\n![%s](plots/%s.svg)\n", f.Title, f.Name)
	}
	return b.String()
}

// Page is docs/validation.md with these studies. Others keep the section that they have in the old page.
func Page(all []*Reproduction, old string) string {
	var contents, sections strings.Builder
	for _, s := range Studies() {
		section := sectionOf(old, s.Title)
		for _, r := range all {
			if r.Name == s.Name {
				section = r.Markdown()
			}
		}
		if section == "" {
			continue
		}
		_, verdict, _ := strings.Cut(section, "`dynamosim reproduce "+s.Name+"`: ")
		verdict, _, _ = strings.Cut(verdict, ".\n")
		fmt.Fprintf(&contents, "| [`%s`](#%s) | %s | %s |\n", s.Name, anchor(s.Title), s.Title, verdict)
		sections.WriteString("\n" + section)
	}
	return pageHead + "\n| study | what was published | agreement |\n|---|---|---|\n" + contents.String() + sections.String()
}

// sectionOf is a section of a page by its title, "" where there is none.
func sectionOf(page, title string) string {
	_, section, found := strings.Cut(page, "\n## "+title+"\n")
	if !found {
		return ""
	}
	section, _, more := strings.Cut("## "+title+"\n"+section, "\n\n## ")
	if more {
		section += "\n"
	}
	return section
}

const pageHead = "# Published results beside ours\n\n*Written by `make validation`: `dynamosim reproduce --write docs/validation.md`.*\n\n" +
	"Every number of this page comes from running the simulator, with its nodes, network and clients, unless a section says that only the node's own code was asked. " +
	"*Published* is what a paper prints, *reference* what a closed form or an independent program gives, *ours* the simulator's estimate with its 95 % interval. " +
	"What agreement means is said before it is measured; where only the shape of a result can be compared, its section says so.\n"

// anchor is the name that a heading has in links.
func anchor(title string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(title) {
		switch {
		case c == ' ':
			b.WriteByte('-')
		case c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c > 127 && c != '–' && c != '×':
			b.WriteRune(c)
		}
	}
	return b.String()
}

// object is the reproduction for programs.
func (r *Reproduction) object() object {
	var cells []object
	value := func(v float64) any {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	}
	for _, c := range r.Readings {
		o := object{{"series", c.Series}, {"x", value(c.X)}}
		if c.Table != "" {
			o = append(object{{"table", c.Table}}, o...)
		}
		if c.At != "" {
			o = append(o, member{"at", c.At})
		}
		cells = append(cells, append(o, object{{"published", value(c.Published)}, {"reference", value(c.Reference)},
			{"ours", value(c.Ours.Mean)}, {"low", value(c.Ours.Low)}, {"high", value(c.Ours.High)}, {"n", c.Ours.N}, {"agrees", c.Agrees || c.Shown}, {"asked", !c.Shown}}...))
	}
	return object{{"format", ResultFormat}, {"study", r.Name}, {"title", r.Title}, {"source", r.Source}, {"method", r.Method}, {"rule", r.Rule}, {"agrees", r.Agrees()}, {"cells", cells}, {"notes", r.Notes}}
}

// JSON is the reproduction for programs.
func (r *Reproduction) JSON() []byte { return r.object().pretty() }

// ReproductionsJSON is one object with several studies.
func ReproductionsJSON(all []*Reproduction) []byte {
	agree := true
	var studies []object
	for _, r := range all {
		agree = agree && r.Agrees()
		studies = append(studies, r.object())
	}
	return object{{"format", ResultFormat}, {"agrees", agree}, {"studies", studies}}.pretty()
}
