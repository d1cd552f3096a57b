package world

import (
	"dynamosim/scenarios"
	"dynamosim/sim"
)

// machine is the processor and the disk of a node: the cluster's, with what the plan says of its datacenter and then of itself.
func (w *World) machine(i int) sim.ProcessConfig {
	c := &w.plan.Cluster
	cpu, disk := c.CPU, c.Disk
	service := w.serviceTimes()
	own, zone := perNode(c, i)
	for _, p := range []*scenarios.PerNode{zone, own} {
		if p == nil {
			continue
		}
		if p.CPU != nil {
			replace(&cpu.Cores, p.CPU.Cores)
			replace(&cpu.Queue, p.CPU.Queue)
			if p.CPU.Service != nil {
				service = buildServiceTimes(p.CPU.Service)
			}
		}
		if p.Disk != nil {
			replaceDisk(&disk, p.Disk)
		}
	}
	return sim.ProcessConfig{
		Cores: cpu.Cores, Service: service, Queue: cpu.Queue, ShedOldest: cpu.Shed == scenarios.ShedOldest,
		Disk: &sim.DiskConfig{Read: disk.Read.Dist, Write: disk.Write.Dist, Sync: disk.Sync.Dist, Bandwidth: disk.Bandwidth.BytesPerSecond(),
			Queue: disk.Queue, Capacity: int64(disk.Capacity), Sector: int64(disk.Sector), Page: int64(disk.Page)},
	}
}

func replaceDisk(d *scenarios.Disk, by *scenarios.NodeDisk) {
	replace(&d.Read, by.Read)
	replace(&d.Write, by.Write)
	replace(&d.Sync, by.Sync)
	replace(&d.Bandwidth, by.Bandwidth)
	replace(&d.Queue, by.Queue)
	replace(&d.Capacity, by.Capacity)
}

// replace takes a value over where there is one.
func replace[T any](target *T, by *T) {
	if by != nil {
		*target = *by
	}
}
