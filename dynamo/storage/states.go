package storage

// States calls yield for the state of each key that a batch states: what an
// engine hands to Disk.Append in one call. The payload of a removal is nil. seq
// orders the states of a key. Both slices alias the batch. ok is false where the
// bytes are no batch.
func States(batch []byte, yield func(key, payload []byte, seq uint64)) (ok bool) {
	for len(batch) > 0 {
		var r record
		if len(batch) < headerSize || string(batch[:atHeaderSum]) != magic || batch[atFormat] != format {
			return false
		}
		body := headerSize + int(uint16(batch[atKeyLen])|uint16(batch[atKeyLen+1])<<8)
		if len(batch) < body || !r.header(batch[:body]) || int64(len(batch)) < r.length {
			return false
		}
		switch r.kind {
		case kindPut:
			yield(r.key, batch[body:r.length:r.length], r.seq)
		case kindRemove:
			yield(r.key, nil, r.seq)
		}
		batch = batch[r.length:]
	}
	return true
}
