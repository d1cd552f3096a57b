package scenarios

import "testing"

func TestParseKnown(t *testing.T) {
	list, err := ParseKnown([]byte("- {signature: linearizable/stale-read, note: \"#12\"}\n- signature: crash/boom\n"))
	if err != nil || len(list) != 2 || list[0] != (KnownFailure{"linearizable/stale-read", "#12"}) || list[1].Note != "" {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := ParseKnown(nil); err != nil || list != nil {
		t.Errorf("an empty file: %v, %v", list, err)
	}
	for _, text := range []string{"signature: x", "- {sig: x}", "- {note: x}", "- {"} {
		if list, err := ParseKnown([]byte(text)); err == nil {
			t.Errorf("%q is read as %v", text, list)
		}
	}
}
