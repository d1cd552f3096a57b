package storage

// File is an open file of a Disk.
type File int32

// FileInfo is one line of a directory listing.
type FileInfo struct {
	Name string
	Size int64 // bytes
}

// Disk is a directory of byte files on one device. The device serves
// operations in the order in which they were issued, and reports the end of
// each that was given a token other than 0 as a Completion. An operation that
// fails may end before earlier ones.
//
// What the engine relies on:
//   - data is copied at the call, and reads and Size see it at once;
//   - it is durable when a Sync of its file that was issued later has completed
//     without error; a failed Sync says nothing about any byte since the last
//     good one, and neither does a good Sync after a failed one;
//   - the creation and removal of a name is durable when a SyncDir that was
//     issued later has completed;
//   - an Append whose error is reported may have left nothing, some or all of its
//     bytes in the file;
//   - an operation that ends with Busy has done nothing.
type Disk interface {
	// Open returns the file of that name, created empty if it is absent.
	Open(name string) File
	// List returns the files of the directory in order of name.
	List() []FileInfo
	// Size returns the length of f in bytes.
	Size(f File) int64
	// Append adds data at the end of f. weight >= len(data) is what the bytes cost
	// in time and capacity. It returns the length of f after it, and how many pages
	// of the device a Read of these bytes takes, 0 if that is unknown.
	Append(f File, data []byte, weight int64, token uint64) (size, pages int64)
	// Write replaces the bytes of f at off.
	Write(f File, off int64, data []byte, token uint64)
	// Read returns n bytes of f at off in the completion, fewer at the end of the
	// file. pages is what Append or an earlier Read of just these bytes has returned,
	// or 0: it need not be found out again. Read returns it.
	Read(f File, off, n, pages int64, token uint64) int64
	// Sync makes durable what was written to f before the call.
	Sync(f File, token uint64)
	// SyncDir makes durable the names created, renamed and removed before the call.
	SyncDir(token uint64)
	// Truncate cuts f to size bytes.
	Truncate(f File, size int64, token uint64)
	// Rename gives the file named from the name to.
	Rename(from, to string, token uint64)
	// Remove takes the name away.
	Remove(name string, token uint64)
	// Free returns how many bytes of capacity are left.
	Free() int64
}

// Completion is the end of a disk operation.
type Completion struct {
	Token  uint64 // of the operation
	Offset int64  // where in the file the operation took place
	Data   []byte // what a read returned; valid during the call only
	Source Source // if not nil, is asked for Data when that is needed
	Length int64  // of a read that is Intact: the length of Data
	Err    Error  // NoError, IO, NoSpace or Busy
	Intact bool   // of a read without an error: since its file was last opened, nothing that was in it has been changed; false if unknown
}

// Source gives what a read returned, during the call only.
type Source interface{ Data() []byte }

// bytes is what a read returned.
func (c *Completion) bytes() []byte {
	if c.Source != nil {
		return c.Source.Data()
	}
	return c.Data
}

// Error is the outcome of an operation of the disk or of the engine.
type Error uint8

const (
	NoError     Error = 0
	IO          Error = 1 // the device reported an error; a write may or may not have taken place
	NoSpace     Error = 2 // the device is full
	NotFound    Error = 3 // the engine holds no state of the key
	Corrupt     Error = 4 // the key had a state, and its bytes are damaged: ask the peers
	Unavailable Error = 5 // the engine has not recovered yet
	TooLarge    Error = 6 // the key or the payload exceeds what a record can hold
	Busy        Error = 7 // too many operations wait for the device; nothing was done
)

// String returns the outcome in words.
func (e Error) String() string {
	switch e {
	case NoError:
		return "no error"
	case IO:
		return "device error"
	case NoSpace:
		return "no space left"
	case NotFound:
		return "not found"
	case Corrupt:
		return "corrupt"
	case Unavailable:
		return "not recovered yet"
	case TooLarge:
		return "record too large"
	case Busy:
		return "device busy"
	}
	return "unknown error"
}
