package client

import (
	"slices"

	"dynamosim/dynamo"
)

// pick chooses the node for an attempt: by the balancer, among those that did not lately leave this client without an answer, and not the
// one that was just tried if there is another.
func (c *Client) pick() dynamo.NodeID {
	if c.cfg.Balancer == Random && c.special == nil && c.attempts == 1 { // as almost always: no node is to be passed over
		return c.cfg.Nodes[scale(c.env.Rand(dynamo.RandBalance), len(c.cfg.Nodes))]
	}
	return c.choose()
}

// choose is pick for every balancer, with nodes to pass over.
func (c *Client) choose() dynamo.NodeID {
	c.needs()
	if c.cfg.Balancer == Near {
		if id := c.among(c.cfg.Near); id != dynamo.NoNode {
			return id
		}
	}
	if id := c.among(c.cfg.Nodes); id != dynamo.NoNode {
		return id
	}
	return c.cfg.Nodes[c.below(len(c.cfg.Nodes))]
}

// among chooses one of the usable nodes of a list, NoNode if there is none. The list is not searched while all nodes of it are usable, and
// not where it holds every node at its own number, as the list of a whole cluster does.
func (c *Client) among(list []dynamo.NodeID) dynamo.NodeID {
	s := c.special
	s.passed = s.passed[:0]
	if len(s.avoid) > 0 {
		c.leaveOutAvoided(list)
	}
	if c.attempts > 1 || s.hedge != nil && s.hedge.picks {
		s.leaveOut(list, c.asked)
	}
	usable := len(list) - len(s.passed)
	if usable <= 0 {
		return dynamo.NoNode
	}
	if c.cfg.Balancer == LeastLoaded {
		return c.leastLoaded(list)
	}
	k := c.below(usable)
	for _, at := range s.passed {
		if k >= at {
			k++
		}
	}
	return list[k]
}

// leaveOutAvoided leaves out the nodes that did not answer lately, and forgets those that may be asked again.
func (c *Client) leaveOutAvoided(list []dynamo.NodeID) {
	s, now := c.special, c.env.Now()
	s.avoid = slices.DeleteFunc(s.avoid, func(a avoided) bool { return now >= a.until })
	for _, a := range s.avoid {
		s.leaveOut(list, a.node)
	}
}

// leaveOut adds a node's place in the list to the sorted places that are passed over.
func (s *special) leaveOut(list []dynamo.NodeID, id dynamo.NodeID) {
	at := int(id)
	if at >= len(list) || list[at] != id {
		at = slices.Index(list, id)
	}
	if at < 0 {
		return
	}
	if i, already := slices.BinarySearch(s.passed, at); !already {
		s.passed = slices.Insert(s.passed, i, at)
	}
}

// below gives a number in [0, n): drawn, or the next one in turn.
func (c *Client) below(n int) int {
	s := c.special
	if c.cfg.Balancer != RoundRobin || s.turn < 0 {
		s.turn = scale(c.env.Rand(dynamo.RandBalance), n)
	} else {
		s.turn++
	}
	return s.turn % n
}

// pass remembers that a node did not answer.
func (c *Client) pass(id dynamo.NodeID) {
	s, until := c.needs(), c.env.Now()+c.cfg.Avoid
	for i := range s.avoid {
		if s.avoid[i].node == id {
			s.avoid[i].until = until
			return
		}
	}
	s.avoid = append(s.avoid, avoided{id, until})
}

// scale maps a random number to [0, n).
func scale(u uint64, n int) int { return int((u >> 32) * uint64(n) >> 32) }
