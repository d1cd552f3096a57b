package ring

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

// EqualRanges returns the tokens of strategy 3 (§6.2): those of a [Deal] to the first nodes.
func EqualRanges(nodes []Member, q int, draw func(i int) uint64) []Token {
	return DealOut(nodes, q, draw).Tokens()
}
