package analysis

import (
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"dynamosim/analysis/history"
)

// ordinary is a linearizable history of n operations by so many clients on so
// many keys, with state lines, as a healthy run leaves it: half gets and half
// puts whose context is the client's last answer for the key. One operation in
// a thousand ends in info.
func ordinary(model history.Model, n, keys, clients int) *history.History {
	return ordinarySpoilt(model, n, keys, clients, 0)
}

// spoiltOrdinary is ordinary but for one answer in the middle, which is what
// another get saw before.
func spoiltOrdinary(model history.Model, n, keys, clients int) *history.History {
	return ordinarySpoilt(model, n, keys, clients, n/2)
}

func ordinarySpoilt(model history.Model, n, keys, clients, spoil int) *history.History {
	r := rand.New(rand.NewPCG(1, 2))
	h := history.New(history.Header{Model: model})
	for c := range clients {
		h.AddClient(fmt.Sprintf("shoppers/%d", c+1))
	}
	for k := range keys {
		h.AddKey(fmt.Sprint("cart-", k))
	}
	o := ordinaryRun{h: h, r: r, model: model, state: make([][]history.OpID, keys), kept: map[[2]int32][]history.OpID{}, spoil: spoil}
	open := make([]openOp, clients)
	for t := int64(0); h.Len() < n; t += 1000 {
		for c := range open {
			o.step(t, int32(c), int32(r.IntN(keys)), &open[c])
		}
	}
	o.finish(open)
	return h
}

type openOp struct {
	id    history.OpID
	phase int // 0 idle, 1 invoked, 2 has taken effect
	saw   []history.OpID
}

type ordinaryRun struct {
	h     *history.History
	r     *rand.Rand
	model history.Model
	state [][]history.OpID
	kept  map[[2]int32][]history.OpID
	t     int64
	spoil int // operation after which a get answers what another did a thousand operations before; 0 is none
	older []history.OpID
}

func (o *ordinaryRun) step(t int64, client, key int32, p *openOp) {
	o.t = t
	if o.r.IntN(2) == 0 {
		return
	}
	switch p.phase {
	case 0:
		f := history.Func(o.r.IntN(2))
		p.id = o.h.Invoke(t, client, f, key)
		if f == history.Put {
			o.h.SetValue(p.id, "", 100)
			o.h.SetContext(p.id, o.kept[[2]int32{client, key}])
			if o.model == history.LastWriteWins {
				o.h.SetStamp(p.id, t, client)
			}
		}
		p.phase = 1
	case 1:
		o.take(p)
		p.phase = 2
	default:
		o.end(t, client, p)
		p.phase = 0
	}
}

func (o *ordinaryRun) take(p *openOp) {
	op := o.h.Op(p.id)
	s := o.state[op.Key]
	if op.Func == history.Get {
		p.saw = s
		return
	}
	var next []history.OpID
	if o.model == history.Siblings {
		for _, v := range s {
			covered := false
			for _, c := range o.h.Context(p.id) {
				covered = covered || c == v
			}
			if !covered {
				next = append(next, v)
			}
		}
	}
	if o.model == history.LastWriteWins && len(s) > 0 && laterStamp(o.h, s[0], p.id) {
		return
	}
	o.state[op.Key] = append(next, p.id)
}

func (o *ordinaryRun) end(t int64, client int32, p *openOp) {
	op := o.h.Op(p.id)
	switch {
	case o.r.IntN(1000) == 0:
		o.h.Info(t, p.id, "timeout")
	case op.Func == history.Get:
		switch at := int(p.id); {
		case o.spoil == 0 || at < o.spoil-1000:
		case len(o.older) == 0:
			o.older = p.saw
		case at > o.spoil:
			p.saw, o.spoil = o.older, 0
		}
		o.h.OkGet(t, p.id, p.saw)
		o.kept[[2]int32{client, op.Key}] = p.saw
	default:
		o.h.OkPut(t, p.id)
		o.kept[[2]int32{client, op.Key}] = []history.OpID{p.id}
	}
}

