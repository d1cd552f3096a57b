package client_test

import (
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
)

func hedgingDesk(after int64) *desk {
	return newDesk(func(c *client.Config) { c.Hedge = &client.Hedge{After: after, Percentile: 950_000} })
}

// A get that takes long goes to a second node too, which is told whom the first went to; the first answer counts, and the other is late.
func TestHedgeGoesToASecondNode(t *testing.T) {
	for luck := range 40 {
		d := hedgingDesk(10)
		d.luck = evenly(40)(luck)
		d.lib.Do(request(dynamo.Get))
		first := *d.last()
		d.ring()
		second := *d.last()
		if d.now != 10 || len(d.sent) != 2 || second.to == first.to || second.m.Request != first.m.Request || !second.m.Hedge || second.m.Node != first.to || first.m.Hedge {
			t.Fatalf("at %d: %+v after %+v", d.now, second, first)
		}
		d.answer(dynamo.OK, nil)
		if len(d.results) != 1 || d.results[0].Outcome != client.OK || d.results[0].Hedges != 1 || d.results[0].Attempts != 1 || len(d.timers) != 0 {
			t.Fatalf("%+v, timers %v", d.results, d.timers)
		}
		late := dynamo.Message{Kind: dynamo.GetReply, Request: first.m.Request, Key: first.m.Key}
		if d.lib.Message(first.to, &late); len(d.results) != 1 {
			t.Fatal("the late answer ended the request again")
		}
	}
}

// Gets that do not take long, puts, and a client of one node send nothing twice.
func TestNothingToHedge(t *testing.T) {
	d := hedgingDesk(10)
	d.lib.Do(request(dynamo.Get))
	d.answer(dynamo.OK, nil)
	d.lib.Do(request(dynamo.Put))
	if len(d.timers) != 1 || d.timers[0].timer.Kind != dynamo.TimerRequest {
		t.Errorf("timers of a put: %v", d.timers)
	}
	d.answer(dynamo.OK, nil)
	if len(d.sent) != 2 || len(d.timers) != 0 {
		t.Errorf("sent %v, timers %v", d.sent, d.timers)
	}
	alone := newDesk(func(c *client.Config) { c.Hedge, c.Nodes = &client.Hedge{After: 10}, []dynamo.NodeID{3} })
	alone.lib.Do(request(dynamo.Get))
	alone.ring()
	if len(alone.sent) != 1 {
		t.Errorf("sent %v", alone.sent)
	}
}

// While the other node may still answer, a refusal does not end the get; two do, and so does the client's patience.
func TestHedgeOutlivesARefusal(t *testing.T) {
	d := hedgingDesk(10)
	d.lib.Do(request(dynamo.Get))
	d.ring()
	d.answer(dynamo.Overloaded, nil)
	if len(d.results) != 0 {
		t.Fatalf("ended: %+v", d.results)
	}
	d.answer(dynamo.OK, nil)
	d.lib.Do(request(dynamo.Get))
	d.ring()
	d.answer(dynamo.Overloaded, nil)
	d.answer(dynamo.Unavailable, nil)
	d.lib.Do(request(dynamo.Get))
	d.ring()
	d.ring()
	if len(d.results) != 3 || d.results[0].Outcome != client.OK || d.results[1].Outcome != client.Failed || !d.results[2].Silent {
		t.Errorf("%+v", d.results)
	}
}

// A percentile is that of the client's own gets, once there are enough to tell; about so many gets are sent twice, also while the answers to the
// second requests hide how long the first ones would have taken.
func TestHedgeAtAPercentile(t *testing.T) {
	d := hedgingDesk(0)
	hedged := 0
	for i := range 4000 {
		takes := int64(1000 + 7919*i%1000) // evenly from 1000 to 1999
		d.lib.Do(&client.Request{Kind: dynamo.Get, Key: 7, Prefer: dynamo.NoNode, Via: dynamo.NoNode, Timeout: 1_000_000})
		end := d.now + takes
		if d.timers[len(d.timers)-1].timer.Kind == dynamo.TimerHedge && d.timers[len(d.timers)-1].at < end {
			d.ring()
			hedged++
			end = d.now + 1
		}
		d.now = end
		d.answer(dynamo.OK, nil)
		if i < 19 && hedged > 0 {
			t.Fatalf("hedged after %d gets", i+1)
		}
	}
	if hedged < 100 || hedged > 240 {
		t.Errorf("%d of 4000 gets were sent twice, want about 200", hedged)
	}
}
