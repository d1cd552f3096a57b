package history

// names gives numbers from 0 to strings, in the order of their coming.
type names struct {
	list   []string
	number map[string]int32
}

func (n *names) add(name string) int32 {
	if i, ok := n.number[name]; ok {
		return i
	}
	if n.number == nil {
		n.number = make(map[string]int32)
	}
	i := int32(len(n.list))
	n.list = append(n.list, name)
	n.number[name] = i
	return i
}

func (n *names) find(name string) (int32, bool) {
	i, ok := n.number[name]
	return i, ok
}

func (n *names) reset() {
	n.list = n.list[:0]
	clear(n.number)
}

// addBytes is add for a name in a buffer, which is copied only if it is new.
func (n *names) addBytes(name []byte) int32 {
	if i, ok := n.number[string(name)]; ok {
		return i
	}
	return n.add(string(name))
}
