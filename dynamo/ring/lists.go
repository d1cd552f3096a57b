package ring

import "slices"

// lists are the preference lists of a ring as far as they are known, by range. They lie in pages, which rings that differ little share: a ring
// copies a page before it changes it, unless it is its own.
type lists struct {
	pages []*listPage
	own   []bool  // by page
	long  []int32 // ranges whose lists are longer than a ring that differs little takes over
}

const (
	listPageBits = 6
	listPageMask = 1<<listPageBits - 1
)

type listPage [1 << listPageBits][]int32

func (l *lists) prepare(ranges int) {
	pages := (ranges + listPageMask) >> listPageBits
	l.pages, l.own = slices.Repeat([]*listPage{new(listPage)}, pages), make([]bool, pages)
}

// of is what is known of the list of a range.
func (l *lists) of(i int) []int32 { return l.pages[uint(i)>>listPageBits][uint(i)&listPageMask] }

func (l *lists) set(i int, list []int32) {
	page := i >> listPageBits
	if !l.own[page] {
		own := *l.pages[page]
		l.pages[page], l.own[page] = &own, true
	}
	l.pages[page][i&listPageMask] = list
	if len(list) > inherited {
		l.long = append(l.long, int32(i))
	}
}

// share gives another ring what is known of lists that are not long.
func (l *lists) share() lists {
	clear(l.own)
	other := lists{pages: slices.Clone(l.pages), own: make([]bool, len(l.own))}
	for _, i := range l.long {
		other.set(int(i), nil)
	}
	return other
}
