package scenarios

import (
	"fmt"
	"strconv"
	"strings"
)

// Rate is how often something happens, in thousandths per second: 400/s.
type Rate int64

const rateStep = 1000

// ParseRate reads a rate such as 400/s or 0.5/s.
func ParseRate(text string) (Rate, error) {
	number, ok := strings.CutSuffix(text, "/s")
	n, err := decimalSteps(number, rateStep)
	switch {
	case !ok && isDigits(strings.Replace(text, ".", "", 1)):
		return 0, hinted{"not a rate: " + quote(text), "per second: " + text + "/s"}
	case !ok || err == errNumber:
		return 0, hinted{"not a rate: " + quote(text), "such as 400/s"}
	case err != nil || n > 1e9*rateStep || n == 0:
		return 0, hinted{"rate out of range: " + quote(text), "from 0.001/s to 1000000000/s, in thousandths"}
	}
	return Rate(n), nil
}

// PerSecond returns how often in a second.
func (r Rate) PerSecond() float64 { return float64(float64(r) / rateStep) }

// String returns the rate as ParseRate reads it.
func (r Rate) String() string { return formatSteps(int64(r), rateStep) + "/s" }

func (r *Rate) parse(text string) (err error) {
	*r, err = ParseRate(text)
	return err
}

func (r *Rate) text() string     { return r.String() }
func (r *Rate) steps() int64     { return int64(*r) }
func (r *Rate) setSteps(n int64) { *r = Rate(n) }

// Bytes is an amount of data: 512B, 64KB (thousands), 4KiB (1024).
type Bytes int64

var byteUnits = []unit{{"B", 1}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12},
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}}

// ParseBytes reads an amount such as 512B, 64KB or 4KiB, at most 1000TB.
func ParseBytes(text string) (Bytes, error) {
	n, err := parseUnits(text, "number of bytes", "512B, 64KB or 4KiB", byteUnits)
	if err == nil && n > 1e15 {
		err = hinted{"too many bytes: " + quote(text), "at most 1000TB"}
	}
	return Bytes(n), err
}

// String returns the amount as ParseBytes reads it.
func (b Bytes) String() string {
	best := strconv.FormatInt(int64(b), 10) + "B"
	for _, u := range byteUnits[1:] {
		if int64(b) >= u.steps && int64(b)%u.steps == 0 {
			if t := strconv.FormatInt(int64(b)/u.steps, 10) + u.name; significant(t) < significant(best) || significant(t) == significant(best) && len(t) < len(best) {
				best = t
			}
		}
	}
	return best
}

// significant counts the digits of a number up to its last that is not 0.
func significant(text string) int {
	number, _ := cutNumber(text)
	return len(strings.TrimRight(number, "0"))
}

func (b *Bytes) parse(text string) (err error) {
	*b, err = ParseBytes(text)
	return err
}

func (b *Bytes) text() string     { return b.String() }
func (b *Bytes) steps() int64     { return int64(*b) }
func (b *Bytes) setSteps(n int64) { *b = Bytes(n) }

// Bandwidth is how much data passes in a second, in bits: 1Gbit/s, 50MB/s.
type Bandwidth int64

var bandwidthUnits = []unit{{"bit/s", 1}, {"kbit/s", 1e3}, {"Mbit/s", 1e6}, {"Gbit/s", 1e9},
	{"B/s", 8}, {"KB/s", 8e3}, {"MB/s", 8e6}, {"GB/s", 8e9}}

// ParseBandwidth reads a bandwidth: bits as in 1Gbit/s, bytes as in 50MB/s.
// Abbreviations that leave open which (mbps) are refused.
func ParseBandwidth(text string) (Bandwidth, error) {
	number, suffix := cutNumber(text)
	if s := strings.ToLower(suffix); strings.HasSuffix(s, "bps") || strings.HasSuffix(s, "bit") {
		s = strings.ToUpper(s[:1])
		return 0, hinted{"not a bandwidth: " + quote(text), fmt.Sprintf("bits are %s%sbit/s, bytes are %s%sB/s", number, s, number, s)}
	}
	n, err := parseUnits(text, "bandwidth", "1Gbit/s or 50MB/s", bandwidthUnits)
	if err == nil && (n < 8 || n > 1e15) {
		err = hinted{"bandwidth out of range: " + quote(text), "from 1B/s to 1000000Gbit/s"}
	}
	return Bandwidth(n), err
}

// BytesPerSecond returns the bandwidth in bytes, rounded down.
func (b Bandwidth) BytesPerSecond() int64 { return int64(b) / 8 }

// String returns the bandwidth as ParseBandwidth reads it: in bytes where
// that takes no more digits than bits.
func (b Bandwidth) String() string {
	best := strconv.FormatInt(int64(b), 10) + "bit/s"
	for _, u := range bandwidthUnits[1:] {
		if int64(b) < u.steps || int64(b)%u.steps != 0 {
			continue
		}
		t := strconv.FormatInt(int64(b)/u.steps, 10) + u.name
		if significant(t) <= significant(best) && (len(t) <= len(best) || u.steps%8 == 0) {
			best = t
		}
	}
	return best
}

func (b *Bandwidth) parse(text string) (err error) {
	*b, err = ParseBandwidth(text)
	return err
}

func (b *Bandwidth) text() string     { return b.String() }
func (b *Bandwidth) steps() int64     { return int64(*b) }
func (b *Bandwidth) setSteps(n int64) { *b = Bandwidth(n) }

// PPM is parts per million, of clocks: 50ppm, -200ppm.
type PPM int64

// ParsePPM reads parts per million, up to 100000ppm (10%) either way.
func ParsePPM(text string) (PPM, error) {
	number, ok := strings.CutSuffix(text, "ppm")
	body, negative := strings.CutPrefix(number, "-")
	n, err := decimalSteps(body, 1)
	switch {
	case !ok && isDigits(strings.TrimPrefix(text, "-")):
		return 0, hinted{"not a drift: " + quote(text), "add the unit: " + text + "ppm"}
	case !ok || err == errNumber || err == errInexact:
		return 0, hinted{"not a drift: " + quote(text), "whole parts per million, such as 50ppm or -200ppm"}
	case err != nil || n > 100_000:
		return 0, hinted{"drift out of range: " + quote(text), "from -100000ppm to 100000ppm"}
	case negative:
		n = -n
	}
	return PPM(n), nil
}

// String returns the parts as ParsePPM reads them.
func (p PPM) String() string { return strconv.FormatInt(int64(p), 10) + "ppm" }

func (p *PPM) parse(text string) (err error) {
	*p, err = ParsePPM(text)
	return err
}

func (p *PPM) text() string     { return p.String() }
func (p *PPM) steps() int64     { return int64(*p) }
func (p *PPM) setSteps(n int64) { *p = PPM(n) }

// Drift is how much faster the clock of a node runs: drawn once a node,
// evenly from Min to Max.
type Drift struct{ Min, Max PPM }

func (r *Drift) parse(text string) (err error) {
	low, high, isRange := strings.Cut(text, "..")
	if !isRange {
		high = low
	}
	if r.Min, err = ParsePPM(low); err != nil {
		return err
	}
	if r.Max, err = ParsePPM(high); err == nil && r.Min > r.Max {
		err = hinted{"range upside down: " + quote(text), "write the smaller first"}
	}
	return err
}

// String returns the drift as a scenario has it: 50ppm or -50ppm..50ppm.
func (r Drift) String() string {
	if r.Min == r.Max {
		return r.Min.String()
	}
	return r.Min.String() + ".." + r.Max.String()
}

func (r *Drift) text() string { return r.String() }
