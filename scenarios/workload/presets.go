package workload

// Preset is a named mix of operations with the key distribution that belongs
// to it.
type Preset struct {
	Name         string
	Doc          string // one line
	Weights      Weights
	Distribution Distribution
}

// Presets returns the mixes that scenarios know by name, in the order in which
// they are listed. YCSB's E is missing: it scans, and Dynamo's keys have no
// order (Dynamo §2.3: no operation spans several items).
func Presets() []Preset {
	return []Preset{
		{"ycsb-a", "update heavy: half gets, half puts; a session store", Weights{Get: 50, Put: 50}, Zipfian},
		{"ycsb-b", "read mostly: 95 gets to 5 puts; tagging of photographs", Weights{Get: 95, Put: 5}, Zipfian},
		{"ycsb-c", "read only: gets; a cache of profiles", Weights{Get: 100}, Zipfian},
		{"ycsb-d", "read latest: 95 gets to 5 insertions, newer keys preferred; status updates", Weights{Get: 95, Put: 5}, Latest},
		{"ycsb-f", "read-modify-write: half gets, half read-modify-writes; a database of users", Weights{Get: 50, ReadModifyWrite: 50}, Zipfian},
		{"cart", "shopping carts: items are added, removed and looked at (Dynamo §4.4)", Weights{Get: 20, CartAdd: 60, CartRemove: 20}, Uniform},
	}
}

// FindPreset returns the preset of that name.
func FindPreset(name string) (Preset, bool) {
	for _, p := range Presets() {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}
