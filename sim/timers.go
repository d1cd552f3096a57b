package sim

// timerQueue is a 4-ary heap like queue that also knows the place of each key,
// so that a timer can be taken out in O(log n). Most timers are timeouts that
// never fire: deleting them lazily would fill the heap with the dead.
type timerQueue struct {
	keys  []key
	end   int
	place []int32 // by slab index: where the key is, 0 = not in the heap
}

func (q *timerQueue) reset() {
	q.end = root
	for i := range q.keys {
		q.keys[i] = noKey()
	}
	clear(q.place)
	if len(q.keys) == 0 {
		q.grow()
	}
}

func (q *timerQueue) grow() {
	for n := max(2*len(q.keys), 64); len(q.keys) < n; {
		q.keys = append(q.keys, noKey())
	}
}

func (q *timerQueue) len() int { return q.end - root }

func (q *timerQueue) min() key { return q.keys[root] }

func (q *timerQueue) push(k key) {
	for uint64(k.lo&indexMask) >= uint64(len(q.place)) {
		q.place = append(q.place, 0)
	}
	if q.end+4 > len(q.keys) {
		q.grow()
	}
	q.end++
	q.up(q.end-1, k)
}

func (q *timerQueue) pop() { q.removeAt(root) }

// remove takes the key with the given low word out, and tells whether it was there.
func (q *timerQueue) remove(lo uint64) bool {
	index := int(lo & indexMask)
	if index >= len(q.place) {
		return false
	}
	i := int(q.place[index])
	if i == 0 || q.keys[i].lo != lo {
		return false
	}
	q.removeAt(i)
	return true
}

func (q *timerQueue) removeAt(i int) {
	q.place[q.keys[i].lo&indexMask] = 0
	q.end--
	last := q.keys[q.end]
	q.keys[q.end] = noKey()
	switch {
	case i == q.end:
	case i > root && less(&last, &q.keys[i/4+2]) != 0:
		q.up(i, last)
	default:
		q.down(i, last)
	}
}

func (q *timerQueue) put(i int, k key) {
	q.keys[i] = k
	q.place[k.lo&indexMask] = int32(i)
}

func (q *timerQueue) up(i int, k key) {
	for i > root {
		parent := i/4 + 2
		if less(&k, &q.keys[parent]) == 0 {
			break
		}
		q.put(i, q.keys[parent])
		i = parent
	}
	q.put(i, k)
}

func (q *timerQueue) down(i int, k key) {
	for {
		c := 4 * (i - 2)
		if c >= q.end {
			break
		}
		four := (*[4]key)(q.keys[c:])
		j := smallest(four) & 3
		if less(&four[j], &k) == 0 {
			break
		}
		q.put(i, four[j])
		i = c + j
	}
	q.put(i, k)
}
