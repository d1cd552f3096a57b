package scenarios

// checkVersioning reports settings that a mode rules out or does not use.
func (d *decoder) checkVersioning(s *Scenario) {
	c := &s.Cluster
	v := &c.Versioning
	if v.Mode == ModeABD {
		d.checkABD(s)
	} else {
		d.unused("cluster.versioning.abd", "it is of mode abd")
	}
	if v.Mode == ModeABD || v.Mode == ModeLastWriteWins {
		d.unused("cluster.versioning.max_entries", "versions of mode "+string(v.Mode)+" have no clock")
		d.unused("cluster.versioning.max_siblings", "mode "+string(v.Mode)+" keeps one version")
		d.unused("cluster.versioning.reconcile", "mode "+string(v.Mode)+" keeps one version")
	}
	if v.MaxEntries > 0 && v.Mode != ModeABD && v.Mode != ModeLastWriteWins {
		d.warnAt(Note, "cluster.versioning.max_entries", "", "with truncated clocks versions can be taken for concurrent, or for superseded, that are not")
	}
	if !v.ActorEpochs && c.WriteBuffer.Enabled {
		d.failAt("cluster.versioning.actor_epochs", "true, or cluster: {write_buffer: false}",
			"a node that loses what waits in its write buffer would count on from its disk, and give one name to two versions")
	}
	if !v.Tombstones.Enabled {
		d.unused("cluster.versioning.tombstones.grace", "there are no tombstones")
	}
}

// checkABD reports what would make a register none.
func (d *decoder) checkABD(s *Scenario) {
	c := &s.Cluster
	if c.Quorum != QuorumStrict {
		d.failAt("cluster.quorum", "strict", "a stand-in is no part of a majority of the homes")
	}
	if c.Coordinator != CoordinatorServer {
		d.failAt("cluster.coordinator", "server", "mode abd has its timestamps from nodes")
	}
	if c.DatacenterQuorum != DatacenterQuorumNone {
		d.failAt("cluster.datacenter_quorum", "none", "mode abd needs majorities of all homes")
	}
	for _, q := range []struct {
		key, name string
		value     int
	}{{"r", "R", c.R}, {"w", "W", c.W}} {
		if 2*q.value <= c.N && q.value <= c.N {
			d.failAt(join("cluster", q.key), "a majority", "%s=%d of N=%d: mode abd needs majorities", q.name, q.value, c.N)
		}
	}
	d.unused("cluster.versioning.tombstones", "mode abd keeps them for ever")
	if c.Storage.Sync != SyncEach && c.Storage.Sync != SyncGroup {
		d.warnAt(Note, "cluster.storage.sync", "", "mode abd promises nothing when writes are acknowledged before they are synced")
	}
	for i := range s.Workloads {
		w := &s.Workloads[i]
		d.checkOneN(join(join("workloads", w.Name), "n"), w.N, c.N)
	}
	for i := range s.Operations {
		o := &s.Operations[i]
		d.checkOneN(join(join("operations", o.ID), "n"), o.N, c.N)
	}
}

// checkOneN reports an N of a request's own: majorities of different numbers of homes need not meet.
func (d *decoder) checkOneN(path string, n, all int) {
	if n != all {
		d.failAt(path, "leave it out", "N=%d but the cluster's is %d: in mode abd all requests have one N", n, all)
	}
}
