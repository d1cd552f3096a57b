package scenarios

import "testing"

// A range of the ring lies between nodes or shares of the ring, and is what one node stores.
func TestRangesOfAStateAreChecked(t *testing.T) {
	for text, want := range map[string]string{
		`{at: end, node: east-1, ranges: ["[east-1, east-2)"]}`:      "not a range",
		`{at: end, node: east-1, ranges: ["(east-1, east-9]"]}`:      `no node "east-9"`,
		`{at: end, node: east-1, ranges: ["(east-1, 140%]"]}`:        "no place on the ring",
		`{at: end, node: east-1, ranges: ["(east-1, ?]"]}`:           "no place on the ring",
		`{at: end, ranges: ["(east-1, east-2]"]}`:                    "ranges are what a node stores",
		`{at: end, node: east-1}`:                                    "nothing is asked about this state",
		`{at: end, node: east-1, ranges: ["(east-1, east-2, 0.5]"]}`: "no place on the ring",
	} {
		if _, list := load(t, "state: ["+text+"]\n"); !says(list, Error, "", want) {
			t.Errorf("%s: want %q\n%s", text, want, FormatAll(list))
		}
	}
	mustLoad(t, `state: [{at: end, node: east-1, ranges: ["(east-1, east-2]", "( 0.25,50% ]"]}, {at: end, node: east-2, ranges: []}]`)
}
