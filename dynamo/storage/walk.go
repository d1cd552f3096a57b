package storage

import "bytes"

// walker goes through the bytes of one log from record to record, chunk by chunk.
// It is a plain value: a copy of it is a place to come back to.
type walker struct {
	log    uint32
	pos    int64 // next byte to look at
	end    int64 // where the log ends
	lost   int64 // where the damaged bytes before pos begin, or -1
	want   int64 // bytes from pos that the next chunk needs at least
	verify bool
}

// event is what the walker came upon.
type event uint8

const (
	sound   event = 0 // a valid record
	spoiled event = 1 // a record whose payload is damaged or cut short
	damage  event = 2 // bytes that are no record: off and length say which
	more    event = 3 // the chunk is used up: read on at pos
	ended   event = 4 // the log is
)

func walk(log uint32, end int64, verify bool) walker {
	return walker{log: log, end: end, lost: -1, verify: verify}
}

// next goes one step on. data is the chunk that begins at offset base <= pos.
func (w *walker) next(data []byte, base int64) (record, event) {
	for {
		if w.end-w.pos < headerSize {
			return w.finish()
		}
		b := data[min(w.pos-base, int64(len(data))):]
		r, v := parse(b, position{w.log, w.pos}, w.verify)
		cut := w.pos+r.length > w.end
		switch {
		case v == short && !cut:
			w.want = r.length
			return record{}, more
		case v == badHeader || v == short && r.kind == 0:
			w.skip(b)
		case w.lost >= 0:
			return w.damaged(w.pos), damage
		default:
			return w.pass(r, v, cut)
		}
	}
}

// pass moves over a record whose header is sound.
func (w *walker) pass(r record, v verdict, cut bool) (record, event) {
	w.pos, w.want = min(w.pos+r.length, w.end), 0
	if cut || v == badPayload {
		r.payload = nil
		return r, spoiled
	}
	return r, sound
}

// skip moves to the next place in b at which a record may begin.
func (w *walker) skip(b []byte) {
	if w.lost < 0 {
		w.lost = w.pos
	}
	w.want = 0
	// The first bytes of a magic number may be the last of b.
	step := max(1, len(b)-len(magic)+1)
	if len(b) > 1 {
		if i := bytes.Index(b[1:], []byte(magic)); i >= 0 {
			step = i + 1
		}
	}
	w.pos += int64(step)
}

// finish reports what is left at the end of the log: bytes that are too few for
// a record, or nothing.
func (w *walker) finish() (record, event) {
	if w.pos < w.end && w.lost < 0 {
		w.lost = w.pos
	}
	w.pos = max(w.pos, w.end)
	if w.lost >= 0 {
		return w.damaged(w.end), damage
	}
	return record{}, ended
}

// damaged ends the run of damaged bytes before end.
func (w *walker) damaged(end int64) record {
	r := record{off: w.lost, length: end - w.lost}
	w.lost = -1
	return r
}

// missing gives up the bytes before the place to, which the disk did not return.
func (w *walker) missing(to int64) {
	if w.lost < 0 {
		w.lost = w.pos
	}
	w.pos, w.want = max(w.pos, to), 0
}

// intact reports whether the chunk at pos has the length asked for and no damage in
// it, as far as can be said without the next one.
func (w walker) intact(data []byte, asked int64) bool {
	for base := w.pos; ; {
		switch _, ev := w.next(data, base); ev {
		case sound:
		case more:
			return w.lost < 0 && int64(len(data)) >= asked
		default:
			return ev == ended
		}
	}
}
