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

    /// When that key was last told to have failed.
    func failedAt(key number: Int) -> Instant? {
        if let failure, failure.key == number { return failure.occurredAt }
        return earlierFailures.indices.contains(number - 1) ? earlierFailures[number - 1] : nil
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
        self.failure = failure
        let place = failure.key - 1
        if earlierFailures.indices.contains(place) { earlierFailures[place] = failure.occurredAt }
    }
}
