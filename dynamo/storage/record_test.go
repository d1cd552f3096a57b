package storage

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

func TestRecordRoundTrip(t *testing.T) {
	for i := range 200 {
		r := rand.New(rand.NewSource(int64(i)))
		in := record{
			kind: kindPut + kind(r.Intn(5)), mark: position{r.Uint32(), r.Int63()}, seq: r.Uint64(),
			key: make([]byte, r.Intn(100)), payload: make([]byte, r.Intn(1000)),
		}
		r.Read(in.key)
		r.Read(in.payload)
		in.sum = checksum(in.payload)
		in.weight = int64(headerSize + len(in.key) + len(in.payload) + r.Intn(1e6))
		at := position{r.Uint32(), r.Int63()}
		b := appendRecord([]byte("before"), at, &in)[6:]
		out, v := parse(append(b, "after"...), at, true)
		if v != valid || out.length != int64(len(b)) || out.off != at.off {
			t.Fatalf("verdict %d, length %d of %d", v, out.length, len(b))
		}
		out.off, out.length = 0, 0
		if out.kind != in.kind || out.mark != in.mark || out.seq != in.seq || out.weight != in.weight ||
			!bytes.Equal(out.key, in.key) || !bytes.Equal(out.payload, in.payload) {
			t.Fatalf("%+v became %+v", in, out)
		}
		for n := range b {
			if _, v := parse(b[:n], at, true); v != short {
				t.Fatalf("%d of %d bytes: verdict %d", n, len(b), v)
			}
		}
		for _, other := range []position{{at.log + 1, at.off}, {at.log, at.off + 1}, {at.log, at.off ^ 1<<40}} {
			if _, v := parse(b, other, true); v != badHeader {
				t.Errorf("valid at %v, though written at %v", other, at)
			}
		}
	}
}

// Each flipped bit is noticed, and one of the payload leaves the key known.
func TestRecordBitFlips(t *testing.T) {
	in := record{kind: kindPut, seq: 7, key: []byte("key"), payload: []byte("payload"), sum: checksum([]byte("payload")), weight: 100}
	b := appendRecord(nil, position{1, 2}, &in)
	for bit := range 8 * len(b) {
		b[bit/8] ^= 1 << (bit % 8)
		r, v := parse(b, position{1, 2}, true)
		if bit/8 < headerSize+3 && v == valid || bit/8 >= headerSize+3 && (v != badPayload || string(r.key) != "key") {
			t.Errorf("bit %d of byte %d: verdict %d, key %q", bit%8, bit/8, v, r.key)
		}
		b[bit/8] ^= 1 << (bit % 8)
	}
}

// repair makes the checksums of a record right, so that the rest is looked at.
func repair(b []byte, at position) (length int64) {
	copy(b, magic)
	b[atFormat] = format
	key := headerSize + int(binary.LittleEndian.Uint16(b[atKeyLen:]))
	if len(b) < key {
		return int64(len(b))
	}
	end := min(int64(len(b)), int64(key)+int64(binary.LittleEndian.Uint32(b[atPayloadLen:])))
	binary.LittleEndian.PutUint32(b[atPayloadSum:], checksum(b[key:end]))
	binary.LittleEndian.PutUint32(b[atHeaderSum:], crc32.Update(salt(at), castagnoli, b[atPayloadSum:key]))
	return end
}

