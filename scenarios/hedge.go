package scenarios

// HedgeAfter is a time, or a percentile of times where Delay is 0.
type HedgeAfter struct {
	Delay      Duration
	Percentile Percentile
}

func (x *HedgeAfter) parse(text string) (err error) {
	*x = HedgeAfter{}
	if isPercentile(text) {
		if x.Percentile, err = ParsePercentile(text); err == nil && (x.Percentile < 500_000 || x.Percentile > 999_000) {
			err = hinted{"percentile out of range: " + quote(text), "from p50 to p99.9"}
		}
		return err
	}
	if x.Delay, err = ParseDuration(text); err == nil && x.Delay <= 0 {
		err = hinted{"not a time after which a get takes long: " + quote(text), "such as 20ms or p95"}
	}
	return err
}

// String returns the time as a scenario has it: 20ms or p95.
func (x HedgeAfter) String() string {
	if x.Delay > 0 {
		return x.Delay.String()
	}
	return x.Percentile.String()
}

func (x *HedgeAfter) text() string { return x.String() }
