package client

import "dynamosim/dynamo"

// Loads is what a load balancer between clients and nodes knows (§4.5: it "will select a node based on load information"): how many of the
// requests that went through it are open at each node. The balancer is no process of the world: it takes no time and never fails. A nil
// Loads counts nothing.
type Loads struct{ open []int32 }

// NewLoads counts for so many nodes.
func NewLoads(nodes int) *Loads { return &Loads{make([]int32, nodes)} }

// Open is how many requests are open at a node.
func (l *Loads) Open(id dynamo.NodeID) int { return int(l.open[id]) }

func (l *Loads) add(id dynamo.NodeID, k int32) {
	if l != nil && id != dynamo.NoNode {
		l.open[id] += k
	}
}

// leastLoaded draws one of the nodes of a list that have the fewest requests open, the places that are passed over left out.
func (c *Client) leastLoaded(list []dynamo.NodeID) dynamo.NodeID {
	ties := 0
	c.eachLeast(list, func(dynamo.NodeID) bool { ties++; return false })
	k := scale(c.env.Rand(dynamo.RandBalance), ties)
	chosen := dynamo.NoNode
	c.eachLeast(list, func(id dynamo.NodeID) bool {
		chosen = id
		k--
		return k < 0
	})
	return chosen
}

// eachLeast calls f for each usable node with the fewest open requests until it returns true.
func (c *Client) eachLeast(list []dynamo.NodeID, f func(id dynamo.NodeID) bool) {
	least := int32(-1)
	c.eachUsable(list, func(id dynamo.NodeID) bool {
		if open := c.cfg.Loads.open[id]; least < 0 || open < least {
			least = open
		}
		return false
	})
	c.eachUsable(list, func(id dynamo.NodeID) bool { return c.cfg.Loads.open[id] == least && f(id) })
}

// eachUsable calls f for each node of a list whose place is not passed over until it returns true.
func (c *Client) eachUsable(list []dynamo.NodeID, f func(id dynamo.NodeID) bool) {
	passed := c.special.passed
	for at, id := range list {
		if len(passed) > 0 && passed[0] == at {
			passed = passed[1:]
			continue
		}
		if f(id) {
			return
		}
	}
}
