// Package rng turns seeds into numbers that are the same on every machine:
// words, probabilities and durations.
//
// # Draws are keyed by cause
//
// There is no generator with a state that is passed around. A random word is a
// pure function of why it is needed: Draw(seed, purpose, entity, lineage),
// where the entity comes in by the Hash of its name and the lineage says which
// event asks. Taking a fault, a client or a node out of a run therefore shifts
// no draw of what it did not touch, which counting draws cannot give. Stream,
// which does count, is for drawing a plan before the run.
//
// # One word, one value
//
// Everything that is random is a function of one word: Chance.Hit tells
// whether something happens, Dist.Sample how long it takes, Zipf.Rank which of
// many is meant, Below which of n. All but mixtures rise with the word, so
// that two runs with the same words and other parameters stay comparable
// (common random numbers).
//
// # The same bits everywhere
//
// Go's math.Log, math.Exp and math.Pow differ in their last bits between
// processors, and so does x*y+z wherever a compiler may fuse it. Probabilities
// are therefore integers from the moment they are read; distributions are
// compiled to integer tables by Log, Exp, Pow and NormalQuantile of this
// package, which round every product before it is added; and samples are drawn
// with integers only. Zipf beyond its table is the one exception: it uses the
// same portable functions.
//
// Durations are int64 nanoseconds and end at Limit, 146 years.
//
// Start with mix.go for the draws and dist.go for distributions; table.go and
// expns.go hold the two ways of sampling without floating point.
package rng
