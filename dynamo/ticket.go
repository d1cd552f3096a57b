package dynamo

// ticket says what to do when the storage engine reports the end of a read or a write.
type ticket struct {
	request uint64
	peer    NodeID // who waits for an answer
	key     KeyID
	slot    uint32 // of the log
	began   uint32 // of a read: when, in µs modulo 2^32, where the admission controller wants to know
	kind    ticketKind
	log     uint8 // engineData or engineHints, or engineMeta for what counts nothing
	durable bool  // of a write: it may not wait in the write buffer
}

type ticketKind uint8

const (
	ticketNobody       ticketKind = 1 + iota // nobody waits
	ticketCoordinator                        // an operation of this node
	ticketReplica                            // another node's operation
	ticketHint                               // another node's hint
	ticketEpochs                             // a block of epochs
	ticketBuffer                             // the writer behind the write buffer
	ticketRemoval                            // a hint that is removed
	ticketView                               // what the node knows of the members
	ticketSynchronised                       // versions from anti-entropy
	ticketTransfer                           // a set of a batch of another node's transfer
	ticketStray                              // the last hint for a key that this node stores and need not
	ticketRecord                             // what is left of transfers
	ticketRehomed                            // the last hint that takes the place of another one
	ticketMend                               // another home's attempt to mend a key
	ticketMended                             // a key that this node has mended
)

// ticketTable gives tickets the small numbers that engines carry as tokens; 0 is no ticket.
type ticketTable struct {
	slots []ticket
	free  uint64 // token of a slot to use again, whose request names the next one
}

func (t *ticketTable) emptied() ticketTable { return ticketTable{slots: t.slots[:0]} }

func (t *ticketTable) put(k *ticket) uint64 {
	token := t.free
	if token == 0 {
		t.slots = append(t.slots, *k)
		return uint64(len(t.slots))
	}
	*t.use(token) = *k
	return token
}

// at is the ticket of a token.
func (t *ticketTable) at(token uint64) *ticket { return &t.slots[token-1] }

// use gives the ticket of the free token, to be filled in.
func (t *ticketTable) use(token uint64) *ticket {
	k := t.at(token)
	t.free = k.request
	return k
}

// release makes the token of a ticket the free one.
func (t *ticketTable) release(token uint64, k *ticket) { k.request, t.free = t.free, token }

func (t *ticketTable) take(token uint64) ticket {
	k := t.at(token)
	taken := *k
	t.release(token, k)
	return taken
}

// live is how many are in use.
func (t *ticketTable) live() int {
	live := len(t.slots)
	for token := t.free; token != 0; token = t.slots[token-1].request {
		live--
	}
	return live
}
