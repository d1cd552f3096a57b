package analysis

import (
	"fmt"

	"dynamosim/analysis/history"
)

// impossibleRead returns evidence of the first get on a key that returned what
// no store of any kind may return: a version that was never written, was
// written only by an operation that certainly failed, belongs to another key,
// was invoked after the get had ended, or came with another value. It is nil
// if there is none.
func (s *Subject) impossibleRead(key int32) *Evidence {
	if s.traits[key]&keySuspect == 0 {
		return nil
	}
	for _, id := range s.operations(key) {
		o := s.History.Op(id)
		if o.Func != history.Get || o.Outcome != history.Ok {
			continue
		}
		for _, v := range s.History.Versions(id) {
			if e := s.impossibleVersion(id, o, v); e != nil {
				return e
			}
		}
		if v, altered := s.History.Altered(id); altered {
			return s.evidence("altered-read", key, []history.OpID{id, v}, "%s, but with a value that was never written as %s",
				s.readText(id), s.History.VersionName(v))
		}
	}
	return nil
}

func (s *Subject) impossibleVersion(get history.OpID, o *history.Operation, v history.OpID) *Evidence {
	ids := []history.OpID{get, v}
	_, here := s.local(v, o.Key)
	switch {
	case !v.Written():
		return s.evidence("garbage-read", o.Key, ids, "%s although nobody ever wrote %s", s.readText(get), s.version(v))
	case !here:
		return s.evidence("garbage-read", o.Key, ids, "%s although %s was written to %s", s.readText(get), s.version(v),
			s.History.KeyName(s.History.Op(v).Key))
	case s.History.Op(v).Outcome == history.Fail:
		return s.evidence("aborted-read", o.Key, ids, "%s although the write of %s certainly failed at %s", s.readText(get),
			s.version(v), s.at(s.History.Op(v).Return))
	case s.History.Op(v).InvokeIndex > o.ReturnIndex:
		return s.evidence("future-read", o.Key, ids, "%s although %s was not written before %s", s.readText(get),
			s.version(v), s.at(s.History.Op(v).Invoke))
	}
	return nil
}

// inventedContext says which write supersedes a version that no client could
// know when the write was invoked; empty if none. Such a history breaks the
// rules that the tests of siblings rest on.
func (s *Subject) inventedContext(key int32) string {
	if s.traits[key]&keyInvented == 0 {
		return ""
	}
	ops, known := s.operations(key), s.knownAt(key)
	for p, id := range ops {
		o := s.History.Op(id)
		if !o.Func.Writes() {
			continue
		}
		for _, q := range s.set(key, int32(p)) {
			if known[q] > o.InvokeIndex {
				return fmt.Sprintf("%s: %s supersedes %s, which no get had returned and no acknowledgement had named by then",
					s.History.KeyName(key), s.History.VersionName(id), s.History.VersionName(ops[q]))
			}
		}
	}
	return ""
}
