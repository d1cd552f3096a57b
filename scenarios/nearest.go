package scenarios

// Nearest returns the word among those allowed that a misspelt one probably means, "" if none is near.
func Nearest(word string, allowed []string) string { return nearest(word, allowed) }
