package scenarios

import "strings"

// Percentile is a place in a distribution, in millionths: p99 is 990000.
type Percentile int64

// Millionths is the whole of a distribution.
const Millionths = 1_000_000

// ParsePercentile reads p50 to p99.9, with at most four decimals.
func ParsePercentile(text string) (Percentile, error) {
	if !isPercentile(text) {
		return 0, hinted{"not a percentile: " + quote(text), "such as p99 or p99.9"}
	}
	n, err := decimalSteps(strings.TrimPrefix(text, "p"), Millionths/100)
	return Percentile(n), err
}

// String returns the percentile as ParsePercentile reads it.
func (p Percentile) String() string { return "p" + formatSteps(int64(p), Millionths/100) }

func (p *Percentile) parse(text string) (err error) { *p, err = ParsePercentile(text); return err }
func (p *Percentile) text() string                  { return p.String() }
