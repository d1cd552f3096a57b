package scenarios

import (
	"strings"

	"dynamosim/sim/rng"
)

// Share is a probability or a part of a whole, from 0 to 1: 1% or 0.01. It
// keeps its text, which the plan prints.
type Share struct {
	rng.Chance
	written string
}

// ParseShare reads a share: a decimal from 0 to 1, or a percentage.
func ParseShare(text string) (Share, error) {
	c, err := rng.ParseChance(text)
	if err != nil || strings.TrimLeft(text, "0123456789.%") != "" {
		return Share{}, hinted{"not a share: " + quote(text), "from 0 to 1 or from 0% to 100%, such as 0.01 or 1%"}
	}
	return Share{c, text}, nil
}

// String returns the share as it was written.
func (s Share) String() string {
	if s.written == "" {
		return s.Chance.String()
	}
	return s.written
}

// sharesStep is the number of steps in which shares are drawn.
const shareSteps = 1_000_000

func (s *Share) parse(text string) (err error) {
	*s, err = ParseShare(text)
	return err
}

func (s *Share) text() string { return s.String() }

func (s *Share) steps() int64 {
	hi := rng.Below(uint64(s.Chance), shareSteps)
	if s.Chance == rng.Certain {
		return shareSteps
	}
	if c, _ := rng.ParseChance(formatSteps(int64(hi)+1, shareSteps)); c <= s.Chance {
		return int64(hi) + 1
	}
	return int64(hi)
}

func (s *Share) setSteps(n int64) {
	*s, _ = ParseShare(formatSteps(n, shareSteps/100) + "%")
}
