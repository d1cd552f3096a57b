package dynamo

// A network may deliver a message twice, and a put done twice makes two versions of one: the second takes back what others have put on top
// of the first. So a node does a client's put once while it runs, whether the client sent it or another node passed it on.

// again tells whether a put was met before. Nobody is answered: the first one was, or will be.
func (n *Node) again(from NodeID, m *Message) bool {
	client, met := from, &n.once
	if m.Kind == ForwardPut {
		if client = m.Client; m.Again {
			met = &n.onceMore // it may be this node that passed it on before
		}
	}
	if met.first(client, m.Request) {
		return false
	}
	n.env.Mark(MarkDuplicate, m.Key, int64(client))
	return true
}

// window is how many requests of one connection a node can tell apart; an older one counts as done.
const window = 64

// onceTable remembers, for each connection that puts came over, the highest number and which of the window below it were seen. It is an array,
// not a Go map, because every put is looked up: open addressing with linear probing, no deletion.
type onceTable struct {
	cells []onceCell // a power of two
	used  int
}

type onceCell struct {
	connection uint64 // of a client's address and the upper half of its request numbers, plus one; 0: empty
	highest    uint32
	seen       uint64 // bit i: highest-i
}

func (t *onceTable) emptied() onceTable {
	clear(t.cells)
	return onceTable{cells: t.cells}
}

// first tells whether a request is met for the first time, and remembers it.
func (t *onceTable) first(client NodeID, request uint64) bool {
	c := t.cell(uint64(uint32(client))<<32 | request>>32 + 1)
	number := uint32(request)
	if c.seen == 0 || number > c.highest {
		c.seen = c.seen<<(number-c.highest) | 1
		c.highest = number
		return true
	}
	bit := uint64(1) << (c.highest - number)
	if c.highest-number >= window || c.seen&bit != 0 {
		return false
	}
	c.seen |= bit
	return true
}

// cell gives the cell of a connection, making it on first use.
func (t *onceTable) cell(connection uint64) *onceCell {
	if 4*(t.used+1) > 3*len(t.cells) {
		t.grow()
	}
	mask := uint64(len(t.cells) - 1)
	for i := fold(connection, 0x9e3779b97f4a7c15) & mask; ; i = (i + 1) & mask {
		c := &t.cells[i]
		if c.connection == 0 {
			c.connection = connection
			t.used++
		}
		if c.connection == connection {
			return c
		}
	}
}

func (t *onceTable) grow() {
	old := t.cells
	t.cells = make([]onceCell, max(16, 2*len(old)))
	t.used = 0
	for _, c := range old {
		if c.connection != 0 {
			*t.cell(c.connection) = c
		}
	}
}
