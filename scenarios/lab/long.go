package lab

import (
	"fmt"
	"os"

	"dynamosim/analysis/history"
)

// longHistory is how many operations a history has that lies in memory as a whole, which takes some 100 bytes for each, and judging it as much
// again. What is old of a longer one is put away into a file and judged in parts, to the same end.
const longHistory = 2 << 20

// keepShort lets a history that becomes long go on in a file.
func keepShort(h *history.History) { h.SpillTo(longHistory, openSpill) }

// keepHistory is keepShort, but for tests.
func (o *RunOptions) keepHistory(h *history.History) {
	if o.long > 0 {
		h.SpillTo(o.long, openSpill)
		return
	}
	keepShort(h)
}

// openSpill makes a file without a name, which is gone with the process. It lies where temporary files do: TMPDIR says where.
func openSpill() (history.Backing, error) {
	f, err := os.CreateTemp("", "dynamosim-history-")
	if err != nil {
		return nil, fmt.Errorf("a file for a long history: %w", err)
	}
	os.Remove(f.Name()) // where a file that is open keeps its name, it stays until temporary files are cleared
	return f, nil
}
