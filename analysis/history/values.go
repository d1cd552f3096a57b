package history

// Value returns the text of a put's value; it is empty when only its Size is
// known.
func (h *History) Value(id OpID) string {
	o := h.Op(id)
	if o.flags&flagText != 0 {
		return h.texts[o.value]
	}
	if e := h.extra(o); e != nil && e.text > 0 {
		return h.texts[e.text-1]
	}
	return ""
}

// Size returns the length of the value of a put in bytes. The text of a large
// value is usually not kept, see Value.
func (h *History) Size(id OpID) int {
	o := h.Op(id)
	if o.flags&flagText != 0 {
		return len(h.texts[o.value])
	}
	return int(o.value)
}

// IsCart reports whether the operation is a put or a get of a shopping cart.
func (h *History) IsCart(id OpID) bool {
	e := h.extraOf(id)
	return e != nil && e.cart
}

// HasCarts reports whether any operation is about a shopping cart.
func (h *History) HasCarts() bool { return len(h.tags.list) > 0 }

// Adds returns the items that a put added to a cart.
func (h *History) Adds(id OpID) []CartItem {
	if e := h.extraOf(id); e != nil {
		return h.carts.get(e.adds)
	}
	return nil
}

// Removes returns the tags that a put removed from a cart.
func (h *History) Removes(id OpID) []int32 {
	if e := h.extraOf(id); e != nil {
		return h.numbers.get(e.removes)
	}
	return nil
}

// Values returns what a get gave as the values of its versions: the text of
// each, and whether it is null, as a tombstone's is.
func (h *History) Values(id OpID) []Value {
	versions := h.Versions(id)
	if len(versions) == 0 {
		return nil
	}
	values := make([]Value, len(versions))
	for i := range versions {
		values[i] = h.valueAt(id, i)
	}
	return values
}

// Value is the text of a value, or null.
type Value struct {
	Text string
	Null bool
}

// valueAt returns the i-th value of a get: the one its line gave, or the one
// that was written.
func (h *History) valueAt(id OpID, i int) Value {
	if e := h.extraOf(id); e != nil && e.values.n > 0 {
		if t := h.numbers.get(e.values)[i]; t >= 0 {
			return Value{Text: h.texts[t]}
		}
		return Value{Null: true}
	}
	return h.written(h.Versions(id)[i])
}

// written returns the value of a version as its operation wrote it.
func (h *History) written(v OpID) Value {
	if v.Written() && h.Op(v).Func == Delete {
		return Value{Null: true}
	}
	if !v.Written() {
		return Value{}
	}
	return Value{Text: h.Value(v)}
}

// Altered returns the first version of a get that came with a value other
// than the one written.
func (h *History) Altered(id OpID) (v OpID, altered bool) {
	e := h.extraOf(id)
	if e == nil || e.values.n == 0 {
		return NoVersion, false
	}
	for i, v := range h.Versions(id) {
		if v.Written() && h.Op(v).flags&flagNoValue == 0 && h.valueAt(id, i) != h.written(v) {
			return v, true
		}
	}
	return NoVersion, false
}

// Items returns what a get found in a cart.
func (h *History) Items(id OpID) []CartItem {
	if e := h.extraOf(id); e != nil {
		return h.carts.get(e.items)
	}
	return nil
}

func (h *History) extraOf(id OpID) *extra { return h.extra(h.Op(id)) }

// extra is what few operations have, nil where o has nothing of it.
func (h *History) extra(o *Operation) *extra {
	if o.extra == 0 {
		return nil
	}
	return h.extras.at(int(o.extra) - 1)
}
