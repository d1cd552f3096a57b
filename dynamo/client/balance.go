package client

import "dynamosim/dynamo"

// pick chooses the node for an attempt: by the balancer, among those that did not lately leave this client without an answer, and not the
// one that was just tried if there is another.
func (c *Client) pick() dynamo.NodeID {
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

// among chooses one of the usable nodes of a list, NoNode if there is none.
func (c *Client) among(list []dynamo.NodeID) dynamo.NodeID {
	usable := 0
	for _, id := range list {
		if c.usable(id) {
			usable++
		}
	}
	if usable == 0 {
		return dynamo.NoNode
	}
	k := c.below(usable)
	for _, id := range list {
		if !c.usable(id) {
			continue
		}
		if k == 0 {
			return id
		}
		k--
	}
	return dynamo.NoNode
}

// below gives a number in [0, n): drawn, or the next one in turn.
func (c *Client) below(n int) int {
	if c.cfg.Balancer != RoundRobin || c.turn < 0 {
		c.turn = scale(c.env.Rand(dynamo.RandBalance), n)
	} else {
		c.turn++
	}
	return c.turn % n
}

func (c *Client) usable(id dynamo.NodeID) bool {
	if c.attempts > 1 && id == c.asked {
		return false
	}
	for _, a := range c.avoid {
		if a.node == id && c.env.Now() < a.until {
			return false
		}
	}
	return true
}

// pass remembers that a node did not answer.
func (c *Client) pass(id dynamo.NodeID) {
	until := c.env.Now() + c.cfg.Avoid
	for i := range c.avoid {
		if c.avoid[i].node == id {
			c.avoid[i].until = until
			return
		}
	}
	c.avoid = append(c.avoid, avoided{id, until})
}

// scale maps a random number to [0, n).
func scale(u uint64, n int) int { return int((u >> 32) * uint64(n) >> 32) }
