import RefundPolicy

/// Which of a command's keys a reply is about, and whether it tells anything new.
///
/// Replies come at least once and in any order, so each key's failure is remembered with the other side's own clock:
/// a success from before it is an old one.
extension Command {
    /// The key that a report is about; `nil` when no such key was ever sent.
    ///
    /// - Parameter number: the key that the report names, or 0: then what happened up to an earlier key's failure was
    ///   about that key, and anything later is about the current one.
    func keyMeant(by number: Int, at occurredAt: Instant) -> Int? {
        guard message != nil, number <= key else { return nil }
        if number > 0 { return number }
        let earlier = earlierFailures.firstIndex { occurredAt <= $0 }
        return earlier.map { $0 + 1 } ?? key
    }

    /// Whether a failure that names no key may be about a copy of an earlier key that was still waiting when the current key
    /// went out: to answer it with yet another key could pay twice.
    func isAmbiguous(_ failure: Failure, named number: Int) -> Bool {
        number == 0 && earlierWasResent && failure.key == key && !hasSucceeded
            && failedAt(key: key).map { $0 < failure.occurredAt } ?? true
    }

    /// Whether a failure that names no key was met as one of those, also if the command has succeeded since.
    func isKnownAsUnclear(_ failure: Failure, named number: Int) -> Bool {
        number == 0 && unclearFailureAt.map { failure.occurredAt <= $0 } ?? false
    }

    /// When that key was last told to have failed.
    func failedAt(key number: Int) -> Instant? {
        if earlierFailures.indices.contains(number - 1) { return earlierFailures[number - 1] }
        return failure?.key == number ? failure?.occurredAt : nil
    }

    /// Whether a failure, with its key filled in, changes anything.
    func isNews(_ failure: Failure) -> Bool {
        if hasSucceeded, let success {
            // Only the key that succeeded can bounce; the thing is done, whatever other keys tell.
            return success.key == failure.key && failure.occurredAt > success.latestAt
        }
        // An older key's failure has led to the current key already, and one failure of a key is answered once,
        // however often and in whatever words it is told.
        return failure.key == key && self.failure?.key != key
    }

    /// Keeps a failure that is news.
    mutating func note(_ failure: Failure) {
        let place = failure.key - 1
        if earlierFailures.indices.contains(place) { earlierFailures[place] = failure.occurredAt }
        // Of an earlier key only a bounce is the latest word; else the current key's counts.
        if failure.key == key || hasSucceeded { self.failure = failure }
    }
}
