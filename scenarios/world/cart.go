package world

import (
	"cmp"
	"slices"
	"strings"

	"dynamosim/analysis/history"
	"dynamosim/dynamo/client"
	"dynamosim/dynamo/vclock"
)

// A cart is the content of a value: its items, each with the tag of the addition that put it there, one "item TAB tag" a line. Only
// clients read carts; nodes move them like any bytes. Two carts are merged by union (§4.4), so that an addition is never lost and a
// removed item can come back.

// cartEntry is one item under one tag.
type cartEntry struct{ item, tag string }

func parseCart(content string) []cartEntry {
	var cart []cartEntry
	for _, line := range strings.Split(content, "\n") {
		item, tag, ok := strings.Cut(line, "\t")
		if !ok {
			continue
		}
		cart = append(cart, cartEntry{item, tag})
	}
	return cart
}

func formatCart(cart []cartEntry) string {
	var b strings.Builder
	for i, e := range cart {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.item)
		b.WriteByte('\t')
		b.WriteString(e.tag)
	}
	return b.String()
}

// mergeCarts is the union of the carts of all versions of a key that are no tombstones, sorted by item and tag.
func mergeCarts(set *vclock.Set) []cartEntry {
	if set == nil {
		return nil
	}
	var all []cartEntry
	for i := range set.Versions {
		if !set.Versions[i].Tombstone {
			all = append(all, parseCart(set.Versions[i].Value.Content)...)
		}
	}
	return sortedCart(all)
}

// cartOf is the cart that a get has returned: the library's union, or the caller's own.
func cartOf(r *client.Result) []cartEntry {
	if r.IsMerged {
		return parseCart(r.Merged)
	}
	return mergeCarts(r.Set)
}

// uniteCarts is what the client library makes of versions in conflict.
func uniteCarts(conflict *vclock.Set) string { return formatCart(mergeCarts(conflict)) }

// sortedCart sorts a cart and drops what is there twice.
func sortedCart(cart []cartEntry) []cartEntry {
	slices.SortStableFunc(cart, func(a, b cartEntry) int {
		return cmp.Or(cmp.Compare(a.item, b.item), cmp.Compare(a.tag, b.tag))
	})
	kept := cart[:0]
	for i, e := range cart {
		if i == 0 || e != cart[i-1] {
			kept = append(kept, e)
		}
	}
	return kept
}

// addToCart puts an item in under a new tag, in place of the tags under which it was there; those are returned.
func addToCart(cart []cartEntry, item, tag string) (after []cartEntry, replaced []string) {
	after, replaced = removeFromCart(cart, item)
	return sortedCart(append(after, cartEntry{item, tag})), replaced
}

// removeFromCart takes an item out; the tags under which it was there are returned.
func removeFromCart(cart []cartEntry, item string) (after []cartEntry, removed []string) {
	for _, e := range cart {
		if e.item == item {
			removed = append(removed, e.tag)
			continue
		}
		after = append(after, e)
	}
	return after, removed
}

// itemNames is what a person sees of a cart: its items, each once.
func itemNames(cart []cartEntry) string {
	var names []string
	for i, e := range cart {
		if i == 0 || e.item != cart[i-1].item {
			names = append(names, e.item)
		}
	}
	return strings.Join(names, ", ")
}

// recordCart translates a cart into the numbers of a history.
func recordCart(h *history.History, cart []cartEntry) []history.CartItem {
	items := make([]history.CartItem, len(cart))
	for i, e := range cart {
		items[i] = history.CartItem{Item: h.AddItem(e.item), Tag: h.AddTag(e.tag)}
	}
	return items
}

func recordTags(h *history.History, tags []string) []int32 {
	numbers := make([]int32, len(tags))
	for i, t := range tags {
		numbers[i] = h.AddTag(t)
	}
	return numbers
}
