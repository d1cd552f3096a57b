package storage

// retryDelay is the pause in ns after which a compaction or a recovery tries
// again what the disk has refused.
const retryDelay = 100_000_000

// waits reports whether a write is acknowledged only when it is durable.
func (p Policy) waits() bool { return p == Each || p == Group }

// syncing is a sync under way.
type syncing struct {
	log    int32
	covers int64    // bytes of the log that it makes durable
	noted  position // mark of the last record among them
	done   bool
}

// sync makes durable what l holds now.
func (e *Engine) sync(l *logFile) {
	l.issued = l.end
	l.syncs++
	e.running++
	e.issued++
	*e.syncs.push() = syncing{log: l.id, covers: l.end, noted: l.noted}
	e.disk.Sync(l.file, e.token(opSync, e.syncs.last-1))
}

// syncAfter issues the sync that an append to l calls for at once.
func (e *Engine) syncAfter(l *logFile, j job) {
	p := e.policy
	if e.held && j != jobBatch {
		return
	}
	if j == jobBatch || p == Each || p == Group && e.config.Period == 0 && e.running == 0 {
		e.sync(l)
	}
}

// Hold begins a run of puts and removals that one sync makes durable under Each and Group: the one that Release issues. Only the
// syncs wait, and no call but those belongs between the two.
func (e *Engine) Hold() { e.held = true }

// Release ends what Hold began.
func (e *Engine) Release() {
	e.held = false
	if p := e.policy; (p == Each || p == Group && e.config.Period == 0) && e.unsynced() {
		e.sync(e.logs[e.head])
	}
}

// syncHead syncs the head if anything in it calls for that and no sync runs.
func (e *Engine) syncHead() {
	if e.running == 0 && e.unsynced() {
		e.sync(e.logs[e.head])
	}
}

// unsynced reports whether the head has bytes that no sync covers. Closed logs
// have theirs covered when they are closed.
func (e *Engine) unsynced() bool {
	return e.head != none && e.logs[e.head].issued < e.logs[e.head].end
}

// synced takes the completion of sync n.
func (e *Engine) synced(n uint64, err Error) {
	s := e.syncs.at(n)
	s.done = true
	for e.syncs.first < e.syncs.last && e.syncs.at(e.syncs.first).done {
		e.syncs.first++
	}
	l := e.logs[s.log]
	l.syncs--
	e.running--
	switch {
	case err == Busy:
		l.issued = l.synced
		e.postpone()
		return
	case err != NoError:
		e.lose(l, err)
	case !l.bad:
		l.synced = max(l.synced, min(s.covers, l.end))
		if e.marked.before(s.noted) {
			e.marked = s.noted
		}
		e.advanceMark(l)
		e.settleLog(l)
	}
	e.resume()
	if e.policy == Group {
		e.syncHead()
	}
}

// postpone remembers that the device was too busy for a sync.
func (e *Engine) postpone() { e.stuck |= stuckSyncs }

// resume issues the syncs that the device was too busy for, when it has ended
// another or some time has passed.
func (e *Engine) resume() {
	if e.stuck&stuckSyncs != 0 {
		e.resumeSyncs()
	}
}

func (e *Engine) resumeSyncs() {
	e.stuck &^= stuckSyncs
	for _, id := range e.order {
		l := e.logs[id]
		if !l.bad && !l.named && !l.naming {
			e.name(l)
		}
		if !l.bad && l.issued < l.end {
			e.sync(l)
		}
	}
}

// lose gives up what of l is not durable after a failed sync. The device may have
// dropped those bytes and call the next sync good, so no later sync of the file
// counts. Under a policy that acknowledges after the sync, nobody was told that
// they are safe: they end here. Otherwise the log is copied to another one.
func (e *Engine) lose(l *logFile, err Error) {
	if l.bad {
		return
	}
	e.stats.Failures++
	l.bad = true
	e.doubt()
	all := e.policy.waits()
	if !l.named {
		l.synced = 0
	}
	if all {
		l.end = l.synced
	} else {
		l.suspect = true
	}
	e.closeHead()
	e.updateMark()
	e.failFrom(l, l.synced, all, err)
}

// cut gives up what of l lies after an append that failed: what that left in the
// file is unknown.
func (e *Engine) cut(l *logFile, at int64, err Error) {
	l.end = min(l.end, at)
	e.doubt()
	e.closeHead()
	if l.issued < l.end && !l.bad {
		e.sync(l)
	}
	e.updateMark()
	e.failFrom(l, at, true, err)
}

// flush is a Flush under way.
type flush struct {
	token uint64
	upTo  position
}

// Flush makes durable whatever has been written so far. Owner.Written(token)
// follows, with NoError: writes that fail meanwhile are reported by themselves.
func (e *Engine) Flush(token uint64) {
	if !e.ready {
		e.owner.Written(token, Unavailable)
		return
	}
	f := flush{token: token}
	if e.head != none {
		l := e.logs[e.head]
		f.upTo = position{l.gen, l.end}
		if l.issued < l.end {
			e.sync(l)
		}
	} else {
		f.upTo = position{e.gen + 1, 0}
	}
	e.flushes, e.flushing = append(e.flushes, f), true
	e.settleFlushes()
}

// settleFlushes ends the flushes that wait for nothing any more.
func (e *Engine) settleFlushes() {
	for len(e.flushes) > 0 && e.durable(e.flushes[0].upTo) {
		token := e.flushes[0].token
		e.flushes = append(e.flushes[:0], e.flushes[1:]...)
		e.owner.Written(token, NoError)
	}
	e.flushing = len(e.flushes) > 0
}

// durable reports whether all that counts before the position is.
func (e *Engine) durable(p position) bool {
	for _, id := range e.order {
		l := e.logs[id]
		end := l.end
		if l.gen == p.log {
			end = min(end, p.off)
		}
		if l.gen <= p.log && !l.durable(end) {
			return false
		}
	}
	return true
}

// Wants returns after how many ns the engine wants a Tick; 0 is not at all. The
// owner asks after each call and keeps at most one timer.
func (e *Engine) Wants() int64 {
	switch {
	case e.stuck != 0:
		return retryDelay
	case e.ticks && e.running == 0 && e.unsynced():
		return e.config.Period
	}
	return 0
}

// Tick is the end of the delay that Wants asked for. One too many does no harm.
func (e *Engine) Tick() {
	if e.ticks {
		e.syncHead()
	}
	e.resume()
	if e.stuck&stuckCompaction != 0 {
		e.compaction.busy = false
	}
	recovery := e.stuck&stuckRecovery != 0
	e.stuck &^= stuckCompaction | stuckRecovery
	if recovery {
		if e.recovery.stage == recoveryNames {
			e.syncNames()
		} else {
			e.recoverRead()
		}
	}
	e.advance()
}
