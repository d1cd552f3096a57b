package analysis

import (
	"fmt"
	"strconv"
	"strings"

	"dynamosim/analysis/history"
)

func latencyCheck() Check {
	return Check{
		Name:    "latency",
		Doc:     "how long successful operations took, by kind: exact percentiles and mean in virtual time",
		Source:  "Dynamo §2.2, §6: the 99.9th percentile",
		Measure: true,
		begin:   func(s *Subject, r Request) judging { return atTheEnd{s, r, measureLatency} },
	}
}

// Percentile is a quantile that results show.
type Percentile struct {
	Name string // p50, p999, ...
	PPM  int64  // for Distribution.Quantile
}

// Written returns the percentile as expectations write it: p99.9.
func (p Percentile) Written() string { return "p" + p.Ordinal() }

// Ordinal returns the number of the percentile: 99.9.
func (p Percentile) Ordinal() string {
	digits := strconv.FormatInt(p.PPM/100, 10)
	whole, rest := digits[:2], strings.TrimRight(digits[2:], "0")
	if rest == "" {
		return whole
	}
	return whole + "." + rest
}

// Percentiles are those that results show.
func Percentiles() []Percentile {
	return []Percentile{{"p50", 500_000}, {"p90", 900_000}, {"p99", 990_000}, {"p999", 999_000}, {"p9999", 999_900}}
}

func measureLatency(s *Subject, r Request) []Result {
	result := Result{Verdict: Measured}
	m := s.MeasureLoad()
	var words []string
	for k := range Kind(Kinds) {
		d := &m.Latency[k]
		if d.Count() == 0 {
			continue
		}
		result.count(k.String()+"_count", int64(d.Count()))
		result.count(k.String()+"_mean_ns", d.Mean())
		for _, p := range Percentiles() {
			result.count(k.String()+"_"+p.Name+"_ns", d.Quantile(p.PPM))
		}
		result.count(k.String()+"_max_ns", d.Max())
		words = append(words, fmt.Sprintf("%s p50 %s, p99.9 %s", k, duration(d.Quantile(500_000)), duration(d.Quantile(999_000))))
	}
	result.Summary = strings.Join(words, "; ")
	if len(words) == 0 {
		result.Summary = "no operation succeeded"
	}
	return []Result{result}
}

func availabilityCheck() Check {
	return Check{
		Name:    "availability",
		Doc:     "the share of operations that succeeded, by kind",
		Source:  "Dynamo §2.1, §4.6",
		Measure: true,
		begin:   func(s *Subject, r Request) judging { return atTheEnd{s, r, measureAvailability} },
	}
}

func measureAvailability(s *Subject, r Request) []Result {
	result := Result{Verdict: Measured}
	m := s.MeasureLoad()
	result.count("total", int64(m.Operations.Total))
	result.count("ok", int64(m.Operations.Ok))
	result.count("fail", int64(m.Operations.Fail))
	result.count("info", int64(m.Operations.Info))
	for k := range Kind(Kinds) {
		if ok, total := m.Availability(k); total > 0 {
			result.count(k.String()+"_total", int64(total))
			result.count(k.String()+"_ok", int64(ok))
		}
	}
	result.Summary = fmt.Sprintf("%s of %s succeeded, %d failed, %d unknown",
		share(int64(m.Operations.Ok), int64(m.Operations.Total)), count(m.Operations.Total, "operation"),
		m.Operations.Fail, m.Operations.Info)
	return []Result{result}
}

func stalenessCheck() Check {
	return Check{
		Name: "staleness",
		Doc: "the share of gets that missed what had been acknowledged before they began, by how many versions and " +
			"how long; for last-write-wins also the puts shadowed by one that had ended before they began",
		Source:  "Bailis et al. 2012 (PBS); Golab, Li and Shah 2011",
		Measure: true,
		begin:   func(s *Subject, r Request) judging { return atTheEnd{s, r, measureStaleness} },
	}
}

func measureStaleness(s *Subject, r Request) []Result {
	result := Result{Verdict: Measured}
	m := s.MeasureLoad()
	result.count("gets", int64(m.By[Get].Ok))
	result.count("stale_reads", int64(m.StaleGets))
	result.count("staleness_max_ns", m.Staleness.Max())
	result.count("version_lag_max", m.VersionLag.Max())
	result.Summary = fmt.Sprintf("%s of %s stale", share(int64(m.StaleGets), int64(m.By[Get].Ok)), count(m.By[Get].Ok, "get"))
	if m.StaleGets > 0 {
		result.Summary += fmt.Sprintf(", by up to %s and %s", count(int(m.VersionLag.Max()), "version"), duration(m.Staleness.Max()))
	}
	if s.Model == history.LastWriteWins {
		result.count("shadowed", int64(m.Shadowed))
		result.Summary += fmt.Sprintf(", %d puts shadowed", m.Shadowed)
	}
	return []Result{result}
}