// FuzzRecover recovers from any two files: it ends, and the store works.
func FuzzRecover(f *testing.F) {
	n := newNode(newFakeDisk(), small(Each), 6)
	workload(n, 1, 40)
	l := n.disk.sorted()
	f.Add(l[0].cache, l[len(l)-1].cache, false)
	f.Add(l[0].cache, l[len(l)-1].cache, true)
	f.Add([]byte{}, []byte(magic), true)
	f.Fuzz(func(t *testing.T, a, b []byte, mend bool) {
		d := newFakeDisk()
		for i, content := range [][]byte{a, b} {
			for pos := int64(0); mend && pos+headerSize <= int64(len(content)); {
				pos += repair(content[pos:], position{uint32(i) + 1, pos})
			}
			name := fmt.Sprintf("data-%010d.log", i+1)
			file := &fakeFile{name: name, cache: content, medium: append([]byte{}, content...)}
			d.names[name], d.stored[name] = file, file
		}
		n := &node{keys: make([]key, 6), tolerant: true}
		n.boot(d, small(Each))
		n.run()
		if n.stats == nil {
			t.Fatal("recovery did not end")
		}
		for slot := range 6 {
			n.keys[slot] = key{acked: -1, synced: -1}
			n.put(slot, 20, 0)
		}
		n.run()
		n.verify()
		n.problems = slices.DeleteFunc(n.problems, func(p string) bool { return strings.HasSuffix(p, "was never put") })
		checkNode(t, n)
	})
}

// FuzzParse decodes anything: what is valid encodes to the same bytes.
func FuzzParse(f *testing.F) {
	r := record{kind: kindPut, seq: 7, key: []byte("key"), payload: []byte("payload"), sum: checksum([]byte("payload")), weight: 100}
	f.Add(appendRecord(nil, position{1, 2}, &r), uint32(1), int64(2))
	f.Add([]byte(magic), uint32(1), int64(0))
	f.Fuzz(func(t *testing.T, b []byte, log uint32, off int64) {
		at := position{log, off}
		if len(b) >= headerSize {
			repair(b, at)
		}
		r, v := parse(b, at, true)
		switch v {
		case valid:
			if again := appendRecord(nil, at, &r); !bytes.Equal(again, b[:r.length]) {
				t.Errorf("%q became %q", b[:r.length], again)
			}
		case short:
			if r.length <= int64(len(b)) {
				t.Errorf("wants %d bytes, has %d", r.length, len(b))
			}
		}
	})
}

// FuzzWalk walks through a log with damage, in chunks of any size: it reports each
// byte exactly once, as a record or as damage, and finds each undamaged record.
func FuzzWalk(f *testing.F) {
	f.Add([]byte("DYr1 some garbage"), uint16(3), uint16(40), uint16(100))
	f.Add([]byte{}, uint16(0), uint16(0), uint16(1))
	f.Fuzz(func(t *testing.T, junk []byte, where, cut, chunk uint16) {
		var b []byte
		ends := map[int64]int64{} // of the records, by where they begin
		for i := range 5 {
			start := int64(len(b))
			p := bytes.Repeat([]byte{byte(i)}, i*30)
			b = appendRecord(b, position{9, int64(len(b))}, &record{kind: kindPut, key: []byte("key"), payload: p, sum: checksum(p), weight: 1000})
			ends[start] = int64(len(b))
		}
		n := copy(b[min(int(where), len(b)):], junk)
		b = b[:len(b)-min(int(cut), len(b))]
		w, at := walk(9, int64(len(b)), true), int64(0)
		for base, steps := int64(0), 0; ; steps++ {
			size := min(max(int64(chunk), w.want, 1), int64(len(b))-base)
			r, ev := w.next(b[base:base+size], base)
			switch ev {
			case more:
				if w.pos == base && size >= max(w.want, int64(chunk)) && w.want <= size {
					t.Fatalf("no progress at %d with %d bytes", base, size)
				}
				base = w.pos
				continue
			case ended:
				if at != int64(len(b)) {
					t.Errorf("ended at %d of %d", at, len(b))
				}
				return
			}
			if r.off != at {
				t.Fatalf("event %d at %d after %d", ev, r.off, at)
			}
			end, start := ends[r.off]
			touched := r.off < int64(where)+int64(n) && end > int64(where) || end > int64(len(b))
			if start && ev != sound && !touched {
				t.Errorf("record at %d: event %d", r.off, ev)
			}
			at = min(r.off+r.length, int64(len(b)))
			if steps > 10000 {
				t.Fatal("endless")
			}
		}
	})
}
