package analysis

// moment is the begin of an operation on a key, or the end of one that
// succeeded.
type moment int32

func (m moment) position() int32 { return int32(m >> 1) }
func (m moment) ends() bool      { return m&1 != 0 }

// events are the moments of one key. Many keys are asked for once only, so that
// those of all would take memory for nothing.
type events struct {
	key     int32 // of which they are, from 1; 0: none
	moments []moment
	open    []int64 // scratch: ends that are to come, in order: index above, position below
}

// momentsOf returns the begins and known ends of the operations on a key, in the
// order of events. The slice is shared, and valid until another key is asked
// for.
func (x *byKey) momentsOf(key int32) []moment {
	e := x.events
	if e.key != key+1 {
		e.key = key + 1
		e.sort(x.rowsOf(key))
	}
	return e.moments
}

// sort puts the ends of operations, which stand in the order of their begins,
// between these.
func (e *events) sort(rows []row) {
	moments, open := e.moments[:0], e.open[:0]
	passed := 0 // of open
	for p := range rows {
		r := &rows[p]
		if len(open) == 0 && r.end != never && (p+1 == len(rows) || r.end < rows[p+1].begin) { // alone, as most are
			moments = append(moments, moment(p)<<1, moment(p)<<1|1)
			continue
		}
		for passed < len(open) && int32(open[passed]>>32) < r.begin {
			moments = append(moments, moment(int32(open[passed]))<<1|1)
			passed++
		}
		if passed == len(open) {
			open, passed = open[:0], 0
		}
		moments = append(moments, moment(p)<<1)
		if r.end != never {
			open = insertLast(open, int64(r.end)<<32|int64(p))
		}
	}
	for _, end := range open[passed:] {
		moments = append(moments, moment(int32(end))<<1|1)
	}
	e.moments, e.open = moments, open
}

// insertLast inserts a number that belongs near the end of a rising list.
func insertLast(list []int64, n int64) []int64 {
	list = append(list, n)
	at := len(list) - 1
	for ; at > 0 && list[at-1] > n; at-- {
		list[at] = list[at-1]
	}
	list[at] = n
	return list
}
