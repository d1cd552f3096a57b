package workload

import (
	"errors"
	"fmt"

	"dynamosim/sim/rng"
)

// Config describes one workload.
type Config struct {
	Seed    uint64 // the workload class seed of the run
	Name    string // name of the workload; its clients are NAME/1, NAME/2, ...
	Clients int    // how many clients, at least 1
	// Count bounds the number of operations of all clients together; 0 means no
	// bound. It is dealt out evenly, see [Generator.Quota].
	Count     int64
	Weights   Weights
	Probe     []int64 // ns; if any, every operation is a Probe, and its waits take turns in these
	Keys      KeyConfig
	ValueSize int64     // bytes of a written value, at least 0
	Items     int       // how many different items carts hold, at least 1 where carts are used
	Think     *rng.Dist // pause before an operation, ns; nil is none
}

// Weights say how often each operation occurs: an operation's share is its
// weight over the sum of all weights.
type Weights struct {
	Get, Put, Delete, ReadModifyWrite, CartAdd, CartRemove int64
}

// weightMax keeps the sum of the weights far away from overflow, and leaves room
// for fractions that were scaled up.
const weightMax = 1_000_000_000_000_000

func (w Weights) ordered() [6]int64 {
	return [6]int64{w.Get, w.Put, w.Delete, w.ReadModifyWrite, w.CartAdd, w.CartRemove}
}

// Sum returns the sum of all weights.
func (w Weights) Sum() int64 {
	var sum int64
	for _, x := range w.ordered() {
		sum += x
	}
	return sum
}

func (w Weights) check() error {
	for i, x := range w.ordered() {
		if x < 0 || x > weightMax {
			return fmt.Errorf("the weight of %v is %d, outside 0..%d", Func(i+1), x, int64(weightMax))
		}
	}
	if w.Sum() == 0 {
		return errors.New("every operation has weight 0")
	}
	return nil
}

// Distribution is how popularity spreads over the keys. The numbers are
// explicit and never reused.
type Distribution uint8

// The distributions, defined in the documentation of the package.
const (
	Uniform Distribution = 0
	Zipfian Distribution = 1
	Latest  Distribution = 2
	Hotspot Distribution = 3
)

var distributionNames = [...]string{Uniform: "uniform", Zipfian: "zipfian", Latest: "latest", Hotspot: "hotspot"}

// String returns the name that scenarios use.
func (d Distribution) String() string {
	if int(d) < len(distributionNames) {
		return distributionNames[d]
	}
	return "none"
}

// ParseDistribution is the inverse of [Distribution.String].
func ParseDistribution(name string) (Distribution, error) {
	for d, n := range distributionNames {
		if n == name {
			return Distribution(d), nil
		}
	}
	return 0, fmt.Errorf("no distribution of keys is called %q", name)
}

// KeyConfig describes a key space.
type KeyConfig struct {
	Count        int // keys, at least 1
	Distribution Distribution
	Theta        float64    // skew of zipfian and latest, at least 0; YCSB's is 0.99
	HotKeys      rng.Chance // hotspot: share of the keys that is hot; at least one key is
	HotOps       rng.Chance // hotspot: share of the operations that goes to hot keys
	Prefix       string     // keys are PREFIX-0, PREFIX-1, ...; empty is the name of the workload
}

// keysMax bounds the table of a zipfian distribution and the memory of a run.
const keysMax = 1 << 30

func (k KeyConfig) check() error {
	switch {
	case k.Count < 1 || k.Count > keysMax:
		return fmt.Errorf("count is %d, outside 1..%d", k.Count, keysMax)
	case int(k.Distribution) >= len(distributionNames):
		return fmt.Errorf("there is no distribution number %d", k.Distribution)
	case !(k.Theta >= 0 && k.Theta <= 100):
		return fmt.Errorf("theta is %v, outside 0..100", k.Theta)
	}
	return nil
}

func (c Config) check() error {
	switch {
	case c.Clients < 1:
		return fmt.Errorf("clients is %d, must be at least 1", c.Clients)
	case c.Count < 0:
		return fmt.Errorf("count is %d, must be at least 0", c.Count)
	case c.ValueSize < 0:
		return fmt.Errorf("the size of a value is %d bytes, must be at least 0", c.ValueSize)
	case c.Weights.CartAdd+c.Weights.CartRemove > 0 && c.Items < 1:
		return fmt.Errorf("items is %d, must be at least 1 where carts are used", c.Items)
	}
	for _, wait := range c.Probe {
		if wait < 0 {
			return fmt.Errorf("a probe waits %d ns, must be at least 0", wait)
		}
	}
	if err := c.Weights.check(); err != nil {
		return err
	}
	if err := c.Keys.check(); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}
