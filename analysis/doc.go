// Package analysis judges what clients saw of a replicated store: checkers,
// which say whether a history keeps a promise, and measures, which count.
//
// A Check is one value with a name, a sentence and a function; Checks lists
// them all, and Judge runs them over a history. A verdict has three values:
// valid, invalid and unknown (the checker gave up within its budget), beside
// measured and not applicable. Invalid comes with Evidence: the key, operations
// that break the promise alone and of which none can be spared (lean.go), and a
// sentence.
//
// Promises:
//   - A verdict depends on history, options and facts alone: no clock, no
//     random numbers, no order of maps. Budgets count steps, so that unknown
//     repeats too.
//   - Intervals are indexes of events in the history, not times, so judging a
//     run and judging its written file are the same computation.
//   - Where a fast exact test decides, Porcupine confirms its witness, and
//     small keys whole; disagreement is reported as unknown, never hidden.
//   - Time and memory grow with the length of a key's history about linearly;
//     only what no exact test covers is searched, within fixed bounds.
//   - A history that does not lie in memory is judged in parts, some keys at a
//     time (parts.go), to the same verdicts, evidence and numbers. Memory is
//     that of a part, or of the key with the most operations. What goes across
//     keys is an exception: causal, where not all keys are linearizable, puts a
//     history together up to a size and is unknown beyond; a history whose
//     operations name versions of other keys is put together whatever its size.
//
// A history is sorted by key once for all checks (bykey.go). Most keys are found
// linearizable in one walk over their events (quick.go), and then keep every
// weaker promise too. The others go to the exact tests: zones for registers
// (zones.go), the max-register for last-write-wins (maxregister.go), the sweep
// for siblings (sweep.go). What an answer covers, by the rule of each model, is
// said in covering.go.
//
// What runs with many seeds come to is estimated with intervals (estimate.go:
// means and shares; quantile.go: percentiles) and compared seed by seed
// (difference.go); wars.go predicts staleness from latencies alone.
//
// Start with Judge, then Check, then Subject and the checker of interest, one
// file each. Measures (measures.go) are the numbers behind expectations, over
// any Scope of time; Metrics (metric.go) gives each a name, a unit, a definition
// and a way to put many runs together. WritePicture draws a key.
package analysis
