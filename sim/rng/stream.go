package rng

// Stream is a sequence of random words: the SplitMix64 generator (Steele, Lea
// and Flood, "Fast splittable pseudorandom number generators", 2014). It is
// for drawing in a fixed order, as planning does; what happens during a run is
// drawn with Draw.
type Stream struct{ state uint64 }

// NewStream returns the stream that belongs to a key. Different keys give
// independent streams, neighbouring ones included.
func NewStream(key uint64) *Stream {
	return &Stream{state: finalise(key ^ mixA)}
}

// Uint64 returns the next 64 uniform bits.
func (s *Stream) Uint64() uint64 {
	s.state += 0x9e3779b97f4a7c15
	return finalise(s.state)
}

// Below returns the next number in [0,n), and 0 if n is 0.
func (s *Stream) Below(n uint64) uint64 { return Below(s.Uint64(), n) }
