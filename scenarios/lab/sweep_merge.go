package lab

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
)

// MergeSweeps puts the shards of one sweep together. The folder gets what the sweep would have written without shards, byte for byte, if
// every run is there; complete refuses anything less. Shards of different sweeps, and a run that is there twice, are refused.
func MergeSweeps(dirs []string, to string, complete, force bool) (*SweepResult, error) {
	return MergeWithCorpus(dirs, to, "", complete, force)
}

// MergeWithCorpus is MergeSweeps, with a corpus that is brought up to date: shards leave that to who puts them together.
func MergeWithCorpus(dirs []string, to, corpus string, complete, force bool) (*SweepResult, error) {
	list, err := ReadCorpus(corpus)
	if err != nil {
		return nil, err
	}
	r, err := mergeSweeps(dirs, to, complete, force)
	if err != nil || corpus == "" {
		return r, err
	}
	r.News = r.news(list)
	return r, writeCorpus(corpus, updateCorpus(list, r.records))
}

func mergeSweeps(dirs []string, to string, complete, force bool) (*SweepResult, error) {
	var whole *sweepHeader
	from := map[int]string{} // folder by index of run
	var records []*RunRecord
	for _, dir := range dirs {
		if sameFolder(dir, to) {
			return nil, &BadInput{fmt.Sprintf("-o %s: error: that is one of the shards\n  choose another folder for the result", Quote(to))}
		}
		h, runs, err := readShard(dir)
		if err != nil {
			return nil, err
		}
		if whole == nil {
			whole = &h
		}
		if h.Identity != whole.Identity {
			return nil, &BadInput{fmt.Sprintf("%s: error: it is a part of another sweep than %s", Quote(dir), Quote(dirs[0]))}
		}
		for _, r := range runs {
			if other, twice := from[r.Index]; twice {
				return nil, &BadInput{fmt.Sprintf("%s: error: run %d (%s, seed %s) is in %s too", Quote(dir), r.Index, r.Scenario, r.Seed, Quote(other))}
			}
			from[r.Index] = dir
			records = append(records, r)
		}
	}
	if missing := whole.Runs - len(records); complete && missing > 0 {
		return nil, &BadInput{fmt.Sprintf("error: %d of %s missing: %s", missing, counted(int64(whole.Runs), "run is", "runs are"), firstMissing(from, whole.Runs))}
	}
	sort.SliceStable(records, func(i, j int) bool { return records[i].Index < records[j].Index })
	header := *whole
	header.Shard, header.Here = Shard{}.String(), header.Runs
	return writeMerged(to, header, records, from, force)
}

// sameFolder tells whether two names are those of one folder.
func sameFolder(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

func firstMissing(from map[int]string, runs int) string {
	for i := range runs {
		if _, ok := from[i]; !ok {
			return fmt.Sprintf("the first is run %d", i)
		}
	}
	return ""
}

func readShard(dir string) (sweepHeader, []*RunRecord, error) {
	text, err := os.ReadFile(filepath.Join(dir, runsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return sweepHeader{}, nil, &BadInput{fmt.Sprintf("%s: error: there is no %s: it is no folder of a sweep", Quote(dir), runsFile)}
	}
	if err != nil {
		return sweepHeader{}, nil, fmt.Errorf("reading %s: %w", filepath.Join(dir, runsFile), reasonOf(err))
	}
	h, runs, _, err := parseJournal(text)
	if err != nil {
		return sweepHeader{}, nil, &BadInput{fmt.Sprintf("%s: error: %v", filepath.Join(dir, runsFile), err)}
	}
	return h, runs, nil
}

func writeMerged(to string, header sweepHeader, records []*RunRecord, from map[int]string, force bool) (*SweepResult, error) {
	j, err := openJournal(to, header, false, force)
	if err != nil {
		return nil, err
	}
	defer j.close()
	var lines bytes.Buffer
	result := newSweepResult(header)
	for _, r := range records {
		result.add(r)
		lines.Write(r.line())
	}
	if err := j.write(lines.Bytes()); err != nil {
		return nil, err
	}
	if err := j.close(); err != nil {
		return nil, err
	}
	if err := copyFailures(to, result, from); err != nil {
		return nil, err
	}
	return result, result.write(to, nil, KeepFull)
}

// copyFailures takes the shortest failure of each group from the shard that ran it.
func copyFailures(to string, r *SweepResult, from map[int]string) error {
	root := filepath.Join(to, "failures")
	if err := os.RemoveAll(root); err != nil {
		return fmt.Errorf("clearing %s: %w", root, reasonOf(err))
	}
	for _, g := range r.Groups {
		source := filepath.Join(from[g.Shortest.Index], "failures", slug(g.Signature))
		target := filepath.Join(root, slug(g.Signature))
		if _, err := os.Stat(source); err != nil {
			continue // a shard that was stopped has not kept its failures yet
		}
		if err := os.CopyFS(target, os.DirFS(source)); err != nil {
			return fmt.Errorf("copying %s: %w", source, reasonOf(err))
		}
	}
	return nil
}
