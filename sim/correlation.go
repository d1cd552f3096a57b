package sim

import "dynamosim/sim/rng"

// Faults come in bursts: with a Correlation, what a rule draws for a message is, with that probability, what it drew for the one before on the
// same link. The share of messages lost and the distribution of the delays stay what they are. What is remembered is no draw: which message
// came before does not shift the number that another one gets.

// linkMemory is what a rule drew last on a link.
type linkMemory struct {
	lost  bool
	delay int64
}

// loses tells whether a rule loses a message.
func (c *core) loses(f *flight, r *activeRule) bool {
	if r.memory == nil || r.Loss == rng.Never {
		return c.hit(f, r.Loss, rng.Mix(drawLoss, r.hash))
	}
	key := linkKey(f.from, f.to)
	m, known := r.memory[key]
	if !known || !c.hit(f, r.Correlation, rng.Mix(drawRepeat, r.hash)) {
		m.lost = c.hit(f, r.Loss, rng.Mix(drawLoss, r.hash))
		r.memory[key] = m
	}
	return m.lost
}

// delays is by how much a rule delays a message.
func (c *core) delays(f *flight, r *activeRule) int64 {
	if r.memory == nil {
		return r.Delay.Sample(c.draw(f, rng.Mix(drawDelay, r.hash)))
	}
	key := linkKey(f.from, f.to)
	m, known := r.memory[key]
	if !known || !c.hit(f, r.Correlation, rng.Mix(drawRepeat, r.hash)) {
		m.delay = r.Delay.Sample(c.draw(f, rng.Mix(drawDelay, r.hash)))
		r.memory[key] = m
	}
	return m.delay
}
