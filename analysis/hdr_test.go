package analysis

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// readHDR decodes an HDR histogram of the second version as its specification
// says, and returns how many values each slot counts.
func readHDR(text string) (counts map[int32]int64, err error) {
	whole, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(whole) < 8 || binary.BigEndian.Uint32(whole) != 0x1c849314 || int(binary.BigEndian.Uint32(whole[4:])) != len(whole)-8 {
		return nil, fmt.Errorf("no compressed histogram: %v", err)
	}
	z, err := zlib.NewReader(bytes.NewReader(whole[8:]))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(z)
	if err != nil || len(plain) < 40 || binary.BigEndian.Uint32(plain) != 0x1c849313 || int(binary.BigEndian.Uint32(plain[4:])) != len(plain)-40 {
		return nil, fmt.Errorf("no histogram: %v", err)
	}
	if digits, lowest := binary.BigEndian.Uint32(plain[12:]), binary.BigEndian.Uint64(plain[16:]); digits != 3 || lowest != 1 {
		return nil, fmt.Errorf("%d digits from %d on", digits, lowest)
	}
	counts = map[int32]int64{}
	slot := int32(0)
	for rest := plain[40:]; len(rest) > 0; {
		u, shift, n := uint64(0), 0, 0
		for {
			b := rest[n]
			n++
			if n == 9 {
				u |= uint64(b) << 56
				break
			}
			u |= uint64(b&0x7f) << shift
			shift += 7
			if b < 0x80 {
				break
			}
		}
		rest = rest[n:]
		if v := int64(u>>1) ^ -int64(u&1); v < 0 {
			slot += int32(-v)
		} else {
			if v > 0 {
				counts[slot] = v
			}
			slot++
		}
	}
	return counts, nil
}

// What is written is read back slot by slot.
func TestHDRRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for n := range 300 {
		d := NewDistribution(values(r, n))
		h := d.Histogram()
		for i := range h.slots {
			if r.IntN(20) == 0 {
				h.slots[i].count = 1 + r.Int64N(1<<62)>>r.IntN(62)
			}
		}
		got, err := readHDR(string(h.AppendHDR(nil)))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(h.slots) {
			t.Fatalf("%d slots, want %d", len(got), len(h.slots))
		}
		for _, s := range h.slots {
			if s.count > 0 && got[s.slot] != s.count {
				t.Fatalf("slot %d counts %d, want %d", s.slot, got[s.slot], s.count)
			}
		}
	}
}

// The histogram of the Go library of HDR histograms (version 1.4.0, from 1 to an
// hour in ns with 3 digits) of these values decodes to the slots that ours has.
func TestHDRReadsAnotherLibrary(t *testing.T) {
	const written = "HISTFAAAAD942pJpmSzMwMAgwQABzFCakYGB2c1gxwIG+w8QASYmlu/yTCy/+ZmYTlew3ZViuhjCNPkTIxMgAAD//wr8C4Y="
	d := NewDistribution(slices.Clone(sampleLatencies))
	h := d.Histogram()
	got, err := readHDR(written)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range h.slots {
		if got[s.slot] != s.count {
			t.Errorf("slot %d counts %d, want %d", s.slot, got[s.slot], s.count)
		}
	}
	if len(got) != len(h.slots) {
		t.Errorf("%d slots, want %d", len(got), len(h.slots))
	}
}

var sampleLatencies = []int64{0, 1, 2, 2, 2047, 2048, 2049, 4095, 4096, 806411, 806411, 806412, 2538524, 100764817, 3_599_999_999_999}

// A log has a line for each kind and window, and each operation in one of them.
func TestLatencyLog(t *testing.T) {
	h := record(t, siblings, "put:a[0,100] get:a[150,250] get:a[900,1900] get:a[1950,?) fin:get:a[3000,3100]")
	var b bytes.Buffer
	if err := WriteLatencyLog(&b, h, 0, 1000); err != nil {
		t.Fatal(err)
	}
	var tags []string
	for _, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		tag, rest, ok := strings.Cut(line, ",")
		if !ok || !strings.HasPrefix(line, "Tag=") {
			continue
		}
		counts, err := readHDR(rest[strings.LastIndex(rest, ",")+1:])
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		for _, c := range counts { // order: a sum
			n += c
		}
		tags = append(tags, fmt.Sprintf("%s %d", tag, n))
	}
	if want := []string{"Tag=get 1", "Tag=put 1", "Tag=get 1"}; !slices.Equal(tags, want) {
		t.Errorf("lines %v, want %v", tags, want)
	}
}
