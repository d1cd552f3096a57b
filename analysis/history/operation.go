package history

// OpID names an operation by its place among the operations of its history,
// from 0. A put's or delete's version is named by the same number. Below
// NoVersion are versions that were returned but never written (see Phantom).
type OpID int32

// NoVersion is the OpID of no operation and no version.
const NoVersion OpID = -1

// Written reports whether v is a version that some operation of the history
// wrote, as opposed to one that a get made up.
func (v OpID) Written() bool { return v >= 0 }

// Func is what an operation asks of the store.
type Func uint8

// The functions of a key-value store. A read-modify-write is a Get and a Put
// with one Group.
const (
	Get    Func = 0
	Put    Func = 1
	Delete Func = 2 // a put of a tombstone version
)

var funcNames = [...]string{Get: "get", Put: "put", Delete: "delete"}

// String returns the name used in files: get, put or delete.
func (f Func) String() string { return funcNames[f] }

// Writes reports whether operations of this function write a version.
func (f Func) Writes() bool { return f != Get }

// Outcome is how an operation ended.
type Outcome uint8

const (
	Open Outcome = 0 // never ended: nobody knows, like Info
	Ok   Outcome = 1 // it happened
	Fail Outcome = 2 // it certainly did not happen
	Info Outcome = 3 // nobody knows; it may take effect at any later time
)

var outcomeNames = [...]string{Open: "open", Ok: "ok", Fail: "fail", Info: "info"}

// String returns the name used in files: ok, fail or info (or open).
func (o Outcome) String() string { return outcomeNames[o] }

// Unknown reports whether nobody knows if the operation happened.
func (o Outcome) Unknown() bool { return o == Open || o == Info }

// Operation is one call of a client, from its invocation to its end. It holds
// no pointers and fills a line of the processor's cache; what has no fixed size,
// or what few operations have, is asked of the History: Context, Versions,
// StampOf, Value, Size, Adds, Removes, Items, Reason.
type Operation struct {
	Invoke      int64 // virtual time, ns
	Return      int64 // virtual time, ns; 0 when Outcome is Open
	InvokeIndex int32 // index of the invoke event
	ReturnIndex int32 // index of the end event; -1 when Outcome is Open
	Client      int32 // the session
	Process     int32 // has at most one open operation; never goes on after Info
	Number      int32 // this is the client's Number-th operation, from 1
	Key         int32
	Group       OpID    // first operation of the read-modify-write, or NoVersion
	named       [1]OpID // the only version that a write supersedes or a get returned; of more, where they begin in History.versions
	stamp       int32   // in History.stamps, from 1; 0 is none
	value       int32   // of a put: its length in bytes, or with flagText its text, in History.texts
	extra       int32   // in History.extras, from 1; 0 is none
	Func        Func
	Outcome     Outcome
	reason      uint8 // in History.reasons, from 1; 0 is none, rareReason: its extra tells
	flags       flags // and how many versions it names
}

// rareReason stands for reasons beyond those that a byte counts.
const rareReason = 255

// flags are properties of an operation, and in the bits above them how many
// versions it names.
type flags uint8

const (
	flagFinal   flags = 1 << iota // a get after quiet with R=N
	flagNoValue                   // a put whose line carried no value
	flagPreload                   // a put that was there before the first client came
	flagLeads                     // the group that it begins goes by its index in the file that was read
	flagText                      // the text of the value is kept, and as long as the value

	namesShift   = iota
	manyNames    = 1<<(8-namesShift) - 1 // or more: how many stands before them in History.versions
	oneName      = flags(1) << namesShift
	withoutNames = oneName - 1
)

// Final reports whether this is a get made after everything had gone quiet,
// asking all homes of the key.
func (o *Operation) Final() bool { return o.flags&flagFinal != 0 }

// Preloaded reports whether this put stands for a version that was there before
// the first client came. Checks judge by it; measures leave it out.
func (o *Operation) Preloaded() bool { return o.flags&flagPreload != 0 }

// Apart reports whether the operation is none of the load: Final or Preloaded.
func (o *Operation) Apart() bool { return o.flags&(flagFinal|flagPreload) != 0 }

// Stamped reports whether the version has a last-write-wins timestamp that is
// known; see History.StampOf.
func (o *Operation) Stamped() bool { return o.stamp > 0 }

// Acknowledged reports whether the operation wrote a version and its client
// was told so.
func (o *Operation) Acknowledged() bool { return o.Outcome == Ok && o.Func.Writes() }

// Names reports whether the operation supersedes or returned any version.
func (o *Operation) Names() bool { return o.flags>>namesShift != 0 }

// NamesSeveral reports whether it supersedes or returned more than one.
func (o *Operation) NamesSeveral() bool { return o.flags>>namesShift > 1 }

// HasExtras reports whether the history holds more of the operation than of
// most, such as changes of a cart, or values that a get returned.
func (o *Operation) HasExtras() bool { return o.extra > 0 }

// CartItem is an item in a shopping cart under the unique tag of the addition
// that put it there. Item and Tag are numbers given by AddItem and AddTag.
type CartItem struct{ Item, Tag int32 }
