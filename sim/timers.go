package sim

// timerQueue is a 4-ary heap like queue that also knows the place of each key,
// so that a timer can be taken out in O(log n). Most timers are timeouts that
// never fire: deleting them lazily would fill the heap with the dead.
type timerQueue struct {
	keys  []key
	end   int
	hole  int     // where a key was taken out and none put in its place yet, 0 = nowhere; never the root
	place []int32 // by slab index: where the key is, 0 = not in the heap
}

func (q *timerQueue) reset() {
	q.end, q.hole = root, 0
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

func (q *timerQueue) len() int {
	n := q.end - root
	if q.hole != 0 {
		n--
	}
	return n
}

func (q *timerQueue) min() key { return q.keys[root] }

// push puts a key into the hole, if there is one: who cancels a timer mostly sets
// another one next.
func (q *timerQueue) push(k key) {
	for uint64(k.lo&indexMask) >= uint64(len(q.place)) {
		q.place = append(q.place, 0)
	}
	if i := q.hole; i != 0 {
		q.hole = 0
		q.fill(i, k)
		return
	}
	if q.end+4 > len(q.keys) {
		q.grow()
	}
	q.end++
	q.up(q.end-1, k)
}

func (q *timerQueue) pop() {
	if q.hole != 0 {
		q.close()
	}
	q.removeRoot()
}

// remove takes the key with the given low word out, and tells whether it was there.
func (q *timerQueue) remove(lo uint64) bool {
	index := int(lo & indexMask)
	if index >= len(q.place) {
		return false
	}
	if q.hole != 0 {
		q.close()
	}
	i := int(q.place[index])
	if i == 0 || q.keys[i].lo != lo {
		return false
	}
	if i == root {
		q.removeRoot()
		return true
	}
	q.place[index], q.hole = 0, i
	return true
}

func (q *timerQueue) removeRoot() {
	q.place[q.keys[root].lo&indexMask] = 0
	if last := q.takeLast(); q.end > root {
		q.down(root, last)
	}
}

// close puts the last key into the hole.
func (q *timerQueue) close() {
	i := q.hole
	q.hole = 0
	if last := q.takeLast(); i < q.end {
		q.fill(i, last)
	}
}

// takeLast makes the heap shorter by its last place.
func (q *timerQueue) takeLast() key {
	q.end--
	last := q.keys[q.end]
	q.keys[q.end] = noKey()
	return last
}

// fill puts a key in the place of another one.
func (q *timerQueue) fill(i int, k key) {
	if i > root && less(&k, &q.keys[i/4+2]) != 0 {
		q.up(i, k)
		return
	}
	q.down(i, k)
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
