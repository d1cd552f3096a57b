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

// ticketTable gives tickets the small numbers that engines carry as tokens; 0 is no ticket. The first ones lie in the node itself: more are seldom
// in use at a time.
type ticketTable struct {
	slots []ticket // beyond few
	made  uint32   // tokens that were given out ever
	free  uint64   // token of a slot to use again, whose request names the next one
	few   [2]ticket
}

func (t *ticketTable) emptied() ticketTable { return ticketTable{slots: t.slots[:0]} }

func (t *ticketTable) put(k *ticket) uint64 {
	token := t.free
	if token == 0 {
		return t.add(k)
	}
	*t.use(token) = *k
	return token
}

// add is put where no slot is free.
func (t *ticketTable) add(k *ticket) uint64 {
	if t.made++; uint64(t.made) > uint64(len(t.few)) {
		t.slots = append(t.slots, ticket{})
	}
	token := uint64(t.made)
	*t.at(token) = *k
	return token
}

// at is the ticket of a token.
func (t *ticketTable) at(token uint64) *ticket {
	if i := token - 1; i < uint64(len(t.few)) {
		return &t.few[i]
	}
	return &t.slots[token-1-uint64(len(t.few))]
}

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
	live := int(t.made)
	for token := t.free; token != 0; token = t.at(token).request {
		live--
	}
	return live
}
