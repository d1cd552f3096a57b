// Package rng turns seeds into numbers: keyed draws, probabilities as integer
// thresholds, and distributions that are compiled to integer tables.
package rng
