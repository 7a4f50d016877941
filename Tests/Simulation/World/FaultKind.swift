/// What can go wrong in a simulated world. Each seed leaves some kinds out (swarm testing), so that no fault hides
/// another for good.
public enum FaultKind: String, CaseIterable, Sendable {
    // The broker and the way to it.
    case connectionLoss, silentLoss, brokerRestart, alarm, consumerCancel, lateConfirms, multipleConfirms,
        withheldConfirms
    case nacks, returns, slowNetwork
    /// The broker closes the channel over messages for one queue, or refuses all of them, or says nothing about them.
    case forbidden, full, silentQueue
    // The workers.
    case crash, crashAtAction, freeze, rollingRestart, clockSteps
    /// A machine's clock is days or hours off for a while.
    case clockLeaps
    // The store.
    case storeBusy, storeUnavailable, outcomeUnknown, decidedTwice, storeRefuses, slowStore
    // The systems behind.
    case silence, lateReplies, repeatedReplies, retryableFailures, finalFailures, bounces, keylessReplies,
        contradictions, wrongClocks, wrongSenders
    // People.
    case repeatedActs, voids, pauses, hastyCloses
    // Those who send.
    case duplicates, conflicts, unreadable, orphans, sharedLines, early, withdrawals
    /// A message that kills every worker that reads it.
    case deadly
}

/// Moments at which a worker may die.
public enum CrashPoint: String, CaseIterable, Sendable {
    case beforeOrder, afterOrder, committedNotTold, beforePublish, amidPublish, afterPublish
    case beforeAcknowledge, afterAcknowledge, beforeReject, afterReject, onDelivery, onConfirm, deadlyMessage, anyTime
}
