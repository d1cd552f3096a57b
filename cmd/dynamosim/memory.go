package main

import (
	"runtime"
	"runtime/debug"
	gauges "runtime/metrics"
)

// Collecting garbage takes processor time in proportion to how often it is done. While a program holds little, that can be seldom: up to
// roomy bytes of heap it is done when the heap has grown to five times what was left by the last collection, instead of twice; above, twice
// is the rule as ever. GOGC or GOMEMLIMIT in the environment switch this off.

// roomy is the size of a heap that nobody minds.
const roomy = 384_000_000

const (
	seldom  = 400 // percent of growth between collections
	asEver  = 100
	stepped = 50 // changes below it are not worth stopping for
)

// collectSeldom sets how often garbage is collected, now and after each collection. A collection is also the moment to see whether the heap
// has become so large that it needs other pages.
func collectSeldom(getenv func(string) string) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(seldom)
	watchCollections(&collection{percent: seldom})
}

// collection is an object that nobody holds: each collection finds it.
type collection struct {
	percent int
	paged   uint64   // size of the heap when large pages were asked for
	_       [16]byte // so that it shares no block with others
}

func watchCollections(c *collection) {
	runtime.SetFinalizer(c, func(c *collection) {
		live := liveHeap()
		if live > spread && live > c.paged*5/4 {
			c.paged = live
			wantLargePages()
		}
		if p := growth(live); p-c.percent >= stepped || c.percent-p >= stepped {
			c.percent = p
			debug.SetGCPercent(p)
		}
		watchCollections(c)
	})
}

// growth is how much a heap may grow, in percent of what lives in it, until the next collection.
func growth(live uint64) int {
	if live*(100+seldom)/100 <= roomy {
		return seldom
	}
	if live*(100+asEver)/100 >= roomy {
		return asEver
	}
	return int(roomy*100/live) - 100
}

// liveHeap is what the last collection left, in bytes.
func liveHeap() uint64 {
	sample := []gauges.Sample{{Name: "/gc/heap/live:bytes"}}
	gauges.Read(sample)
	if sample[0].Value.Kind() != gauges.KindUint64 {
		return roomy
	}
	return sample[0].Value.Uint64()
}
