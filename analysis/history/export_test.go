package history

// SpillAtOnce is SpillTo that keeps as little in memory as can be.
func (h *History) SpillAtOnce(after int, open func() (Backing, error)) {
	h.SpillTo(after, open)
	h.keepNewest = 1
}
