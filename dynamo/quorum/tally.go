package quorum

import "strconv"

// Status is where a request stands.
type Status uint8

// Pending turns into Success or Failure once and for all as far as answers alone
// go; only a late answer of a node that had been given up, or another node asked,
// can turn Failure back.
const (
	Pending Status = iota
	Success        // enough nodes have answered
	Failure        // the nodes still silent are too few
)

// String returns the status's name in lower case.
func (s Status) String() string {
	switch s {
	case Pending:
		return "pending"
	case Success:
		return "success"
	case Failure:
		return "failure"
	}
	return "Status(" + strconv.Itoa(int(s)) + ")"
}

// inline is for how many nodes a tally has room without the heap: the usual N, and
// a stand-in or two. A coordinator has many tallies, so they are small.
const inline = 5

// tally counts which nodes have answered, each once. What an answer needs begins
// with how many are needed.
type tally struct {
	asked   int32
	failed  uint8 // which of nodes have failed, a bit each
	mixed   bool  // of a Read: not all answers are the first one's set
	need    int32
	yes, no int32
	nodes   [inline]int32 // that have answered
	more    *[]answer     // beyond inline, in the same order; nil: never so many
}

// answer is what is known of one node that was asked.
type answer struct {
	node   int32
	failed bool
}

func (t *tally) reset(asked, need int) {
	t.asked, t.need, t.yes, t.no, t.failed = int32(asked), int32(need), 0, 0, 0
	if t.more != nil {
		*t.more = (*t.more)[:0]
	}
}

// heard returns how many nodes have answered one way or the other.
func (t *tally) heard() int { return int(t.yes + t.no) }

// at returns the i-th answer.
func (t *tally) at(i int) answer {
	if i < inline {
		return answer{t.nodes[i], t.failed>>i&1 == 1}
	}
	return (*t.more)[i-inline]
}

// add enters an answer, the i-th.
func (t *tally) add(i int, a answer) {
	if i >= inline {
		t.spill(a)
		return
	}
	t.nodes[i] = a.node
	if a.failed {
		t.failed |= 1 << i
	}
}

// spill enters one for which there is no room inline.
func (t *tally) spill(a answer) {
	if t.more == nil {
		t.more = new([]answer)
	}
	*t.more = append(*t.more, a)
}

// forgive makes the i-th answer one that has not failed.
func (t *tally) forgive(i int) {
	if i < inline {
		t.failed &^= 1 << i
	} else {
		(*t.more)[i-inline].failed = false
	}
}

// find returns the index of a node's answer, or how many there are.
func (t *tally) find(node int32) int {
	heard := t.heard()
	for i, n := range t.nodes[:min(heard, inline)] {
		if n == node {
			return i
		}
	}
	for i := inline; i < heard; i++ {
		if (*t.more)[i-inline].node == node {
			return i
		}
	}
	return heard
}

// first records the answer of a node that has not answered before, if there is
// room inline, which is the usual case; else the index is -1.
func (t *tally) first(node int32) int {
	i := t.heard()
	if uint(i) >= inline {
		return -1
	}
	for _, n := range t.nodes[:i] {
		if n == node {
			return -1
		}
	}
	t.nodes[i] = node
	t.yes++
	return i
}

// note records a node's answer: its index, and whether that is news. A yes
// replaces the same node's no, never the other way around: a node given up for
// its silence may still answer, but it does not take back what it said.
func (t *tally) note(node int32, failed bool) (int, bool) {
	i := t.find(node)
	if i < t.heard() {
		return i, t.again(i, failed)
	}
	t.add(i, answer{node: node, failed: failed})
	if failed {
		t.no++
	} else {
		t.yes++
	}
	return i, true
}

// again is note for a node of which the i-th answer is.
func (t *tally) again(i int, failed bool) bool {
	if failed || !t.at(i).failed {
		return false
	}
	t.forgive(i)
	t.no--
	t.yes++
	return true
}

// enough tells whether as many nodes as needed have not failed.
func (t *tally) enough() bool { return t.yes >= t.need }

// status compares what came, and what can still come, with what is needed.
func (t *tally) status() Status {
	switch {
	case t.enough():
		return Success
	case t.asked-t.no < t.need:
		return Failure
	}
	return Pending
}

// heardFrom reports whether the node has answered, either way.
func (t *tally) heardFrom(node int32) bool { return t.find(node) < t.heard() }
