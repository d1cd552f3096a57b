package client

import (
	"testing"
	"unsafe"

	"dynamosim/dynamo"
)

// fixed draws one number again and again.
type fixed struct {
	dynamo.Env
	draw uint64
}

func (f *fixed) Rand(dynamo.Purpose) uint64 { return f.draw }

// The short way to a node gives what the long one gives.
func TestPickIsChooseWhereNobodyIsPassedOver(t *testing.T) {
	for nodes := 1; nodes < 9; nodes++ {
		cfg := &Config{}
		for id := range nodes {
			cfg.Nodes = append(cfg.Nodes, dynamo.NodeID(3*id+1))
		}
		for i := range uint64(100) {
			env := &fixed{draw: i * (^uint64(0) / 99)}
			short, long := &Client{env: env, cfg: cfg, attempts: 1}, &Client{env: env, cfg: cfg, attempts: 1}
			if got, want := short.pick(), long.choose(); got != want || short.special != nil {
				t.Fatalf("%d nodes, %x drawn: node %d, want %d", nodes, env.draw, got, want)
			}
		}
	}
}

func TestClientIsTwoLines(t *testing.T) {
	if size := unsafe.Sizeof(Client{}); unsafe.Sizeof(uintptr(0)) == 8 && size != 128 {
		t.Errorf("a client takes %d bytes, want 128", size)
	}
}
