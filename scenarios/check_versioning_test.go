package scenarios

import "testing"

// A node that counts on from what is on its disk must not lose what it has acknowledged from memory.
func TestWriteBufferNeedsActorEpochs(t *testing.T) {
	if _, list := load(t, "", "cluster.versioning.actor_epochs=false", "cluster.write_buffer=true"); !says(list, Error, "", "give one name to two versions") {
		t.Error(FormatAll(list))
	}
	mustLoad(t, "", "cluster.versioning.actor_epochs=false")
	mustLoad(t, "", "cluster.write_buffer=true")
}
