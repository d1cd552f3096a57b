package client_test

import (
	"slices"
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
)

// asks lists the nodes that a client turns to for so many requests, all answered.
func (d *desk) asks(n int, luck func(i int) uint64) []dynamo.NodeID {
	var list []dynamo.NodeID
	for i := range n {
		if luck != nil {
			d.luck = luck(i)
		}
		d.lib.Do(request(dynamo.Get))
		list = append(list, d.last().to)
		d.answer(dynamo.OK, nil)
	}
	return list
}

// evenly draws numbers that cover all of them evenly.
func evenly(n int) func(i int) uint64 {
	return func(i int) uint64 { return uint64(i)*(^uint64(0)/uint64(n)) + 1<<32 }
}

// "A generic load balancer" (Dynamo §4.5): random numbers that are spread evenly spread the requests evenly.
func TestRandomBalancer(t *testing.T) {
	counts := map[dynamo.NodeID]int{}
	for _, id := range newDesk(nil).asks(400, evenly(400)) {
		counts[id]++
	}
	for id := range dynamo.NodeID(4) {
		if counts[id] != 100 {
			t.Errorf("node %d was asked %d times of 400", id, counts[id])
		}
	}
}

// In turn, from a start of the client's own.
func TestRoundRobin(t *testing.T) {
	for start := range 4 {
		d := newDesk(func(c *client.Config) { c.Balancer = client.RoundRobin })
		d.luck = evenly(4)(start)
		got := d.asks(9, nil)
		for i, id := range got {
			if want := dynamo.NodeID((start + i) % 4); id != want {
				t.Fatalf("start %d: %v", start, got)
			}
		}
	}
}

// Near ones while one of them answers, then any (Dynamo §4.6: a whole datacenter may fail).
func TestNear(t *testing.T) {
	d := newDesk(func(c *client.Config) { c.Balancer, c.Near = client.Near, []dynamo.NodeID{2, 3} })
	for _, id := range d.asks(20, evenly(20)) {
		if id < 2 {
			t.Fatalf("asked %d, which is far", id)
		}
	}
	for range 2 {
		d.lib.Do(request(dynamo.Get))
		d.ring()
	}
	for _, id := range d.asks(20, evenly(20)) {
		if id > 1 {
			t.Fatalf("asked %d, which does not answer", id)
		}
	}
}

// A node that did not answer is passed over for a while, unless there is no other.
func TestSilentNodesAreAvoided(t *testing.T) {
	d := newDesk(nil)
	d.lib.Do(request(dynamo.Get))
	silent := d.last().to
	d.ring()
	until := d.now + 1000
	if slices.Contains(d.asks(40, evenly(40)), silent) {
		t.Errorf("%d was asked again", silent)
	}
	d.now = until
	if !slices.Contains(d.asks(40, evenly(40)), silent) {
		t.Errorf("%d is avoided for ever", silent)
	}
	var all []dynamo.NodeID
	for range 4 {
		d.lib.Do(request(dynamo.Get))
		all = append(all, d.last().to)
		d.ring()
	}
	slices.Sort(all)
	if !slices.Equal(all, []dynamo.NodeID{0, 1, 2, 3}) {
		t.Errorf("asked %v: one of them twice while another one might have answered", all)
	}
	if got := d.asks(1, nil); len(got) != 1 {
		t.Errorf("with all of them silent nobody is asked")
	}
}

// An answer that is no success is no silence: its node may be asked again.
func TestNodesThatRefuseAreNotAvoided(t *testing.T) {
	d := newDesk(nil)
	d.lib.Do(request(dynamo.Get))
	refusing := d.last().to
	d.answer(dynamo.Overloaded, nil)
	if !slices.Contains(d.asks(40, evenly(40)), refusing) {
		t.Errorf("%d is avoided", refusing)
	}
}

// A further attempt goes to another node where there is one, also where the first was prescribed.
func TestRetryGoesToAnotherNode(t *testing.T) {
	for luck := range 40 {
		d := newDesk(func(c *client.Config) { c.Retries, c.Avoid = 3, 0 })
		d.luck = evenly(40)(luck)
		r := request(dynamo.Get)
		r.Via = 2
		d.lib.Do(r)
		for range 3 {
			before := d.last().to
			d.answer(dynamo.Unavailable, nil)
			d.ring()
			if d.last().to == before {
				t.Fatalf("%d was asked twice in a row", before)
			}
		}
	}
	d := newDesk(func(c *client.Config) { c.Retries, c.Nodes = 1, []dynamo.NodeID{5} })
	d.lib.Do(request(dynamo.Get))
	d.answer(dynamo.Unavailable, nil)
	d.ring()
	if len(d.sent) != 2 || d.last().to != 5 {
		t.Errorf("the only node was not asked again: %v", d.sent)
	}
}

// A load balancer that "will select a node based on load information" (Dynamo §4.5): the fewest requests open, of all clients.
func TestLeastLoaded(t *testing.T) {
	loads := client.NewLoads(4)
	share := func(c *client.Config) { c.Balancer, c.Loads = client.LeastLoaded, loads }
	var desks []*desk
	for i := range 8 {
		d := newDesk(share)
		d.luck = evenly(3)(i % 3)
		d.lib.Do(request(dynamo.Get))
		desks = append(desks, d)
	}
	for id := range dynamo.NodeID(4) {
		if loads.Open(id) != 2 {
			t.Errorf("%d requests are open at node %d, of 8 at 4 nodes", loads.Open(id), id)
		}
	}
	slow := desks[0].last().to
	for _, d := range desks[1:] {
		if d.last().to != slow {
			d.answer(dynamo.OK, nil)
		}
	}
	for i := range 6 {
		if got := newDesk(share).asks(1, evenly(6)); got[0] == slow {
			t.Errorf("request %d went to node %d, where others wait", i, slow)
		}
	}
	for _, d := range desks {
		for d.lib.Busy() {
			d.ring()
		}
	}
	for id := range dynamo.NodeID(4) {
		if loads.Open(id) != 0 {
			t.Errorf("%d requests are open at node %d in the end", loads.Open(id), id)
		}
	}
}

// Ties are drawn, and nodes that did not answer are passed over.
func TestLeastLoadedDrawsAmongEquals(t *testing.T) {
	d := newDesk(func(c *client.Config) { c.Balancer, c.Loads = client.LeastLoaded, client.NewLoads(4) })
	d.lib.Do(request(dynamo.Get))
	silent := d.last().to
	d.ring()
	got := d.asks(30, evenly(30))
	slices.Sort(got)
	if got = slices.Compact(got); len(got) != 3 || slices.Contains(got, silent) {
		t.Errorf("asked %v; %d does not answer", got, silent)
	}
}
