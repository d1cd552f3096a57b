package lab

import (
	"fmt"
	"math"
	"strings"
)

// Markdown is the page.
func (s *Scaled) Markdown() []byte {
	m := &markdown{}
	m.line("# %s\n\n*Written by `make scaling`: `dynamosim scaling %s --write docs`.*", s.Title, s.Name)
	for i := range s.Sections {
		s.Sections[i].markdown(m, s.host())
	}
	return []byte(m.String())
}

// host names the machine.
func (s *Scaled) host() string {
	return fmt.Sprintf("%s, %s, %s", s.Host.Platform, counted(int64(s.Host.Cores), "processor", "processors"), s.Host.Go)
}

func (s *ScalingSection) markdown(m *markdown, host string) {
	if s.Title != "" {
		m.line("\n## %s", s.Title)
	}
	if s.OfHost {
		m.line("\n*Measured on %s. These numbers depend on the machine and on what else it did; no test holds them.*", host)
	}
	for _, text := range s.Text {
		m.line("\n%s", text)
	}
	if s.Code != "" {
		m.line("\n```yaml\n%s```", s.Code)
	}
	for i := range s.Tables {
		s.Tables[i].markdown(m)
	}
	for _, f := range s.Figures {
		m.line("\n![%s](plots/%s.svg)", f.Title, f.Name)
	}
	for _, text := range s.After {
		m.line("\n%s", text)
	}
}

func (t *ScalingTable) markdown(m *markdown) {
	if t.Title != "" {
		m.line("\n### %s", t.Title)
	}
	m.head(append([]string(nil), t.Columns...)...)
	for _, row := range t.Rows {
		m.row(scalingCells(row)...)
	}
}

// scalingCells are the cells of a row for people.
func scalingCells(row []any) []string {
	cells := make([]string, len(row))
	for i, v := range row {
		cells[i] = scalingCell(v)
	}
	return cells
}

func scalingCell(v any) string {
	switch v := v.(type) {
	case int64:
		return thousands(v)
	case float64:
		return fourDigits(v)
	}
	return fmt.Sprint(v)
}

// fourDigits writes a number with at least four digits that mean something, and groups of three before the point.
func fourDigits(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "–"
	case a >= 999.95:
		return thousands(int64(math.Round(v)))
	case v == 0:
		return "0"
	default:
		return fmt.Sprintf("%.*f", min(6, max(0, 3-int(math.Floor(math.Log10(a))))), v)
	}
}

// Tables are the numbers for a terminal.
func (s *Scaled) Tables() []Table {
	var all []Table
	for i := range s.Sections {
		section := &s.Sections[i]
		for _, t := range section.Tables {
			title := section.Title
			if t.Title != "" {
				title += ": " + t.Title
			}
			table := Table{Title: title, Rows: [][]string{nil}}
			for _, c := range t.Columns {
				table.Rows[0] = append(table.Rows[0], strings.TrimSuffix(c, ">"))
			}
			for _, row := range t.Rows {
				table.Rows = append(table.Rows, scalingCells(row))
			}
			all = append(all, table)
		}
	}
	return all
}

// object is the page for programs: what depends on the host stands apart.
func (s *Scaled) object() object {
	var sections, ofHost []object
	for i := range s.Sections {
		section := &s.Sections[i]
		var tables []object
		for _, t := range section.Tables {
			tables = append(tables, t.object())
		}
		if len(tables) == 0 {
			continue
		}
		o := object{{"section", section.Title}, {"tables", tables}}
		if section.OfHost {
			ofHost = append(ofHost, o)
		} else {
			sections = append(sections, o)
		}
	}
	return object{{"format", ResultFormat}, {"page", s.Name}, {"title", s.Title}, {"sections", sections},
		{"host", object{{"platform", s.Host.Platform}, {"cores", s.Host.Cores}, {"go", s.Host.Go}, {"sections", ofHost}}}}
}

func (t *ScalingTable) object() object {
	rows := []object{}
	for _, row := range t.Rows {
		var o object
		for i, v := range row {
			o = append(o, member{strings.TrimSuffix(t.Columns[i], ">"), scalingValue(v)})
		}
		rows = append(rows, o)
	}
	return object{{"table", t.Title}, {"rows", rows}}
}

func scalingValue(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	case Estimate:
		return object{{"mean", v.Mean}, {"low", v.Low}, {"high", v.High}, {"n", v.N}}
	}
	return v
}

// JSON is the page for programs.
func (s *Scaled) JSON() []byte { return s.object().pretty() }

// ScalingsJSON is one object with several pages.
func ScalingsJSON(all []*Scaled) []byte {
	var pages []object
	for _, s := range all {
		pages = append(pages, s.object())
	}
	return object{{"format", ResultFormat}, {"pages", pages}}.pretty()
}
