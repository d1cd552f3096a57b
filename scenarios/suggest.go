package scenarios

import "strings"

// suggest returns the hint for an unknown word: the nearest of the words
// allowed, or all of them.
func suggest(word string, allowed []string) string {
	if best := nearest(word, allowed); best != "" {
		return "did you mean " + quote(best) + "?"
	}
	if len(allowed) == 0 {
		return ""
	}
	const most = 40
	if len(allowed) > most {
		return "one of " + strings.Join(allowed[:most], ", ") + ", .."
	}
	return "one of " + strings.Join(allowed, ", ")
}

// nearest returns the word within distance 1+len/4 that has something in
// common with it, the closest and then the first; else the only one that begins with word; else "".
func nearest(word string, allowed []string) string {
	const most = 200 // of a long list, the start is enough for a hint
	allowed = allowed[:min(len(allowed), most)]
	best, least := "", 2+len(word)/4
	for _, a := range allowed {
		if d := distance(strings.ToLower(word), a, least); d < least && d < max(len(word), len(a)) {
			best, least = a, d
		}
	}
	if best != "" || len(word) < 2 {
		return best
	}
	for _, a := range allowed {
		if !strings.HasPrefix(a, word) {
			continue
		}
		if best != "" {
			return ""
		}
		best = a
	}
	return best
}

// distance is the optimal string alignment distance: insertions, deletions,
// substitutions and swaps of neighbours. Words longer than 64 bytes, and
// lengths that differ by limit or more, count as limit.
func distance(a, b string, limit int) int {
	const longest = 64
	if len(a) > longest || len(b) > longest || max(len(a)-len(b), len(b)-len(a)) >= limit {
		return limit
	}
	var before, previous, row [longest + 1]int
	for j := range len(b) + 1 {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(previous[j]+1, row[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, previous = previous, row
	}
	return previous[len(b)]
}

// quote puts a word of the input between quotes, escaped and cut so that it
// can be printed anywhere.
func quote(word string) string {
	const most = 60
	if runes := []rune(word); len(runes) > most {
		word = string(runes[:most]) + ".."
	}
	return quoteASCII(word)
}
