package workload

// Func is what an operation does. The numbers are explicit and never reused.
type Func uint8

// The operations. ReadModifyWrite, CartAdd and CartRemove are a get and a put
// whose context is what the get returned; Probe is a put and, some time after
// its acknowledgement, a get.
const (
	Get             Func = 1
	Put             Func = 2
	Delete          Func = 3
	ReadModifyWrite Func = 4
	CartAdd         Func = 5
	CartRemove      Func = 6
	Probe           Func = 7
)

// String returns the name that scenarios use.
func (f Func) String() string {
	switch f {
	case Get:
		return "get"
	case Put:
		return "put"
	case Delete:
		return "delete"
	case ReadModifyWrite:
		return "rmw"
	case CartAdd:
		return "cart-add"
	case CartRemove:
		return "cart-remove"
	case Probe:
		return "probe"
	}
	return "none"
}

// Op is one operation of one client.
type Op struct {
	Func Func
	Own  bool  // the key was inserted by this client (distribution latest, probes); Key counts its insertions from 0
	Key  int   // number of the key in the shared key space, or of the client's own insertion
	Item int   // which item a CartAdd or CartRemove is about, in [0, Items)
	Size int64 // bytes of the value written; 0 for Get and Delete
	Wait int64 // Probe: ns between the acknowledgement of the put and the get
}