func (o *ordinaryRun) finish(open []openOp) {
	for c := range open {
		if open[c].phase == 1 {
			o.take(&open[c])
		}
		if open[c].phase > 0 {
			o.end(o.t, int32(c), &open[c])
		}
	}
	o.h.MarkPhase(o.t, history.Heal)
	o.h.MarkPhase(o.t, history.Quiet)
	for key, versions := range o.state {
		for n := range 3 {
			o.h.AddState(o.t, o.h.AddNode(fmt.Sprint("n", n)), history.Home, int32(key), versions)
		}
	}
}

// defaults are the checks of a scenario that names none.
func defaults() []Request {
	return []Request{{Check: "lost-writes", Want: WantValid}, {Check: "convergence", Want: WantValid},
		{Check: "linearizable"}, {Check: "placement"}}
}

func benchmarkJudge(b *testing.B, model history.Model, n, keys, clients int) {
	h := ordinary(model, n, keys, clients)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		for _, r := range Judge(h, Options{Checks: defaults()}) {
			if r.Verdict != Valid && r.As == "" {
				b.Fatalf("%s: %v %s", r.Name(), r.Verdict, r.Summary)
			}
		}
	}
}

func BenchmarkJudgeSiblings(b *testing.B) { benchmarkJudge(b, history.Siblings, 200_000, 100, 20) }
func BenchmarkJudgeRegister(b *testing.B) { benchmarkJudge(b, history.Register, 200_000, 100, 20) }
func BenchmarkJudgeLastWriteWins(b *testing.B) {
	benchmarkJudge(b, history.LastWriteWins, 200_000, 100, 20)
}
func BenchmarkJudgeHotKey(b *testing.B)      { benchmarkJudge(b, history.Siblings, 30_000, 1, 20) }
func BenchmarkJudgeHotRegister(b *testing.B) { benchmarkJudge(b, history.Register, 30_000, 1, 100) }

func BenchmarkMeasure(b *testing.B) {
	s := NewSubject(ordinary(history.Siblings, 200_000, 100, 20), Facts{})
	for b.Loop() {
		s.fresh = nil
		s.Measure(Everything())
	}
}

func BenchmarkPicture(b *testing.B) {
	s := NewSubject(busy(30_000, 6), Facts{})
	r := resultOf("linearizable", s)
	for b.Loop() {
		if err := s.WritePicture(io.Discard, 0, r.Evidence[0]); err != nil {
			b.Fatal(err)
		}
	}
}

// A million operations on a thousand keys.
func BenchmarkJudgeMillion(b *testing.B) {
	for _, model := range []history.Model{history.Register, history.Siblings, history.LastWriteWins} {
		b.Run(model.String(), func(b *testing.B) { benchmarkJudge(b, model, 1_000_000, 1000, 50) })
	}
}

// A hundred thousand operations of fifty clients on one key.
func BenchmarkJudgeHotKeyOf50(b *testing.B) {
	for _, model := range []history.Model{history.Register, history.Siblings, history.LastWriteWins} {
		b.Run(model.String(), func(b *testing.B) { benchmarkJudge(b, model, 100_000, 1, 50) })
	}
}

// The same with one wrong answer in the middle.
func BenchmarkJudgeWrongHotKey(b *testing.B) {
	for _, model := range []history.Model{history.Register, history.Siblings, history.LastWriteWins} {
		b.Run(model.String(), func(b *testing.B) {
			h := spoiltOrdinary(model, 100_000, 1, 50)
			for b.Loop() {
				if r := Judge(h, Options{Checks: []Request{{Check: "linearizable"}}})[0]; r.Verdict != Invalid {
					b.Fatalf("%v: %s", r.Verdict, r.Summary)
				}
			}
		})
	}
}
