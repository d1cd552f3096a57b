package scenarios

import "dynamosim/sim/rng"

// StoreFile is one of the stores that a node keeps on its disk.
type StoreFile string

// The values of StoreFile.
const (
	FileData    StoreFile = "data"
	FileHints   StoreFile = "hints"
	FileMembers StoreFile = "members"
)

// hits reports what is wrong with the choice of the operations that a fault of
// disks hits.
func (c *faultCheck) hits(share Share, nth int) {
	switch {
	case nth > 0 && share.Chance != rng.Certain:
		c.fail("nth", "leave one of them out", "both share and nth")
	case nth == 0:
		c.share("share", share)
	}
}
