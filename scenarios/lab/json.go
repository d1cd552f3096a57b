package lab

import (
	"strconv"

	"dynamosim/analysis"
	"dynamosim/scenarios/world"
)

// ResultFormat is the version of result.json.
const ResultFormat = 1

// JSON is the report for programs, result.json. Its keys have a fixed order; all of it but "host" is a function of the plan and the
// format version.
func (r *Report) JSON() []byte {
	o := r.object()
	o.add("host", r.Host)
	return o.pretty()
}

// object is the report without what depends on the host.
func (r *Report) object() object {
	var o object
	o.add("format", ResultFormat)
	o.add("scenario", r.Plan.Name)
	if c := r.Plan.Origin.Case; c != "" {
		o.add("case", c)
	}
	o.add("seed", strconv.FormatUint(r.Result.Seed, 10))
	o.add("digest", r.Result.Digest)
	o.add("plan_sha256", r.PlanSHA256())
	o.add("verdict", string(r.Verdict))
	o.add("exit_code", r.ExitCode)
	o.add("reasons", listOrEmpty(r.Reasons))
	if e := r.Result.Exhausted; e != nil {
		o.add("exhausted", exhaustionObject(e))
	}
	o.add("virtual_ns", r.Result.End)
	o.add("events", r.Result.Events)
	o.add("operations", r.counts())
	o.add("latency", r.latencyObject())
	o.add("measures", r.measuresObject())
	o.add("t_visibility", r.visibilityObjects())
	o.add("phases", r.phaseObjects())
	o.add("requests", r.requestsObject())
	o.add("checks", r.checksObject())
	o.add("expectations", r.expectationObjects())
	o.add("counters", r.countersObject())
	o.add("faults", r.faultObjects())
	if len(r.Result.Invariants) > 0 {
		o.add("invariants", r.invariantObjects())
	}
	o.add("drawn", r.drawnObjects())
	o.add("reproduce", Command("run", r.Plan))
	return o
}

// operationCounts are how operations ended.
type operationCounts struct {
	Total int64 `json:"total"`
	OK    int64 `json:"ok"`
	Fail  int64 `json:"fail"`
	Info  int64 `json:"info"`
}

func (r *Report) latencyObject() object {
	o := object{}
	for _, k := range r.kinds() {
		if k.OK == 0 {
			continue
		}
		o.add(k.Name, object{
			{"count", k.OK}, {"mean_ms", inMS(k.Mean)}, {"p50_ms", inMS(k.P50)}, {"p90_ms", inMS(k.P90)}, {"p99_ms", inMS(k.P99)},
			{"p999_ms", inMS(k.P999)}, {"p9999_ms", inMS(k.P9999)}, {"max_ms", inMS(k.Max)},
		})
	}
	return o
}

func (r *Report) checksObject() object { return checksObject(r.answered()) }

// checksObject has the results of checks by name.
func checksObject(results []analysis.Result) object {
	o := object{}
	for i := range results {
		o.add(results[i].Name(), checkObject(&results[i]))
	}
	return o
}

func checkObject(c *analysis.Result) object {
	o := object{{"verdict", c.Verdict}, {"want", c.Want}}
	if c.Reason != "" {
		o.add("reason", c.Reason)
	}
	if c.Summary != "" {
		o.add("summary", c.Summary)
	}
	evidence := []analysis.Evidence{}
	for _, e := range c.Evidence {
		if e.Operations == nil {
			e.Operations = []int{}
		}
		evidence = append(evidence, e)
	}
	o.add("evidence", evidence)
	for _, n := range c.Numbers {
		o.add(n.Name, n.Value)
	}
	return o
}

func (r *Report) expectationObjects() []object {
	list := []object{}
	for _, c := range r.Expectations {
		list = append(list, object{{"text", c.Text}, {"holds", c.Holds}, {"got", c.Got}})
	}
	return list
}

func (r *Report) countersObject() object {
	o := object{}
	for _, c := range r.Result.Counters {
		o.add(c.Name, c.Total)
	}
	return o
}

func (r *Report) faultObjects() []object {
	list := []object{}
	for i := range r.Result.Faults {
		list = append(list, faultObject(&r.Result.Faults[i]))
	}
	return list
}

func faultObject(f *world.FaultResult) object {
	o := object{{"fault", f.Text}, {"name", f.Name}, {"kind", f.Kind}, {"drawn", f.Drawn}, {"began", f.Began}}
	if f.Refused != "" {
		o.add("refused", f.Refused)
	}
	if f.Began {
		o.add("start_ns", f.Start)
		o.add("end_ns", f.End)
	}
	switch {
	case len(f.Away) > 0:
		o.add("never_recovered", f.Away)
	case len(f.Down) > 0:
		o.add("recovered_ns", f.Recovered)
	}
	o.add("effects", f.Effects)
	o.add("effect", f.Effect)
	return o
}

func (r *Report) drawnObjects() []object {
	list := []object{}
	for _, d := range r.Plan.Origin.Drawn {
		list = append(list, object{{"path", d.Path}, {"from", d.Text}, {"value", d.Value}})
	}
	return list
}

func listOrEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
