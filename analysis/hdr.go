package analysis

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"dynamosim/analysis/history"
)

// Cookies of the HDR histogram's second encoding.
const (
	hdrCookie           = 0x1c849303 | 0x10
	hdrCompressedCookie = 0x1c849304 | 0x10
)

// AppendHDR appends the histogram as HDR histograms are exchanged: version 2,
// compressed, base64 (HISTFAAAA...).
func (h *Histogram) AppendHDR(b []byte) []byte {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(h.appendPlainHDR(nil)) // a buffer takes everything
	z.Close()
	whole := binary.BigEndian.AppendUint32(nil, hdrCompressedCookie)
	whole = binary.BigEndian.AppendUint32(whole, uint32(packed.Len()))
	whole = append(whole, packed.Bytes()...)
	return base64.StdEncoding.AppendEncode(b, whole)
}

// appendPlainHDR appends the encoding before compression: a header, then the
// counts from slot 0 on, in zigzag form; a run of k empty slots is -k.
func (h *Histogram) appendPlainHDR(b []byte) []byte {
	var counts []byte
	next := int32(0)
	for _, s := range h.slots {
		if gap := s.slot - next; gap == 1 {
			counts = appendZigZag(counts, 0)
		} else if gap > 1 {
			counts = appendZigZag(counts, -int64(gap))
		}
		counts = appendZigZag(counts, s.count)
		next = s.slot + 1
	}
	b = binary.BigEndian.AppendUint32(b, hdrCookie)
	b = binary.BigEndian.AppendUint32(b, uint32(len(counts)))
	b = binary.BigEndian.AppendUint32(b, 0) // normalizing offset
	b = binary.BigEndian.AppendUint32(b, 3) // significant digits
	b = binary.BigEndian.AppendUint64(b, 1) // lowest value told from 0
	b = binary.BigEndian.AppendUint64(b, uint64(max(2, slotEnd(slotOf(h.max)))))
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(1)) // value of 1
	return append(b, counts...)
}

// appendZigZag appends a number as zigzag LEB128 of at most nine bytes, of
// which the ninth has eight bits.
func appendZigZag(b []byte, v int64) []byte {
	u := uint64(v<<1) ^ uint64(v>>63)
	for range 8 {
		if u < 1<<7 {
			return append(b, byte(u))
		}
		b = append(b, byte(u)|1<<7)
		u >>= 7
	}
	return append(b, byte(u))
}

// hdrInterval is a line of an HDR log.
type hdrInterval struct {
	tag          string
	from, length int64 // ns
	values       Histogram
}

// WriteLatencyLog writes how long successful operations took as an HDR
// histogram log: a line for each kind and window of time in which any ended, of
// latencies in ns under the tag of the kind, with the maximum in ms. Times are
// virtual.
func WriteLatencyLog(w io.Writer, h *history.History, warmup, window int64) error {
	log := latencyIntervals(NewSubject(h, Facts{Warmup: warmup}), window)
	text := []byte("#[Histogram log format version 1.3]\n#[StartTime: 0.000 (seconds of virtual time)]\n" +
		"\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n")
	for i := range log {
		l := &log[i]
		text = fmt.Appendf(text, "Tag=%s,%s,%s,%s,", l.tag, decimal(l.from, 1e9), decimal(l.length, 1e9), decimal(l.values.max, 1e6))
		text = append(l.values.AppendHDR(text), '\n')
	}
	_, err := w.Write(text)
	return err
}

// latencyIntervals sorts the latencies of the load by window and kind.
func latencyIntervals(s *Subject, window int64) []hdrInterval {
	byWindow := map[int64]*[Kinds][]int64{}
	add := func(end, latency int64, k Kind) {
		n := end / window
		if byWindow[n] == nil {
			byWindow[n] = new([Kinds][]int64)
		}
		byWindow[n][k] = append(byWindow[n][k], latency)
	}
	load := s.Load()
	s.putTogether()
	for _, ops := range s.History.EachChunk {
		for i := range ops {
			if o := &ops[i]; o.Outcome == history.Ok && !o.Apart() && load.has(o.Invoke) {
				add(o.Return, o.Return-o.Invoke, Kind(o.Func))
			}
		}
	}
	for _, g := range s.groupsOf() {
		if g.outcome == history.Ok && !g.idle() && load.has(g.invoke) {
			add(g.end, g.end-g.invoke, g.kind)
		}
	}
	var windows []int64
	for n := range byWindow { // order: sorted below
		windows = append(windows, n)
	}
	slices.Sort(windows)
	var log []hdrInterval
	for _, n := range windows {
		for k, values := range byWindow[n] {
			if len(values) > 0 {
				d := NewDistribution(values)
				log = append(log, hdrInterval{Kind(k).String(), n * window, window, d.Histogram()})
			}
		}
	}
	return log
}
