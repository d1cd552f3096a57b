package client_test

import (
	"slices"
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
	"dynamosim/dynamo/vclock"
)

var (
	ofGet = vclock.Clock{{Actor: 1, Counter: 5}, {Actor: 2, Counter: 1}}
	ofPut = vclock.Clock{{Actor: 1, Counter: 5}}
)

func twoVersions(m *dynamo.Message) {
	m.Node = 3
	m.Set = &vclock.Set{Context: ofGet, Versions: []vclock.Version{
		{Dot: vclock.Dot{Actor: 1, Counter: 5}, Value: vclock.Value{ID: 8}}, {Dot: vclock.Dot{Actor: 2, Counter: 1}, Value: vclock.Value{ID: 9}}}}
}

func oneDot(m *dynamo.Message) {
	m.Body = &dynamo.Body{Context: ofPut, Dots: []vclock.Dot{{Actor: 2, Counter: 2}}, Stamp: vclock.Stamp{Wall: 77, Node: 1}}
}

// A get's context is kept for the next put of its key, with what it stands for and who was fastest (Dynamo §4.1, §5).
func TestSessionKeepsTheContextOfAGet(t *testing.T) {
	d := newDesk(nil)
	d.lib.Do(request(dynamo.Get))
	d.answer(dynamo.OK, twoVersions)
	seen := d.session.Seen(7)
	if seen.Context().Compare(ofGet) != vclock.Equal || seen.Dots() != nil || !slices.Equal(seen.AppendVersions(nil), []uint64{8, 9}) || seen.Fastest() != 3 {
		t.Errorf("%+v", seen)
	}
	if r := d.results[0]; r.Fastest != 3 || len(r.Set.Versions) != 2 || r.Context().Compare(ofGet) != vclock.Equal {
		t.Errorf("%+v", r)
	}
	if other := d.session.Seen(8); other.Context() != nil || other.Fastest() != dynamo.NoNode {
		t.Errorf("another key: %+v", other)
	}
}

// An acknowledged put takes its place: it stands for itself, beside what it superseded (Dynamo §4.4).
func TestSessionKeepsTheContextOfAPut(t *testing.T) {
	d := newDesk(nil)
	d.lib.Do(request(dynamo.Get))
	d.answer(dynamo.OK, twoVersions)
	d.lib.Do(request(dynamo.Put))
	d.answer(dynamo.OK, oneDot)
	seen := d.session.Seen(7)
	if seen.Context().Compare(ofPut) != vclock.Equal || len(seen.Dots()) != 1 || !slices.Equal(seen.AppendVersions(nil), []uint64{42}) {
		t.Errorf("%+v", seen)
	}
	if r := d.results[1]; r.Stamp().Wall != 77 || r.Coordinator != d.last().to {
		t.Errorf("%+v", r)
	}
	d.lib.Do(request(dynamo.Get))
	d.answer(dynamo.OK, twoVersions)
	if seen := d.session.Seen(7); seen.Dots() != nil {
		t.Errorf("after another get: %+v", seen)
	}
}

// What did not succeed teaches nothing.
func TestSessionLearnsFromSuccessOnly(t *testing.T) {
	d := newDesk(nil)
	d.lib.Do(request(dynamo.Get))
	d.answer(dynamo.OK, twoVersions)
	for _, status := range []dynamo.Status{dynamo.Timeout, dynamo.Unavailable} {
		d.lib.Do(request(dynamo.Put))
		d.answer(status, oneDot)
	}
	d.lib.Do(request(dynamo.Put))
	d.ring()
	if seen := d.session.Seen(7); !slices.Equal(seen.AppendVersions(nil), []uint64{8, 9}) || seen.Context().Compare(ofGet) != vclock.Equal {
		t.Errorf("%+v", seen)
	}
}

// A get that finds nothing leaves an empty context.
func TestSessionAfterNothingWasFound(t *testing.T) {
	d := newDesk(nil)
	d.lib.Do(request(dynamo.Get))
	d.answer(dynamo.OK, twoVersions)
	d.lib.Do(request(dynamo.Get))
	d.answer(dynamo.OK, nil)
	if seen := d.session.Seen(7); seen.Context() != nil || len(seen.AppendVersions(nil)) != 0 {
		t.Errorf("%+v", seen)
	}
}

// Several connections share what a session knows.
func TestConnectionsShareASession(t *testing.T) {
	d := newDesk(nil)
	other := client.New(d, &client.Config{Nodes: []dynamo.NodeID{0}, Timeout: timeout}, d, &d.session, 1)
	d.lib.Do(request(dynamo.Get))
	d.answer(dynamo.OK, twoVersions)
	if seen := other.Session().Seen(7); other.Session() != d.lib.Session() || len(seen.AppendVersions(nil)) != 2 {
		t.Error("the second connection knows nothing of what the first one saw")
	}
}

// A client without a session remembers nothing; what a get has just returned is told with its result.
func TestClientWithoutASession(t *testing.T) {
	d := newDesk(nil)
	d.lib = client.New(d, &client.Config{Nodes: []dynamo.NodeID{0}, Timeout: timeout}, d, nil, 0)
	for range 2 {
		d.lib.Do(request(dynamo.Get))
		d.answer(dynamo.OK, twoVersions)
	}
	seen := d.results[1].Seen()
	if seen.Context().Compare(ofGet) != vclock.Equal || !slices.Equal(seen.AppendVersions(nil), []uint64{8, 9}) || seen.Fastest() != 3 {
		t.Errorf("%+v", seen)
	}
	if seen := d.session.Seen(7); d.lib.Session() != nil || seen.AppendVersions(nil) != nil {
		t.Errorf("somebody learnt %+v", seen)
	}
}
