package analysis

import "slices"

// Small sets as rising slices.

func has(set []int32, v int32) bool {
	if len(set) <= 8 {
		return slices.Contains(set, v)
	}
	_, found := slices.BinarySearch(set, v)
	return found
}

// with returns set and v, in the memory of set if it fits.
func with(set []int32, v int32) []int32 {
	i, found := slices.BinarySearch(set, v)
	if found {
		return set
	}
	return slices.Insert(set, i, v)
}

// without returns a copy of set without v, or set itself if v is not in it.
func without(set []int32, v int32) []int32 {
	i := slices.Index(set, v)
	if i < 0 {
		return set
	}
	return append(slices.Clone(set[:i]), set[i+1:]...)
}

// minus removes the elements of o from set, in its memory.
func minus(set, o []int32) []int32 {
	if len(o) == 0 {
		return set
	}
	return slices.DeleteFunc(set, func(v int32) bool { return has(o, v) })
}

func intersects(a, b []int32) bool {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			return true
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return false
}
