package history

// phantoms are versions that a get returned although nothing in the history
// wrote them. Their OpIDs count down from -2.
type phantoms struct {
	names names
	stamp []stamp // beside names
}

type stamp struct {
	time  int64
	node  int32
	known bool
}

// Phantom returns the OpID of the version of this name that no operation of
// the history wrote. A store that returns such a version is at fault; the
// checkers say so.
func (h *History) Phantom(name string) OpID {
	i := h.phantoms.names.add(name)
	if int(i) == len(h.phantoms.stamp) {
		h.phantoms.stamp = append(h.phantoms.stamp, stamp{})
	}
	return OpID(-2 - i)
}

func (p *phantoms) name(v OpID) string {
	if v == NoVersion {
		return "none"
	}
	return p.names.list[-2-v]
}
