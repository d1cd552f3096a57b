// Package trace says what happened inside a run: the kinds of records, the
// running digest of everything that happened, and writers of records.
package trace
