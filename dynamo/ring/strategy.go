package ring

import (
	"cmp"
	"math/bits"
	"slices"
)

// Member is a node that is to get tokens. Capacity is relative: twice the capacity,
// twice the tokens (§4.2, heterogeneity); 0 or less gets none.
type Member struct {
	Node     int32
	Name     string
	Capacity float64
	Zone     int32
}

// RandomTokens returns the tokens of strategies 1 and 2 (§6.2): perUnit random
// positions for each unit of capacity, at least one a node. draw gives the 128
// random bits of a node's i-th token; it should depend on the node's name, so that
// a node's tokens do not depend on who else there is. For strategy 2 the ring is
// built with Options.Ranges.
func RandomTokens(nodes []Member, perUnit int, draw func(node int32, i int) (hi, lo uint64)) []Token {
	var tokens []Token
	for _, m := range nodes {
		for i := range tokenCount(m.Capacity, perUnit) {
			hi, lo := draw(m.Node, i)
			tokens = append(tokens, Token{At: Position{Hi: hi, Lo: lo}, Node: m.Node})
		}
	}
	return tokens
}

// tokenCount rounds capacity*perUnit to the nearest whole number, at least 1.
func tokenCount(capacity float64, perUnit int) int {
	if capacity <= 0 {
		return 0
	}
	return max(1, int(float64(capacity*float64(perUnit))+0.5)) // range: capacities are below 1000, tokens a unit below 4096
}

// EqualRanges returns the tokens of strategy 3 (§6.2): one at the end of each of q
// equal ranges, dealt out at random so that each node has its share of them by
// capacity (q/S for S equal nodes), rounded by largest remainder. draw gives the
// random bits of the i-th step of the shuffle, 0 < i < q.
func EqualRanges(nodes []Member, q int, draw func(i int) uint64) []Token {
	tokens := make([]Token, 0, q)
	for i, count := range apportion(nodes, q, nil) {
		for range count {
			tokens = append(tokens, Token{Node: nodes[i].Node})
		}
	}
	shuffle(tokens, draw)
	for i := range tokens {
		tokens[i].At = fraction(uint64(i), uint64(q))
	}
	return tokens
}

// Rebalance returns the tokens of strategy 3 after a change of the members (§6.2):
// those of a node that left are "randomly distributed to the remaining nodes", one
// that joins "steals" tokens, and each again has its share by capacity. No token
// moves without need, and none at all if no member has any capacity. draw gives the random bits of the i-th step of a shuffle,
// 0 < i < len(tokens).
func Rebalance(tokens []Token, nodes []Member, draw func(i int) uint64) []Token {
	at := make(map[int32]int, len(nodes))
	for i, m := range nodes {
		at[m.Node] = i
	}
	held := make([]int, len(nodes))
	for _, t := range tokens {
		if i, ok := at[t.Node]; ok {
			held[i]++
		}
	}
	share := apportion(nodes, len(tokens), held)
	out := slices.Clone(tokens)
	shuffle(out, draw)
	var free []int
	for k, t := range out {
		if i, ok := at[t.Node]; !ok {
			free = append(free, k)
		} else if held[i] > share[i] {
			held[i]--
			free = append(free, k)
		}
	}
	for i, m := range nodes {
		for ; held[i] < share[i]; held[i]++ {
			out[free[0]].Node = m.Node
			free = free[1:]
		}
	}
	slices.SortStableFunc(out, func(s, t Token) int { return s.At.Compare(t.At) })
	return out
}

// shuffle is that of Fisher and Yates.
func shuffle(tokens []Token, draw func(i int) uint64) {
	for i := len(tokens) - 1; i > 0; i-- {
		j, _ := bits.Mul64(draw(i), uint64(i)+1)
		tokens[i], tokens[j] = tokens[j], tokens[i]
	}
}

// apportion divides q tokens among the nodes by capacity: each gets its share
// rounded down, and those with the largest remainders one more; of equal ones those
// that hold more already, if that is told, then the earlier. The counts add up to q
// unless no node has any capacity.
func apportion(nodes []Member, q int, held []int) []int {
	total := 0.0
	for _, m := range nodes {
		total += max(m.Capacity, 0)
	}
	counts := make([]int, len(nodes))
	if total == 0 {
		return counts
	}
	remainders := make([]float64, len(nodes))
	order := make([]int, len(nodes))
	left := q
	for i, m := range nodes {
		share := float64(float64(max(m.Capacity, 0)/total) * float64(q))
		counts[i] = int(share) // range: at most q
		remainders[i] = share - float64(counts[i])
		order[i] = i
		left -= counts[i]
	}
	slices.SortStableFunc(order, func(i, j int) int {
		if c := cmp.Compare(remainders[j], remainders[i]); c != 0 || held == nil {
			return c
		}
		return cmp.Compare(held[j]-counts[j], held[i]-counts[i])
	})
	for _, i := range order[:left] {
		counts[i]++
	}
	return counts
}
