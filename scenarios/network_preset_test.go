package scenarios

import (
	"math"
	"strings"
	"testing"
)

// legs are the distributions of a preset in the order W, A, R, S.
func legs(t *testing.T, preset string) (legs [4]Dist) {
	t.Helper()
	s := loadWith(t, "version: 1\ncluster: {datacenters: {a: 2, b: 2, c: 2}}\nnetwork: {preset: "+preset+"}\n", nil, LoadOptions{})
	for i, kind := range []string{"replicate", "replicate-reply", "read", "read-reply"} {
		for _, m := range s.Network.Messages {
			if m.Kind == kind {
				legs[i] = m.Latency
			}
		}
	}
	if add := s.Network.CrossDC.Add; (preset == "wan") != (add == 75*Millisecond) {
		t.Errorf("%s: %v more between datacenters", preset, add)
	}
	return legs
}

// The means of the distributions that Bailis et al. fitted (VLDB 2012, Table 3): share·shape·min/(shape-1) of the body and share/rate of the
// tail, in ms.
func TestNetworkPresets(t *testing.T) {
	ssd := .9122*.235*10/9 + .0878/1.66
	disk := .38*1.05*1.51/.51 + .62/.183
	leg := .982*1.5*3.8/2.8 + .018/.0217
	for preset, want := range map[string][2]float64{
		"lnkd-ssd": {ssd, ssd}, "lnkd-disk": {disk, ssd}, "wan": {disk, ssd},
		"ymmr": {.939*3*3.5/2.5 + .061/.0028, leg}, "ymmr-table3": {.939*3*3.35/2.35 + .061/.0028, leg},
	} {
		for i, d := range legs(t, preset) {
			if mean := float64(d.Mean()) / 1e6; math.Abs(mean/want[min(i, 1)]-1) > .01 {
				t.Errorf("%s, leg %c: mean %.4f ms, fitted %.4f", preset, "WARS"[i], mean, want[min(i, 1)])
			}
		}
	}
}

// What is written wins over a preset; a plan says the preset, and what differs from it.
func TestNetworkPresetGivesWay(t *testing.T) {
	s := loadWith(t, "version: 1\nnetwork: {preset: lnkd-disk, messages: {read: {latency: 7ms}, hint: {latency: 9ms}}}\n", nil, LoadOptions{})
	texts := map[string]string{}
	for _, m := range s.Network.Messages {
		texts[m.Kind] = m.Latency.Text
	}
	if len(texts) != 5 || texts["read"] != "7ms" || texts["hint"] != "9ms" || !strings.Contains(texts["replicate"], "1.51") {
		t.Errorf("the messages are %v", texts)
	}
	checkPlan(t, s)
	plain := loadWith(t, "version: 1\nnetwork: {preset: ymmr}\n", nil, LoadOptions{})
	if plan := string(plain.YAML()); !strings.Contains(plan, "network: {preset: ymmr}\n") {
		t.Errorf("the plan is\n%s", plan)
	}
	checkPlan(t, plain)
	if refused := refusal(t, "version: 1\nnetwork: {preset: lnkd}\n", LoadOptions{}); !strings.Contains(refused, `cannot be "lnkd"`) {
		t.Error(refused)
	}
	_, list := Load("test.yaml", []byte("version: 1\nnetwork: {preset: wan}\n"), nil, words(), LoadOptions{})
	if text := FormatAll(list); !strings.Contains(text, ":2:19: warning: there are no links between datacenters") {
		t.Errorf("the warning is %s", text)
	}
}
