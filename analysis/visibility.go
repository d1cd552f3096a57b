package analysis

import (
	"fmt"
	"math"

	"dynamosim/analysis/history"
)

func visibilityCheck() Check {
	return Check{
		Name: "t-visibility",
		Doc: "the share of fresh gets among those that began a time t after the latest acknowledged put of their key, as a curve over t: " +
			"how soon what is written is seen",
		Source:  "Bailis et al. 2012 (PBS)",
		Measure: true, OnRequest: true,
		begin: func(s *Subject, r Request) judging { return atTheEnd{s, r, measureVisibility} },
	}
}

// VisibilityEdges are the times t, in ns, at which results begin a new point
// of the curve.
func VisibilityEdges() []int64 {
	edges := []int64{0}
	for unit := int64(1e5); unit < 1e10; unit *= 10 {
		edges = append(edges, unit, 2*unit, 5*unit)
	}
	return append(edges, 1e10)
}

// VisiblePoint counts the gets that began between From and To after the latest
// acknowledged put of their key.
type VisiblePoint struct {
	From, To    int64 // ns; To is not in it
	Gets, Fresh int
}

// Visibility returns the t-visibility curve of a scope, for rising edges from
// 0 on, in ns; the last point has no end. Gets of keys that nobody had written
// are left out, and so are final ones.
func (s *Subject) Visibility(scope Scope, edges []int64) []VisiblePoint {
	if s.inParts() {
		return s.inPass(scope, edges).points
	}
	points := curve(edges)
	s.see(scope, points)
	return points
}

// curve is the curve of nothing.
func curve(edges []int64) []VisiblePoint {
	points := make([]VisiblePoint, len(edges))
	for i, from := range edges {
		points[i] = VisiblePoint{From: from, To: math.MaxInt64}
		if i > 0 {
			points[i-1].To = from
		}
	}
	return points
}

// see adds the gets of a scope to the points of a curve.
func (s *Subject) see(scope Scope, points []VisiblePoint) {
	for key := range int32(s.History.Keys()) {
		s.visibleOn(key, scope, points)
	}
}

// visibleOn adds the gets of a key.
func (s *Subject) visibleOn(key int32, scope Scope, points []VisiblePoint) {
	rows, stale := s.rowsOf(key), s.freshness().of(key)
	latest := int64(math.MinInt64) // acknowledgement
	for _, m := range s.momentsOf(key) {
		r := &rows[m.position()]
		switch {
		case m.ends() && r.is(rowWrites):
			latest = s.History.Op(r.id).Return
		case m.ends() || !r.is(rowReads):
		default:
			fresh := len(stale) == 0 || stale[0].get != r.id
			if !fresh {
				stale = stale[1:]
			}
			if o := s.History.Op(r.id); latest != math.MinInt64 && !o.Final() && scope.has(o.Invoke) {
				countVisible(points, o, latest, fresh)
			}
		}
	}
}

func countVisible(points []VisiblePoint, o *history.Operation, latest int64, fresh bool) {
	for i := range points {
		if p := &points[i]; o.Invoke-latest >= p.From && o.Invoke-latest < p.To {
			p.Gets++
			if fresh {
				p.Fresh++
			}
		}
	}
}

func measureVisibility(s *Subject, r Request) []Result {
	result := Result{Verdict: Measured}
	gets, fresh := 0, 0
	for _, p := range s.Visibility(s.Load(), VisibilityEdges()) {
		if p.Gets == 0 {
			continue
		}
		gets, fresh = gets+p.Gets, fresh+p.Fresh
		result.count(fmt.Sprintf("gets_after_%d_us", p.From/1000), int64(p.Gets))
		result.count(fmt.Sprintf("fresh_after_%d_us", p.From/1000), int64(p.Fresh))
	}
	result.Summary = fmt.Sprintf("%s of %s after a put fresh", share(int64(fresh), int64(gets)), count(gets, "get"))
	return []Result{result}
}
