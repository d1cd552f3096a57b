package dynamo

// timerNames says what timers are for, to people.
var timerNames = [...]string{
	TimerOperation: "request-coordinated", TimerRepair: "read-repair", TimerForward: "forward", TimerProbe: "probe", TimerHandoff: "handoff",
	TimerHint: "hint", TimerSync: "sync", TimerRequest: "request", TimerRetry: "retry", TimerDeferred: "deferred", TimerPace: "handoff-pace",
	TimerBuffer: "write-buffer", TimerExpiry: "expiry", TimerHedge: "hedge", TimerAntiEntropy: "anti-entropy", TimerExchange: "exchange",
	TimerMend: "mend", TimerDoubt: "doubt", TimerEpochs: "epochs", TimerGossip: "gossip", TimerTransfer: "transfer", TimerSweep: "sweep",
	TimerPoll: "poll", TimerLibrary: "library", TimerHeartbeat: "heartbeat",
}

// Name says in a word what a timer is for; "" where there is no such kind.
func (k TimerKind) Name() string {
	if uint64(k) < uint64(len(timerNames)) {
		return timerNames[k]
	}
	return ""
}
