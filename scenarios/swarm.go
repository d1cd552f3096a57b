package scenarios

import (
	"reflect"
	"slices"
	"strings"
)

// Swarm switches parts of an experiment off at random, each seed others, so
// that what is left has room to show itself (Groce et al., "Swarm Testing",
// ISSTA 2012).
type Swarm struct {
	Share      Share    `yaml:"share" default:"100%" doc:"each kind of fault of the nemesis, and each mechanism named, stays with this probability; else it is off for the whole run"`
	Mechanisms []string `yaml:"mechanisms" doc:"keys of the cluster that may be switched off, such as read_repair"`
}

// stays is what a swarm leaves on, as the drawn values of a plan tell it.
const (
	swarmStays = "on"
	swarmOff   = "off"
)

// applySwarm draws what stays, and switches the rest off. A kind or mechanism
// is a draw of its own, so that naming one more moves no other.
func (d *decoder) applySwarm(s *Scenario) {
	if s.Nemesis == nil || s.Nemesis.Swarm == nil {
		return
	}
	w := s.Nemesis.Swarm
	off := map[string]bool{}
	for i := range s.Nemesis.Faults {
		e := &s.Nemesis.Faults[i]
		if e.Kind == nil {
			continue
		}
		kind := e.Kind.Kind()
		if _, drawn := off[kind]; !drawn {
			off[kind] = !d.stays(w, kind)
		}
		e.Enabled = e.Enabled && !off[kind]
	}
	for i, name := range w.Mechanisms {
		enabled := findMechanism(&s.Cluster, name)
		switch path := at("nemesis.swarm.mechanisms", i); {
		case !enabled.IsValid():
			d.failAt(path, suggest(name, mechanismKeys()), "the cluster has no mechanism %s that can be off", quote(name))
		case slices.Contains(w.Mechanisms[:i], name):
			d.failAt(path, "once is enough", "mechanism %s is named twice", quote(name))
		case !d.stays(w, name):
			enabled.SetBool(false)
		}
	}
}

// stays draws whether a kind of fault or a mechanism is on in this run.
func (d *decoder) stays(w *Swarm, name string) bool {
	path := join("nemesis.swarm", name)
	hit := w.Share.Chance.Hit(d.draw(path))
	value := swarmOff
	if hit {
		value = swarmStays
	}
	d.record(path, w.Share.String(), value)
	return hit
}

// findMechanism returns the switch of a mechanism by its path below cluster,
// the zero Value if there is none.
func findMechanism(c *Cluster, path string) (enabled reflect.Value) {
	eachMechanism("", reflect.ValueOf(c).Elem(), func(at string, v reflect.Value) {
		if at == path {
			enabled = v
		}
	})
	return enabled
}

// mechanismKeys lists the paths below cluster that can be true or false.
func mechanismKeys() []string {
	var keys []string
	eachMechanism("", reflect.ValueOf(new(Cluster)).Elem(), func(at string, _ reflect.Value) { keys = append(keys, at) })
	return keys
}

// eachMechanism calls f for each "enabled" below a struct.
func eachMechanism(path string, v reflect.Value, f func(path string, enabled reflect.Value)) {
	s := shapeOf(v.Type())
	for i := range s.fields {
		field := v.Field(s.fields[i].index)
		if field.Kind() != reflect.Struct {
			continue
		}
		at := strings.TrimPrefix(join(path, s.fields[i].key), ".")
		inner := shapeOf(field.Type())
		if inner.mechanism {
			f(at, field.Field(inner.find("enabled").index))
		}
		eachMechanism(at, field, f)
	}
}
