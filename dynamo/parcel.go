package dynamo

import (
	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/vclock"
)

// parcel collects what anti-entropy has to say to a partner and sends it in messages of a moderate size.
type parcel struct {
	node    *Node
	to      NodeID
	request uint64 // of the exchange
	trees   Trees
	size    int64
	sent    bool
}

// parcelSize is how large a message of anti-entropy may grow before another one is begun, in bytes.
const parcelSize = 16 << 10

// Wire sizes in bytes of the parts of Trees: a list or a leaf with its range (two positions), level and index; a hash; a key's length.
const (
	wireNode = 40
	wireHash = 8
	wireName = 2
)

func (p *parcel) addList(l merkle.List) {
	p.make(int64(wireNode + wireHash*len(l.Hashes)))
	p.trees.Lists = append(p.trees.Lists, l)
}

func (p *parcel) addBucket(b Bucket) {
	p.make(b.size(p.node.shared.Keys))
	p.trees.Buckets = append(p.trees.Buckets, b)
}

func (p *parcel) addWant(key KeyID) {
	p.make(wireName + int64(len(p.node.shared.Keys.Name(key))))
	p.trees.Wants = append(p.trees.Wants, key)
}

// addEqual adds a range in which both hold the same.
func (p *parcel) addEqual(r merkle.Range) {
	p.make(wireRange)
	p.trees.Equal = append(p.trees.Equal, r)
}

// addSet adds a key's version set with its causal context, and whether the receiver's is wanted back if it is another one. A key that is
// held no longer has nothing to be sent.
func (p *parcel) addSet(key KeyID, set *vclock.Set, back bool) {
	if set == nil {
		return
	}
	if len(p.trees.Sets) > 0 && p.trees.Back != back {
		p.send()
	}
	x := KeySet{key, set}
	p.make(x.size(p.node.shared.Keys))
	p.trees.Sets, p.trees.Back = append(p.trees.Sets, x), back
	p.node.env.Mark(MarkKeyMoved, key, int64(p.to))
}

// make makes room for so many bytes more.
func (p *parcel) make(size int64) {
	if p.size > 0 && p.size+size > parcelSize {
		p.send()
	}
	p.size += size
}

// send sends what there is, and tells whether anything was sent since the parcel was begun.
func (p *parcel) send() bool {
	if p.size == 0 {
		return p.sent
	}
	trees := p.trees
	p.node.markSent(&trees)
	p.dispatch(&Body{Trees: &trees})
	p.trees, p.size, p.sent = Trees{}, 0, true
	return true
}

// dispatch sends a message of the exchange.
func (p *parcel) dispatch(b *Body) {
	m := Message{Kind: Merkle, Request: p.request, Key: NoKey, Client: NoNode, Node: NoNode, Body: b}
	p.node.env.Mark(MarkMerkleBytes, NoKey, m.Size(p.node.shared.Keys))
	p.node.send(p.to, m)
}

// markSent counts hashes, and lists but for roots.
func (n *Node) markSent(t *Trees) {
	hashes, lists := int64(0), int64(0)
	for i := range t.Lists {
		hashes += int64(len(t.Lists[i].Hashes))
		if t.Lists[i].Level > 0 {
			lists++
		}
	}
	if hashes > 0 {
		n.env.Mark(MarkHashesSent, NoKey, hashes)
	}
	if lists > 0 {
		n.env.Mark(MarkListsSent, NoKey, lists)
	}
}

func (b *Bucket) size(keys *Keys) int64 {
	size := int64(wireNode)
	for _, k := range b.Keys {
		size += wireName + int64(len(keys.Name(k.Key))) + wireHash
	}
	return size
}

func (x *KeySet) size(keys *Keys) int64 {
	return wireName + int64(len(keys.Name(x.Key))) + x.Set.WireSize()
}

// size is what it takes on the wire.
func (t *Trees) size(keys *Keys) int64 {
	size := int64(0)
	for i := range t.Lists {
		size += wireNode + wireHash*int64(len(t.Lists[i].Hashes))
	}
	for i := range t.Buckets {
		size += t.Buckets[i].size(keys)
	}
	for _, key := range t.Wants {
		size += wireName + int64(len(keys.Name(key)))
	}
	for i := range t.Sets {
		size += t.Sets[i].size(keys)
	}
	return size + int64(len(t.Equal))*wireRange
}

// hash covers the content, for the digest of a run.
func (t *Trees) hash(keys *Keys) uint64 {
	h := uint64(0x94d049bb133111eb)
	if t.Back {
		h = 0xbf58476d1ce4e5b9
	}
	if t.Survey {
		h = 0xd6e8feb86659fd93
	}
	for _, r := range t.Equal {
		h = hashNode(h, r, 0)
	}
	for i := range t.Lists {
		l := &t.Lists[i]
		h = hashNode(h, l.Range, uint64(l.Level)<<48^l.First)
		for _, x := range l.Hashes {
			h = fold(h^x, 0x9e3779b97f4a7c15)
		}
	}
	for i := range t.Buckets {
		b := &t.Buckets[i]
		h = hashNode(h, b.Leaf.Range, ^b.Leaf.Index)
		for _, k := range b.Keys {
			h = fold(h^keys.Hash(k.Key), k.Hash^0xd1b54a32d192ed03)
		}
	}
	for _, key := range t.Wants {
		h = fold(h^keys.Hash(key), 0x2545f4914f6cdd1d)
	}
	for _, x := range t.Sets {
		h = fold(h^keys.Hash(x.Key), x.Set.Hash()^0xe7037ed1a0b428db)
	}
	return h
}

func hashNode(h uint64, r merkle.Range, node uint64) uint64 {
	h = fold(h^r.After.Hi, r.After.Lo^0x8cb92ba72f3d8dd7)
	h = fold(h^r.Upto.Hi, r.Upto.Lo^0xd6e8feb86659fd93)
	return fold(h^node, 0xaef17502108ef2d9)
}
